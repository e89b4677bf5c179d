"""Frames of one scene, each of whose rows is shifted by a known amount."""

from dataclasses import dataclass

import numpy as np
from drawn_scene import Blobs
from numpy.typing import NDArray
from scipy.ndimage import map_coordinates, spline_filter

Array = NDArray[np.float64]

MARGIN = 24


@dataclass(frozen=True)
class Series:
    """Frames, and the shift of every row of each along (y, x) [px]."""

    frames: list[NDArray[np.float32]]
    rows: Array

    @property
    def shifts(self) -> Array:
        return self.rows.mean(1)


def lattice(size: tuple[int, int], spacing: float = 11.0, width: float = 2.0) -> Array:
    """Equal columns on a square lattice, with nothing to tell one from another."""
    y, x = (np.arange(side) % spacing - spacing / 2 for side in size)
    return np.exp(-0.5 * (y[:, None] / width) ** 2) * np.exp(-0.5 * (x / width) ** 2)


def blobs(size: tuple[int, int]) -> Array:
    """A scene that fits itself at no other shift."""
    return Blobs(3, shortest=8).sharp(size).astype(np.float64)


def series(scene: Array, rows: Array, noise: float, rng: np.random.Generator) -> Series:
    """Show a scene, which is wider by a margin on each side, with shifted rows."""
    spline = spline_filter((scene - scene.mean()) / scene.std(), 5)
    size = tuple(side - 2 * MARGIN for side in scene.shape)
    frames = []
    for shift in rows:
        y = np.arange(size[0])[:, None] + MARGIN - shift[:, :1] + np.zeros(size[1])
        x = np.arange(size[1]) + MARGIN - shift[:, 1:]
        seen = map_coordinates(spline, [y, x], order=5, prefilter=False)
        frames.append((100 + 10 * (seen + noise * rng.normal(size=size))).astype(np.float32))
    return Series(frames, rows)


def whole(shifts: Array, height: int) -> Array:
    """Shift all rows of each frame alike."""
    return np.repeat(np.asarray(shifts, float)[:, None], height, axis=1)
