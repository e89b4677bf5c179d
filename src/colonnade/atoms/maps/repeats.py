"""The smallest repeat of a projected crystal as an image shows it, its faint columns or not."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise, product

import numpy as np

from colonnade.atoms.maps.settings import PROPOSALS, ProposalSettings
from colonnade.atoms.maps.translations import reduced
from colonnade.atoms.simulate.optics.scattering import EXPONENT, column_signal
from colonnade.atoms.simulate.specimen.crystals import Projection
from colonnade.core.arrays import Array

SAME = 1e-3
"""Places and strengths that differ by less, as a share, are the same."""

SAME_AREA = 0.02
"""Areas that differ by less, as a share, are the same."""


@dataclass(frozen=True, eq=False)
class Repeat:
    """Columns that are seen of a crystal, in the smallest cell that repeats them.

    Parameters
    ----------
    basis
        Two rows of (y, x) [nm].
    sites
        Of the columns, in sides of the cell.
    brightness
        Logarithm of the signal of each, a row for each thickness.
    """

    basis: Array
    sites: Array
    brightness: Array


def visible_repeats(
    crystal: Projection, resolved: float, settings: ProposalSettings = PROPOSALS
) -> Iterator[Repeat]:
    """Give the repeats that an image may show of a crystal, all columns first.

    Parameters
    ----------
    crystal
        Seen along its zone axis.
    resolved
        Columns that are nearer to each other are seen as one [nm].
    settings
        Which columns may be unseen.
    """
    places, strength = _merged(crystal, resolved)
    levels = np.unique(strength)[::-1]
    faintest = [levels[-1]]
    for level, below in pairwise(levels):
        if below < settings.much_fainter * level and below < settings.unseen * levels[0]:
            faintest.append(level)
    for least in faintest:
        seen = strength >= least
        yield _smallest(crystal, places[seen], strength[seen], settings)


def _merged(crystal: Projection, resolved: float) -> tuple[Array, Array]:
    """Columns and their strengths, those that are not resolved as one."""
    places, strength = crystal.positions.copy(), crystal.strength(EXPONENT)
    while len(places) > 1:
        apart = _apart(places[:, None] - places, crystal.basis)
        distance = np.hypot(apart[..., 0], apart[..., 1]) + np.diag(np.full(len(places), np.inf))
        one, two = np.unravel_index(np.argmin(distance), distance.shape)
        if distance[one, two] >= resolved:
            break
        both = strength[one] + strength[two]
        places[[one]] = places[one] + apart[two, one] * strength[two] / both
        strength[one] = both
        places, strength = np.delete(places, two, axis=0), np.delete(strength, two)
    # Strengths that are the same but for rounding are made so.
    steps = np.round(np.log(strength) / SAME)
    return places, np.exp(steps * SAME)


def _apart(vectors: Array, basis: Array) -> Array:
    """Vectors between the nearest repeats of what they connect."""
    steps = vectors @ np.linalg.inv(basis)
    return np.asarray((steps - np.round(steps)) @ basis)


def _smallest(
    crystal: Projection, places: Array, strength: Array, settings: ProposalSettings
) -> Repeat:
    """Reduce to the smallest cell."""
    moves = [
        move
        for move in _apart(places - places[0], crystal.basis)
        if _repeats(move, places, strength, crystal.basis)
    ]
    area = abs(np.linalg.det(crystal.basis)) / len(moves)
    steps = np.array(list(product((-1, 0, 1), repeat=2))) @ crystal.basis
    vectors = (np.array(moves)[:, None] + steps).reshape(-1, 2)
    vectors = vectors[np.argsort(np.hypot(*vectors.T))][1:]
    basis = crystal.basis
    if len(moves) > 1:
        pairs = ((one, two) for two in range(len(vectors)) for one in range(two))
        basis = next(
            pair
            for one, two in pairs
            if np.isclose(abs(np.linalg.det(pair := vectors[[one, two]])), area, rtol=SAME_AREA)
        )
    basis = reduced(basis)
    sites = (places - places[0]) @ np.linalg.inv(basis)
    sites -= np.floor(sites + SAME)
    # Zero is added because rounding leaves some of it negative, which is counted apart.
    first = np.unique(np.round(sites, 2) + 0.0, axis=0, return_index=True)[1]
    thickness = np.array(settings.thicknesses)[:, None]
    signal = column_signal(strength[first][None], thickness)
    return Repeat(basis, sites[first], np.log(signal))


def _repeats(move: Array, places: Array, strength: Array, basis: Array) -> bool:
    """Whether a translation leads from all columns to columns of the same strength."""
    off = _apart((places + move)[:, None] - places, basis)
    same = np.hypot(off[..., 0], off[..., 1]) < SAME
    return bool((same & (strength[:, None] == strength)).any(axis=1).all())
