"""Draws from the distributions that recipes state."""

import numpy as np

from colonnade.core.errors import RecipeError

Range = tuple[float, float]
"""Smallest and largest value of a quantity."""


def uniform(rng: np.random.Generator, limits: Range) -> float:
    """Draw evenly between two limits."""
    return float(rng.uniform(*_ordered(limits)))


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
