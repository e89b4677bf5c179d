"""Masks of every column, as libraries for segmentation hold them."""

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

from colonnade.atoms.columns import Columns
from colonnade.core.measures.neighbours import nearest_distances

SOFT = 0.6
"""Standard deviation of the blur of a disc's edge [px]; sharper ones shift with the pixels."""


def masks(columns: Columns, shape: tuple[int, ...]) -> dict[str, NDArray[np.uint8]]:
    """Masks of every column, 0 to 255, as libraries for segmentation hold them.

    The discs have soft edges, so that their centres of mass are those of the columns. Their radius
    follows the width of the columns, and stays below half of the way to the next one.

    Parameters
    ----------
    columns
        Truth.
    shape
        Rows and columns of the image.

    Returns
    -------
    masks
        ``gaussian_mask``, ``circular_mask``, and ``small_circular_mask`` of half its radius.
    """
    radius = _radius(columns)
    distance = _distance(columns.positions, shape, int(np.ceil(2 * radius)))
    soft = {
        "gaussian_mask": np.exp(-2 * (distance / radius) ** 2),
        "circular_mask": ndtr((radius - distance) / SOFT),
        "small_circular_mask": ndtr((radius / 2 - distance) / SOFT),
    }
    return {name: np.round(255 * mask).astype(np.uint8) for name, mask in soft.items()}


def _radius(columns: Columns) -> float:
    width = columns.width[np.isfinite(columns.width)]
    limits = [1.5 * np.median(width)] if width.size else []
    if len(columns) > 1:
        limits.append(0.45 * np.median(nearest_distances(columns.positions)))
    return max(2.0, float(min(limits, default=0.0)))


def _distance(
    positions: NDArray[np.float64], shape: tuple[int, ...], reach: int
) -> NDArray[np.float32]:
    """Distance of every pixel to the nearest column [px]; infinite beyond a square around it."""
    nearest = np.round(positions).astype(np.intp)
    steps = np.arange(-reach, reach + 1)
    rows, across = nearest[:, 0, None] + steps, nearest[:, 1, None] + steps
    down = np.where((rows >= 0) & (rows < shape[0]), rows - positions[:, 0, None], np.inf)
    right = np.where((across >= 0) & (across < shape[1]), across - positions[:, 1, None], np.inf)
    squared = (down**2)[:, :, None] + (right**2)[:, None, :]
    flat = (rows % shape[0])[:, :, None] * shape[1] + (across % shape[1])[:, None, :]
    lowest = np.full(shape[0] * shape[1], np.inf)
    np.minimum.at(lowest, flat.ravel(), squared.ravel())
    distance: NDArray[np.float32] = np.sqrt(lowest).reshape(shape).astype(np.float32)
    return distance
