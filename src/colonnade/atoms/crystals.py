"""Crystals seen along a zone axis: where the atom columns stand and how brightly they scatter."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from colonnade.core.errors import MissingExtraError, RecipeError

Z_EXPONENT = 1.7
"""Exponent of the atomic number in the scattering to a high angle annular detector."""

SAME_COLUMN = 0.02
"""Atoms whose projections are nearer than this stand in one column [nm]."""


@dataclass(frozen=True, eq=False)
class Projection:
    """One repeat of a crystal's columns, seen along a zone axis.

    Parameters
    ----------
    basis
        The two repeat vectors as rows, each (y, x) [nm].
    positions
        The columns of one repeat, rows of (y, x) [nm].
    brightness
        Sum of Z to the power 1.7 along one repeat of each column.
    """

    basis: NDArray[np.float64]
    positions: NDArray[np.float64]
    brightness: NDArray[np.float64]

    def columns(
        self, size: tuple[float, float], rotation: float, origin: tuple[float, float]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Fill a field of view.

        Parameters
        ----------
        size
            Height and width of the field of view [nm].
        rotation
            Angle by which the crystal is turned [rad].
        origin
            Where a corner of the cell lies (y, x) [nm].

        Returns
        -------
        positions, brightness
            Columns inside the field of view; positions are rows of (y, x) [nm].
        """
        cos, sin = np.cos(rotation), np.sin(rotation)
        turn = np.array([[cos, -sin], [sin, cos]])
        basis = self.basis @ turn
        corners = np.array([[0, 0], [0, size[1]], [size[0], 0], size], float) - origin
        indices = corners @ np.linalg.inv(basis)
        # The columns of one repeat may lie repeats away from its corner.
        within = self.positions @ np.linalg.inv(self.basis)
        low = np.floor(indices.min(0) - within.max(0))
        high = np.ceil(indices.max(0) - within.min(0))
        cells = np.stack(
            np.meshgrid(*(np.arange(a, b + 1) for a, b in zip(low, high, strict=True))), -1
        ).reshape(-1, 2)
        positions = (cells @ basis)[:, None] + (self.positions @ turn)[None] + origin
        brightness = np.broadcast_to(self.brightness, positions.shape[:2])
        inside = ((positions >= 0) & (positions <= size)).all(-1)
        return positions[inside], brightness[inside]


def _cubic(symbols: list[str], basis: list[tuple[float, ...]], group: int, a: float) -> Any:
    from ase.spacegroup import crystal

    return crystal(symbols, basis, spacegroup=group, cellpar=[a, a, a, 90, 90, 90])


def _bulk(symbol: str, structure: str, a: float) -> Any:
    from ase.build import bulk

    return bulk(symbol, structure, a=a, cubic=True)


def _monolayer(formula: str, a: float) -> Any:
    from ase import build

    make: Any = build.graphene if len(formula) == 2 else build.mx2
    return make(formula, a=a, vacuum=5)


STRUCTURES: dict[str, Callable[[], Any]] = {
    "Au": lambda: _bulk("Au", "fcc", 4.078),
    "Al": lambda: _bulk("Al", "fcc", 4.05),
    "Fe": lambda: _bulk("Fe", "bcc", 2.867),
    "Si": lambda: _bulk("Si", "diamond", 5.431),
    "GaAs": lambda: _bulk("GaAs", "zincblende", 5.653),
    "NaCl": lambda: _bulk("NaCl", "rocksalt", 5.640),
    "SrTiO3": lambda: _cubic(
        ["Sr", "Ti", "O"], [(0, 0, 0), (0.5, 0.5, 0.5), (0.5, 0.5, 0)], 221, 3.905
    ),
    "CeO2": lambda: _cubic(["Ce", "O"], [(0, 0, 0), (0.25, 0.25, 0.25)], 225, 5.411),
    "graphene": lambda: _monolayer("C2", 2.46),
    "MoS2": lambda: _monolayer("MoS2", 3.16),
    "WS2": lambda: _monolayer("WS2", 3.15),
}
"""Crystals that recipes may name; lengths in Å, as ASE has them."""


