"""How fast batches are with one and with two processes, and what a frame of a long batch costs.

    python benchmarks/files/throughput.py --scratch FOLDER [--repeats 4] [--counts 100 1000]

First each of `locate`, `upscale` and `reconstruct` works on the same files with one process on one
processor, and with two on two; start included. Seconds are of the clock, so nothing else may run.
The efficiency is the gain over twice as many processors. The limit is that of two commands at
once, one on each processor, which have nothing to do with each other: what these processors and
their memory allow. Then `locate` works with two processes on small frames, as files and as a
stack: processor seconds a frame, of the process that hands out and of those that work, and the
largest memory of the first.
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
from multiprocessing import active_children
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

SMALL = 32
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

    def seconds(self, out: Path, processors: Sequence[Sequence[int]]) -> float:
        """Run a command on each set of processors, all at once [s of the clock].

        Each has as many processes as processors.
        """
        begun = time.perf_counter()
        running = [self._start(out / str(number), each) for number, each in enumerate(processors)]
        for process in running:
            if process.wait():
                raise subprocess.CalledProcessError(process.returncode, process.args)
        seconds = time.perf_counter() - begun
        shutil.rmtree(out)
        return seconds

    def _start(self, out: Path, processors: Sequence[int]) -> subprocess.Popen[bytes]:
        out.mkdir(parents=True)
        words = [self.verb, *map(str, self.files), "--workers", str(len(processors))]
        here = os.sched_getaffinity(0)
        os.sched_setaffinity(0, processors)
        try:
            command = [sys.executable, "-m", "colonnade", *words, "--out", str(out)]
            return subprocess.Popen(command, stdout=subprocess.DEVNULL)
        finally:
            os.sched_setaffinity(0, here)


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
    yield "| command | frames | frames/s, 1 | 2 | Mpx/s, 1 | 2 | efficiency | limit |"
    yield "|---|---|---|---|---|---|---|---|"
    first, second = sorted(os.sched_getaffinity(0))[:2]
    for work in write_works(folder, repeats):
        ways = ([[first]], [[first, second]], [[first], [second]])
        one, two, apart = (work.seconds(folder / "out", processors) for processors in ways)
        rates = [work.frames / one, work.frames / two]
        rates += [work.pixels / one / 1e6, work.pixels / two / 1e6]
        cells = " | ".join(f"{rate:.2f}" for rate in rates)
        gains = f"{one / two / 2:.2f} | {one / apart:.2f}"
        yield f"| {work.verb} | {work.frames} | {cells} | {gains} |"


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
    for worker in active_children():  # what they used is known when they have ended
        worker.join()
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
