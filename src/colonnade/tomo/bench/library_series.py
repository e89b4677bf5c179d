"""Series of a library of one's own, prepared as well as can be with what the library knows.

How views are aligned is not what is compared: series that are not aligned are left out.
"""

from collections.abc import Iterator
from functools import cache
from pathlib import Path

import numpy as np

from colonnade.core.bench.case import Case
from colonnade.core.errors import FileError
from colonnade.tomo.bench.case import TestSeries
from colonnade.tomo.library.aligned import is_aligned, prepared
from colonnade.tomo.library.sources import FAMILY, LibrarySource

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
        If none of them is there and aligned.
    """
    source = _source(folder)
    found = [index for index in range(len(source)) if source.library.has(index)]
    entries = {index: source.library.read(index, ()) for index in found}
    aligned = [index for index in found if is_aligned(entries[index])]
    if not aligned:
        raise FileError(f"the library {folder} has no aligned series; simulate some")
    most = min(len(aligned), QUICK if quick else MOST)
    for place in np.linspace(0, len(aligned) - 1, most).round().astype(int):
        index = aligned[place]
        yield Case(NAME, str(entries[index].drawn[FAMILY]), np.nan, index)


def draw_library_series(case: Case, folder: Path) -> TestSeries:
    """Read one series, and prepare it."""
    made = _source(folder)(case.number)
    noise = made.noise / made.beam
    return TestSeries(case, prepared(made), noise, made.truth)
