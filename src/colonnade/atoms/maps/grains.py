"""Grains: parts of an image whose lattices differ, how they are turned, and where they meet."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components
from scipy.spatial import Delaunay, cKDTree

from colonnade.atoms.columns import Columns
from colonnade.atoms.maps.affine import fit_affine
from colonnade.atoms.maps.column_map import MapOptions
from colonnade.atoms.maps.lattice import NONE, Lattice, find_lattice
from colonnade.atoms.maps.pictures import draw_grains
from colonnade.atoms.maps.positions import known_sigma
from colonnade.atoms.maps.settings import GRAINS, GrainSettings
from colonnade.atoms.maps.strain import sigma_of_components
from colonnade.core.arrays import Array, Indices
from colonnade.core.errors import ColonnadeError
from colonnade.core.images.micrograph import Micrograph
from colonnade.core.measures.neighbours import nearest_distances


@dataclass(frozen=True, eq=False)
class Grain:
    """One grain.

    Parameters
    ----------
    basis
        The sides of its cell (y, x) [px].
    columns
        Number of its columns.
    orientation, sigma
        Direction of the first side, from x towards y, between 0 and the angle by which the lattice
        repeats when it is turned; and its standard error [degrees].
    symmetry
        How often the lattice comes back to itself in a whole turn: 2, 4 or 6.
    """

    basis: Array
    columns: int
    orientation: float
    sigma: float
    symmetry: int


@dataclass(frozen=True, eq=False)
class Grains:
    """Which grain each column is of.

    Parameters
    ----------
    columns
        All of them.
    number
        Of the grain of each, the largest being 0; `NONE` where it is of none.
    boundary
        Whether a column touches one of another grain.
    grains
        In the order of their numbers.
    """

    columns: Columns
    number: Indices
    boundary: NDArray[np.bool_]
    grains: tuple[Grain, ...]

    def misorientation(self, one: int, two: int) -> tuple[float, float]:
        """Smallest turn that brings one grain's lattice to another's, and its standard error.

        Raises
        ------
        ColonnadeError
            If the cells of the two differ.
        """
        first, second = self.grains[one], self.grains[two]
        scale = np.array(self.columns.pixel_size or (1.0, 1.0))
        turn = _turn(first.basis * scale, second.basis * scale, GRAINS)
        if turn is None:
            raise ColonnadeError(f"grains {one} and {two} have different cells")
        return turn, float(np.hypot(first.sigma, second.sigma))

    @property
    def sentence(self) -> str:
        """How many there are, and how they are turned against each other."""
        sizes = ", ".join(str(grain.columns) for grain in self.grains)
        if len(self.grains) == 1:
            return f"one grain of {sizes} columns"
        turns = []
        for number in range(1, len(self.grains)):
            try:
                turn, error = self.misorientation(0, number)
            except ColonnadeError:
                turns.append(f"{number} has another cell")
            else:
                turns.append(f"{number} is turned by {turn:+.2f} ± {error:.2f}°")
        return (
            f"{len(self.grains)} grains of {sizes} columns; against grain 0, {', '.join(turns)}; "
            f"{int(self.boundary.sum())} columns lie at boundaries"
        )

    @property
    def notes(self) -> tuple[str, ...]:
        """What a person must know to trust it."""
        left = int((self.number == NONE).sum())
        return (f"{left} columns are of no grain",) if left else ()

    def table(self) -> Mapping[str, NDArray[Any]]:
        """Everything that was computed, by the names that files use."""
        turned = np.array([grain.orientation for grain in self.grains] + [np.nan])
        error = np.array([grain.sigma for grain in self.grains] + [np.nan])
        return {
            "y_px": self.columns.y,
            "x_px": self.columns.x,
            "grain": self.number,
            "orientation_deg": turned[self.number],
            "sigma_orientation_deg": error[self.number],
            "boundary": self.boundary,
        }

    def figure(self, image: Micrograph | None = None) -> Figure:
        """Draw the grains over the image, and the columns at boundaries."""
        return draw_grains(self.columns, self.number, self.boundary, image)


def find_grains(columns: Columns, settings: GrainSettings = GRAINS) -> Grains:
    """Tell grains apart by their lattices.

    Grains that are turned against each other by less than some 12° count as one, since one
    lattice can be followed through both: the map of strain shows their rotation.

    Parameters
    ----------
    columns
        Positions, with their standard errors where these are known.
    settings
        How grains are told apart.

    Raises
    ------
    ColonnadeError
        If nothing repeats.
    """
    least = max(settings.least_columns, int(settings.least_share * len(columns)))
    lattices = _lattices(columns, least)
    kind = _best(columns.positions, [each.basis for each in lattices], settings)
    pairs = _touching(columns.positions, settings)
    number = _connected(kind, pairs, least)
    grains = [
        _grain(columns[number == each], lattices[int(kind[number == each][0])], settings)
        for each in range(number.max() + 1)
    ]
    one, two = number[pairs.T]
    across = (one != two) & (one != NONE) & (two != NONE)
    boundary = np.zeros(len(columns), bool)
    boundary[pairs[across].ravel()] = True
    return Grains(columns, number, boundary, tuple(grains))


def map_grains(columns: Columns, image: Micrograph | None, options: MapOptions) -> Grains:
    """Tell grains apart as the command line asks for it."""
    return find_grains(columns)


def _lattices(columns: Columns, least: int) -> list[Lattice]:
    """Lattices of what the ones before leave over, until nothing repeats there."""
    lattices = [find_lattice(columns)]
    left = np.flatnonzero(lattices[0].sublattice == NONE)
    while len(left) >= least:
        try:
            lattice = find_lattice(columns[left])
        except ColonnadeError:
            break
        of_it = lattice.sublattice != NONE
        if of_it.sum() < least:
            break
        lattices.append(lattice)
        left = left[~of_it]
    return lattices


def _best(positions: Array, bases: list[Array], settings: GrainSettings) -> Indices:
    """Number of the lattice that repeats each column most often and best; `NONE` if none does."""
    tree = cKDTree(positions)
    scores = []
    for basis in bases:
        score = np.zeros(len(positions))
        for side in (*basis, *-basis):
            near = settings.near * np.hypot(*side)
            off = tree.query(positions + side)[0] / near
            score += np.where(off <= 1, 1 - 0.5 * off, 0.0)
        scores.append(score)
    best = np.argmax(scores, axis=0)
    enough = np.max(scores, axis=0) >= 0.5 * settings.repeats
    return np.where(enough, best, NONE)


def _touching(positions: Array, settings: GrainSettings) -> Indices:
    """Pairs of columns that are neighbours."""
    corners = Delaunay(positions).simplices
    pairs = np.concatenate([corners[:, [0, 1]], corners[:, [1, 2]], corners[:, [2, 0]]])
    pairs = np.unique(np.sort(pairs, axis=1), axis=0)
    apart = np.hypot(*(positions[pairs[:, 0]] - positions[pairs[:, 1]]).T)
    usual = np.median(nearest_distances(positions))
    return np.asarray(pairs[apart <= 2 * settings.touching * usual], np.intp)


def _connected(kind: Indices, pairs: Indices, least: int) -> Indices:
    """Number the parts in which columns of one lattice touch, the largest first."""
    inside = (kind[pairs[:, 0]] == kind[pairs[:, 1]]) & (kind[pairs[:, 0]] != NONE)
    one, two = pairs[inside].T
    graph = csr_array((np.ones(len(one), np.int8), (one, two)), shape=(len(kind), len(kind)))
    part = connected_components(graph, directed=False)[1]
    sizes = np.bincount(part, kind != NONE)
    kept = [each for each in np.argsort(-sizes, kind="stable") if sizes[each] >= least]
    number = np.full(len(sizes), NONE)
    number[kept] = np.arange(len(kept))
    return np.asarray(number[part], np.intp)


def _grain(columns: Columns, lattice: Lattice, settings: GrainSettings) -> Grain:
    """Fit the cell of a grain to all of its columns."""
    own = find_lattice(columns, lattice.basis)
    scale = np.array(columns.pixel_size or (1.0, 1.0))
    of_it = np.flatnonzero(own.sublattice != NONE)
    ideal = own.fractions[of_it] @ (own.basis * scale)
    fitted = fit_affine(
        np.zeros(len(of_it), np.intp),
        np.arange(len(of_it)),
        own.sublattice[of_it],
        ideal,
        columns.positions[of_it] * scale,
        known_sigma(columns)[of_it] * scale,
        1,
    )
    square = own.basis * scale
    symmetry = _symmetry(square, settings)
    angle = float(np.degrees(np.arctan2(square[0, 0], square[0, 1])))
    error = fitted.excess * float(sigma_of_components(fitted.variance)[0, 3])
    return Grain(own.basis, len(columns), angle % (360 / symmetry), error, symmetry)


def _symmetry(basis: Array, settings: GrainSettings) -> int:
    """How often a lattice comes back to itself in a whole turn."""
    one, two = np.hypot(*basis.T)
    angle = np.degrees(np.arccos(np.clip(basis[0] @ basis[1] / (one * two), -1, 1)))
    if abs(one / two - 1) > settings.alike:
        return 2
    if abs(angle - 90) < settings.angle:
        return 4
    return 6 if min(abs(angle - 60), abs(angle - 120)) < settings.angle else 2


def _turn(one: Array, two: Array, settings: GrainSettings) -> float | None:
    """Smallest turn, from x towards y, that brings a lattice to another; None if none does."""
    turns, misfits = [], []
    for numbers in product((-1, 0, 1), repeat=4):
        change = np.array(numbers).reshape(2, 2)
        if round(np.linalg.det(change)) != 1:
            continue
        other = change @ two
        across = (one[:, 1] * other[:, 0] - one[:, 0] * other[:, 1]).sum()
        angle = np.arctan2(across, (one * other).sum())
        turned = one @ np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
        turns.append(float(np.degrees(angle)))
        misfits.append(float(np.linalg.norm(turned - other) / np.linalg.norm(one)))
    best = min(misfits)
    if best > settings.alike:
        return None
    fitting = [t for t, m in zip(turns, misfits, strict=True) if m <= best + settings.equivalent]
    return min(fitting, key=abs)
