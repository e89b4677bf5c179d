"""The blobs of a network's mask: where each is, and how high."""

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from colonnade.core.arrays import Array, Single
from colonnade.core.images.regions import nearest_points, otsu

LARGEST_BLOB = 4
"""Pixels farther than this along y or x from a maximum of the mask are not part of its blob."""


def find_blobs(mask: Single, threshold: float) -> tuple[Array, Array]:
    """Centres of mass of the blobs of a mask, and their heights.

    Each local maximum that reaches `threshold` is a column. What lies above Otsu's threshold, or
    for faint columns above half of their height, belongs to the nearest maximum, so that blobs
    that touch are split.
    """
    tops = _maxima(mask, threshold)
    score = mask[tops[:, 0], tops[:, 1]].astype(np.float64)
    if not len(tops):
        return np.empty((0, 2)), score
    _, _, owner = nearest_points(tops.astype(np.float64), mask.shape, LARGEST_BLOB)
    cut = np.minimum(otsu(mask), 0.5 * score)
    inside = np.flatnonzero((owner >= 0) & (mask > np.append(cut, 1.0)[owner]))
    label, weight = owner.flat[inside], mask.flat[inside].astype(np.float64)
    total = np.bincount(label, weight, len(tops))
    pixels = np.unravel_index(inside, mask.shape)
    centre = [np.bincount(label, weight * axis, len(tops)) / total for axis in pixels]
    return np.stack(centre, axis=1), score


def _maxima(mask: NDArray[np.float32], threshold: float) -> NDArray[np.intp]:
    """Pixels (y, x) of local maxima; a maximum of several like pixels counts once."""
    top = (mask == ndimage.maximum_filter(mask, size=3)) & (mask >= threshold)
    # A blob falls off within its own size; what does not is no blob.
    top &= ndimage.minimum_filter(mask, size=2 * LARGEST_BLOB - 1) < 0.6 * mask
    labels, count = ndimage.label(top, np.ones((3, 3)))
    inside = np.flatnonzero(labels)
    first = inside[np.unique(labels.flat[inside], return_index=True)[1]]
    return np.stack(np.unravel_index(first, mask.shape), axis=1).reshape(count, 2)
