"""How often what lies beside a column lies beside others too: in a crystal, again and again."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

Array = NDArray[np.float64]
Whole = NDArray[np.intp]
Truth = NDArray[np.bool_]

PLAIN, SEEN = 0.5, 0.25
"""Height of the mask from which a candidate is a plain column, and from which it is an echo."""

CLOSE, ELSEWHERE = 3, 16
"""The vectors from so many plain columns near a candidate are followed from so many others."""

NEAR = 0.2
"""An echo is this near to where the vector points, in typical spacings."""

ALIKE, CHANCE = 0.5, 2.0
"""What stands out by less than this share of an echo's signal to noise, and by more than noise can
take off, is of another kind: at a vacancy the whole crystal around would be its echo."""

REPEATED = 0.04
"""In a crystal plain columns echo each other by at least this much more than by chance."""

SEVERAL, SAMPLE = 10, 1000
"""Fewer plain columns do not tell whether they repeat; of more, so many that lie together do."""


def repeats(positions: Array, height: Array) -> bool:
    """Whether candidates are columns of crystals: single atoms stand anywhere.

    Parameters
    ----------
    positions, height
        As for `echo`.
    """
    plain = positions[height >= PLAIN]
    if len(plain) < SEVERAL:
        return False
    tree = cKDTree(plain)
    some = tree.query(np.median(plain, axis=0), min(SAMPLE, len(plain)))[1]
    every = np.arange(len(some))
    echoes = _Echoes(plain[some], every, every)
    found, counts = np.sum([(f.sum(), c.sum()) for f, c, _ in echoes.each()], axis=0)
    return bool(found / max(counts, 1) - echoes.chance >= REPEATED)


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
    echoes = _Echoes(positions, plain, np.flatnonzero(height >= SEEN))
    for found, counts, other in echoes.each():
        alike = snr[:, None] >= ALIKE * snr[other] - CHANCE
        share = np.maximum(share, (found & alike).sum(1) / np.maximum(counts.sum(1), 1))
    return share - echoes.chance


class _Echoes:
    """What is found where vectors from plain columns to candidates lead from elsewhere.

    Parameters
    ----------
    positions
        Rows of (y, x) of all candidates.
    plain, seen
        Numbers of the plain columns, of which there are some, and of those that may be echoes.
    """

    def __init__(self, positions: Array, plain: Whole, seen: Whole) -> None:
        self.positions, self.seen = positions, seen
        tree = cKDTree(positions[plain])
        self.near = NEAR * float(np.median(tree.query(positions[plain], 2)[0][:, 1]))
        self.neighbours = plain[_others(tree, positions, plain)]
        self.low, self.high = positions.min(0) - self.near, positions.max(0) + self.near

    @property
    def chance(self) -> float:
        """Share of places at which something is found by chance."""
        area = float(np.prod(self.high - self.low))
        return min(1.0, len(self.seen) * np.pi * self.near**2 / max(area, 1e-30))

    def each(self) -> Iterator[tuple[Truth, Truth, Whole]]:
        """For each vector of every candidate: what is found, what counts, and its number."""
        candidates = cKDTree(self.positions[self.seen])
        for number in range(CLOSE):
            vector = self.positions - self.positions[self.neighbours[:, number]]
            elsewhere = np.delete(self.neighbours, number, axis=1)
            there = self.positions[elsewhere] + vector[:, None]
            counts = ((there >= self.low) & (there <= self.high)).all(2)
            _, index = candidates.query(there, distance_upper_bound=self.near, workers=-1)
            other = np.append(self.seen, 0)[index]
            itself = other == np.arange(len(other))[:, None]
            yield counts & (index < len(self.seen)) & ~itself, counts, other


def _others(tree: cKDTree, positions: Array, plain: Whole) -> Whole:
    """Numbers of the plain columns around each candidate but itself, nearest first."""
    count = min(ELSEWHERE + CLOSE, len(plain) - 1)
    _, index = tree.query(positions, count + 1, workers=-1)
    itself = plain[index] == np.arange(len(positions))[:, None]
    order = np.argsort(itself, axis=1, kind="stable")
    others: Whole = np.take_along_axis(index, order, axis=1)[:, :count]
    return others
