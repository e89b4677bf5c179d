"""Methods to compare, found by an entry point, so that any package can add one.

A package adds a method by an entry point of the group ``colonnade.bench.<wing>`` that names a
function: given what stands behind the colon in ``--model name:argument``, or an empty text, it
returns a `Method`.
"""

from collections.abc import Callable
from importlib.metadata import EntryPoint, entry_points
from typing import Any, Protocol, TypeVar

from colonnade.core.errors import ColonnadeError

Input = TypeVar("Input", contravariant=True)
Output = TypeVar("Output", covariant=True)


class MethodError(ColonnadeError):
    """A method cannot be run."""


class MissingPeerError(MethodError):
    """A method needs software that is not installed."""


class UnsuitableImageError(MethodError):
    """A method is not made for such an image: it is left out, and is no failure."""


class Method(Protocol[Input, Output]):
    """A method that a benchmark runs on one image after another."""

    def run(self, given: Input) -> Output:
        """Give the result for one image.

        Raises
        ------
        UnsuitableImageError
            If the method is not made for such an image.
        """
        ...


Maker = Callable[[str], Method[Any, Any]]


def _points(wing: str) -> tuple[EntryPoint, ...]:
    return tuple(entry_points(group=f"colonnade.bench.{wing}"))


def installed_methods(wing: str) -> list[str]:
    """Names of the methods that are installed for a wing."""
    return sorted({point.name for point in _points(wing)})


def load_method(wing: str, wanted: str) -> Method[Any, Any]:
    """Make a method ready to run.

    Parameters
    ----------
    wing
        What the images show, such as ``"atoms"``.
    wanted
        Name of the method, and after a colon its argument, such as ``"columns:FOLDER"``.

    Raises
    ------
    MethodError
        If there is no such method, or it cannot be run.
    """
    name, _, argument = wanted.partition(":")
    found = [point for point in _points(wing) if point.name == name]
    if not found:
        raise MethodError(
            f"there is no method named {name!r}; there are "
            f"{', '.join(installed_methods(wing))}, model files, and what other packages add"
        )
    make: Maker = found[0].load()
    return make(argument)
