"""Of several features that stand at one place, keep the surest."""

from collections.abc import Iterable

import numpy as np

from colonnade.core.arrays import Array, Indices
from colonnade.sem.feature import Feature

MOST_COMMON = 0.5
"""Of two discs that have more than this share of the smaller in common, one is enough."""


def surest(features: Iterable[Feature]) -> list[Feature]:
    """Keep the surest of the features that stand at one place; the surest come first."""
    order = sorted(features, key=lambda one: (-one.evidence, one.y, one.x))
    discs = np.array([(one.y, one.x, one.size) for one in order]).reshape(-1, 3)
    kept: list[int] = []
    for number, disc in enumerate(discs):
        if not stands_for(discs[kept], disc).any():
            kept.append(number)
    return [order[number] for number in kept]


def stands_for(discs: Array, other: Array) -> Indices:
    """Whether each disc stands for another as well, which is less sure.

    The other's middle lies in it, or they have more than `MOST_COMMON` of the smaller in common.

    Parameters
    ----------
    discs
        Rows of (y, x, diameter).
    other
        The same of one disc.
    """
    away = np.hypot(discs[:, 0] - other[0], discs[:, 1] - other[1])
    radii, radius = discs[:, 2] / 2, other[2] / 2
    smaller = np.pi * np.minimum(radii, radius) ** 2
    return np.asarray((away < radii) | (_in_common(away, radii, radius) > MOST_COMMON * smaller))


def _in_common(away: Array, radii: Array, radius: float) -> Array:
    """Area that discs have in common with one of another radius that is so far away."""
    # A disc within another one shares as much as when it touches the edge from within.
    apart = np.clip(away, np.maximum(np.abs(radii - radius), TINY), radii + radius)
    first = (apart**2 + radii**2 - radius**2) / (2 * apart)
    second = apart - first
    return np.asarray(_segment(radii, first) + _segment(radius, second))


def _segment(radius: Array | float, away: Array) -> Array:
    """Area of a disc beyond a line that is so far from its middle."""
    along = np.clip(away / radius, -1, 1)
    return np.asarray(radius**2 * (np.arccos(along) - along * np.sqrt(1 - along**2)))


TINY = 1e-9
"""Distance of discs that have one middle [px]."""
