"""What a viewer asks of an image, a stack or a volume: what it is, and its tiles, coarse first.

A level of factor f has the mean of f x f pixels in each of its pixels, fewer at the right and
lower edges and where pixels are not a number; level 0 has the pixels themselves.
"""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from colonnade.app.images.cache import Cache
from colonnade.app.images.planes import AxisName, Planes, Seen
from colonnade.core.images.volume import VoxelSize

TILE = 512
"""Height and width of a tile [px of its level]."""

OVERVIEW = 1024
"""Grey levels are judged where neither side is longer [px]."""

CACHE_BYTES = 1 << 29
"""What has been read and averaged is kept, unless it is said otherwise, up to this [bytes]."""

_COARSE = 8
"""Levels of a larger factor are made from that of this one."""

_BAND = 1024
"""About so many rows are read together [px]."""

_JUDGED = 5
"""So many planes, evenly spread, stand for the grey levels of all."""

_BINS = 256
_TAIL = 0.5
"""Per cent of the pixels that are darker than black, and brighter than white."""


@dataclass(frozen=True)
class Level:
    """One level of the planes along an axis: its factor, and its rows and columns."""

    factor: int
    shape: tuple[int, int]


@dataclass(frozen=True)
class Axis:
    """The planes along one axis.

    Parameters
    ----------
    planes
        How many they are.
    shape
        Rows and columns of each: (y, x) along z, (z, x) along y, and (z, y) along x.
    pixel_size
        Along both [nm]; None without a calibration.
    levels
        From the pixels themselves to what fits into one tile.
    """

    planes: int
    shape: tuple[int, int]
    pixel_size: tuple[float, float] | None
    levels: tuple[Level, ...]


@dataclass(frozen=True)
class Histogram:
    """How many pixels of the overview have which grey level, in bins from first to last."""

    first: float
    last: float
    counts: tuple[int, ...]


@dataclass(frozen=True)
class Manifest:
    """What a viewer must know before it asks for tiles.

    Parameters
    ----------
    axes
        The planes along z, and of volumes those along y and x, by the name of the axis.
    dtype
        Number type of the pixels, as they are given.
    voxel_size
        Along (z, y, x) [nm]; None along an axis that has no calibration.
    tile
        Height and width of a tile [px of its level].
    tilts
        Of the planes of a tilt series, or of the views behind a volume [degrees].
    minimum, maximum
        Darkest and brightest pixel; None where no pixel has a number.
    sampled
        Whether all these grey levels are those of a few planes.
    low, high
        What to show as black and as white: 0.5 and 99.5 % of the overview lie below.
    histogram
        Of the overview, about the range between black and white.
    """

    axes: dict[AxisName, Axis]
    dtype: str
    voxel_size: VoxelSize
    tile: int
    tilts: tuple[float, ...] | None
    minimum: float | None
    maximum: float | None
    sampled: bool
    low: float
    high: float
    histogram: Histogram

    def to_json(self) -> dict[str, Any]:
        """Give it in numbers, text, lists and tables."""
        return asdict(self)


