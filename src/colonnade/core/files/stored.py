"""Numbers that stay in their file until they are needed.

They are read and never mapped into memory: a file that is cut short while it is mapped ends the
process, and one that is read raises an error.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from io import FileIO
from math import prod
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from colonnade.core.errors import FileError

READ_THROUGH = 1 << 20
"""Numbers scattered over no more than this are read with what lies between, which takes as long as
to look for a few hundred places [bytes]."""

_DENSE = 2
"""So are those that are at least one in so many of what they are scattered over."""


@dataclass(frozen=True, eq=False)
class Stored:
    """An array in a file, of which parts and other orders of axes are taken without reading.

    Parameters
    ----------
    path
        The file.
    dtype
        Number type, in the byte order of the file.
    shape
        Number of samples along each axis.
    start
        Where the first number lies [bytes].
    strides
        Distance from one sample to the next along each axis [bytes].
    """

    path: Path
    dtype: np.dtype[Any]
    shape: tuple[int, ...]
    start: int
    strides: tuple[int, ...]

    @classmethod
    def at(cls, path: Path, dtype: np.dtype[Any], start: int, shape: Sequence[int]) -> "Stored":
        """Describe numbers that lie one after the other, the last axis fastest.

        Raises
        ------
        FileError
            If the file ends before they do.
        """
        if min(shape, default=1) < 0 or start < 0:
            raise FileError(f"{path} has an impossible size in its header; it is damaged")
        if start + prod(shape) * dtype.itemsize > path.stat().st_size:
            raise _cut_short(path)
        strides = [dtype.itemsize * prod(shape[place + 1 :]) for place in range(len(shape))]
        return cls(path, dtype, tuple(shape), start, tuple(strides))

    @property
    def ndim(self) -> int:
        """Number of axes."""
        return len(self.shape)

    def __getitem__(self, part: Any) -> "Stored":
        """Take a part: a number, a slice or an ellipsis for each axis."""
        start, kept = self.start, []
        for one, size, stride in zip(
            of_each_axis(part, self.ndim), self.shape, self.strides, strict=True
        ):
            if isinstance(one, slice):
                chosen = range(size)[one]
                start += chosen.start * stride
                kept.append((len(chosen), chosen.step * stride))
            else:
                start += range(size)[one] * stride
        shape, strides = (tuple(pair[place] for pair in kept) for place in (0, 1))
        return replace(self, shape=shape, start=start, strides=strides)

    def reshape(self, shape: Sequence[int]) -> "Stored":
        """Count the same numbers, which lie one after the other, along other axes."""
        unmoved = Stored.at(self.path, self.dtype, self.start, self.shape).strides
        if self.strides != unmoved or prod(shape) != prod(self.shape):
            raise ValueError(f"{self.shape} cannot become {tuple(shape)}")
        return Stored.at(self.path, self.dtype, self.start, shape)

    def transpose(self, order: Sequence[int]) -> "Stored":
        """Put the axes into another order."""
        shape, strides = (tuple(of[axis] for axis in order) for of in (self.shape, self.strides))
        return replace(self, shape=shape, strides=strides)

    def __array__(
        self, dtype: np.dtype[Any] | None = None, copy: bool | None = None
    ) -> NDArray[Any]:
        """Read it; it is always a copy.

        Raises
        ------
        FileError
            If the file has become shorter.
        """
        read = np.empty(self.shape, self.dtype)
        if read.size:
            with FileIO(self.path) as file:
                self._read(file, read, self.start, self.strides)
        return read if dtype is None else read.astype(dtype, copy=False)

    def _read(
        self, file: FileIO, into: NDArray[Any], start: int, strides: tuple[int, ...]
    ) -> None:
        """Read what lies at a place and behind it, in one go or sample by sample of an axis."""
        if into.flags.c_contiguous and strides == into.strides:
            self._read_bytes(file, start, into.reshape(-1).view(np.uint8))
            return
        ends = [stride * (size - 1) for stride, size in zip(strides, into.shape, strict=True)]
        before = sum(end for end in ends if end < 0)
        span = sum(map(abs, ends)) + self.dtype.itemsize
        if span <= max(READ_THROUGH, _DENSE * into.nbytes):
            content = np.empty(span, np.uint8)
            self._read_bytes(file, start + before, content)
            into[...] = np.ndarray(into.shape, self.dtype, content.data, -before, strides)
            return
        axis = int(np.argmax(np.abs(ends)))
        others = strides[:axis] + strides[axis + 1 :]
        along = np.moveaxis(into, axis, 0)
        for place in range(len(along)):
            self._read(file, along[place, ...], start + place * strides[axis], others)

    def _read_bytes(self, file: FileIO, start: int, into: NDArray[np.uint8]) -> None:
        file.seek(start)
        done = 0
        while done < into.size:
            count = file.readinto(into[done:].data)
            if not count:
                raise _cut_short(self.path)
            done += count


def of_each_axis(part: Any, count: int) -> list[Any]:
    """Say for each axis what is taken of it."""
    parts = list(part) if isinstance(part, tuple) else [part]
    if Ellipsis not in parts:
        parts.append(Ellipsis)
    place = parts.index(Ellipsis)
    left = count - len(parts) + 1
    if left < 0:
        raise IndexError(f"{len(parts) - 1} axes are named, and there are {count}")
    return [*parts[:place], *[slice(None)] * left, *parts[place + 1 :]]


def _cut_short(path: Path) -> FileError:
    return FileError(f"{path} is cut short: its last pixels are missing; copy it again")
