"""Compare found columns with the truth."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from scipy.spatial import cKDTree

from colonnade.atoms.columns import Columns

Indices = NDArray[np.intp]


@dataclass(frozen=True, eq=False)
class Score:
    """What was found, missed and invented in one image or in several.

    Parameters
    ----------
    found, missed, false
        How many columns.
    errors
        Distance of each found column from the truth [px].
    """

    found: int
    missed: int
    false: int
    errors: NDArray[np.float64] = field(repr=False)

    @property
    def recall(self) -> float:
        """Share of the true columns that were found."""
        return self.found / max(self.found + self.missed, 1)

    @property
    def precision(self) -> float:
        """Share of the found columns that are true."""
        return self.found / max(self.found + self.false, 1)

    @property
    def f1(self) -> float:
        """Harmonic mean of recall and precision."""
        return 2 * self.found / max(2 * self.found + self.missed + self.false, 1)

    @property
    def rms(self) -> float:
        """Root mean square distance of the found columns from the truth [px]."""
        return float(np.sqrt(np.mean(self.errors**2))) if self.found else float("nan")

    def __add__(self, other: "Score") -> "Score":
        return Score(
            self.found + other.found,
            self.missed + other.missed,
            self.false + other.false,
            np.concatenate([self.errors, other.errors]),
        )


NOTHING = Score(0, 0, 0, np.empty(0))
"""Score of no images, to add to."""


def score(
    truth: Columns,
    found: Columns,
    gate: float,
    *,
    shape: tuple[int, int] | None = None,
    border: float = 0.0,
) -> Score:
    """Compare found columns with the truth, one to one.

    Columns of the truth whose label ``asked`` is 0 are neither missed nor found, and what is
    found there is not false. Nor is what lies at the border, where half a column may be seen of
    which the truth knows nothing.

    Parameters
    ----------
    truth
        True columns.
    found
        Found columns.
    gate
        Largest distance of a pair [px].
    shape
        Rows and columns of the image, for the border.
    border
        Width of the border [px].
    """
    asked = np.asarray(truth.labels.get("asked", np.ones(len(truth)))) > 0
    if shape is not None:
        asked &= _inner(truth, shape, border)
    true, guess = match(truth[asked].positions, found.positions, gate)
    unpaired = np.delete(np.arange(len(found)), guess)
    _, excused = match(truth[~asked].positions, found.positions[unpaired], gate)
    counted = np.ones(len(unpaired), bool)
    if shape is not None:
        counted = _inner(found[unpaired], shape, border)
    counted[excused] = False
    distances = np.linalg.norm(truth[asked].positions[true] - found.positions[guess], axis=1)
    return Score(
        found=len(true),
        missed=int(asked.sum()) - len(true),
        false=int(counted.sum()),
        errors=distances,
    )


def _inner(columns: Columns, shape: tuple[int, int], border: float) -> NDArray[np.bool_]:
    low, high = border, np.array(shape) - 1 - border
    return np.asarray(((columns.positions >= low) & (columns.positions <= high)).all(axis=1))


def match(
    first: NDArray[np.float64], second: NDArray[np.float64], gate: float
) -> tuple[Indices, Indices]:
    """Pair points of two sets within a gate: as many pairs as possible, then the nearest.

    Parameters
    ----------
    first, second
        Rows of (y, x) [px].
    gate
        Largest distance of a pair [px].

    Returns
    -------
    indices_first, indices_second
        Of each pair.
    """
    nothing = np.empty(0, np.intp)
    if not len(first) or not len(second):
        return nothing, nothing
    pairs = cKDTree(first).sparse_distance_matrix(cKDTree(second), gate, output_type="ndarray")
    rows, columns, distance = pairs["i"], pairs["j"], pairs["v"]
    count = len(first) + len(second)
    links = coo_array((np.ones(len(rows)), (rows, columns + len(first))), (count, count))
    _, group = connected_components(links, directed=False)
    order = np.argsort(group[rows], kind="stable")
    starts = np.flatnonzero(np.diff(group[rows][order], prepend=-1))
    matched = [
        _assign(rows[part], columns[part], distance[part], gate)
        for part in np.split(order, starts[1:])
        if part.size
    ]
    if not matched:
        return nothing, nothing
    joined = np.concatenate(matched, axis=1)
    return joined[0], joined[1]


def _assign(
    rows: Indices, columns: Indices, distance: NDArray[np.float64], gate: float
) -> NDArray[np.intp]:
    """Best pairs within one group of points that the gate connects."""
    if len(rows) == 1:
        return np.array([rows, columns])
    first, row = np.unique(rows, return_inverse=True)
    second, column = np.unique(columns, return_inverse=True)
    impossible = (gate**2 + 1) * (len(first) + len(second))
    cost = np.full((len(first), len(second)), impossible, np.float64)
    cost[row, column] = distance**2
    i, j = linear_sum_assignment(cost)
    possible = cost[i, j] < impossible
    return np.array([first[i[possible]], second[j[possible]]])
