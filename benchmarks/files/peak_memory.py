"""Measure the memory that a command takes at most, with all its processes.

    python benchmarks/files/peak_memory.py locate --shape 16384,16384
    python benchmarks/files/peak_memory.py locate --shape 5000,256,256 --quick
    python benchmarks/files/peak_memory.py reconstruct --shape 61,9000,256 -- --memory 1GB

Writes an image, a stack or a tilt series of 16 bit of this shape, the packaged sample and its
mirror images with noise of their own, and runs the command on it, with the options that follow
two dashes. Ten times a second it looks at the command and at all processes that it has begun.
What counts is the largest sum of what they hold, memory that several share counted once: the sum
of their proportional set sizes (PSS). Beside it stands the largest resident size of the largest
process. Linux only. The folder of --scratch needs room for the image and
the results, which are deleted again.
"""

import argparse
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from math import prod
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from numpy.typing import NDArray

import colonnade
from colonnade.core.files.batch import sample
from colonnade.core.files.open import read_volume
from colonnade.core.files.planes import Planes
from colonnade.core.files.write import write_mrc, write_tiff

SAMPLES = {"locate": "sample.tif", "upscale": "sem.tif", "denoise": "sem.tif"}
"""What images are made of, by the command."""

PIXEL = 0.016
"""Size of a pixel of the images of atoms [nm]."""

REACH = 70.0
"""Tilt of the first and the last view of a series [degrees]."""

INTERVAL = 0.1
"""How long it waits until it looks again [s]."""

QUICK = str(Path(__file__).resolve().with_name("quick_command.py"))
"""Runs a command with something quick in place of networks and fits."""

KIB, MB = 1024, 1e6


@dataclass
class Peak:
    """What processes held at most [bytes]."""

    together: int = 0
    held: dict[int, int] = field(default_factory=dict)

    def look(self, root: int) -> None:
        """Look at a process and at all that it has begun."""
        together = 0
        for process in tree(root):
            with suppress(OSError, KeyError, ValueError):
                together += field_of(f"/proc/{process}/smaps_rollup", "Pss")
                self.held[process] = field_of(f"/proc/{process}/status", "VmHWM")
        self.together = max(self.together, together)

    @property
    def largest(self) -> int:
        """What the largest process held."""
        return max(self.held.values(), default=0)


def tree(root: int) -> Iterator[int]:
    """Give a process and all that it has begun."""
    yield root
    with suppress(OSError):
        for task in Path(f"/proc/{root}/task").iterdir():
            for child in (task / "children").read_text().split():
                yield from tree(int(child))


def field_of(path: str, name: str) -> int:
    """Read a size of a process [bytes]."""
    lines = Path(path).read_text().splitlines()
    fields = dict(line.split(":", 1) for line in lines if ":" in line)
    return int(fields[name].split()[0]) * KIB


def planes(verb: str, shape: tuple[int, ...]) -> Iterator[NDArray[np.uint16]]:
    """Give the planes one by one; no two are alike."""
    *depth, height, width = shape
    rng = np.random.default_rng(0)
    pixels = colonnade.read(sample(SAMPLES[verb])).pixels.astype(np.float32)
    pixels = np.rint(1000 * pixels / pixels.max()).astype(np.uint16)
    rows, columns = (
        np.pad(np.arange(has), (0, max(0, wants - has)), mode="symmetric")[:wants]
        for has, wants in zip(pixels.shape, (height, width), strict=True)
    )
    for _ in range(prod(depth)):
        plane = np.empty((height, width), np.uint16)
        for row, source in enumerate(rows):
            plane[row] = pixels[source, columns] + rng.integers(0, 50, width, np.uint16)
        yield plane


def views(shape: tuple[int, ...]) -> NDArray[np.float32]:
    """Give the views of a long specimen: those of the sample, mirrored along the tilt axis."""
    count, height, width = shape
    whole = read_volume(sample("tomo.mrc"))
    block = whole.block((slice(None),) * 3).astype(np.float32)
    beside = [(0, 0), (0, max(0, height - block.shape[1])), (0, 0)]
    block = np.pad(block, beside, mode="symmetric")[:count, :height]
    across = max(0, width - block.shape[2])
    return np.pad(block, [(0, 0), (0, 0), (across // 2, across - across // 2)])


def write_input(verb: str, shape: tuple[int, ...]) -> Path:
    """Write what the command works on."""
    if verb == "reconstruct":
        path = Path("input.mrc")
        made = views(shape)
        write_mrc(path, made, (1.0, 1.0, 1.0))
        angles = np.linspace(-REACH, REACH, len(made))
        path.with_suffix(".rawtlt").write_text("\n".join(f"{angle:.3f}" for angle in angles))
        return path
    path = Path("input.tif")
    size = (None, PIXEL, PIXEL) if verb == "locate" else (None, None, None)
    write_tiff(path, Planes(planes(verb, shape), shape, np.uint16, size))
    return path


def run(words: list[str]) -> tuple[int, Peak]:
    """Run Python, and give its exit status and what it held."""
    peak = Peak()
    with subprocess.Popen([sys.executable, *words]) as process:
        while process.poll() is None:
            peak.look(process.pid)
            time.sleep(INTERVAL)
        return process.returncode, peak


def main() -> None:
    """Measure one command on one shape."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("verb", choices=(*SAMPLES, "reconstruct"))
    parser.add_argument("--shape", required=True, help="planes,rows,columns or rows,columns")
    parser.add_argument("--scratch", type=Path)
    parser.add_argument("--quick", action="store_true", help="nothing is searched or answered")
    ours, _, options = " ".join(sys.argv[1:]).partition(" -- ")
    chosen = parser.parse_args(ours.split())
    shape = tuple(map(int, chosen.shape.split(",")))
    with TemporaryDirectory(dir=chosen.scratch) as folder:
        os.chdir(folder)
        path = write_input(chosen.verb, shape)
        program = [QUICK] if chosen.quick else ["-m", "colonnade"]
        words = [*program, chosen.verb, str(path), "--out", "out", *options.split()]
        status, peak = run(words)
    print("| command | input | options | processes | largest, MB | together, MB | status |")
    print("|---|---|---|---|---|---|---|")
    size, options = " x ".join(map(str, shape)), " ".join(options.split())
    print(
        f"| {chosen.verb} | {size} | {options} | {len(peak.held)} | {peak.largest / MB:.0f} | "
        f"{peak.together / MB:.0f} | {status} |"
    )


if __name__ == "__main__":
    main()
