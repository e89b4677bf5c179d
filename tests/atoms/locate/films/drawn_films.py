"""Columns of a square lattice in the frames of a film that drifts."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from colonnade import Columns

Array = NDArray[np.float64]

SHAPE = (120, 150)
SPACING = 12.0


@dataclass(frozen=True)
class Drawn:
    """The columns of each frame, which site each is of, where the sites are, and the drift."""

    frames: list[Columns]
    sites: list[NDArray[np.intp]]
    places: Array
    drift: Array


def lattice(reach: float) -> Array:
    """Places in and around a frame, up to a distance beyond its borders."""
    y, x = (np.arange(-reach, side + reach, SPACING) for side in SHAPE)
    return np.stack(np.meshgrid(y, x, indexing="ij"), -1).reshape(-1, 2) + 3.7


def drawn(
    drift: Array, seed: int, found: float = 0.95, sigma: float = 0.2, places: Array | None = None
) -> Drawn:
    """Find each column that a frame shows with a probability, and with an error [px]."""
    rng = np.random.default_rng(seed)
    if places is None:
        places = lattice(float(np.abs(drift).max()) + SPACING)
    frames, sites = [], []
    for shift in drift:
        shown = places + shift
        inside = ((shown > 0) & (shown < np.array(SHAPE) - 1)).all(1)
        seen = np.flatnonzero(inside & (rng.random(len(places)) < found))
        y, x = (shown[seen] + rng.normal(0, sigma, (len(seen), 2))).T
        errors = np.full(len(seen), sigma)
        intensity = rng.normal(100, 5, len(seen))
        frames.append(
            Columns(y, x, errors, errors, np.ones(len(seen)), intensity, np.full(len(seen), 2.0))
        )
        sites.append(seen)
    return Drawn(frames, sites, places, drift)


def wander(frames: int, step: float, seed: int) -> Array:
    """A drift that walks at random, from no shift on; rows of (y, x) [px]."""
    steps = np.random.default_rng([seed, 9]).normal(0, step, (frames, 2))
    steps[0] = 0
    return np.cumsum(steps, axis=0)
