"""What is to be written: an array, a volume, or planes that are made one after the other."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, DTypeLike, NDArray

from colonnade.core.errors import ImageError
from colonnade.core.images.volume import Volume, VoxelSize


@dataclass(frozen=True, eq=False)
class Planes:
    """An image or a volume whose planes are made one after the other, each when it is its turn.

    Parameters
    ----------
    source
        The planes (y, x), in the order of z.
    shape
        What they make: (y, x) of a single one, or (z, y, x).
    dtype
        Number type of the grey levels.
    voxel_size
        Size of a voxel along (z, y, x) [nm]; None along an axis that has no calibration.
    """

    source: Iterable[NDArray[Any]]
    shape: tuple[int, ...]
    dtype: DTypeLike
    voxel_size: VoxelSize = (None, None, None)

    def __post_init__(self) -> None:
        if len(self.shape) not in (2, 3) or 0 in self.shape:
            raise ImageError(f"an image of the shape {tuple(self.shape)} cannot be written")

    @property
    def number_type(self) -> np.dtype[Any]:
        """Type of the grey levels in the file; what is true or false becomes 8 bit, 1 or 0."""
        dtype = np.dtype(self.dtype)
        return np.dtype(np.uint8) if dtype.kind == "b" else dtype.newbyteorder("=")

    @property
    def count(self) -> int:
        """Number of planes."""
        return self.shape[0] if len(self.shape) == 3 else 1

    @property
    def nbytes(self) -> int:
        """Size of all grey levels [bytes]."""
        return int(np.prod(self.shape, dtype=np.int64)) * self.number_type.itemsize

    def __iter__(self) -> Iterator[NDArray[Any]]:
        """Give each plane in the type of the file.

        Raises
        ------
        ImageError
            If a plane has another shape or number type, or there are more or fewer of them.
        """
        count = 0
        for plane in self.source:
            if plane.shape != self.shape[-2:] or plane.dtype != np.dtype(self.dtype):
                raise ImageError(
                    f"plane {count} has the shape {plane.shape} and the type {plane.dtype}; "
                    f"{self.shape[-2:]} and {np.dtype(self.dtype)} were to be written"
                )
            count += 1
            if count <= self.count:
                yield np.ascontiguousarray(plane, dtype=self.number_type)
        if count != self.count:
            raise ImageError(f"there were {count} planes; {self.count} were to be written")


def as_planes(pixels: "ArrayLike | Volume | Planes") -> Planes:
    """Take an array (y, x) or (z, y, x) or a volume apart into planes."""
    if isinstance(pixels, Planes):
        return pixels
    if isinstance(pixels, Volume):
        return Planes(pixels.planes(), pixels.shape, pixels.dtype, pixels.voxel_size)
    array = np.asarray(pixels)
    return Planes(array if array.ndim == 3 else [array], array.shape, array.dtype)
