"""Look at the frames of a series in several threads: filters let others work meanwhile."""

from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

from colonnade.core.work.processors import available_cpus
from colonnade.core.work.threads import in_order

T = TypeVar("T")
R = TypeVar("R")

MOST_THREADS = 4

BYTES, THREAD_BYTES = 40, 55
"""What a registration holds for each pixel of a frame, and what each of its threads does besides
[bytes], by `benchmarks/files/peak_memory.py`."""


def registration_bytes(pixels: int) -> int:
    """Say how much memory a registration needs, by the pixels of a frame [bytes]."""
    return pixels * (BYTES + THREAD_BYTES * _threads())


def in_threads(function: Callable[[T], R], frames: Iterable[T]) -> Iterator[R]:
    """Apply a function to every frame, and give the results in order.

    The frames are read in this thread, one after the other, as most files want it.
    """
    return in_order(function, frames, _threads())


def _threads() -> int:
    return min(available_cpus(), MOST_THREADS)
