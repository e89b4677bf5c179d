"""From the network's maps to columns: threshold, connected components, centre of mass, offset."""

from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

Array = NDArray[np.float64]
Refinement = Literal["offset", "com"]


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


def find(
    mask: NDArray[np.float32], offset: NDArray[np.float32], threshold: float, refine: Refinement
) -> tuple[Array, Array]:
    """Find columns in the network's maps.

    The mask is cut at Otsu's threshold; each connected component whose brightest pixel reaches
    `threshold` is a column, at first at its centre of mass. With ``refine="offset"`` the column
    moves to the pixel that holds the centre of mass plus the offset predicted there: that pixel
    need not be the nearest to the column, as the network learns the offset to the column's centre
    in all pixels around it.

    Parameters
    ----------
    mask
        Predicted Gaussian mask, axes (y, x), from 0 to 1.
    offset
        Predicted offsets (dy, dx) from each pixel to its column [px], axes (2, y, x).
    threshold
        Smallest height of a component.
    refine
        ``"offset"`` or, for the centre of mass alone, ``"com"``.

    Returns
    -------
    positions, score
        Rows of (y, x) [px], and the height of each component.
    """
    labels, count = ndimage.label(mask > otsu(mask))
    inside = np.flatnonzero(labels)
    label, weight = labels.flat[inside] - 1, mask.flat[inside].astype(np.float64)
    score = np.zeros(count)
    np.maximum.at(score, label, weight)
    total = np.bincount(label, weight, count)
    pixels = np.unravel_index(inside, mask.shape)
    centre = [np.bincount(label, weight * axis, count) / total for axis in pixels]
    positions = np.stack(centre, axis=1)[score >= threshold]
    if refine == "offset":
        positions = _refined(positions, offset)
    return positions, score[score >= threshold]


def _refined(positions: Array, offset: NDArray[np.float32]) -> Array:
    nearest = np.round(positions).astype(int)
    return nearest + offset[:, nearest[:, 0], nearest[:, 1]].T.astype(np.float64)
