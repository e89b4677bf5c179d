"""The lattice of a crystal: its cell, and which of its repeats and sublattices each column is."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components
from scipy.spatial import cKDTree

from colonnade.atoms.columns import Columns
from colonnade.atoms.maps.settings import LATTICE, LatticeSettings
from colonnade.atoms.maps.translations import find_translations
from colonnade.core.arrays import Array, Indices
from colonnade.core.measures.neighbours import nearest_distances

NONE = -1
"""Sublattice of a column that no translation leads to."""


@dataclass(frozen=True, eq=False)
class Lattice:
    """A cell, and what each column is in it.

    A column of sublattice s and cell (n, m) lies near ``(n, m) @ basis + sites[s]``, up to an
    origin and to all that strain does. Cells are counted by walking from column to column, so
    that strain and slow distortion do not mislead; round a dislocation they are ambiguous.

    Parameters
    ----------
    basis
        Two rows of (y, x), the sides of the cell [px].
    cell
        Rows of (n, m), one for each column.
    sublattice
        Number of each column's sublattice, brightest first, or `NONE`.
    sites
        Where each sublattice lies from the first, in sides of the cell, from -0.5 to 0.5.
    intensity
        Median intensity of each sublattice; NaN where it is not known.
    """

    basis: Array
    cell: Indices
    sublattice: Indices
    sites: Array
    intensity: Array

    @property
    def fractions(self) -> Array:
        """Ideal places of the columns in sides of the cell; NaN for those of no sublattice."""
        return np.where(
            (self.sublattice == NONE)[:, None],
            np.nan,
            self.cell + np.append(self.sites, [[0.0, 0.0]], axis=0)[self.sublattice],
        )

    @property
    def count(self) -> int:
        """Number of sublattices."""
        return len(self.sites)


def find_lattice(
    columns: Columns, basis: Array | None = None, settings: LatticeSettings = LATTICE
) -> Lattice:
    """Find the cell, and the sublattices without being told how many.

    Parameters
    ----------
    columns
        Positions, and intensities where they are known.
    basis
        The sides of the cell (y, x) [px]; by default those of the smallest cell that repeats most
        of the columns.
    settings
        How the lattice is found.

    Raises
    ------
    ColonnadeError
        If nothing repeats.
    """
    if basis is None:
        basis = find_translations(columns, settings)
    spacing = float(np.median(nearest_distances(columns.positions)))
    near = settings.match_distance * max(spacing, 0.5 * np.hypot(*basis.T).min())
    chain, cell = _walk(columns.positions, basis, near)
    group, cell, sites = _joined(columns.positions, basis, chain, cell, near)
    kept = _beside_the_first(columns.positions, basis, group, sites, near, settings)
    kept &= ~_astray(columns.positions, basis, chain, settings)
    group = np.where(kept, group, NONE)
    return _ordered(columns, cell, group)


def _walk(positions: Array, basis: Array, near: float) -> tuple[Indices, Indices]:
    """Follow translations from column to column.

    Returns
    -------
    chain
        Number of the set of columns that translations connect, for each column.
    cell
        Rows of (n, m), counted within each set.
    """
    begin, end, step = _links(positions, basis, near)
    count = len(positions)
    graph = csr_array((np.ones(len(begin), np.int8), (begin, end)), shape=(count, count))
    chain = connected_components(graph, directed=False)[1].astype(np.intp)
    cell = np.zeros((count, 2), np.intp)
    known = np.zeros(count, bool)
    known[_middles(positions, chain)] = True
    while True:
        new = known[begin] & ~known[end]
        if not new.any():
            return chain, cell
        cell[end[new]] = cell[begin[new]] + step[new]
        known[end[new]] = True


def _links(positions: Array, basis: Array, near: float) -> tuple[Indices, Indices, Indices]:
    """Pairs of columns that a side of the cell connects, both ways, and the step between them."""
    tree = cKDTree(positions)
    links = []
    for side in np.eye(2, dtype=np.intp):
        distance, found = tree.query(positions + side @ basis)
        back = tree.query(positions - side @ basis)[1]
        begin = np.flatnonzero(distance <= near)
        begin = begin[back[found[begin]] == begin]
        step = np.repeat(side[None], len(begin), axis=0)
        links += [(begin, found[begin], step), (found[begin], begin, -step)]
    begin, end, step = (np.concatenate(each) for each in zip(*links, strict=True))
    return begin, end, step


def _middles(positions: Array, chain: Indices) -> Indices:
    """Number of the column in the middle of each set."""
    count = np.bincount(chain)
    middle = np.stack([np.bincount(chain, axis) / count for axis in positions.T], axis=1)
    off = np.hypot(*(positions - middle[chain]).T)
    order = np.lexsort((off, chain))
    return np.asarray(order[np.searchsorted(chain[order], np.arange(len(count)))])


def _joined(
    positions: Array, basis: Array, chain: Indices, cell: Indices, near: float
) -> tuple[Indices, Indices, Array]:
    """Join sets of columns that lie at the same place of the cell.

    Returns
    -------
    group
        Number of each column's place, the largest set's first.
    cell
        Rows of (n, m), counted alike in all sets.
    sites
        Of each place, in sides of the cell from that of the first.
    """
    sizes = np.bincount(chain)
    largest = chain == np.argmax(sizes)
    nearest = np.flatnonzero(largest)[cKDTree(positions[largest]).query(positions)[1]]
    apart = (positions - positions[nearest]) @ np.linalg.inv(basis)
    place = _medians(apart - (cell - cell[nearest]), chain)
    shift = np.round(place).astype(np.intp)
    place = place - shift
    sites, of_chain = [np.zeros(2)], np.zeros(len(sizes), np.intp)
    for number in np.argsort(-sizes, kind="stable"):
        off = place[number] - np.array(sites)
        off -= np.round(off)
        distance = np.hypot(*(off @ basis).T)
        if distance.min() > near:
            of_chain[number] = len(sites)
            sites.append(place[number])
        else:
            of_chain[number] = int(np.argmin(distance))
            whole = place[number] - sites[of_chain[number]]
            shift[number] += np.round(whole).astype(np.intp)
    return of_chain[chain], cell + shift[chain], np.array(sites)


def _beside_the_first(
    positions: Array,
    basis: Array,
    group: Indices,
    sites: Array,
    near: float,
    settings: LatticeSettings,
) -> NDArray[np.bool_]:
    """Whether columns are of a place that has one of the first place where the cell has it.

    What another grain has is no sublattice of this one.
    """
    first = cKDTree(positions[group == 0])
    beside = first.query(positions - sites[group] @ basis)[0] <= near
    share = np.bincount(group, beside) / np.bincount(group)
    sizes = np.bincount(group)
    kept = (share >= settings.beside) & (sizes >= max(settings.least_share * sizes.max(), 3))
    return np.asarray(kept[group])


def _astray(
    positions: Array, basis: Array, chain: Indices, settings: LatticeSettings
) -> NDArray[np.bool_]:
    """Whether columns are of a small set far from the largest, which fits it by chance."""
    sizes = np.bincount(chain)
    largest = cKDTree(positions[chain == np.argmax(sizes)])
    far = largest.query(positions)[0] > settings.far * np.hypot(*basis.T).max()
    return np.asarray(far & (sizes < settings.least_columns)[chain])


def _medians(values: Array, chain: Indices) -> Array:
    """Median of the rows of each set."""
    order = np.argsort(chain, kind="stable")
    parts = np.split(values[order], np.flatnonzero(np.diff(chain[order])) + 1)
    return np.array([np.median(part, axis=0) for part in parts])


def _ordered(columns: Columns, cell: Indices, group: Indices) -> Lattice:
    """Fit the cell, and put the brightest sublattice first."""
    kept = np.unique(group[group != NONE])
    intensity = np.array([_median(columns.intensity[group == each]) for each in kept])
    kept, intensity = kept[(order := np.argsort(-intensity, kind="stable"))], intensity[order]
    sublattice = np.full(len(group), NONE)
    for number, each in enumerate(kept):
        sublattice[group == each] = number
    basis, places = _fitted(columns.positions, cell, sublattice, len(kept))
    whole = np.round(places).astype(np.intp)
    inside = np.where((sublattice == NONE)[:, None], 0, cell + whole[sublattice])
    return Lattice(basis, inside, sublattice, places - whole, intensity)


def _fitted(
    positions: Array, cell: Indices, sublattice: Indices, count: int
) -> tuple[Array, Array]:
    """The cell that fits all columns best, and the places of the sublattices in it."""
    of_one = sublattice != NONE
    # Within each sublattice everything is measured from the mean, which leaves the cell alone.
    means = [
        (cell[sublattice == each].mean(0), positions[sublattice == each].mean(0))
        for each in range(count)
    ]
    number, place = (np.array(each)[sublattice[of_one]] for each in zip(*means, strict=True))
    basis = np.linalg.lstsq(cell[of_one] - number, positions[of_one] - place, rcond=None)[0]
    sites = np.array(
        [(p - means[0][1]) @ np.linalg.inv(basis) - n + means[0][0] for n, p in means]
    )
    return basis, np.array(sites)


def _median(values: Array) -> float:
    known = values[np.isfinite(values)]
    return float(np.median(known)) if len(known) else np.nan
