"""Regions of an image: a threshold between two classes, and what is nearest to each pixel."""

import numpy as np
from numpy.typing import NDArray


def otsu(values: NDArray[np.floating]) -> float:
    """Threshold between 0 and 1 that separates two classes best, after Otsu (1979).

    Where all values are alike there is one class, and it lies below the threshold.
    """
    counts, edges = np.histogram(values, bins=256, range=(0, 1))
    centres = (edges[:-1] + edges[1:]) / 2
    below = np.cumsum(counts)[:-1]
    above = values.size - below
    sums = np.cumsum(counts * centres)
    mean_below = sums[:-1] / np.maximum(below, 1)
    mean_above = (sums[-1] - sums[:-1]) / np.maximum(above, 1)
    between = below * above * (mean_above - mean_below) ** 2
    if not between.any():
        return 1.0
    # Where no value lies between the classes every threshold there is as good: take the middle.
    best = np.flatnonzero(between >= between.max() * (1 - 1e-12))
    adjacent = best - best[0] == np.arange(best.size)
    return float(edges[1:][best[adjacent]].mean())


def nearest_points(
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
