"""Which column is at a site of a lattice."""

import numpy as np

from colonnade.atoms.maps.lattice import NONE, Lattice
from colonnade.core.arrays import Array, Indices

NOBODY = -1
"""Stands for a column where there is none."""

LEAST = 20
"""Fewer columns in a row say nothing of how far they scatter."""

NORMAL_MEDIAN = 0.6745
"""Median of the absolute values of a normal distribution."""

BY_CHANCE = 2 * 1.17
"""Twice the standard error of a scatter that is taken from such a median, times the square root of
the number of columns: what is less beyond the standard errors is none."""


class Sites:
    """Columns by their sublattice and cell.

    Parameters
    ----------
    lattice
        Of the columns.
    """

    def __init__(self, lattice: Lattice) -> None:
        inside = np.flatnonzero(lattice.sublattice != NONE)
        self._low = lattice.cell[inside].min(axis=0) - 1
        self._size = lattice.cell[inside].max(axis=0) + 2 - self._low
        self._column = np.full((lattice.count, *self._size), NOBODY, np.intp)
        n, m = (lattice.cell[inside] - self._low).T
        self._column[lattice.sublattice[inside], n, m] = inside

    def column(self, sublattice: Indices | int, cell: Indices) -> Indices:
        """Numbers of the columns at sites, `NOBODY` where there is none.

        Parameters
        ----------
        sublattice
            Of each site, or of all.
        cell
            Rows of (n, m).
        """
        off = cell - self._low
        known = ((off >= 0) & (off < self._size)).all(axis=1)
        n, m = np.where(known[:, None], off, 0).T
        return np.asarray(np.where(known, self._column[sublattice, n, m], NOBODY))


def excess_scatter(lattice: Lattice, positions: Array, sigma: Array, sublattice: int) -> Array:
    """How far columns scatter beyond their standard errors, along (y, x); 0 if they do not.

    A column is compared with the middle between its two neighbours of the same sublattice, along
    each side of the cell, from which no homogeneous strain moves it. Scan distortion that changes
    from one row of columns to the next does, and so does disorder.

    Parameters
    ----------
    lattice
        Of the columns.
    positions, sigma
        Of all columns, rows of (y, x), in any unit, which the scatter then has.
    sublattice
        Number of that which is looked at.
    """
    sites, most = Sites(lattice), np.zeros(2)
    chosen = np.flatnonzero(lattice.sublattice == sublattice)
    for side in np.eye(2, dtype=np.intp):
        cell = lattice.cell[chosen]
        before, after = (sites.column(sublattice, cell + sign * side) for sign in (-1, 1))
        both = (before != NOBODY) & (after != NOBODY)
        if both.sum() < LEAST:
            continue
        middle, before, after = chosen[both], before[both], after[both]
        off = positions[middle] - (positions[before] + positions[after]) / 2
        expected = sigma[middle] ** 2 + (sigma[before] ** 2 + sigma[after] ** 2) / 4
        times = np.median(np.abs(off) / np.sqrt(expected), axis=0) / NORMAL_MEDIAN
        times[times < 1 + BY_CHANCE / np.sqrt(both.sum())] = 1.0
        # The scatter of the three columns is in the difference as their standard errors are.
        variance = (times**2 - 1) * np.median(expected, axis=0) / 1.5
        most = np.maximum(most, variance)
    return np.asarray(np.sqrt(most))
