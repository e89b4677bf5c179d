"""Planes of images, stacks and volumes along z, y or x; no more is read than is looked at."""

from typing import Any, Literal, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from colonnade.app.images.cache import Cache
from colonnade.core.errors import ImageError
from colonnade.core.files.frames import LARGEST_READ, Frames
from colonnade.core.files.mapped import is_held
from colonnade.core.files.open import as_volume, check_readable
from colonnade.core.files.signals import Signal
from colonnade.core.images.micrograph import Micrograph, plain_array
from colonnade.core.images.tiles import Readable
from colonnade.core.images.volume import Slices, Volume
from colonnade.tomo.tilts import TiltSeries

AxisName = Literal["z", "y", "x"]
"""Along which planes follow each other: those along y have the axes (z, x), along x (z, y)."""

_ALL: tuple[AxisName, ...] = ("z", "y", "x")

Seen: TypeAlias = Micrograph | Volume | TiltSeries | Frames | Signal | ArrayLike
"""What can be looked at; an array has the axes (y, x) or (z, y, x)."""

MOST_TOGETHER = 16
"""Planes along y or x that are read together: a file is laid out along z, and must be read from
one end to the other for one of them."""

_TOGETHER_BYTES = 1 << 26
"""Planes that need more memory than this are not read together [bytes]."""


class Planes:
    """Planes of what is looked at, in number types that a browser knows.

    Parameters
    ----------
    seen
        What is looked at.
    cache
        Keeps planes that were read from a file.
    """

    def __init__(self, seen: Seen, cache: Cache) -> None:
        self.volume, self.axes, self.tilts = _as_volume(seen)
        self._cache = cache
        voxels = self.volume.voxels
        self._in_memory = is_held(voxels)

    @property
    def dtype(self) -> np.dtype[Any]:
        """Number type of the grey levels that are given."""
        return _known_type(self.volume.dtype)

    def count(self, axis: AxisName) -> int:
        """Count the planes along an axis."""
        return self.volume.shape["zyx".index(axis)]

    def shape(self, axis: AxisName) -> tuple[int, int]:
        """Rows and columns of the planes along an axis."""
        height, width = _others(axis, self.volume.shape)
        return height, width

    def pixel_size(self, axis: AxisName) -> tuple[float, float] | None:
        """Size of a pixel of the planes along an axis [nm], or None without a calibration."""
        y, x = _others(axis, self.volume.voxel_size)
        return None if y is None or x is None else (y, x)

    def read(self, axis: AxisName, plane: int, rows: slice, columns: slice) -> NDArray[Any]:
        """Read a part of a plane; it may end beyond it."""
        together = self._together(axis)
        if not together:
            height, width = self.shape(axis)
            part = slice(*rows.indices(height)), slice(*columns.indices(width))
            return np.asarray(self._block(axis, slice(plane, plane + 1), *part)[0])
        number, within = divmod(plane, together)
        some = slice(number * together, min((number + 1) * together, self.count(axis)))
        whole = self._cache.get(
            (self, axis, number), lambda: self._block(axis, some, slice(None), slice(None))
        )
        return np.asarray(whole[within, rows, columns])

    def _together(self, axis: AxisName) -> int:
        """Count the planes that are read whole, and kept; none where nothing is gained by it."""
        if self._in_memory:
            return 0
        height, width = self.shape(axis)
        one = height * width * self.volume.dtype.itemsize
        if one > LARGEST_READ:
            return 0
        most = 1 if axis == "z" else MOST_TOGETHER
        return max(1, min(most, _TOGETHER_BYTES // one))

    def _block(self, axis: AxisName, part: slice, rows: slice, columns: slice) -> NDArray[Any]:
        """Read planes, which come first in what is given."""
        place = "zyx".index(axis)
        key = [rows, columns]
        key.insert(place, part)
        z, y, x = key
        block = np.moveaxis(self.volume.block((z, y, x)), place, 0)
        return np.ascontiguousarray(block, self.dtype)


class _OfFrames:
    """Blocks of the frames of a file; the frame that was read last is kept."""

    def __init__(self, frames: Frames) -> None:
        self._frames = frames
        self._last: tuple[int, Readable] = (0, frames.grey(0)[0])
        self.shape = (len(frames), *frames.shape)
        self.dtype = np.asarray(self._last[1][:1, :1]).dtype.newbyteorder("=")

    def __getitem__(self, part: Slices) -> NDArray[Any]:
        numbers = range(*part[0].indices(self.shape[0]))
        read = [np.asarray(self._grey(number)[part[1:]], self.dtype) for number in numbers]
        return read[0][None] if len(read) == 1 else np.stack(read)

    def _grey(self, number: int) -> Readable:
        last, grey = self._last
        if last != number:
            grey, _ = self._frames.grey(number)
            self._last = number, grey
        return grey


def _as_volume(
    seen: Seen,
) -> tuple[Volume, tuple[AxisName, ...], tuple[float, ...] | None]:
    """Take anything as a volume, and say along which axes it has planes, and their tilts."""
    if isinstance(seen, Signal):
        check_readable(seen)
        if seen.kind == "volume":
            return as_volume(seen, seen.title), _ALL, None
        frames = Frames(seen, range(seen.frames), seen.title)
        return _of_frames(frames), ("z",), seen.tilts
    if isinstance(seen, Frames):
        return _of_frames(seen), _ALL if seen.kind == "volume" else ("z",), seen.tilts
    if isinstance(seen, TiltSeries):
        sizes = (None, *(seen.pixel_size or (None, None)))
        return Volume(seen.views, sizes, seen.name), ("z",), seen.angles
    if isinstance(seen, Volume):
        tilts = seen.metadata.get("tilts")
        return seen, _ALL, tuple(tilts) if tilts else None
    if isinstance(seen, Micrograph):
        sizes = (None, *(seen.pixel_size or (None, None)))
        return Volume(seen.pixels[None], sizes, seen.name), ("z",), None
    return _of_array(plain_array(seen))


def _of_array(
    array: NDArray[Any],
) -> tuple[Volume, tuple[AxisName, ...], None]:
    if array.ndim == 3:
        return Volume(array), _ALL, None
    if array.ndim != 2:
        raise ImageError(f"an image has two axes and a volume three, not the shape {array.shape}")
    return Volume(array[None], name="image"), ("z",), None


def _of_frames(frames: Frames) -> Volume:
    return Volume(_OfFrames(frames), frames.voxel_size, frames.name, frames.metadata)


def _others(axis: AxisName, values: tuple[Any, Any, Any]) -> list[Any]:
    return [value for name, value in zip("zyx", values, strict=True) if name != axis]


def _known_type(dtype: np.dtype[Any]) -> np.dtype[Any]:
    """Give the type, with its low byte first, that JavaScript has an array for."""
    if dtype.kind == "b":
        return np.dtype(np.uint8)
    if dtype.kind in "ui":
        return np.dtype(np.float64) if dtype.itemsize == 8 else dtype.newbyteorder("<")
    return np.dtype("<f8" if dtype.itemsize >= 8 else "<f4")
