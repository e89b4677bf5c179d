"""One image of the benchmark, its truth, what methods are given of it, and what they give."""

from dataclasses import dataclass

from colonnade.core.arrays import Array, Single
from colonnade.core.bench.case import Case
from colonnade.sem.pair import Pair


@dataclass(frozen=True, eq=False)
class Privilege:
    """What no method can know, for those alone that say that they are told.

    A method that reads it chooses its parameters as well as they can be chosen; it is a bound of
    what such a method can do, not a rival that could be used.

    Parameters
    ----------
    truth
        The sharp image.
    blur
        Standard deviation of the probe [px of the sharp image].
    """

    truth: Single
    blur: float


@dataclass(frozen=True, eq=False)
class MethodInput:
    """What a method is given.

    Parameters
    ----------
    image
        To be upscaled, axes (y, x).
    factor
        How many times as many pixels are wanted along each axis.
    name
        What the benchmark calls the image.
    privilege
        What no method can know.
    """

    image: Single
    factor: int
    name: str
    privilege: Privilege


@dataclass(frozen=True, eq=False)
class Upscaling:
    """What a method gives.

    Parameters
    ----------
    image
        The finer image, on the grey scale of what was given.
    half_width
        Of the interval around each pixel that holds the truth with a chance of 90 %, if the
        method states one.
    """

    image: Single
    half_width: Single | None = None


@dataclass(frozen=True, eq=False)
class TestImage:
    """One image of the benchmark.

    Parameters
    ----------
    case
        Where it stands in the benchmark.
    pair
        What methods are given, and the truth.
    blur
        Standard deviation of the probe [px of the sharp image].
    noise
        Variance of the noise of the truth, which is independent of what methods are given.
    particles
        Rows of (y, x, diameter) of particles that are known [px of the sharp image]; none where
        the image shows something else.
    """

    case: Case
    pair: Pair
    blur: float
    noise: float
    particles: Array

    @property
    def input(self) -> MethodInput:
        """What a method is given."""
        privilege = Privilege(self.pair.high, self.blur)
        return MethodInput(self.pair.low, self.pair.factor, self.case.name, privilege)

    @property
    def pixel_count(self) -> int:
        """How many pixels a method has to give."""
        return self.pair.high.size
