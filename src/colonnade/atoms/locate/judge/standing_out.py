"""How far each place of an image stands out of its surroundings."""

import numpy as np
from scipy import ndimage

from colonnade.atoms.locate.judge.settings import JUDGE_DEFAULTS, StandingOutSettings
from colonnade.core.arrays import Array, Single

TO_STANDARD_DEVIATION = 1.4826
"""Median absolute deviations of a normal distribution in its standard deviation."""


def standing_out(
    image: Single, settings: StandingOutSettings = JUDGE_DEFAULTS.standing_out
) -> Single:
    """Response of a Laplacian of Gaussian, in robust standard deviations of its surroundings.

    Parameters
    ----------
    image
        Grey levels, axes (y, x).
    settings
        How wide spots are, and what their surroundings are.

    Returns
    -------
    prominence
        Mean over the widths; positive where it is brighter than around.
    """
    total = np.zeros_like(image)
    for width in settings.widths:
        response = -ndimage.gaussian_laplace(image, width, mode="nearest")
        total += _standardised(response, settings.window * width, settings.least_spread)
    return total / np.float32(len(settings.widths))


def _standardised(response: Single, window: float, least: float) -> Single:
    """Distance from the median of each window in its robust deviation, both interpolated."""
    counts = [max(1, round(size / window)) for size in response.shape]
    middle, spread = np.zeros((2, *counts))
    for row, rows in enumerate(np.array_split(response, counts[0])):
        for column, part in enumerate(np.array_split(rows, counts[1], axis=1)):
            middle[row, column] = np.median(part)
            deviation = np.median(np.abs(part - middle[row, column]))
            spread[row, column] = TO_STANDARD_DEVIATION * deviation
    # Where most of a window is of one grey level its own deviation would be 0.
    floor = max(least * float(response.std()), float(np.finfo(np.float32).tiny))
    level = _interpolated(middle, response.shape)
    return np.asarray(
        (response - level) / np.maximum(_interpolated(spread, response.shape), floor), np.float32
    )


def _interpolated(of_windows: Array, shape: tuple[int, ...]) -> Array:
    """Values of windows at every pixel."""
    places = [
        (np.arange(size) + 0.5) * count / size - 0.5
        for size, count in zip(shape, of_windows.shape, strict=True)
    ]
    grid = np.meshgrid(*places, indexing="ij")
    return np.asarray(ndimage.map_coordinates(of_windows, grid, order=1, mode="nearest"))
