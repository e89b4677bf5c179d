"""Arrays that lie in a file and are mapped into memory, where they count as long as they stay."""

import mmap
from typing import Any

import numpy as np
from numpy.typing import NDArray

AT_ONCE = 1 << 26
"""So much of a file is mapped into memory together [bytes]: the system maps more than is read."""


def is_held(array: Any) -> bool:
    """Whether an array is in memory, and not mapped from a file or read when it is needed."""
    return isinstance(array, np.ndarray) and _mapping(array) is None


def let_go(array: Any) -> None:
    """Let the system take what was read of a mapped array out of memory; it can be read again."""
    mapped = _mapping(array)
    if mapped is not None and hasattr(mmap, "MADV_DONTNEED"):  # not on Windows
        mapped.madvise(mmap.MADV_DONTNEED)


def _copied(array: NDArray[Any]) -> NDArray[Any]:
    """Copy a mapped array piece by piece, and let go of each."""
    copy = np.empty(array.shape, array.dtype)
    along = int(np.argmax(np.abs(array.strides)))
    length = max(1, AT_ONCE // max(1, abs(array.strides[along])))
    for first in range(0, array.shape[along], length):
        some = (*along * (slice(None),), slice(first, first + length))
        copy[some] = array[some]
        let_go(array)
    return copy


class Mapped:
    """An array in a file, of which little is in memory at a time.

    Parameters
    ----------
    array
        A mapped one.
    """

    def __init__(self, array: NDArray[Any]) -> None:
        self.shape, self.dtype = array.shape, array.dtype
        self._array = array

    def __getitem__(self, part: Any) -> NDArray[Any]:
        """Read a block."""
        return _copied(self._array[part])


def _mapping(array: Any) -> mmap.mmap | None:
    """Give what maps the file that an array lies in, or is a view of."""
    base = array
    while isinstance(base, np.ndarray):
        base = base.base
    return base if isinstance(base, mmap.mmap) else None
