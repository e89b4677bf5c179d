"""Volumes as arrays of others and the other way, of which no more is read than is needed."""

from importlib import import_module
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


def array_of(volume: Volume) -> Any:
    """Give a volume that is in memory as its array, and any other as one of Dask, by planes."""
    if isinstance(volume.voxels, np.ndarray):
        return volume.voxels
    if isinstance(volume.voxels, Blocks):
        return volume.voxels.array
    da: Any = import_module("dask.array")
    nothing = np.empty((0, 0, 0), volume.dtype)
    chunks = (1, *volume.shape[1:])
    # Without a name Dask would read all of it, to give it one.
    return da.from_array(volume.voxels, chunks, name=False, asarray=False, meta=nothing)
