"""A place where a finer image cannot be believed."""

from dataclasses import dataclass
from typing import Literal

Kind = Literal["added", "missing", "invented"]
"""Whether a feature is in the finer image and was not measured, or was measured and is not in it,
or is in the image of one network and not in that of the other."""


@dataclass(frozen=True)
class Feature:
    """A place where an image shows something that is not so, or does not show what is.

    Parameters
    ----------
    y, x
        Its middle [px of the finer image].
    size
        Its diameter [px of the finer image].
    kind
        What is wrong.
    evidence
        How sure that is: its signal to noise, in that which one place in ten of the same image
        reaches by chance; for an invented one, how many standard deviations what a more careful
        network expects lies below half of it.
    """

    y: float
    x: float
    size: float
    kind: Kind
    evidence: float
