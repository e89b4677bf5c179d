"""An image that may be larger than memory, mended where it is read."""

from collections.abc import Iterator
from functools import lru_cache
from typing import Any

import numpy as np

from colonnade.core.arrays import Indices, Single
from colonnade.core.errors import ImageError
from colonnade.core.images.repair import NO_NUMBER, Faults, as_single, mend
from colonnade.core.images.tiles import Readable

BAND_PIXELS = 1 << 23
"""An image is mended by bands of about so many pixels; smaller ones whole."""

MARGIN = 8
"""So many rows beyond a band help to mend it; more than any gap between dead rows [px]."""

Key = tuple[slice, slice]


class Repaired:
    """An image whose broken pixels and dead lines are filled where they are read.

    Where there is nothing to mend it is read as it is, in its own type. Larger images than a band
    are mended band by band, and a column is dead that is dead all along one.

    Parameters
    ----------
    image
        Grey levels, axes (y, x); read through once, to find what is broken.

    Raises
    ------
    ImageError
        If no pixel has a number, or all have the same one.
    """

    def __init__(self, image: Readable) -> None:
        self._image = image
        height, width = image.shape
        self.shape = (height, width)
        self._rows = max(1, BAND_PIXELS // width)
        self._mended = lru_cache(maxsize=2)(self._mend)
        self._level = 0.0
        found = list(self._look())
        self._broken = {band for band, faults in enumerate(found) if faults}
        pixels = sum(faults.pixels for faults in found)
        rows, columns = (
            np.unique(np.concatenate([getattr(faults, name) for faults in found]))
            for name in ("rows", "columns")
        )
        self.notes = tuple(Faults(pixels, rows, columns).notes)

    def __getitem__(self, key: Key) -> Any:
        """Read a part, axes (y, x)."""
        start, stop, _ = key[0].indices(self.shape[0])
        bands = range(start // self._rows, -(-stop // self._rows))
        if self._broken.isdisjoint(bands):
            return self._image[slice(start, stop), key[1]]
        return np.concatenate([self._part(band, start, stop, key[1]) for band in bands])

    def _part(self, band: int, start: int, stop: int, columns: slice) -> Any:
        """What lies in a band of the rows from start to stop."""
        first = band * self._rows
        rows = slice(max(start, first), min(stop, first + self._rows))
        if band not in self._broken:
            return self._image[rows, columns]
        return self._mended(band)[rows.start - first : rows.stop - first, columns]

    def _look(self) -> Iterator[Faults]:
        """Look for what is broken in each band, and settle the mean grey level."""
        total, count, low, high = 0.0, 0, np.inf, -np.inf
        for band in range(-(-self.shape[0] // self._rows)):
            seen, inner, first = self._seen(band)
            finite = np.isfinite(seen)
            known = seen[finite]
            if known.size:
                total, count = total + float(known.sum(dtype=np.float64)), count + known.size
                low, high = min(low, float(known.min())), max(high, float(known.max()))
                yield _within(mend(seen)[1], int(np.count_nonzero(~finite[inner])), inner, first)
            else:
                yield Faults(finite[inner].size, *2 * [np.array([], np.intp)])
        if not count:
            raise ImageError(NO_NUMBER)
        if low == high:
            raise ImageError(f"every pixel of the image is {low:g}; there is nothing on it")
        self._level = total / count

    def _seen(self, band: int) -> tuple[Single, slice, int]:
        """Read a band with its margin; give also where it lies therein, and its first row."""
        first = band * self._rows
        above = max(0, first - MARGIN)
        stop = min(first + self._rows, self.shape[0])
        rows = slice(above, min(stop + MARGIN, self.shape[0]))
        seen = as_single(self._image[rows, 0 : self.shape[1]])
        return seen, slice(first - above, stop - above), first

    def _mend(self, band: int) -> Any:
        seen, inner, _ = self._seen(band)
        if not np.isfinite(seen).any():
            return np.full_like(seen, self._level)[inner]
        return mend(seen)[0][inner]


def _within(faults: Faults, pixels: int, inner: slice, first: int) -> Faults:
    """Count what is broken in a band itself, its rows from the first of the image."""
    rows: Indices = faults.rows[(faults.rows >= inner.start) & (faults.rows < inner.stop)]
    return Faults(pixels, rows - inner.start + first, faults.columns)
