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
    rows, columns = (np.round(along)[:, None].astype(int) + steps for along in positions.T)
    dy, dx = positions[:, :1] - rows, positions[:, 1:] - columns
    inside = ((rows >= 0) & (rows < shape[0]))[:, :, None]
    inside = inside & ((columns >= 0) & (columns < shape[1]))[:, None]
    pixel = (rows * shape[1])[:, :, None] + columns[:, None]
    distance = ((dy**2)[:, :, None] + (dx**2)[:, None]).astype(np.float32)
    number, pixel, distance = np.nonzero(inside)[0], pixel[inside], distance[inside]
    squared = np.full(shape, np.inf, np.float32)
    np.minimum.at(squared.reshape(-1), pixel, distance)
    nearest = distance == squared.reshape(-1)[pixel]
    number, pixel = number[nearest], pixel[nearest]
    owner = np.full(shape, -1)
    owner.reshape(-1)[pixel] = number
    vector = np.zeros((2, *shape), np.float32)
    vector.reshape(2, -1)[:, pixel] = positions[number].T - np.unravel_index(pixel, shape)
    return squared, vector, owner
