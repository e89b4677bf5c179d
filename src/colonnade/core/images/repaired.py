"""An image that may be larger than memory, mended where it is read."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from colonnade.core.arrays import Single
from colonnade.core.errors import ImageError
from colonnade.core.images.levels import check_ordinary, level_notes
from colonnade.core.images.repair import NO_NUMBER, Faults, as_single, check_not_flat, mend
from colonnade.core.images.tiles import Readable

BAND_PIXELS = 1 << 23
"""An image is mended by bands of about so many pixels; smaller ones whole."""

SAMPLE = 1 << 20
"""About so many pixels, evenly spread, tell what the grey levels say against an image."""

MARGIN = 8
"""So many rows beyond a band help to mend it; more than any gap between dead rows [px]."""

Key = tuple[slice, slice]


class Repaired:
    """An image whose broken pixels and dead lines are filled where they are read.

    Where there is nothing to mend it is read as it is, in its own type. Larger images than a band
    are mended band by band, and a column is dead that is dead all along one.

    Parameters
    ----------
    measured
        Grey levels, axes (y, x); read through once, to find what is broken.

    Raises
    ------
    ImageError
        If no pixel has a number, or all have the same one, or they are too vast or too tiny.
    """

    def __init__(self, measured: Readable) -> None:
        self.measured = measured
        height, width = measured.shape
        self.shape = (height, width)
        self._rows = max(1, BAND_PIXELS // width)
        self._mended = lru_cache(maxsize=2)(self._mend)
        self._level = 0.0
        sample: list[Single] = []
        found = list(self._look(sample))
        self._broken = {band for band, faults in enumerate(found) if faults}
        whole = np.concatenate(sample)
        check_ordinary(whole)
        pixels = sum(faults.pixels for faults in found)
        hot = np.concatenate([faults.hot for faults in found])
        rows, columns = (
            np.unique(np.concatenate([getattr(faults, name) for faults in found]))
            for name in ("rows", "columns")
        )
        self._has_unknown = pixels > 0
        self.notes = (
            *Faults(pixels, hot, rows, columns).notes,
            *level_notes(whole),
        )

    def __getitem__(self, key: Key) -> Any:
        """Read a part, axes (y, x)."""
        start, stop, _ = key[0].indices(self.shape[0])
        bands = range(start // self._rows, -(-stop // self._rows))
        if self._broken.isdisjoint(bands):
            return self.measured[slice(start, stop), key[1]]
        return np.concatenate([self._part(band, start, stop, key[1]) for band in bands])

    @property
    def unknown(self) -> "Unknown | None":
        """Which pixels had no number, if there are any."""
        return Unknown(self.measured) if self._has_unknown else None

    def _part(self, band: int, start: int, stop: int, columns: slice) -> Any:
        """What lies in a band of the rows from start to stop."""
        first = band * self._rows
        rows = slice(max(start, first), min(stop, first + self._rows))
        if band not in self._broken:
            return self.measured[rows, columns]
        return self._mended(band)[rows.start - first : rows.stop - first, columns]

    def _look(self, sample: list[Single]) -> Iterator[Faults]:
        """Look for what is broken in each band, settle the mean grey level, and take a sample."""
        total, count, low, high = 0.0, 0, np.inf, -np.inf
        step = -(-prod(self.shape) // SAMPLE)
        for band in range(-(-self.shape[0] // self._rows)):
            seen, inner, first = self._seen(band)
            known = np.isfinite(seen)
            if known.any():
                mended, faults = mend(seen)
                # What was filled lies between what is known.
                low, high = min(low, float(mended.min())), max(high, float(mended.max()))
                total += float(mended[known].sum(dtype=np.float64))
                count += int(np.count_nonzero(known))
                sample.append(mended[inner][::step])
                yield _within(faults, int(np.count_nonzero(~known[inner])), inner, first)
            else:
                yield Faults(known[inner].size, *3 * [np.array([], np.intp)])
        if not count:
            raise ImageError(NO_NUMBER)
        check_not_flat(low, high)
        self._level = total / count

    def _seen(self, band: int) -> tuple[Single, slice, int]:
        """Read a band with its margin; give also where it lies therein, and its first row."""
        first = band * self._rows
        above = max(0, first - MARGIN)
        stop = min(first + self._rows, self.shape[0])
        rows = slice(above, min(stop + MARGIN, self.shape[0]))
        seen = as_single(self.measured[rows, 0 : self.shape[1]])
        return seen, slice(first - above, stop - above), first

    def _mend(self, band: int) -> Any:
        seen, inner, _ = self._seen(band)
        if not np.isfinite(seen).any():
            return np.full_like(seen, self._level)[inner]
        return mend(seen)[0][inner]


@dataclass(frozen=True, eq=False)
class Unknown:
    """Which pixels of an image have no number, read part by part.

    Parameters
    ----------
    image
        Grey levels, axes (y, x).
    """

    image: Readable

    @property
    def shape(self) -> tuple[int, ...]:
        """Rows and columns."""
        return self.image.shape

    def __getitem__(self, key: Key) -> NDArray[np.bool_]:
        """Read a part, axes (y, x)."""
        return ~np.isfinite(as_single(self.image[key]))


def _within(faults: Faults, pixels: int, inner: slice, first: int) -> Faults:
    """Count what is broken in a band itself, its rows from the first of the image."""
    hot, rows = (
        each[(each >= inner.start) & (each < inner.stop)] - inner.start + first
        for each in (faults.hot, faults.rows)
    )
    return Faults(pixels, hot, rows, faults.columns)
