"""Bright columns that need no lattice: as strong as the columns of a crystal all around them.

At a twin, in a strained place or beside a defect nothing repeats, and a lattice has no support to
give. But what stands among columns of a crystal, apart from each, and is as strong as they are, is
one of them.
"""

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from colonnade.atoms.locate.judge.settings import JUDGE_DEFAULTS, LikenessSettings
from colonnade.core.arrays import Array
from colonnade.core.measures.neighbours import nearest_distances


def likeness(
    positions: Array,
    snr: Array,
    support: Array,
    settings: LikenessSettings = JUDGE_DEFAULTS.likeness,
) -> Array:
    """How much candidates are like the columns around them that a lattice supports.

    Parameters
    ----------
    positions
        Rows of (y, x), along both axes in the same unit.
    snr
        Signal to noise of each; NaN where it is not known.
    support
        Lattice support of each.
    settings
        What is alike.

    Returns
    -------
    likeness
        From 0 to 1.
    """
    snr = np.nan_to_num(snr)
    supported = np.flatnonzero(support >= settings.support)
    if len(supported) <= settings.neighbours:
        return np.zeros(len(positions))
    columns = positions[supported]
    tree = cKDTree(columns)
    spacing = float(np.median(nearest_distances(columns)))
    distance, nearby = tree.query(positions, settings.neighbours + 1)
    own = supported[nearby] == np.arange(len(positions))[:, None]
    near = (distance <= settings.reach * spacing) & ~own
    inside = _widest_gap(columns[nearby] - positions[:, None], near) <= settings.widest_gap
    near[~near.any(axis=1), 0] = True  # what is not inside has no median otherwise
    usual = np.nanmedian(np.where(near, snr[supported][nearby], np.nan), axis=1)
    share = (snr - settings.noise) / np.maximum(usual, 1e-9)
    alike = (share - settings.unlike) / (settings.alike - settings.unlike)
    apart = cKDTree(positions).query(positions, 2)[0][:, 1] >= settings.apart * spacing
    return np.where(inside & apart, np.clip(alike, 0, 1), 0)


def _widest_gap(vectors: Array, counted: NDArray[np.bool_]) -> Array:
    """Widest angle between neighbouring directions of some vectors (place, vector, (y, x))."""
    angles = np.where(counted, np.arctan2(vectors[..., 0], vectors[..., 1]), np.inf)
    first = angles.min(1)
    # What does not count stands where another does.
    angles = np.sort(np.where(counted, angles, first[:, None]), axis=1)
    whole = np.full(len(angles), 2 * np.pi)
    several = counted.sum(1) > 1
    between = np.diff(angles[several], axis=1).max(1)
    across = whole[several] - angles[several, -1] + angles[several, 0]
    whole[several] = np.maximum(between, across)
    return whole
