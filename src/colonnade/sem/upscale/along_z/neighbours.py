"""Which slices of a stack a network sees to make finer ones of the middle one."""

import numpy as np

from colonnade.core.arrays import Single


def neighbours(index: int, count: int, slices: int) -> list[int]:
    """Give the numbers of the slices around one; a stack goes on as its mirror image.

    Parameters
    ----------
    index
        The middle one.
    count
        Slices of the stack.
    slices
        How many are seen, an odd number.
    """
    half = slices // 2
    numbers = (number % (2 * count) for number in range(index - half, index + half + 1))
    return [number if number < count else 2 * count - 1 - number for number in numbers]


def windows(stack: Single, slices: int) -> Single:
    """Give what is seen of each slice, axes (slice, neighbour, y, x)."""
    seen = [neighbours(index, len(stack), slices) for index in range(len(stack))]
    return np.asarray(stack[np.array(seen)])
