"""What it takes to register large frames of a film, and to follow their columns.

    python benchmarks/files/long_films.py --frames 100 500 --sides 4096 --scratch FOLDER

First ten frames of noise on a lattice are registered for each side: seconds, of the processor and
by the clock, and memory. Then columns are drawn, as finding them would take days: a lattice that
drifts, of which each frame shows 97 of 100 columns with errors of a tenth of a pixel, and some
false ones. Each row has a process of its own, whose memory is the largest since it began.
"""

import argparse
import resource
import time
from collections.abc import Sequence
from multiprocessing import get_context
from pathlib import Path
from typing import overload

import numpy as np

from colonnade import Columns
from colonnade.atoms.locate.films.film import follow
from colonnade.core.arrays import Array, Single
from colonnade.core.images.series.drift import Drift
from colonnade.core.images.series.register import register

SPACING = 15.0
"""Of the columns [px]."""

FOUND, FALSE, ERROR = 0.97, 0.01, 0.1
"""Share of the columns that a frame shows, of those that are none, and the error of positions
[px]."""

STEP = 0.3
"""Standard deviation of the drift from one frame to the next [px]."""


class Drawn(Sequence[Columns]):
    """Columns of frames, each drawn when it is asked for, as it is read from its file else."""

    def __init__(self, frames: int, columns: int) -> None:
        side = round(np.sqrt(columns))
        self.places = SPACING * (1 + np.indices((side, side)).reshape(2, -1).T)
        self.side = round(SPACING * (side + 1))
        rng = np.random.default_rng(0)
        self.drift: Array = np.cumsum(rng.normal(0, STEP, (frames, 2)), axis=0)
        self.drift -= self.drift[0]

    def __len__(self) -> int:
        return len(self.drift)

    @overload
    def __getitem__(self, index: int) -> Columns: ...

    @overload
    def __getitem__(self, index: slice) -> Sequence[Columns]: ...

    def __getitem__(self, index: int | slice) -> Columns | Sequence[Columns]:
        if isinstance(index, slice):
            return [self[number] for number in range(len(self))[index]]
        if index >= len(self):
            raise IndexError(index)
        rng = np.random.default_rng([1, index])
        true = self.places[rng.random(len(self.places)) < FOUND] + self.drift[index]
        false = rng.uniform(0, self.side, (round(FALSE * len(true)), 2))
        y, x = np.concatenate([true + rng.normal(0, ERROR, true.shape), false]).T
        error = np.full(len(y), ERROR)
        return Columns(y, x, error, error, error, 100 * error, error)


def measure(frames: int, columns: int, folder: Path) -> str:
    """Follow the columns of a film, and give a row of the table."""
    film = Drawn(frames, columns)
    begun = time.process_time()
    count = sum(map(len, film))
    drawing = time.process_time() - begun
    said = Drift(film.drift, np.full_like(film.drift, 0.05))
    found = follow(film, (film.side, film.side), said, folder=folder)
    seconds = time.process_time() - begun - 2 * drawing
    error = float(np.abs(found.drift.shifts - film.drift).max())
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    rates = f"{1e6 * seconds / count:.0f} | {memory:.0f} | {1000 * error:.2f}"
    return f"| {frames} | {count / 1e6:.1f} | {len(found.tracks)} | {seconds:.0f} | {rates} |"


class Frames(Sequence[Single]):
    """Ten frames of a drifting lattice and noise of their own."""

    def __init__(self, side: int) -> None:
        y, x = (np.sin(2 * np.pi * np.arange(side + 10) / SPACING) for _ in range(2))
        self.lattice = np.add.outer(y, x).astype(np.float32)
        self.side = side

    def __len__(self) -> int:
        return 10

    @overload
    def __getitem__(self, index: int) -> Single: ...

    @overload
    def __getitem__(self, index: slice) -> Sequence[Single]: ...

    def __getitem__(self, index: int | slice) -> Single | Sequence[Single]:
        if isinstance(index, slice):
            return [self[number] for number in range(len(self))[index]]
        if index >= len(self):
            raise IndexError(index)
        rng = np.random.default_rng(index)
        shown = self.lattice[index : index + self.side, : self.side]
        return np.asarray(shown + rng.standard_normal(shown.shape, np.float32), np.float32)


def measure_registration(side: int) -> str:
    """Register frames of so many rows and columns, and give a row of the table."""
    frames = Frames(side)
    used, clock = time.process_time(), time.perf_counter()
    register(frames)
    used, clock = time.process_time() - used, time.perf_counter() - clock
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    seconds = f"{used / len(frames):.2f} | {clock / len(frames):.2f}"
    return f"| {side} x {side} | {seconds} | {memory:.0f} |"


def main() -> None:
    """Read the command line, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--frames", type=int, nargs="*", default=[100])
    parser.add_argument("--columns", type=int, default=74_000, help="of a frame")
    parser.add_argument(
        "--sides", type=int, nargs="*", default=[512], help="of frames to register"
    )
    parser.add_argument("--scratch", type=Path, required=True, help="where the columns are kept")
    given = parser.parse_args()
    print("| a frame | processor, s a frame | clock, s a frame | memory, MB |")
    print("|" + "---|" * 4)
    for side in given.sides:
        with get_context("spawn").Pool(1) as pool:
            print(pool.apply(measure_registration, (side,)), flush=True)
    print(
        "\n| frames | million columns | tracks | s | µs a column | memory, MB | drift, 0.001 px |"
    )
    print("|" + "---|" * 7)
    for frames in given.frames:
        with get_context("spawn").Pool(1) as pool:
            print(pool.apply(measure, (frames, given.columns, given.scratch)), flush=True)


if __name__ == "__main__":
    main()
