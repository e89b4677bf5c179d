"""Integrated intensity and width of columns whose positions are known."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from colonnade.atoms.columns import Columns

Array = NDArray[np.float64]

WIDTHS = np.geomspace(0.1, 0.5, 12)
"""Trial widths in units of the radius that belongs to a column."""

CHUNK = 2_000_000
"""Pixels that are looked at together, to bound the memory."""


def measure(image: NDArray[np.float32], columns: Columns) -> Columns:
    """Fit height, width and local background of a Gaussian at each known position.

    Only pixels nearer than half the distance to the next column count, so that neighbours stay
    out of it. The fit is linear in height and background, and the width is searched.

    Parameters
    ----------
    image
        Grey levels, axes (y, x).
    columns
        With positions in pixels of the image.

    Returns
    -------
    columns
        With `intensity` and `width`.
    """
    if not len(columns):
        return columns
    radius = own_radius(columns.positions, image.shape)
    width, height = np.empty(len(columns)), np.empty(len(columns))
    # Columns of similar radius share a window, so that one far apart does not enlarge all.
    order = np.argsort(radius)
    start = 0
    while start < len(order):
        window = (2 * int(np.ceil(radius[order[start]])) + 1) ** 2
        stop = start + max(1, CHUNK // (4 * window))
        part = order[start:stop]
        part = part[radius[part] <= 1.5 * radius[part[0]] + 1]
        height[part], width[part] = _fit(image, columns.positions[part], radius[part])
        start += len(part)
    intensity = 2 * np.pi * width**2 * height
    return replace(columns, intensity=intensity, width=width)


def own_radius(positions: Array, shape: tuple[int, ...]) -> Array:
    """Half the distance to the next column, at least 2 px and at most a tenth of the image."""
    most = max(2.0, max(shape) / 10)
    if len(positions) < 2:
        return np.full(len(positions), most)
    distance = cKDTree(positions).query(positions, 2)[0][:, 1]
    return np.asarray(np.clip(distance / 2, 2.0, most))


def _fit(image: NDArray[np.float32], positions: Array, radius: Array) -> tuple[Array, Array]:
    """Height and width of each column: the trial width that leaves least, then its parabola.

    The height is fitted again at that width, as the intensity is their product.
    """
    values, squared, weight = _window(image, positions, radius)
    left = np.stack([_linear_fit(values, squared, weight, trial * radius)[1] for trial in WIDTHS])
    best = np.clip(np.argmin(left, axis=0), 1, len(WIDTHS) - 2)
    every = np.arange(len(positions))
    before, here, after = (left[best + step, every] for step in (-1, 0, 1))
    bend = before - 2 * here + after
    step = np.clip(0.5 * (before - after) / np.where(bend > 0, bend, np.inf), -1, 1)
    width = WIDTHS[best] * (WIDTHS[1] / WIDTHS[0]) ** step * radius
    height, _ = _linear_fit(values, squared, weight, width)
    return height, width


def _window(
    image: NDArray[np.float32], positions: Array, radius: Array
) -> tuple[Array, Array, Array]:
    """Grey levels, squared distances and weights of the pixels around each column."""
    reach = int(np.ceil(radius.max()))
    steps = np.arange(-reach, reach + 1)
    nearest = np.round(positions).astype(int)
    y, x = nearest[:, 0, None] + steps, nearest[:, 1, None] + steps
    inside = ((y >= 0) & (y < image.shape[0]))[:, :, None] & ((x >= 0) & (x < image.shape[1]))[
        :, None, :
    ]
    rows, columns = np.clip(y, 0, image.shape[0] - 1), np.clip(x, 0, image.shape[1] - 1)
    values = image[rows[:, :, None], columns[:, None, :]].astype(np.float64)
    squared = (y - positions[:, :1])[:, :, None] ** 2 + (x - positions[:, 1:])[:, None, :] ** 2
    weight = (inside & (squared <= radius[:, None, None] ** 2)).astype(np.float64)
    count = len(positions)
    return values.reshape(count, -1), squared.reshape(count, -1), weight.reshape(count, -1)


def _linear_fit(values: Array, squared: Array, weight: Array, width: Array) -> tuple[Array, Array]:
    """Height of a Gaussian of known width on a constant, and the squares it leaves."""
    shape = np.exp(-0.5 * squared / width[:, None] ** 2)
    total = weight.sum(1)
    mean_shape = (weight * shape).sum(1) / total
    mean_value = (weight * values).sum(1) / total
    varied = shape - mean_shape[:, None]
    height = (weight * varied * values).sum(1) / np.maximum((weight * varied**2).sum(1), 1e-12)
    remainder = values - mean_value[:, None] - height[:, None] * varied
    return height, (weight * remainder**2).sum(1)
