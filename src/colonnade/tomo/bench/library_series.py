"""Series of a library of one's own, prepared as well as can be with what the library knows."""

from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np

from colonnade.core.bench.case import Case
from colonnade.core.errors import FileError
from colonnade.tomo.bench.case import TestSeries
from colonnade.tomo.library.sources import LibrarySource
from colonnade.tomo.reconstruct.moved import Move, Moved, rotation
from colonnade.tomo.reconstruct.prepare import MendedViews, Preparation, ScaledViews
from colonnade.tomo.simulate.series import SimulatedSeries
from colonnade.tomo.tilts import TiltSeries

NAME = "library"
"""Of the benchmark's series of images that come from a library."""

MOST = 48
"""So many series of a library are used, at most, evenly chosen."""

QUICK = 4
"""So many in a quick run."""


@cache
def _source(folder: Path) -> LibrarySource:
    return LibrarySource(folder)


def list_cases(folder: Path, quick: bool) -> Iterator[Case]:
    """List series of a library, by the families that they show.

    Raises
    ------
    FileError
        If it has none yet.
    """
    library = _source(folder).library
    there = [index for index in range(len(library)) if library.has(index)]
    if not there:
        raise FileError(f"the library {folder} has no series yet; simulate some")
    most = min(len(there), QUICK if quick else MOST)
    for place in np.linspace(0, len(there) - 1, most).round().astype(int):
        index = there[place]
        (family,) = _source(folder).families(library.read(index, ()))
        yield Case(NAME, family, np.nan, index)


def draw_library_series(case: Case, folder: Path) -> TestSeries:
    """Read one series, and prepare it."""
    made = _source(folder)(case.number)
    noise = made.noise / made.beam
    return TestSeries(case, prepared(made), noise, made.truth)


def prepared(made: SimulatedSeries) -> TiltSeries:
    """Mend, level and align the views of a series whose faults are known."""
    series = made.series
    mended = MendedViews(series.views, Preparation().hot_pixels)
    level = np.full(len(made.beam), made.background)
    series = replace(series, views=ScaledViews(mended, 1 / made.beam, level))
    move = Move(
        made.axis_angle, made.shifts + rotation(made.axis_angle) @ np.array([0, made.axis_offset])
    )
    if move.angle or move.shifts.any():
        series = replace(series, views=Moved(series.views, move))
    return series
