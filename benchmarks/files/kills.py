"""Kill a batch at random moments, start it again, and compare what it makes with a quiet run.

    python benchmarks/files/kills.py --kills 30 --scratch FOLDER

Each of `locate`, `upscale`, `denoise` and `reconstruct` works on small files with two processes.
What is killed is the command itself or one of its processes; or the folder of the results is
copied while the command runs, as a power cut leaves it, and the work goes on in the copy.
"""

import argparse
import random
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

import numpy as np

import colonnade
from colonnade.core.files.batch import sample

psutil = import_module("psutil")

LATEST = 20.0
"""The latest moment of a fault after the start of a command [s]."""

FAULTS = ("the command", "one of its processes", "a power cut")

RECORDS = ".colonnade"
"""Folder of what is done, which a whole run may leave otherwise than one in parts."""


@dataclass(frozen=True)
class Work:
    """A command and the files that it works on."""

    verb: str
    files: Sequence[str]
    options: Sequence[str] = ()

    def start(self, folder: Path, out: Path) -> "subprocess.Popen[bytes]":
        """Start the command."""
        words = [self.verb, *self.files, *self.options, "--out", str(out)]
        return subprocess.Popen(
            [sys.executable, "-m", "colonnade", *words],
            cwd=folder,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )


def write_inputs(folder: Path) -> list[Work]:
    """Write small files for each command."""
    folder.mkdir(parents=True)
    rng = np.random.default_rng(0)
    atoms = colonnade.read(sample()).pixels[:128, :128]
    film = np.stack([rng.poisson(atoms) for _ in range(12)]).astype(np.uint16)
    colonnade.write_tiff(folder / "film.tif", film, (0.016, 0.016))
    sem = colonnade.read(sample("sem.tif")).pixels[:96, :128]
    for number in range(6):
        turned = np.rot90(sem, 2 * (number % 2))
        noisy = np.clip(turned + rng.normal(0, 2, sem.shape), 0, 255).astype(np.uint8)
        colonnade.write_tiff(folder / f"sem{number}.tif", noisy, (5.0, 5.0))
    shutil.copy(sample("tomo.mrc"), folder)
    shutil.copy(sample("tomo.rawtlt"), folder)
    workers = ["--workers", "2"]
    images = [f"sem{number}.tif" for number in range(6)]
    return [
        Work("locate", ["film.tif"], workers),
        Work("upscale", images, workers),
        Work("denoise", images, workers),
        Work("reconstruct", ["tomo.mrc"], workers),
    ]


def run_with_faults(work: Work, folder: Path, name: str, draw: random.Random) -> Iterator[str]:
    """Run a command until it ends by itself, and say what befell it each time before."""
    out = folder / name
    for attempt in range(100):
        process = work.start(folder, out)
        try:
            process.wait(draw.uniform(0.2, LATEST))
            break
        except subprocess.TimeoutExpired:
            fault = draw.choice(FAULTS)
        if fault == "a power cut":
            copy = folder / f"{name}-{attempt}"
            _cut_power(process, out, copy)
            if copy.exists():
                copy.rename(out)
            yield fault
        elif fault == "the command":
            process.kill()
            process.wait()
            yield fault
        elif children := psutil.Process(process.pid).children(recursive=True):
            draw.choice(children).kill()
            process.wait()
            yield fault
        if process.returncode == 0:
            return
    else:
        raise RuntimeError(f"{work.verb} never ended")
    # What a process that died took with it is tried again by the same command.
    if process.returncode != 0 and work.start(folder, out).wait() != 0:
        raise RuntimeError(f"{work.verb} failed")


def _cut_power(process: "subprocess.Popen[bytes]", out: Path, copy: Path) -> None:
    """Copy the results while nothing writes them, then end everything and forget them."""
    everyone = [psutil.Process(process.pid), *psutil.Process(process.pid).children(recursive=True)]
    for each in everyone:
        each.suspend()
    if out.exists():
        shutil.copytree(out, copy)
    for each in everyone:
        each.kill()
    process.wait()
    psutil.wait_procs(everyone)
    while out.exists():  # a file that another process still had open may come back
        shutil.rmtree(out, ignore_errors=True)


def differences(one: Path, other: Path) -> list[str]:
    """Name the results that are not the same, byte by byte; times of writing differ."""
    found = []
    for path in sorted(one.rglob("*")):
        if RECORDS in path.parts or path.is_dir() or path.suffix == ".json":
            continue
        twin = other / path.relative_to(one)
        if not twin.exists() or twin.read_bytes() != path.read_bytes():
            found.append(path.name)
    return found + [f"{path.name} is left over" for path in sorted(other.glob(".*-*"))]


def main() -> None:
    """Read the command line, and print what was survived."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--kills", type=int, default=12)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--scratch", type=Path, required=True)
    arguments = parser.parse_args()
    draw = random.Random(arguments.seed)
    folder = arguments.scratch.absolute() / "kills"
    works = write_inputs(folder)
    print("| command | killed | one of its processes | power cut | runs | differences |")
    print("|---|---|---|---|---|---|")
    for work in works:
        if work.start(folder, folder / f"{work.verb}-quiet").wait() != 0:
            raise RuntimeError(f"{work.verb} fails without any fault")
        faults: list[str] = []
        wrong: list[str] = []
        runs = 0
        begun = time.monotonic()
        while len(faults) < arguments.kills / len(works):
            name = f"{work.verb}-{runs}"
            faults += run_with_faults(work, folder, name, draw)
            wrong += differences(folder / f"{work.verb}-quiet", folder / name)
            shutil.rmtree(folder / name)
            runs += 1
            if time.monotonic() - begun > 3600:
                break
        counts = " | ".join(str(faults.count(fault)) for fault in FAULTS)
        print(f"| {work.verb} | {counts} | {runs} | {', '.join(wrong) or 'none'} |", flush=True)


if __name__ == "__main__":
    main()
