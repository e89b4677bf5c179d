"""A wide Gaussian filter: down to a few nodes along each axis, and up again.

A Gaussian is a narrower one after another. What the first leaves is so smooth that few nodes hold
it, and the second leads from these back to all pixels. Both are products of matrices, which cost a
twentieth of the sums over all pixels that such a filter reaches.
"""

from functools import lru_cache

import numpy as np

from colonnade.core.arrays import Array, Indices, Single

NODE_SPACING = 0.75
"""Distance of the nodes: a Gaussian on them is one to a part in ten millions [widths]."""

REACH = 4.5
"""Distance at which both filters end [of their own widths]."""

MOST_SIZES = 16
"""So many lengths of an axis are remembered."""


def smoothed(image: Single, width: float) -> Single:
    """Filter an image with a Gaussian; beyond its border it goes on as its mirror image.

    Parameters
    ----------
    image
        Axes (y, x).
    width
        Standard deviation [px], of several pixels at least.
    """
    (down_y, up_y), (down_x, up_x) = (_filters(size, width) for size in image.shape)
    # Grey levels may have a large number in common, beside which few digits are left.
    level = np.float32(image.mean(dtype=np.float64))
    nodes = down_y @ (image - level) @ down_x.T
    smooth = (up_y @ nodes) @ up_x.T
    smooth += level
    return np.asarray(smooth)


@lru_cache(MOST_SIZES)
def _filters(size: int, width: float) -> tuple[Single, Single]:
    """Weights that lead from pixels to nodes (node, pixel), and back (pixel, node)."""
    half = width / np.sqrt(2)
    reach = REACH * half
    count = int(np.ceil((size - 1 + 2 * reach) / (NODE_SPACING * width))) + 1
    nodes = np.linspace(-reach, size - 1 + reach, count)
    seen = np.arange(int(np.floor(-2 * reach)), int(np.ceil(size - 1 + 2 * reach)) + 1)
    down = np.zeros((size, count))
    np.add.at(down, _mirrored(seen, size), _gaussian(nodes, seen, half).T)
    up = _gaussian(np.arange(size), nodes, half)
    return np.ascontiguousarray(down.T, np.float32), up.astype(np.float32)


def _gaussian(there: Array | Indices, here: Array | Indices, width: float) -> Array:
    """Weights of what is here at each place there; they add up to 1."""
    weight = np.exp(-0.5 * ((there[:, None] - here) / width) ** 2)
    return np.asarray(weight / weight.sum(1, keepdims=True))


def _mirrored(pixels: Indices, size: int) -> Indices:
    """Pixels of an image beyond whose last one it goes on with the last one again."""
    folded = pixels % (2 * size)
    return np.where(folded < size, folded, 2 * size - 1 - folded)
