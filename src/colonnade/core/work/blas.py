"""Keep the products of small matrices from being shared among threads."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Lock, Thread

from threadpoolctl import threadpool_limits


class _SharedLimit:
    """One limit for all threads of this process, as most BLAS libraries have no other.

    The first thread that enters sets it, and the last that leaves restores what was there. Both
    are done by a third, as threadpoolctl lets only the one that set a limit lift it.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._inside = 0

    def enter(self) -> None:
        with self._lock:
            if not self._inside:
                ready, self._end = Event(), Event()
                self._keeper = Thread(target=_keep, args=(ready, self._end), daemon=True)
                self._keeper.start()
                ready.wait()
            self._inside += 1

    def leave(self) -> None:
        with self._lock:
            self._inside -= 1
            if not self._inside:
                self._end.set()
                self._keeper.join()


def _keep(ready: Event, end: Event) -> None:
    try:
        with threadpool_limits(1, user_api="blas"):
            ready.set()
            end.wait()
    finally:
        ready.set()  # no thread waits for a limit that could not be set


_shared = _SharedLimit()


@contextmanager
def one_thread() -> Iterator[None]:
    """Let BLAS work in the thread that calls it, here and in all threads that are in here too.

    Threads that share a small product wait for each other, on a busy machine for ten times as
    long as the work takes.
    """
    _shared.enter()
    try:
        # A BLAS that is built on OpenMP has a limit for each thread.
        with threadpool_limits(1, user_api="blas"):
            yield
    finally:
        _shared.leave()