@cache
def known_crystal(name: str) -> Projection:
    """Project a crystal that a recipe names, such as ``"SrTiO3 [100]"``.

    Raises
    ------
    RecipeError
        If the structure is not in the catalogue or the zone axis is not three digits.
    """
    structure, _, axis = name.partition(" ")
    if structure not in STRUCTURES:
        raise RecipeError(f"there is no crystal {structure!r}; known are: {', '.join(STRUCTURES)}")
    digits = axis.removeprefix("[").removesuffix("]")
    if len(digits) != 3 or not digits.isdecimal() or digits == "000":
        raise RecipeError(f"write a crystal as in 'SrTiO3 [100]', not {name!r}")
    try:
        atoms = STRUCTURES[structure]()
    except ImportError as error:
        raise MissingExtraError("simulating crystals", "simulate") from error
    u, v, w = (int(digit) for digit in digits)
    return project(atoms.cell.array / 10, atoms.positions / 10, atoms.numbers, (u, v, w))


def project(
    cell: NDArray[np.float64],
    positions: NDArray[np.float64],
    numbers: NDArray[np.int64],
    zone: tuple[int, int, int],
) -> Projection:
    """Project a crystal along a zone axis.

    Parameters
    ----------
    cell
        Lattice vectors as rows [nm].
    positions
        Atoms of one cell, rows of (x, y, z) [nm].
    numbers
        Their atomic numbers.
    zone
        Direction of the beam as indices of the lattice vectors.
    """
    beam = np.array(zone, float) @ cell
    beam /= np.linalg.norm(beam)
    across = np.cross(beam, np.eye(3)[np.argmin(np.abs(beam))])
    across /= np.linalg.norm(across)
    plane = np.stack([across, np.cross(beam, across)], axis=1)
    basis = _shortest_basis(cell @ plane)
    flat = positions @ plane
    brightness = numbers.astype(float) ** Z_EXPONENT
    return Projection(basis, *_merge_repeats(flat, brightness, basis))


def _shortest_basis(vectors: NDArray[np.float64]) -> NDArray[np.float64]:
    """Two shortest independent vectors of the plane lattice that `vectors` span."""
    reach = np.arange(-4, 5)
    indices = np.stack(np.meshgrid(reach, reach, reach), -1).reshape(-1, 3)
    lattice = indices @ vectors
    length = np.linalg.norm(lattice, axis=1)
    lattice = lattice[(length > SAME_COLUMN)][np.argsort(length[length > SAME_COLUMN])]
    first = lattice[0]
    sine = np.abs(lattice @ np.array([-first[1], first[0]])) / np.linalg.norm(first)
    second = lattice[np.argmax(sine > 0.1 * np.linalg.norm(first))]
    return np.stack([first, second])


def _merge_repeats(
    positions: NDArray[np.float64], brightness: NDArray[np.float64], basis: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Atoms that fall on one another, or on a repeat of one another, are one column."""
    merged: list[NDArray[np.float64]] = []
    totals: list[float] = []
    to_cell = np.linalg.inv(basis)
    for position, value in zip(positions, brightness, strict=True):
        for i, other in enumerate(merged):
            steps = (position - other) @ to_cell
            if np.linalg.norm((steps - np.round(steps)) @ basis) < SAME_COLUMN:
                totals[i] += value
                break
        else:
            merged.append(position)
            totals.append(float(value))
    return np.array(merged), np.array(totals)


CLOSEST = 0.1
"""Columns of an invented crystal stand at least this far from each other [nm]."""


def invented_crystal(rng: np.random.Generator) -> Projection:
    """Draw a lattice of up to four columns that no catalogue has."""
    length, other = rng.uniform(0.18, 0.6, 2)
    angle = rng.uniform(np.pi / 3, 2 * np.pi / 3)
    basis = np.array([[length, 0.0], [other * np.cos(angle), other * np.sin(angle)]])
    steps = np.stack(np.meshgrid([-1, 0, 1], [-1, 0, 1]), -1).reshape(-1, 2) @ basis
    positions = [np.zeros(2)]
    for candidate in rng.random((rng.integers(4), 2)) @ basis:
        apart = np.array(positions)[:, None] + steps - candidate
        if np.linalg.norm(apart, axis=-1).min() >= CLOSEST:
            positions.append(candidate)
    return Projection(basis, np.array(positions), rng.uniform(0.15, 1.0, len(positions)))
