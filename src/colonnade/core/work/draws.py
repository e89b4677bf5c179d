"""Draws from the distributions that recipes state, each written down by its name."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, is_dataclass
from typing import TypeVar

import numpy as np

from colonnade.core.arrays import Array
from colonnade.core.errors import RecipeError

Range = tuple[float, float]
"""Smallest and largest value of a quantity."""

NEVER: Range = (0.0, 0.0)
"""What is drawn for a fault that an image does not have."""

T = TypeVar("T")


@dataclass(frozen=True)
class Limits:
    """Between what a range must lie.

    Parameters
    ----------
    above, least
        Its smaller number must be above the one and no less than the other.
    below
        Its larger number must be below this.
    """

    above: float = -np.inf
    least: float = -np.inf
    below: float = np.inf

    def check(self, name: str, limits: Range) -> None:
        """Refuse a range that does not, or does not go from a smaller to a larger number.

        Raises
        ------
        RecipeError
            If it is such.
        """
        low, high = _ordered(limits)
        if low > self.above and low >= self.least and high < self.below:
            return
        wanted = [
            f"{word} {bound:g}"
            for word, bound in (
                ("above", self.above),
                ("at least", self.least),
                ("below", self.below),
            )
            if np.isfinite(bound)
        ]
        raise RecipeError(f"{name} must be {' and '.join(wanted)}, not {limits}")


def check_kinds(recipe: object, name: str, limits: Mapping[str, Limits]) -> None:
    """Refuse kinds of specimens of which a range does not lie where it must.

    Parameters
    ----------
    recipe
        A dataclass, whose fields are the kinds.
    name
        What it is called in recipes.
    limits
        By the names of ranges, whatever kind has them.

    Raises
    ------
    RecipeError
        If there is one.
    """
    for kind, chosen in vars(recipe).items():
        for ranged in limits.keys() & vars(chosen).keys() if is_dataclass(chosen) else ():
            limits[ranged].check(f"{name}.{kind}.{ranged}", getattr(chosen, ranged))


class Draws:
    """Draws quantities and keeps a record of them.

    Parameters
    ----------
    rng
        Source of everything that is drawn. What has no name, such as noise, is drawn from it
        directly and is not recorded.
    """

    def __init__(self, rng: np.random.Generator) -> None:
        self.rng = rng
        self.record: dict[str, float | str] = {}
        """What was drawn, by name."""

    def uniform(self, name: str, limits: Range) -> float:
        """Draw evenly between two limits."""
        self.record[name] = value = uniform(self.rng, limits)
        return value

    def log_uniform(self, name: str, limits: Range) -> float:
        """Draw so that every decade between two positive limits is equally likely."""
        self.record[name] = value = log_uniform(self.rng, limits)
        return value

    def happens(self, name: str, share: float) -> bool:
        """Decide something that is so in this share of the images; recorded as 0 or 1."""
        if not 0 <= share <= 1:
            raise RecipeError(f"{name} is a share of the images, from 0 to 1, not {share}")
        happens = bool(self.rng.random() < share)
        self.record[name] = float(happens)
        return happens

    def choice(self, name: str, options: Sequence[T], weights: Sequence[float] = ()) -> T:
        """Choose one of several, each as likely unless they have weights; numbers stay numbers."""
        if not options:
            raise RecipeError(f"{name} must offer at least one choice")
        shares = np.array(weights or [1.0] * len(options), float)
        if not (shares >= 0).all() or not shares.sum() > 0:
            raise RecipeError(f"the shares of {name} must not be negative, and not all zero")
        chosen = options[int(self.rng.choice(len(options), p=shares / shares.sum()))]
        self.record[name] = float(chosen) if isinstance(chosen, int | float) else str(chosen)
        return chosen


def uniform(rng: np.random.Generator, limits: Range) -> float:
    """Draw evenly between two limits."""
    return float(rng.uniform(*_ordered(limits)))


def uniforms(rng: np.random.Generator, limits: Range, count: int) -> Array:
    """Draw several evenly between two limits."""
    return rng.uniform(*_ordered(limits), count)


def log_uniform(rng: np.random.Generator, limits: Range) -> float:
    """Draw so that every decade between two positive limits is equally likely."""
    if not _ordered(limits)[0] > 0:
        raise RecipeError(f"a range that is drawn logarithmically must be positive, not {limits}")
    low, high = np.log(limits)
    return float(np.exp(rng.uniform(low, high)))


def _ordered(limits: Range) -> Range:
    low, high = limits
    if not -np.inf < low <= high < np.inf:
        raise RecipeError(f"a range must go from a smaller to a larger number, not {limits}")
    return limits
