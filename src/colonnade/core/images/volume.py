"""A volume that is read plane by plane or block by block, and may be larger than memory."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from colonnade.core.errors import ImageError

VoxelSize = tuple[float | None, float | None, float | None]
"""Size of a voxel along (z, y, x) [nm]; None along an axis that has no calibration."""

Slices = tuple[slice, slice, slice]


class Voxels(Protocol):
    """What gives blocks of grey levels: an array in memory or in a file."""

    @property
    def shape(self) -> tuple[int, ...]:
        """Number of voxels along each axis."""

    @property
    def dtype(self) -> np.dtype[Any]:
        """Number type of the grey levels."""

    def __getitem__(self, part: Slices, /) -> Any:
        """Read a block."""


@dataclass(frozen=True, eq=False)
class Volume:
    """Grey levels with the axes (z, y, x); none is read before it is needed.

    Parameters
    ----------
    voxels
        Grey levels, axes (z, y, x): an array, or whatever gives its blocks.
    voxel_size
        Size of a voxel along (z, y, x) [nm]; None along an axis that has no calibration.
    name
        What to call the volume in tables and figures.
    metadata
        What the microscope wrote down.
    """

    voxels: Voxels
    voxel_size: VoxelSize = (None, None, None)
    name: str = "volume"
    metadata: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if len(self.voxels.shape) != 3:
            raise ImageError(f"a volume has three axes (z, y, x), not {self.voxels.shape}")
        if 0 in self.voxels.shape:
            raise ImageError(f"the volume is empty: its shape is {self.voxels.shape}")
        if self.voxels.dtype.kind not in "buif":
            raise ImageError(f"a volume is made of numbers, not of the type {self.voxels.dtype}")
        if not all(size is None or 0 < size < np.inf for size in self.voxel_size):
            raise ImageError(f"a voxel size must be positive, not {self.voxel_size} nm")

    @property
    def shape(self) -> tuple[int, int, int]:
        """Planes, rows and columns."""
        depth, height, width = self.voxels.shape
        return depth, height, width

    @property
    def dtype(self) -> np.dtype[Any]:
        """Number type of the grey levels."""
        return self.voxels.dtype

    def plane(self, z: int) -> NDArray[Any]:
        """Read the plane (y, x) of one z; a negative one counts from the last."""
        depth = self.shape[0]
        if not -depth <= z < depth:
            raise ImageError(f"there is no plane {z} in {self.name}: it has {depth}")
        z %= depth
        (plane,) = self.block((slice(z, z + 1), slice(None), slice(None)))
        return np.asarray(plane)

    def block(self, part: Slices) -> NDArray[Any]:
        """Read the block (z, y, x) between two corners."""
        return np.asarray(self.voxels[part])

    def planes(self) -> Iterator[NDArray[Any]]:
        """Read one plane after the other."""
        return map(self.plane, range(self.shape[0]))
