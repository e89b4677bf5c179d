"""Views that are made of others when they are needed, band by band."""

from abc import ABC, abstractmethod
from typing import Any

import numpy as np

from colonnade.core.arrays import Single
from colonnade.core.images.volume import Slices, Voxels


class LazyViews(ABC):
    """Views (view, y, x) of which only the rows that are needed are worked out.

    Parameters
    ----------
    shape
        Views, rows and columns.
    """

    dtype: np.dtype[Any] = np.dtype(np.float32)

    def __init__(self, shape: tuple[int, int, int]) -> None:
        self.shape = shape

    @abstractmethod
    def band(self, view: int, rows: slice) -> Single:
        """Give some rows of one view, from the first to before the last."""

    def __getitem__(self, part: Slices) -> Single:
        which, down, across = part
        count, height, width = self.shape
        first, last, step = down.indices(height)
        views = range(count)[which]
        block = np.empty((len(views), last - first, width), np.float32)
        for place, view in enumerate(views):
            block[place] = self.band(view, slice(first, last))
        return block[:, ::step, across]


class Turned(LazyViews):
    """Views turned by a quarter, so that what ran along x runs along y.

    Parameters
    ----------
    views
        Axes (view, y, x).
    """

    def __init__(self, views: Voxels) -> None:
        count, height, width = views.shape
        super().__init__((count, width, height))
        self._views = views

    def band(self, view: int, rows: slice) -> Single:
        """Give some rows: columns of what is turned."""
        columns = self._views[slice(view, view + 1), slice(None), rows]
        return np.asarray(np.rot90(np.asarray(columns, np.float32)[0], -1))
