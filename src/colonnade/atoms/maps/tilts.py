"""How far cages of light columns are turned around the columns in them: octahedral tilts."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from colonnade.atoms.columns import Columns
from colonnade.atoms.maps.cages import check_sublattice
from colonnade.atoms.maps.column_map import MapOptions
from colonnade.atoms.maps.lattice import NONE, Lattice, find_lattice
from colonnade.atoms.maps.pictures import draw_components
from colonnade.atoms.maps.positions import Positions
from colonnade.atoms.maps.settings import CAGES, CageSettings
from colonnade.atoms.maps.sites import excess_scatter
from colonnade.core.arrays import Array, Indices
from colonnade.core.errors import ColonnadeError
from colonnade.core.images.micrograph import Micrograph

PATTERNS = {
    "alternate along both sides of the cell": (1, 1),
    "alternate along its first side": (1, 0),
    "alternate along its second side": (0, 1),
    "are the same in all cells": (0, 0),
}
"""How tilts may repeat: sides of the cell along which the sign changes from cell to cell."""

RING = 4
"""Columns of a cage that has a tilt, at least."""


@dataclass(frozen=True, eq=False)
class Tilts:
    """Tilt of the cage around each column of one sublattice.

    Parameters
    ----------
    columns
        Those in the middle of complete cages.
    tilt, sigma
        Angles by which the cages are turned against the average cell, clockwise as one looks at
        the image, and their standard errors [degrees].
    cell
        Rows of (n, m).
    sublattice
        Number of the sublattice in the middle.
    corners
        Columns that make a cage.
    pattern
        How the tilts repeat: the key of `PATTERNS` that has the largest mean.
    amplitude, sigma_amplitude
        Mean tilt in this pattern, and its standard error [degrees].
    """

    columns: Columns
    tilt: Array
    sigma: Array
    cell: Indices
    sublattice: int
    corners: int
    pattern: str
    amplitude: float
    sigma_amplitude: float

    @property
    def significance(self) -> Array:
        """Standard errors from none."""
        away: Array = np.abs(self.tilt) / self.sigma
        return away

    @property
    def sentence(self) -> str:
        """How large tilts are, and how they repeat."""
        spread = np.sqrt(np.maximum(np.mean(self.tilt**2 - self.sigma**2), 0))
        return (
            f"cages of {self.corners} columns around {len(self.columns)} columns of sublattice "
            f"{self.sublattice} are turned by {spread:.2f}°, root mean square without noise (each "
            f"± {float(np.median(self.sigma)):.2f}°); they {self.pattern}, by "
            f"{self.amplitude:.2f} ± {self.sigma_amplitude:.2f}°"
        )

    @property
    def notes(self) -> tuple[str, ...]:
        """What is not measured."""
        return ("only the part of a tilt around the direction of the beam is seen",)

    def table(self) -> Mapping[str, NDArray[Any]]:
        """Everything that was computed, by the names that files use."""
        return {
            "y_px": self.columns.y,
            "x_px": self.columns.x,
            "cell_1": self.cell[:, 0],
            "cell_2": self.cell[:, 1],
            "tilt_deg": self.tilt,
            "sigma_tilt_deg": self.sigma,
            "significance": self.significance,
        }

    def figure(self, image: Micrograph | None = None) -> Figure:
        """Draw the tilts, and the same with the signs of their pattern taken out."""
        same = self.tilt * _signs(self.cell, self.pattern)
        both = np.stack([self.tilt, same * np.sign(same.mean())], axis=1)
        titles = ("tilt, ° (clockwise)", "without the signs of the pattern, °")
        sigma = np.stack([self.sigma, self.sigma], axis=1)
        return draw_components(self.columns, titles, both, sigma, image)


def tilts(
    columns: Columns,
    *,
    sublattice: int | None = None,
    lattice: Lattice | None = None,
    settings: CageSettings = CAGES,
) -> Tilts:
    """Measure how far the nearest columns around those of a sublattice are turned.

    Parameters
    ----------
    columns
        Positions with their standard errors, and intensities; light columns must be among them.
    sublattice
        Number of that in the middle; by default the faintest one around which fainter columns
        make a ring.
    lattice
        Of the columns, whose cell may not be so large that it holds tilts of both signs; found if
        not given.
    settings
        What belongs to a cage.

    Raises
    ------
    ColonnadeError
        If no such columns surround others.
    """
    lattice = find_lattice(columns) if lattice is None else lattice
    at = Positions.of(columns)
    if sublattice is None:
        sublattice = _ringed(lattice, at.scale, settings)
    sublattice = check_sublattice(lattice, sublattice)
    ideal, kinds = _ring(lattice, at.scale, sublattice, settings)
    if len(ideal) < RING:
        raise ColonnadeError(
            f"no ring of columns surrounds those of sublattice {sublattice}; choose another with "
            "--sublattice"
        )
    middle, corners = _complete(lattice, at.places, sublattice, ideal, kinds, settings)
    added = excess_scatter(lattice, at.places, at.sigma, sublattice)
    tilt, sigma = _turned(at, middle, corners, ideal, added)
    cell = lattice.cell[middle]
    means = {each: float(np.mean(tilt * _signs(cell, each))) for each in PATTERNS}
    pattern = max(PATTERNS, key=lambda each: abs(means[each]))
    return Tilts(
        columns[middle],
        tilt,
        sigma,
        cell,
        sublattice,
        len(ideal),
        pattern,
        abs(means[pattern]),
        float(np.sqrt(np.mean(sigma**2) / len(sigma))),
    )


def map_tilts(columns: Columns, image: Micrograph | None, options: MapOptions) -> Tilts:
    """Measure tilts as the command line asks for it."""
    return tilts(columns, sublattice=options.sublattice)


def _signs(cell: Indices, pattern: str) -> Array:
    """Sign of each cell in a pattern."""
    return np.where(cell @ np.array(PATTERNS[pattern]) % 2 == 0, 1.0, -1.0)


def _ring(
    lattice: Lattice, scale: Array, middle: int, settings: CageSettings
) -> tuple[Array, Indices]:
    """Vectors to the nearest sites of all other sublattices, and the sublattice of each."""
    steps = np.array(list(product(range(-2, 3), repeat=2)), float)
    others = np.array([each for each in range(lattice.count) if each != middle], np.intp)
    if not len(others):
        return np.empty((0, 2)), others
    off = steps + (lattice.sites[others] - lattice.sites[middle])[:, None]
    vectors = (off @ (lattice.basis * scale)).reshape(-1, 2)
    kinds = np.repeat(others, len(steps))
    length = np.hypot(*vectors.T)
    near = length <= settings.as_near * length.min()
    return vectors[near], kinds[near]


def _ringed(lattice: Lattice, scale: Array, settings: CageSettings) -> int:
    """Number of the faintest sublattice around which fainter columns make a ring."""
    for middle in reversed(range(lattice.count)):
        ideal, kinds = _ring(lattice, scale, middle, settings)
        if len(ideal) >= RING and (kinds > middle).all():
            return middle
    raise ColonnadeError(
        "no sublattice is surrounded by fainter columns; tilts need an image that shows the light "
        "columns, such as annular bright field"
    )


def _complete(
    lattice: Lattice,
    places: Array,
    sublattice: int,
    ideal: Array,
    kinds: Indices,
    settings: CageSettings,
) -> tuple[Indices, Indices]:
    """Columns in complete rings, and the columns of their rings."""
    middle = np.flatnonzero(lattice.sublattice == sublattice)
    of_lattice = np.flatnonzero(lattice.sublattice != NONE)
    expected = places[middle][:, None] + ideal
    distance, found = cKDTree(places[of_lattice]).query(expected)
    corners = of_lattice[found]
    most = settings.corner_off * np.hypot(*ideal.T).min()
    whole = ((distance <= most) & (lattice.sublattice[corners] == kinds)).all(axis=1)
    if not whole.any():
        raise ColonnadeError(f"no column of sublattice {sublattice} has a complete ring around it")
    return middle[whole], np.asarray(corners[whole])


def _turned(
    at: Positions, middle: Indices, corners: Indices, ideal: Array, added: Array
) -> tuple[Array, Array]:
    """Angles of rings by least squares, and their standard errors [degrees]."""
    across = np.stack([ideal[:, 1], -ideal[:, 0]], axis=1) / (ideal**2).sum()
    off = at.places[corners] - at.places[middle][:, None]
    turn = (off * across).sum(axis=(1, 2))
    stretch = (off * ideal).sum(axis=(1, 2)) / (ideal**2).sum()
    variance = ((at.sigma[corners] ** 2 + added**2) * across**2).sum(axis=(1, 2))
    own = (at.sigma[middle] ** 2 + added**2) * across.sum(axis=0) ** 2
    variance = variance + own.sum(axis=1)
    return np.degrees(np.arctan2(turn, stretch)), np.degrees(np.sqrt(variance) / stretch)
