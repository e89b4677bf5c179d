"""Methods that take part in the benchmark: found by an entry point, so that anyone can add one.

A package adds a method by an entry point of the group ``colonnade.bench.atoms`` that names a
function: given what stands behind the colon in ``--model name:argument``, or nothing, it returns a
`Contestant`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import entry_points
from typing import Protocol

from colonnade.atoms.columns import Columns
from colonnade.core.errors import ColonnadeError
from colonnade.core.images.micrograph import Micrograph

GROUP = "colonnade.bench.atoms"


class ContestantError(ColonnadeError):
    """A method that was detectable cannot take part."""


class MissingPeerError(ContestantError):
    """A method needs software that is not installed."""


@dataclass(frozen=True, eq=False)
class Shown:
    """What a contestant is shown.

    Parameters
    ----------
    image
        To find columns in.
    name
        What the benchmark calls the image.
    spacing
        True distance of neighbouring columns [px], for methods that have to be told.
    """

    image: Micrograph
    name: str
    spacing: float


class Contestant(Protocol):
    """A method that finds atom columns."""

    def find(self, shown: Shown) -> Columns:
        """Find the columns of one image; positions in pixels, standard errors where it has any."""
        ...


Maker = Callable[[str], Contestant]


def known() -> list[str]:
    """Names of the methods that are installed."""
    return sorted({point.name for point in entry_points(group=GROUP)})


def contestant(wanted: str) -> Contestant:
    """Make a method ready.

    Parameters
    ----------
    wanted
        Its name, and after a colon what it needs to know, such as ``columns:FOLDER``.

    Raises
    ------
    ContestantError
        If there is no such method, or it cannot take part.
    """
    name, _, argument = wanted.partition(":")
    found = [point for point in entry_points(group=GROUP) if point.name == name]
    if not found:
        raise ContestantError(
            f"there is no method named {name!r}; there are {', '.join(known())}, model files, and "
            "what other packages add"
        )
    make: Maker = found[0].load()
    return make(argument)
