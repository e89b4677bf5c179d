"""Do one thing to many items in threads of this process, in their order."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

T = TypeVar("T")
R = TypeVar("R")


def in_order(function: Callable[[T], R], items: Iterable[T], threads: int) -> Iterator[R]:
    """Apply a function to items in several threads, and give the results in the items' order.

    Items are taken in this thread, one more than there are threads; so they have work while what
    is made of the results takes its time.

    Parameters
    ----------
    function
        What to do; it must let other threads work meanwhile to gain anything.
    items
        What to do it to.
    threads
        How many work.
    """
    coming: deque[Future[R]] = deque()
    with ThreadPoolExecutor(threads) as pool:
        for item in items:
            coming.append(pool.submit(function, item))
            if len(coming) > threads:
                yield coming.popleft().result()
        while coming:
            yield coming.popleft().result()
