"""Project the slices of a volume along a tilted beam, and back.

The tilt axis runs along y, so that every slice (z, x) has projections of its own, the rows of a
sinogram (view, x). One sparse matrix projects all of them, as the columns of a matrix of slices.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from scipy.sparse import csr_array, vstack

from colonnade.core.arrays import Array, Single

SUPPORT = 3
"""A voxel, at most √2 wide as the detector sees it, lies on so many pixels at most."""


@dataclass(frozen=True)
class Projector:
    """Projects slices of a volume along a parallel beam.

    Parameters
    ----------
    angles
        Tilt of each view [degrees]; at 0 the beam runs along z.
    depth, width
        Number of voxels of a slice along z and along x.
    offset
        Where the tilt axis is, from the middle of the views [px].
    detector
        Number of pixels of a view along x, around the middle of the slices; as many as voxels if
        None. Slices that are wider have room for what tilted views see from beside them.
    """

    angles: tuple[float, ...]
    depth: int
    width: int
    offset: float = 0.0
    detector: int | None = None

    @property
    def views(self) -> int:
        """Number of views."""
        return len(self.angles)

    @property
    def pixels(self) -> int:
        """Number of pixels of a view along x."""
        return self.width if self.detector is None else self.detector

    def project(self, slices: Single) -> Single:
        """Give sinograms (slice, view, x) of slices (slice, z, x)."""
        columns = self.matrix @ _columns(slices)
        return _stacked(columns, (self.views, self.pixels))

    def back_project(self, sinograms: Single) -> Single:
        """Give slices (slice, z, x) of sinograms: the transpose of the projection."""
        columns = self.transposed @ _columns(sinograms)
        return _stacked(columns, (self.depth, self.width))

    @cached_property
    def matrix(self) -> Any:
        """Each entry is the area that a voxel and the strip of a detector pixel share."""
        views = [self._view(np.deg2rad(angle)) for angle in self.angles]
        return vstack(views, format="csr")

    @cached_property
    def transposed(self) -> Any:
        """The transpose of the matrix, stored by its rows."""
        return self.matrix.T.tocsr()

    def _view(self, angle: float) -> Any:
        """Project slices to one view."""
        z, x = np.indices((self.depth, self.width))
        axis = (self.width - 1) / 2 + self.offset
        from_axis = (x - axis) * np.cos(angle) + (z - (self.depth - 1) / 2) * np.sin(angle)
        middle = from_axis.ravel() + (self.pixels - 1) / 2 + self.offset
        first = np.floor(middle - (abs(np.cos(angle)) + abs(np.sin(angle))) / 2 + 0.5)
        edges = first[:, None] + np.arange(SUPPORT + 1) - 0.5 - middle[:, None]
        weights = np.diff(shadow(edges, angle), axis=1).astype(np.float32)
        pixels = first.astype(np.int32)[:, None] + np.arange(SUPPORT, dtype=np.int32)
        voxels = np.broadcast_to(np.arange(len(middle), dtype=np.int32)[:, None], pixels.shape)
        seen = (pixels >= 0) & (pixels < self.pixels) & (weights > 0)
        entries = (weights[seen], (pixels[seen], voxels[seen]))
        return csr_array(entries, shape=(self.pixels, len(middle)), dtype=np.float32)


def shadow(place: Array, angle: float) -> Array:
    """Share of a voxel's shadow that lies left of a place [px from its middle].

    The shadow of a square of side one is a trapezoid.
    """
    cosine, sine = abs(np.cos(angle)), abs(np.sin(angle))
    outer, inner = (cosine + sine) / 2, abs(cosine - sine) / 2
    height = 1 / max(cosine, sine)
    slope = np.clip(outer - np.abs(place), 0, outer - inner)
    beyond = height * slope**2 / (2 * max(outer - inner, 1e-12))
    flat = height * np.clip(inner - np.abs(place), 0, None)
    tail = beyond + flat
    return np.asarray(np.where(place < 0, tail, 1 - tail))


def _columns(slices: Single) -> Single:
    return np.ascontiguousarray(slices.reshape(len(slices), -1).T)


def _stacked(columns: Single, shape: tuple[int, int]) -> Single:
    return np.ascontiguousarray(columns.T).reshape(-1, *shape)
