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
    numbers = np.arange(index - slices // 2, index + slices // 2 + 1) % (2 * count)
    return np.where(numbers < count, numbers, 2 * count - 1 - numbers).tolist()


def windows(stack: Single, slices: int) -> Single:
    """Give what is seen of each slice, axes (slice, neighbour, y, x)."""
    seen = [neighbours(index, len(stack), slices) for index in range(len(stack))]
    return stack[np.array(seen)]
