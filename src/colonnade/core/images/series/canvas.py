"""The mean of frames that lie on each other, on a canvas that holds all of them."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import minimum_filter

from colonnade.core.arrays import Array, Indices, Single
from colonnade.core.images.warp import lower_rows, shift_rows

EDGE = 2
"""Interpolation reaches so far: as much of the border of a frame is left out [px]."""

AROUND = 4
"""Slopes, kept free of noise, reach so far [px]."""


@dataclass(frozen=True, eq=False)
class Contribution:
    """What a frame adds to a canvas.

    Parameters
    ----------
    part
        To which part of it.
    levels
        Grey levels, axes (y, x).
    inner
        Where it adds anything.
    """

    part: tuple[slice, slice]
    levels: Single
    inner: NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Canvas:
    """A sum of frames, and how many have been added at each pixel.

    Parameters
    ----------
    shape
        Rows and columns of the frames [px].
    origin
        Where its first pixel lies in the series (y, x) [px].
    total
        Sum of the grey levels, axes (y, x).
    count
        How many frames were added.
    """

    shape: tuple[int, int]
    origin: Indices
    total: Array
    count: Array

    @classmethod
    def around(cls, shifts: Array, shape: tuple[int, int]) -> "Canvas":
        """Make an empty one that holds frames of a shape with these shifts, rows of (y, x)."""
        lowest = np.floor(-shifts.max(axis=0)).astype(np.intp) - 1
        highest = np.ceil(-shifts.min(axis=0)).astype(np.intp) + 2
        size = tuple(highest - lowest + shape)
        return cls(shape, lowest, np.zeros(size), np.zeros(size))

    def empty(self) -> "Canvas":
        """Make an empty one of the same size."""
        return Canvas(
            self.shape, self.origin, np.zeros_like(self.total), np.zeros_like(self.count)
        )

    @property
    def mean(self) -> Single:
        """Mean grey level of each pixel, 0 where no frame was added."""
        return np.asarray(self.total / np.maximum(self.count, 1), np.float32)

    def add(self, one: Contribution) -> None:
        """Add what a frame contributes."""
        self.total[one.part] += one.levels
        self.count[one.part] += one.inner

    def contribution(self, frame: Single, rows: Array) -> Contribution:
        """What a frame adds whose rows are shifted.

        Parameters
        ----------
        frame
            Grey levels, axes (y, x).
        rows
            Shift of each row along (y, x) [px].
        """
        corner, rest = self._placed(rows)
        row = np.arange(len(frame))
        # What is shown in a row was read in another, whose shift is to be taken back.
        down = np.interp(row + rest[:, 0], row, rest[:, 0])
        back = lower_rows(shift_rows(frame, -rest[:, 1]), -down)
        inner = _inner(frame.shape, rest)
        part = np.s_[corner[0] : corner[0] + len(frame), corner[1] : corner[1] + frame.shape[1]]
        return Contribution(part, np.where(inner, back, np.float32(0)), inner)

    def seen_without(self, frame: Single, rows: Array) -> tuple[Single, Single]:
        """Show the mean of the other frames as a frame sees it that was added with these shifts.

        With itself in the mean, a frame of much noise would fit nowhere better than where it is.

        Returns
        -------
        seen
            Grey levels, axes (y, x).
        counted
            1 for pixels that other frames show, with all that is around them, 0 for the others.
        """
        own = self.contribution(frame, rows)
        others = self.count[own.part] - own.inner
        mean = self.total[own.part] - own.levels
        mean /= np.maximum(others, 1)
        known = minimum_filter((others > 0).astype(np.float32), 2 * AROUND + 1, mode="nearest")
        _, rest = self._placed(rows)
        seen, counted = (
            shift_rows(lower_rows(image, rest[:, 0]), rest[:, 1]) for image in (mean, known)
        )
        counted = (counted > 0.999).astype(np.float32)
        counted[:EDGE] = counted[-EDGE:] = counted[:, :EDGE] = counted[:, -EDGE:] = 0
        return seen, counted

    def _placed(self, rows: Array) -> tuple[Indices, Array]:
        """First pixel of a frame on the canvas, and what its rows are shifted besides."""
        place = -rows - self.origin
        corner = np.round(np.median(place, axis=0)).astype(np.intp)
        corner = np.clip(corner, 0, np.array(self.total.shape) - self.shape)
        return corner, np.asarray(corner - place)


def _inner(shape: tuple[int, ...], rest: Array) -> NDArray[np.bool_]:
    """Pixels that are read from within a frame, away from its borders."""
    y = np.arange(shape[0])[:, None] + rest[:, :1]
    x = np.arange(shape[1]) + rest[:, 1:]
    inside_y = (y >= EDGE) & (y <= shape[0] - 1 - EDGE)
    return np.asarray(inside_y & (x >= EDGE) & (x <= shape[1] - 1 - EDGE))