class Levels:
    """An image, a stack or a volume in levels; each is made when it is looked at.

    Parameters
    ----------
    seen
        What is looked at: an image, a stack or a volume, in memory or in a file.
    cache
        Where planes and coarse levels are kept; by default one of its own.
    """

    def __init__(self, seen: Seen, cache: Cache | None = None) -> None:
        self._cache = Cache(CACHE_BYTES) if cache is None else cache
        self._planes = Planes(seen, self._cache)

    @property
    def name(self) -> str:
        """What to call it."""
        return self._planes.volume.name

    @cached_property
    def manifest(self) -> Manifest:
        """What a viewer must know before it asks for tiles.

        Raises
        ------
        FileError
            If its pixels cannot be read.
        """
        planes = self._planes
        count = planes.count("z")
        judged = np.unique(np.linspace(0, count - 1, min(count, _JUDGED)).round().astype(int))
        coarse = [self._coarse("z", int(number)) for number in judged]
        extremes = [end for each in coarse for end in each.extremes]
        seen = [self.overview("z", int(number)) for number in judged]
        low, high, histogram = _judge(np.concatenate([each.ravel() for each in seen]))
        return Manifest(
            axes=self._axes,
            dtype=planes.dtype.name,
            voxel_size=planes.volume.voxel_size,
            tile=TILE,
            tilts=planes.tilts,
            minimum=min(extremes, default=None),
            maximum=max(extremes, default=None),
            sampled=len(judged) < count,
            low=low,
            high=high,
            histogram=histogram,
        )

    def tile(self, axis: str, plane: int, level: int, row: int, column: int) -> NDArray[Any]:
        """Give a tile, in C order, its low bytes first.

        Raises
        ------
        IndexError
            If there is no such tile.
        FileError
            If its pixels cannot be read.
        """
        for name, known in self._axes.items():
            if name == axis and 0 <= plane < known.planes and 0 <= level < len(known.levels):
                height, width = known.levels[level].shape
                if 0 <= row * TILE < height and 0 <= column * TILE < width:
                    rows, columns = _part(row, height), _part(column, width)
                    found = self._level(name, plane, level, rows, columns)
                    return np.ascontiguousarray(found, found.dtype.newbyteorder("<"))
        raise IndexError(f"there is no tile {axis}/{plane}/{level}/{row}/{column} of {self.name}")

    def overview(self, axis: AxisName, plane: int) -> NDArray[Any]:
        """Give a whole plane at the finest level that has no longer side than `OVERVIEW`."""
        level = _overview(self._axes[axis].levels)
        return self._level(axis, plane, level, slice(None), slice(None))

    @cached_property
    def _axes(self) -> dict[AxisName, Axis]:
        planes = self._planes
        return {
            axis: Axis(
                planes.count(axis),
                planes.shape(axis),
                planes.pixel_size(axis),
                tuple(_levels(planes.shape(axis))),
            )
            for axis in planes.axes
        }

    def _level(
        self, axis: AxisName, plane: int, level: int, rows: slice, columns: slice
    ) -> NDArray[Any]:
        """Give a part of a level of a plane, from the nearest level that is kept."""
        factor = self._axes[axis].levels[level].factor
        if factor == 1:
            return self._planes.read(axis, plane, rows, columns)
        if factor < self._coarse_factor(axis):
            pixels = self._planes.read(axis, plane, _times(rows, factor), _times(columns, factor))
            return _means(pixels, None, factor)[0]
        coarse, step = self._coarse(axis, plane), factor // self._coarse_factor(axis)
        if step == 1:
            return coarse.means[rows, columns]
        part = _times(rows, step), _times(columns, step)
        return _means(coarse.means[part], coarse.counts[part], step)[0]

    def _coarse_factor(self, axis: AxisName) -> int:
        levels = self._axes[axis].levels
        return min(_COARSE, levels[_overview(levels)].factor)

    def _coarse(self, axis: AxisName, plane: int) -> "_Coarse":
        factor = self._coarse_factor(axis)
        return self._cache.get(
            (self, axis, plane), lambda: _Coarse.of(self._bands(axis, plane), factor)
        )

    def _bands(self, axis: AxisName, plane: int) -> Iterator[NDArray[Any]]:
        height, _ = self._planes.shape(axis)
        for first in range(0, height, _BAND):
            yield self._planes.read(axis, plane, slice(first, first + _BAND), slice(None))


@dataclass(frozen=True, eq=False)
class _Coarse:
    """A level that coarser ones are made from, and the extremes of the pixels it was made of."""

    means: NDArray[Any]
    counts: NDArray[np.float32]
    extremes: tuple[float, ...]

    @property
    def nbytes(self) -> int:
        return self.means.nbytes + self.counts.nbytes

    @classmethod
    def of(cls, bands: Iterator[NDArray[Any]], factor: int) -> "_Coarse":
        """Make it from bands of whole squares, but for the last."""
        means, counts, extremes = [], [], []
        for band in bands:
            mean, count = _means(band, None, factor)
            means.append(mean)
            counts.append(count)
            extremes += _extremes(band)
        ends = (min(extremes), max(extremes)) if extremes else ()
        return cls(np.concatenate(means), np.concatenate(counts), ends)


