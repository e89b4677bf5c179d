"""Cages: the nearest columns of one sublattice around a column of another."""

from dataclasses import dataclass
from itertools import product

import numpy as np
from scipy.spatial import cKDTree

from colonnade.atoms.maps.lattice import Lattice
from colonnade.atoms.maps.settings import CAGES, CageSettings
from colonnade.core.arrays import Array, Indices
from colonnade.core.errors import ColonnadeError


@dataclass(frozen=True, eq=False)
class Cages:
    """Complete cages.

    Parameters
    ----------
    middle
        Number of the column in each.
    corners
        Numbers of the columns that make it, a row for each.
    ideal
        Where the corners are from the middle in the average cell, rows of (y, x).
    """

    middle: Indices
    corners: Indices
    ideal: Array


def check_sublattice(lattice: Lattice, number: int) -> int:
    """See that a lattice has a sublattice of this number.

    Raises
    ------
    ColonnadeError
        If it has not.
    """
    if not 0 <= number < lattice.count:
        names = ", ".join(str(each) for each in range(lattice.count))
        raise ColonnadeError(f"there is no sublattice {number}; these columns have {names}")
    return number


def find_cages(
    lattice: Lattice,
    places: Array,
    scale: Array,
    middle: int,
    corners: int,
    settings: CageSettings = CAGES,
) -> Cages:
    """Find the cages that columns of one sublattice make around those of another.

    Parameters
    ----------
    lattice
        Of the columns.
    places
        Of all columns, rows of (y, x), in a unit that is the same along both axes.
    scale
        What a pixel is along (y, x) in that unit.
    middle, corners
        Numbers of the sublattices.
    settings
        What belongs to a cage.

    Raises
    ------
    ColonnadeError
        If the columns of the one do not surround those of the other.
    """
    ideal = around(lattice, scale, middle, corners, settings)
    radius = float(np.hypot(*ideal.T).min())
    inside, outside = (np.flatnonzero(lattice.sublattice == each) for each in (middle, corners))
    expected = places[inside][:, None] + ideal
    distance, found = cKDTree(places[outside]).query(expected)
    whole = (distance <= settings.corner_off * radius).all(axis=1)
    ordered = np.sort(found, axis=1)
    whole &= (np.diff(ordered, axis=1) > 0).all(axis=1)
    if not whole.any():
        raise ColonnadeError(
            f"no column of sublattice {middle} is surrounded by columns of sublattice {corners}"
        )
    return Cages(inside[whole], outside[found[whole]], ideal)


def around(
    lattice: Lattice, scale: Array, middle: int, corners: int, settings: CageSettings = CAGES
) -> Array:
    """Vectors from a site to the nearest sites of another sublattice, rows of (y, x).

    Raises
    ------
    ColonnadeError
        If these are on one side of it.
    """
    steps = np.array(list(product(range(-2, 3), repeat=2)), float)
    vectors = (steps + lattice.sites[corners] - lattice.sites[middle]) @ (lattice.basis * scale)
    length = np.hypot(*vectors.T)
    nearest = length[length > 0].min()
    ideal = vectors[(length > 0) & (length <= settings.as_near * nearest)]
    if np.hypot(*ideal.mean(axis=0)) > settings.off_centre * nearest:
        raise ColonnadeError(
            f"columns of sublattice {corners} are on one side of those of sublattice {middle}, "
            "and make no cage around them; choose others with --sublattice and --cage"
        )
    return np.asarray(ideal[np.argsort(np.arctan2(*ideal.T))])
