"""A first guess of how wide the columns of an image are.

The joint fit needs a width to begin with. It is that of the Gaussian that fits the mean of the
columns best.
"""

import numpy as np
from numpy.typing import NDArray

from colonnade.atoms.locate.fit.settings import FIT_DEFAULTS, FirstWidthSettings
from colonnade.atoms.locate.fit.windows import Windows
from colonnade.core.arrays import Array, Single


def first_width(
    image: Single,
    positions: Array,
    spacing: float,
    settings: FirstWidthSettings = FIT_DEFAULTS.width,
) -> float:
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
    settings
        Which widths are compared.
    """
    radius = float(np.clip(spacing / 2, 2.0, max(image.shape) / 10 + 2))
    chosen = positions[:: max(1, len(positions) // settings.most_columns)]
    windows = Windows(chosen, image.shape, int(np.ceil(radius)))
    count = np.maximum(windows.inside.sum(0), 1)
    mean = (windows.gather(image).sum(0) / count).astype(np.float64)
    steps = np.arange(mean.shape[0]) - mean.shape[0] // 2
    squared = steps[:, None] ** 2 + steps**2
    inside = squared <= radius**2
    widths = np.geomspace(settings.smallest, settings.largest, settings.count)
    residual = [_residual(mean[inside], squared[inside], width * radius) for width in widths]
    return float(widths[int(np.argmin(residual))] * radius)


def _residual(values: Array, squared: NDArray[np.int_], width: float) -> float:
    """Sum of the squared residuals of a Gaussian of a given width on a constant."""
    terms = np.stack([np.exp(-0.5 * squared / width**2), np.ones(len(values))], axis=1)
    solution, *_ = np.linalg.lstsq(terms, values, rcond=None)
    # A pit is no column.
    return float(np.sum((values - terms @ solution) ** 2)) if solution[0] > 0 else np.inf