def _levels(shape: tuple[int, int]) -> Iterator[Level]:
    factor = 1
    while True:
        smaller = -(-shape[0] // factor), -(-shape[1] // factor)
        yield Level(factor, smaller)
        if max(smaller) <= TILE:
            return
        factor *= 2


def _overview(levels: tuple[Level, ...]) -> int:
    return next(n for n, level in enumerate(levels) if max(level.shape) <= OVERVIEW)


def _part(number: int, size: int) -> slice:
    return slice(number * TILE, min((number + 1) * TILE, size))


def _times(part: slice, factor: int) -> slice:
    """Take a part of a level as one of a finer level; a slice may end beyond the last pixel."""
    if part == slice(None):
        return part
    return slice(part.start * factor, part.stop * factor)


def _means(
    values: NDArray[Any], weights: NDArray[np.float32] | None, factor: int
) -> tuple[NDArray[Any], NDArray[np.float32]]:
    """Give weighted means over squares, NaN left out, and the sums of their weights."""
    if values.dtype.kind == "f":
        missing = np.isnan(values)
        if missing.any():
            weights = np.where(missing, 0, 1 if weights is None else weights).astype(np.float32)
            values = np.where(missing, 0, values)
    if weights is None:
        down, across = (_lengths(size, factor) for size in values.shape)
        counts = np.outer(down, across)
    else:
        counts = _sums(weights, factor).astype(np.float32, copy=False)
        values = values * weights.astype(values.dtype, copy=False)
    with np.errstate(divide="ignore", invalid="ignore"):
        return _sums(values, factor) / counts, counts


def _sums(values: NDArray[Any], factor: int) -> NDArray[Any]:
    """Sum over squares, as if the image went on with zeros."""
    wide = np.float32 if values.dtype.itemsize <= 2 or values.dtype == np.float32 else np.float64
    height, width = values.shape
    if factor == 1:
        return values.astype(wide)
    if height % factor or width % factor:
        values = np.pad(values, ((0, -height % factor), (0, -width % factor)))
    with np.errstate(invalid="ignore"):
        rows = values.reshape(-1, factor, values.shape[1]).sum(1, dtype=wide)
        sums: NDArray[Any] = rows[:, ::factor].copy()
        for column in range(1, factor):
            sums += rows[:, column::factor]
    return sums


def _lengths(size: int, factor: int) -> NDArray[np.float32]:
    """Count the pixels in each square along one side."""
    lengths = np.full(-(-size // factor), factor, np.float32)
    lengths[-1] -= -size % factor
    return lengths


def _extremes(values: NDArray[Any]) -> list[float]:
    """Give the darkest and the brightest pixel that has a finite number, if any has."""
    ends = values.min(), values.max()
    if not np.isfinite(ends).all():
        finite = values[np.isfinite(values)]
        if not finite.size:
            return []
        ends = finite.min(), finite.max()
    return [float(end) for end in ends]


def _judge(values: NDArray[Any]) -> tuple[float, float, Histogram]:
    """Choose what is black and what is white, and count what lies about these."""
    values = values[np.isfinite(values)].astype(np.float64)
    if not values.size:
        return 0.0, 1.0, Histogram(0.0, 1.0, (0,) * _BINS)
    low, high = (float(level) for level in np.percentile(values, (_TAIL, 100 - _TAIL)))
    if not high > low:
        low, high = float(values.min()), float(values.max())
    if not high > low:
        high = low + max(1.0, abs(low) * 1e-6)
    first = max(float(values.min()), 2 * low - high)
    last = min(max(float(values.max()), high), 2 * high - low)
    counts, _ = np.histogram(np.clip(values, first, last), _BINS, (first, last))
    return low, high, Histogram(first, last, tuple(map(int, counts)))
