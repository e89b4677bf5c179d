"""How often what lies beside a column lies beside others too: in a crystal, again and again."""

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

Array = NDArray[np.float64]
Whole = NDArray[np.intp]

PLAIN, SEEN = 0.5, 0.25
"""Height of the mask from which a candidate is a plain column, and from which it is an echo."""

CLOSE, ELSEWHERE = 3, 16
"""The vectors from so many plain columns near a candidate are followed from so many others."""

NEAR = 0.2
"""An echo is this near to where the vector points, in typical spacings."""

ALIKE, CHANCE = 0.5, 2.0
"""What stands out by less than this share of an echo's signal to noise, and by more than noise can
take off, is of another kind: at a vacancy the whole crystal around would be its echo."""


REPEATED, SEVERAL = 0.2, 5
"""In a crystal, at least half of the plain columns, of no fewer than these, have this echo."""

SAMPLE = 1000
"""So many candidates that lie together tell whether columns repeat."""


def repeats(positions: Array, height: Array) -> bool:
    """Whether candidates are columns of crystals: single atoms stand anywhere.

    Parameters
    ----------
    positions, height
        As for `echo`.
    """
    if (height >= PLAIN).sum() < SEVERAL:
        return False
    middle = np.median(positions[height >= PLAIN], axis=0)
    _, some = cKDTree(positions).query(middle, min(SAMPLE, len(positions)))
    plain = height[some] >= PLAIN
    share = echo(positions[some], height[some], np.ones(len(some)))
    return bool(np.median(share[plain]) >= REPEATED) if plain.any() else False


def echo(positions: Array, height: Array, snr: Array) -> Array:
    """Share of the columns around each candidate that have a like neighbour, beyond chance.

    The vector that leads from a plain column to the candidate is followed from other columns
    around: noise is found at its end by chance alone, columns of a crystal wherever the other
    column is of the same kind. The best of some vectors counts.

    Parameters
    ----------
    positions
        Rows of (y, x), along both axes in the same unit.
    height
        Of the network's mask.
    snr
        Signal to noise.

    Returns
    -------
    echo
        From 0 or a little less, where nothing repeats, to 1; 0 where plain columns are few.
    """
    share = np.zeros(len(positions))
    plain = np.flatnonzero(height >= PLAIN)
    if len(plain) <= CLOSE + 1:
        return share
    tree = cKDTree(positions[plain])
    near = NEAR * float(np.median(tree.query(positions[plain], 2)[0][:, 1]))
    seen = np.flatnonzero(height >= SEEN)
    candidates = cKDTree(positions[seen])
    neighbours = plain[_others(tree, positions, plain)]
    low, high = positions.min(0) - near, positions.max(0) + near
    for number in range(CLOSE):
        vector = positions - positions[neighbours[:, number]]
        elsewhere = np.delete(neighbours, number, axis=1)
        there = positions[elsewhere] + vector[:, None]
        counts = ((there >= low) & (there <= high)).all(2)
        _, index = candidates.query(there, distance_upper_bound=near, workers=-1)
        other = np.append(seen, 0)[index]
        itself = other == np.arange(len(positions))[:, None]
        alike = snr[:, None] >= ALIKE * snr[other] - CHANCE
        found = counts & (index < len(seen)) & ~itself & alike
        share = np.maximum(share, found.sum(1) / np.maximum(counts.sum(1), 1))
    area = float(np.prod(high - low))
    return share - min(1.0, len(seen) * np.pi * near**2 / max(area, 1e-30))


def _others(tree: cKDTree, positions: Array, plain: Whole) -> Whole:
    """Numbers of the plain columns around each candidate but itself, nearest first."""
    count = min(ELSEWHERE + CLOSE, len(plain) - 1)
    _, index = tree.query(positions, count + 1, workers=-1)
    itself = plain[index] == np.arange(len(positions))[:, None]
    order = np.argsort(itself, axis=1, kind="stable")
    others: Whole = np.take_along_axis(index, order, axis=1)[:, :count]
    return others
