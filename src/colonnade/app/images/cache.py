"""Arrays that are kept while there is room for them."""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from concurrent.futures import Future
from threading import Lock
from typing import Any, Protocol, TypeVar, cast


class Sized(Protocol):
    """What says how much memory it needs."""

    @property
    def nbytes(self) -> int:
        """Memory that it needs [bytes]."""


S = TypeVar("S", bound=Sized)


class Cache:
    """What was made last is kept, up to a limit; of several threads one makes it for all.

    Parameters
    ----------
    limit
        Memory that may be kept [bytes].
    """

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._used = 0
        self._lock = Lock()
        self._made: OrderedDict[Hashable, Future[Any]] = OrderedDict()

    def get(self, key: Hashable, make: Callable[[], S]) -> S:
        """Give what is kept under a key, or make it."""
        with self._lock:
            future = self._made.get(key)
            if future is not None:
                self._made.move_to_end(key)
            else:
                mine = self._made[key] = Future()
        if future is None:
            self._fill(key, mine, make)
            future = mine
        return cast(S, future.result())

    def _fill(self, key: Hashable, future: Future[Any], make: Callable[[], Sized]) -> None:
        try:
            value = make()
        except BaseException as error:
            with self._lock:
                del self._made[key]
            future.set_exception(error)
            return
        future.set_result(value)
        with self._lock:
            self._used += value.nbytes
            self._drop_oldest()

    def _drop_oldest(self) -> None:
        for key in [key for key, future in self._made.items() if future.done()]:
            if self._used <= self._limit:
                break
            self._used -= self._made.pop(key).result().nbytes
