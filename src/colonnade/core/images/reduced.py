"""An image that may be larger than memory, made smaller to be looked at."""

from collections.abc import Iterator

import numpy as np

from colonnade.core.arrays import Single
from colonnade.core.images.tiles import Readable

BAND_ROWS = 256
"""About so many rows are read together [px]."""

Window = tuple[slice, slice]
"""Rows and columns of an image."""


def reduced(image: Readable, window: Window, step: int) -> Single:
    """Give the mean over squares of pixels of a part of an image, read band by band."""
    return np.concatenate(list(_bands(image, window, step)))


def _bands(image: Readable, window: Window, step: int) -> Iterator[Single]:
    """Means of bands of many rows, as stores read many together; what is over is left out."""
    rows, columns = (_whole_steps(each, step) for each in window)
    height = min(step, rows.stop - rows.start)
    width = min(step, columns.stop - columns.start)
    band = height * max(1, BAND_ROWS // height)
    for start in range(rows.start, rows.stop, band):
        read = np.asarray(image[start : min(start + band, rows.stop), columns], np.float32)
        squares = read.reshape(len(read) // height, height, -1, width)
        yield squares.mean((1, 3))


def _whole_steps(part: slice, step: int) -> slice:
    """Cut to a multiple of a step, unless it is shorter than one."""
    length = part.stop - part.start
    return slice(part.start, part.start + (length // step * step or length))
