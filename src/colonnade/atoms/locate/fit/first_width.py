"""A first guess of how wide the columns of an image are."""

import numpy as np
from numpy.typing import NDArray

from colonnade.atoms.locate.fit.windows import Windows
from colonnade.core.arrays import Array, Single

MOST = 500
"""Columns that are averaged, at most."""

WIDTHS = np.geomspace(0.1, 0.6, 24)
"""Trial widths in units of the radius that belongs to a column."""


def first_width(image: Single, positions: Array, spacing: float) -> float:
    """Standard deviation of the Gaussian that fits the mean column best [px].

    Only pixels nearer than half of a typical distance to the next column count.

    Parameters
    ----------
    image
        Grey levels, axes (y, x).
    positions
        Rows of (y, x) [px].
    spacing
        Typical distance of a column to its nearest neighbour [px].
    """
    radius = float(np.clip(spacing / 2, 2.0, max(image.shape) / 10 + 2))
    chosen = positions[:: max(1, len(positions) // MOST)]
    windows = Windows(chosen, image.shape, int(np.ceil(radius)))
    count = np.maximum(windows.inside.sum(0), 1)
    mean = (windows.gather(image).sum(0) / count).astype(np.float64)
    steps = np.arange(mean.shape[0]) - mean.shape[0] // 2
    squared = steps[:, None] ** 2 + steps**2
    inside = squared <= radius**2
    left = [_left(mean[inside], squared[inside], width * radius) for width in WIDTHS]
    return float(WIDTHS[int(np.argmin(left))] * radius)


def _left(values: Array, squared: NDArray[np.int_], width: float) -> float:
    """What a Gaussian of a given width on a constant leaves of the squares."""
    terms = np.stack([np.exp(-0.5 * squared / width**2), np.ones(len(values))], axis=1)
    solution, *_ = np.linalg.lstsq(terms, values, rcond=None)
    # A pit is no column.
    return float(np.sum((values - terms @ solution) ** 2)) if solution[0] > 0 else np.inf
