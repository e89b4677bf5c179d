"""What the words of a command mean: which folders are a series, and where an axis runs."""

from pathlib import Path

from colonnade.core.errors import ColonnadeError, ImageError
from colonnade.core.files.formats import SUFFIXES
from colonnade.core.files.open import describe
from colonnade.core.files.signals import SEVERAL
from colonnade.tomo.reconstruct.source import Axis


def holds_views(folder: Path) -> bool:
    """Whether a folder is one series: the first image in it is a single view."""
    if folder.suffix.lower() in SUFFIXES:
        return False
    for path in sorted(folder.iterdir()):
        if path.suffix.lower() not in SUFFIXES or path.name.startswith("."):
            continue
        try:
            return not any(signal.kind in SEVERAL for signal in describe(path))
        except ColonnadeError:
            continue
    return False


WORDS: dict[str, Axis] = {"y": "y", "x": "x"}
"""What a direction may be called."""


def parse_axis(text: str) -> Axis:
    """Read where the tilt axis runs.

    Raises
    ------
    ImageError
        If it is neither y, x nor a number.
    """
    try:
        return WORDS[text] if text in WORDS else float(text)
    except ValueError:
        raise ImageError(
            f"the tilt axis runs along y or x, or is turned by so many degrees, not '{text}'"
        ) from None
