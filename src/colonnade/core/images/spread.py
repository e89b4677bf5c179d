"""Blocks of an image, evenly spread, that stand for all of it."""

from collections.abc import Iterator
from itertools import product
from math import ceil, sqrt

import numpy as np

from colonnade.core.arrays import Single
from colonnade.core.images.tiles import Readable


def spread_blocks(image: Readable, side: int, step: int, most: int) -> Iterator[Single]:
    """Read blocks from the first pixel of an image to its last.

    Parameters
    ----------
    image
        Grey levels, axes (y, x).
    side
        Rows and columns of a block [px]; a smaller image goes on as its mirror image.
    step
        From a block to the next, at most [px]; more in a large image.
    most
        There are no more blocks than this; at least 4, for the corners.
    """
    height, width = image.shape
    while len(_starts(height, side, step)) * len(_starts(width, side, step)) > most:
        step = ceil(step * sqrt(2))
    for y, x in product(_starts(height, side, step), _starts(width, side, step)):
        block = np.asarray(image[y : y + side, x : x + side], np.float32)
        missing = [(0, side - length) for length in block.shape]
        yield np.pad(block, missing, mode="symmetric") if block.shape != (side, side) else block


def _starts(length: int, side: int, step: int) -> list[int]:
    """Where blocks begin along an axis, from its first pixel to its last."""
    last = max(0, length - side)
    return [round(start) for start in np.linspace(0, last, ceil(last / step) + 1)]
