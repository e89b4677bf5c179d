"""Look at parts of images in several threads: filters let others work meanwhile."""

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from threading import Lock
from typing import Any, TypeVar

import numpy as np

from colonnade.core.images.tiles import Readable
from colonnade.core.work.processors import available_cpus

T = TypeVar("T")
R = TypeVar("R")

MOST_THREADS = 8
"""Each needs about 30 MB for a part of an image."""


def for_each(function: Callable[[T], R], items: Iterable[T]) -> list[R]:
    """Apply a function to all items, on all processors, and give the results in order."""
    with ThreadPoolExecutor(min(available_cpus(), MOST_THREADS)) as pool:
        return list(pool.map(function, items))


class OneAtATime:
    """An image that several threads read, one after the other, as most files want it.

    Parameters
    ----------
    image
        Axes (y, x).
    """

    def __init__(self, image: Readable) -> None:
        self.shape = image.shape
        self._image = image
        self._lock = Lock()

    def __getitem__(self, part: Any) -> Any:
        """Read a part."""
        with self._lock:
            return np.asarray(self._image[part])
