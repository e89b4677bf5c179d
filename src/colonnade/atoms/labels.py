"""Maps of the truth: what the network learns, and the masks that libraries hold."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree
from scipy.special import ndtr

from colonnade.atoms.columns import Columns


@dataclass(frozen=True)
class Labels:
    """What the network learns to predict."""

    mask_sigma: float = 1.25
    """Standard deviation of the Gaussian mask of a column [px]."""
    background: float = 16.0
    """Standard deviation of the Gaussian that takes the background off [px]."""
    gain: float = 0.7
    """Images are scaled by up to this factor in logarithm, as normalisation is never exact."""
    offset_weight: float = 0.03
    """Weight of the offset's error, beside the mask's entropy."""
    offset_floor: float = 0.05
    """Error that is as good as any, however many the electrons [px]."""
    threshold: float = 0.5
    """Height from which a component of the mask counts as a column."""


SURROUNDINGS = 3
"""The offset is learnt in this many pixels along y and x around the one nearest to a column."""


def label_maps(
    columns: Columns, shape: tuple[int, ...], sigma: float
) -> dict[str, NDArray[np.float32]]:
    """What the network should answer.

    The offset is the seed method's x - round(x) at the pixel nearest to a column; in the pixels
    around it, it is the vector from the pixel to the same column, so that the answer is right
    wherever the centre of mass falls.

    Parameters
    ----------
    columns
        Truth, with the label ``asked``.
    shape
        Rows and columns of the image.
    sigma
        Standard deviation of the mask of a column [px].

    Returns
    -------
    maps
        ``mask`` (y, x): the Gaussian mask; ``sure`` (y, x): 0 around columns that are not asked
        for, else 1; ``offset`` (2, y, x) [px]; ``near`` (y, x): 1 where the offset counts;
        ``variance`` (y, x): the square of the error that the electrons leave there [px²].
    """
    asked = columns.labels["asked"] > 0
    reach = int(np.ceil(4 * sigma))
    squared, offset, owner = nearest_columns(columns[asked].positions, shape, reach)
    doubtful, _, _ = nearest_columns(columns[~asked].positions, shape, reach)
    near = np.isfinite(squared) & (np.abs(offset).max(0) <= SURROUNDINGS / 2)
    return {
        "mask": np.exp(-0.5 * squared / sigma**2),
        "sure": (~((doubtful < (2 * sigma) ** 2) & (doubtful < squared))).astype(np.float32),
        "offset": offset,
        "near": near.astype(np.float32),
        "variance": np.append(_variance(columns[asked]), 0.0)[owner].astype(np.float32),
    }


def _variance(columns: Columns) -> NDArray[np.float64]:
    """Squared standard error along an axis that noise leaves to a Gaussian peak [px²]."""
    if "snr" not in columns.labels:
        return np.zeros(len(columns))
    return np.asarray(2 * columns.width**2 / columns.labels["snr"] ** 2)


def nearest_columns(
    positions: NDArray[np.float64], shape: tuple[int, ...], reach: int
) -> tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.intp]]:
    """Squared distance and vector to the nearest column and its number, in a square around it.

    Beyond the square the distance is infinite and the number -1.
    """
    steps = np.arange(-reach, reach + 1)
    nearest = np.round(positions).astype(int)
    y = (nearest[:, 0, None, None] + steps[:, None]) + 0 * steps
    x = (nearest[:, 1, None, None] + steps) + 0 * steps[:, None]
    dy, dx = positions[:, 0, None, None] - y, positions[:, 1, None, None] - x
    inside = (y >= 0) & (y < shape[0]) & (x >= 0) & (x < shape[1])
    number = np.broadcast_to(np.arange(len(positions))[:, None, None], y.shape)
    y, x, dy, dx, number = (values[inside] for values in (y, x, dy, dx, number))
    squared = np.full(shape, np.inf, np.float32)
    vector = np.zeros((2, *shape), np.float32)
    owner = np.full(shape, -1)
    farthest_first = np.argsort(-(dy**2 + dx**2), kind="stable")
    y, x, dy, dx, number = (values[farthest_first] for values in (y, x, dy, dx, number))
    squared[y, x] = dy**2 + dx**2
    vector[:, y, x] = dy, dx
    owner[y, x] = number
    return squared, vector, owner


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
        nearest = cKDTree(columns.positions).query(columns.positions, 2)[0][:, 1]
        limits.append(0.45 * np.median(nearest))
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
