"""What came of an item of long work: a value, or an error that did not end the rest."""

from concurrent.futures import Future
from dataclasses import dataclass
from typing import Generic, TypeVar

from colonnade.core.errors import ColonnadeError

T = TypeVar("T")
R = TypeVar("R")


@dataclass(frozen=True, eq=False)
class Outcome(Generic[T, R]):
    """What came of one item.

    Parameters
    ----------
    index
        Which item it was, in the order in which they were given.
    item
        The item.
    result
        What the function returned; None where it raised.
    error
        What it raised, if it did.
    """

    index: int
    item: T
    result: R | None = None
    error: Exception | None = None

    @classmethod
    def of(cls, index: int, item: T, future: Future[R]) -> "Outcome[T, R]":
        """Take what came of an item from a future that is done; what ends a program is raised."""
        error = future.exception()
        if error is None:
            return cls(index, item, future.result())
        if not isinstance(error, Exception):
            raise error
        return cls(index, item, error=error)

    def value(self) -> R:
        """Give the result, or raise the error."""
        if self.error is not None:
            raise self.error
        return self.result  # type: ignore[return-value]  # None only where R is


def reason(error: Exception) -> str:
    """Say in one sentence why something failed, with the type of an error that is not ours."""
    if isinstance(error, ColonnadeError):
        return str(error)
    if isinstance(error, MemoryError):
        return "there is not enough memory for it"
    first, *_ = str(error).strip().splitlines() or ["no reason given"]
    return f"{type(error).__name__}: {first}"
