"""Volumes as Dask arrays, and arrays of others as volumes: each block is read when it is needed."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from colonnade.core.images.volume import Slices, Volume


class Blocks:
    """Blocks of an array that may be Dask's; each is calculated when it is needed.

    Parameters
    ----------
    array
        Axes (z, y, x).
    """

    def __init__(self, array: Any) -> None:
        self.array = array
        self.shape: tuple[int, ...] = tuple(array.shape)
        self.dtype: np.dtype[Any] = array.dtype

    def __getitem__(self, part: Slices) -> NDArray[Any]:
        return np.asarray(self.array[part])


def dask_array(volume: Volume) -> Any:
    """Give a volume as a Dask array, plane by plane; one that was one becomes it again."""
    import dask.array

    if isinstance(volume.voxels, Blocks):
        return volume.voxels.array
    nothing = np.empty((0, 0, 0), volume.dtype)
    chunks = (1, *volume.shape[1:])
    return dask.array.from_array(volume.voxels, chunks=chunks, asarray=False, meta=nothing)
