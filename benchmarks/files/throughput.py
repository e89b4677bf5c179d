"""How fast batches are with one and with two processes, and what a frame of a long batch costs.

    python benchmarks/files/throughput.py --scratch FOLDER [--repeats 4] [--counts 100 1000]

First each of `locate`, `upscale` and `reconstruct` works on the same files with one process on one
processor, and with two on two; start included. Seconds are of the clock, so nothing else may run.
The efficiency is the gain over twice as many processors. Then `locate` works with two processes on
small frames, as files and as a stack: processor seconds a frame, of the process that hands out and
of those that work, and the largest memory of the first.
"""

import argparse
import os
import resource
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

import colonnade
from colonnade.atoms.locate.files import Job, locate_files
from colonnade.atoms.locate.locate import Options
from colonnade.core.files.batch import inputs, sample
from colonnade.core.files.open import read_volume
from colonnade.core.files.write import write_mrc
from colonnade.core.work.parallel import Crew
from colonnade.core.work.progress import silent

PIXEL = 0.016
"""Size of a pixel of the frames of atoms [nm]."""

SMALL = 64
"""Rows and columns of a frame of a long batch [px]."""


@dataclass(frozen=True)
class Work:
    """A command, and what it works on.

    Parameters
    ----------
    verb
        The command.
    files
        Its files.
    frames
        How many images these hold, or slices a volume gets.
    pixels
        How many pixels are measured, or made where the command makes images.
    """

    verb: str
    files: Sequence[Path]
    frames: int
    pixels: int

    def seconds(self, out: Path, workers: int) -> float:
        """Run the command on as many processors as it has processes [s of the clock]."""
        here = sorted(os.sched_getaffinity(0))
        words = [self.verb, *map(str, self.files), "--workers", str(workers), "--out", str(out)]
        os.sched_setaffinity(0, here[:workers])
        try:
            begun = time.perf_counter()
            command = [sys.executable, "-m", "colonnade", *words]
            subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
            return time.perf_counter() - begun
        finally:
            os.sched_setaffinity(0, here)
            shutil.rmtree(out)


def write_works(folder: Path, repeats: int) -> Iterator[Work]:
    """Write files for each command, so many times eight of them."""
    rng = np.random.default_rng(0)
    count = 8 * repeats
    atoms = colonnade.read(sample()).pixels[:512, :512]
    film = np.stack([rng.poisson(atoms) for _ in range(count)]).astype(np.uint16)
    colonnade.write_tiff(folder / "film.tif", film, (PIXEL, PIXEL))
    yield Work("locate", [folder / "film.tif"], count, film.size)

    sem = colonnade.read(sample("sem.tif"))
    paths = [folder / f"sem{number:03}.tif" for number in range(count)]
    for path in paths:
        noisy = np.clip(sem.pixels + rng.normal(0, 2, sem.shape), 0, 255).astype(np.uint8)
        colonnade.write_tiff(path, noisy, sem.pixel_size)
    yield Work("upscale", paths, count, 16 * count * sem.pixels.size)

    whole = read_volume(sample("tomo.mrc"))
    views = np.concatenate([whole.block((slice(None),) * 3)] * repeats, axis=1)
    write_mrc(folder / "series.mrc", views, (None, *whole.voxel_size[1:]))
    shutil.copy(sample("tomo.rawtlt"), folder / "series.rawtlt")
    _, height, width = views.shape
    yield Work("reconstruct", [folder / "series.mrc"], height, height * width**2)


def compare_workers(folder: Path, repeats: int) -> Iterator[str]:
    """Give the rows of the first table."""
    yield "| command | frames | frames/s, 1 | 2 | Mpx/s, 1 | 2 | efficiency |"
    yield "|---|---|---|---|---|---|---|"
    for work in write_works(folder, repeats):
        one, two = (work.seconds(folder / "out", workers) for workers in (1, 2))
        rates = [work.frames / one, work.frames / two]
        rates += [work.pixels / one / 1e6, work.pixels / two / 1e6]
        cells = " | ".join(f"{rate:.2f}" for rate in rates)
        yield f"| {work.verb} | {work.frames} | {cells} | {one / two / 2:.2f} |"


def cost_per_frame(folder: Path, counts: Sequence[int]) -> Iterator[str]:
    """Give the rows of the second table."""
    yield "| frames | as | handing out, ms a frame | working, ms a frame | memory, MB |"
    yield "|---|---|---|---|---|"
    rng = np.random.default_rng(0)
    atoms = colonnade.read(sample()).pixels[:SMALL, :SMALL]
    job = Job(colonnade.Model.load("atoms"), Options(), None, None, None)
    for count in counts:
        frames = rng.poisson(atoms, (count, SMALL, SMALL)).astype(np.uint16)
        stack, files = folder / f"stack{count}", folder / f"files{count}"
        for made in (stack, files):
            made.mkdir()
        colonnade.write_tiff(stack / "stack.tif", frames, (PIXEL, PIXEL))
        for number, frame in enumerate(frames):
            colonnade.write_tiff(files / f"{number:06}.tif", frame, (PIXEL, PIXEL))
        for kind, place in (("files", files), ("a stack", stack)):
            here, there = time.process_time(), _seconds_of_workers()
            out = folder / f"out-{place.name}"
            locate_files(inputs([place]), out, job, lambda _: None, silent, Crew(2))
            handing = 1000 * (time.process_time() - here) / count
            working = 1000 * (_seconds_of_workers() - there) / count
            memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
            yield f"| {count} | {kind} | {handing:.1f} | {working:.0f} | {memory:.0f} |"


def _seconds_of_workers() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def main() -> None:
    """Read the command line, and print the tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--repeats", type=int, default=4)
    parser.add_argument("--counts", type=int, nargs="*", default=[100, 1000])
    parser.add_argument("--scratch", type=Path, required=True)
    arguments = parser.parse_args()
    folder = arguments.scratch.absolute() / "throughput"
    folder.mkdir(parents=True)
    if arguments.repeats:
        print(*compare_workers(folder, arguments.repeats), "", sep="\n")
    for row in cost_per_frame(folder, arguments.counts):
        print(row, flush=True)


if __name__ == "__main__":
    main()
