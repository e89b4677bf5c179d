"""Pair the points of two sets one to one."""

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from scipy.spatial import cKDTree

from colonnade.core.arrays import Indices


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
