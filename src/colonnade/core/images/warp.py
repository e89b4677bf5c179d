"""Move the rows of an image, each by its own amount."""

import numpy as np
from numpy.typing import NDArray

from colonnade.core.arrays import Array, Grey, Single


def lower_rows(image: Grey, shifts: Array) -> Single:
    """Show each row as if it lay lower by its own amount; edges repeat.

    Parameters
    ----------
    image
        Grey levels, axes (y, x).
    shifts
        Downwards, one for each row [px]; or rows of those, whose images are averaged.
    """
    image = image.astype(np.float32, copy=False)
    weights, first = _row_filters(shifts, len(image))
    first += np.arange(len(image))
    lowered = np.zeros(image.shape, np.float32)
    for tap, weight in enumerate(weights.T):
        lowered += weight[:, None] * image[np.clip(first + tap, 0, len(image) - 1)]
    return lowered


def shift_rows(image: Grey, shifts: Array) -> Single:
    """Shift every row along x by its own amount, without blur; edges repeat.

    Parameters
    ----------
    image
        Grey levels, axes (y, x).
    shifts
        To the right, one for each row [px]; or rows of those, whose images are averaged.
    """
    height, width = image.shape
    weights, first = _row_filters(shifts, width)
    rows = _windows(image, first, width + weights.shape[1] - 1)
    shifted = np.zeros((height, width), np.float32)
    for tap, weight in enumerate(weights.T):
        shifted += weight[:, None] * rows[:, tap : tap + width]
    return shifted


def _row_filters(shifts: Array, most: int) -> tuple[Single, NDArray[np.int_]]:
    """Give each row its filter: weights (row, tap), and how far the first tap is from the pixel.

    Where there are several shifts for a row, it is the mean of theirs.
    """
    shifts = np.clip(np.atleast_2d(shifts), -most, most)
    whole = np.floor(-shifts).astype(int)
    taps = _catmull_rom(-shifts - whole) / len(shifts)
    first = whole.min(axis=0)
    behind = whole - first
    weights = np.zeros((shifts.shape[1], int(behind.max()) + 4))
    for tap in range(4):
        np.add.at(weights, (np.arange(len(weights)), behind + tap), taps[tap])
    return weights.astype(np.float32), first - 1


def _catmull_rom(part: Array) -> Array:
    """Weights of the four pixels around a place this far from the second to the third."""
    square, cube = part**2, part**3
    return np.stack(
        [
            (2 * square - cube - part) / 2,
            (3 * cube - 5 * square + 2) / 2,
            (4 * square - 3 * cube + part) / 2,
            (cube - square) / 2,
        ]
    )


def _windows(image: Grey, first: NDArray[np.int_], width: int) -> Single:
    """Cut from each row what begins at its own pixel; edges repeat."""
    reach = int(np.abs(first).max()) + width
    padded = np.pad(image.astype(np.float32, copy=False), ((0, 0), (reach, reach)), mode="edge")
    windows = np.lib.stride_tricks.sliding_window_view(padded, width, axis=1)
    rows: Single = windows[np.arange(len(image)), first + reach]
    return rows
