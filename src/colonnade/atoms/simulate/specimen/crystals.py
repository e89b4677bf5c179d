"""Crystals seen along a zone axis: where the atom columns stand and which atoms they hold."""

import io
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from colonnade.atoms.simulate.specimen.catalogue import CATALOGUE
from colonnade.core.arrays import Array
from colonnade.core.errors import FileError, MissingExtraError, RecipeError
from colonnade.core.files.guard import reading
from colonnade.core.work.draws import Draws

Zone = tuple[int, int, int]

SAME_COLUMN = 0.02
"""Atoms whose projections are nearer than this stand in one column [nm]."""

SHORTEST_REPEAT = 0.04
"""Columns that repeat more closely than this are a line, not columns [nm]."""

CENTROID_EXPONENT = 1.7
"""A column stands at the mean of its atoms, weighted by Z to this power."""


@dataclass(frozen=True, eq=False)
class Projection:
    """One repeat of a crystal's columns, seen along a zone axis.

    Parameters
    ----------
    name
        Crystal and zone axis, as in ``"Si [110]"``.
    basis
        The two repeat vectors as rows, each (y, x) [nm].
    positions
        The columns of one repeat, rows of (y, x) [nm].
    composition
        Atomic numbers of the atoms in one repeat of each column along the beam.
    period
        Length of that repeat [nm], which is that of the cell as it is given, centred or not; of a
        sheet, the height of its cell with the vacuum.
    layer
        A single sheet, which does not repeat along the beam.
    """

    name: str
    basis: Array
    positions: Array
    composition: tuple[tuple[int, ...], ...]
    period: float
    layer: bool = False

    def atomic_numbers(self) -> NDArray[np.int64]:
        """Atomic number of the strongest scatterer in each column."""
        return np.array([max(atoms) for atoms in self.composition], np.int64)

    def strength(self, exponent: float) -> Array:
        """Sum of Z to a power over the atoms of each column, per length of the column [1/nm]."""
        sums = [sum(float(z) ** exponent for z in atoms) for atoms in self.composition]
        return np.array(sums) / self.period

    def columns(
        self,
        size: tuple[float, float],
        rotation: float,
        origin: tuple[float, float],
        strain: Array | None = None,
    ) -> tuple[Array, NDArray[np.int64]]:
        """Fill a field of view.

        Parameters
        ----------
        size
            Height and width of the field of view [nm].
        rotation
            Angle by which the crystal is turned [rad].
        origin
            Where a corner of the cell lies (y, x) [nm].
        strain
            Displacement gradient, (2, 2); the turned crystal is multiplied by 1 + strain.

        Returns
        -------
        positions, index
            Columns inside the field of view, rows of (y, x) [nm], and which column of the
            repeat each is.
        """
        cos, sin = np.cos(rotation), np.sin(rotation)
        turn = np.array([[cos, -sin], [sin, cos]])
        if strain is not None:
            turn = turn @ (np.eye(2) + strain)
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
        inside = ((positions >= 0) & (positions <= size)).all(-1)
        return positions[inside], np.nonzero(inside)[1]


def known_crystal(name: str) -> Projection:
    """Project a crystal that a recipe names, such as ``"SrTiO3 [100]"`` or ``"my.cif [1-10]"``.

    Raises
    ------
    RecipeError
        If the structure is not in the catalogue or the zone axis is not three integers.
    FileError
        If a CIF is missing, damaged, or has partly occupied sites.
    """
    structure, zone = _parts(name)
    if not _is_file(structure):
        if structure not in CATALOGUE:
            near = ", ".join(get_close_matches(structure, CATALOGUE, 5, 0.0))
            raise RecipeError(
                f"there is no crystal {structure!r}; names like it are {near}, "
                "and a path to a .cif will do"
            )
        return _from_catalogue(name)
    path = Path(structure)
    try:
        content = path.read_bytes()
    except OSError as error:
        raise FileError(f"the crystal {path} cannot be read: {error.strerror}") from error
    return _from_file(name, path, content, _indices(name, zone))


def draw_crystal(names: tuple[str, ...], draws: Draws, label: str) -> Projection:
    """Draw one of several crystals, and record its name and zone axis.

    Parameters
    ----------
    names
        As `known_crystal` takes them; a name without a zone axis stands for each of its low-index
        ones, and ``"all"`` for the whole catalogue.
    draws
        Draws, and keeps the record.
    label
        Under which the record has the name.
    """
    name = draws.choice(label, names)
    if name == "all":
        name = draws.choice(label, list(CATALOGUE))
    if name in CATALOGUE:
        name = draws.choice(label, [f"{name} {zone}" for zone in CATALOGUE[name].zones])
    return known_crystal(name)


def check_crystals(names: Sequence[str]) -> None:
    """See that every name that a recipe gives is a crystal.

    Raises
    ------
    RecipeError, FileError
        As `known_crystal` does.
    """
    for name in names:
        if name != "all" and name not in CATALOGUE:
            known_crystal(name)


def crystal_files(names: Sequence[str]) -> list[Path]:
    """Paths of the CIFs among the names that a recipe gives, each once."""
    structures = [_parts(name)[0] for name in names]
    return list(dict.fromkeys(Path(name) for name in structures if _is_file(name)))


def _parts(name: str) -> tuple[str, str | None]:
    """Structure, and what stands in the brackets after it."""
    match = re.fullmatch(r"(.*?)(?: \[([^\[\]]*)\])?", name, re.DOTALL)
    return (match[1], match[2]) if match else (name, None)


def _is_file(structure: str) -> bool:
    return structure.lower().endswith(".cif")


def _indices(name: str, zone: str | None) -> Zone:
    index, gap = (r"(-?[0-9]+)", " ") if zone and " " in zone else (r"(-?[0-9])", "")
    match = re.fullmatch(gap.join([index] * 3), zone or "")
    indices = [int(number) for number in match.groups()] if match else []
    if not any(indices):
        raise RecipeError(
            "write a crystal and its zone axis as in 'SrTiO3 [100]', 'Si [1-10]' or "
            f"'Si [1 0 12]', not {name!r}"
        )
    u, v, w = indices
    return u, v, w


@cache
def _from_catalogue(name: str) -> Projection:
    structure, zone = _parts(name)
    entry = CATALOGUE[structure]
    u, v, w = _indices(name, zone)
    if entry.layer and (u or v):
        raise RecipeError(f"{structure} is a single sheet, seen along [001] only, not {name!r}")
    try:
        atoms = entry.build()
    except ImportError as error:
        raise MissingExtraError("simulating crystals", "simulate") from error
    return _project_atoms(name, atoms, (u, v, w), entry.layer)


@cache
def _from_file(name: str, path: Path, content: bytes, zone: Zone) -> Projection:
    try:
        from ase.io.cif import read_cif
    except ImportError as error:
        raise MissingExtraError("simulating crystals", "simulate") from error
    with reading(path, "CIF"):
        found = read_cif(io.BytesIO(content), index=slice(None))
    if len(found) != 1:
        raise FileError(f"{path} holds {len(found)} crystals; give a CIF with one")
    atoms: Any = found[0]
    if atoms.cell.rank != 3 or not (atoms.numbers > 0).all():
        raise FileError(f"{path} does not hold a crystal of known elements")
    if any(list(site.values()) != [1] for site in atoms.info.get("occupancy", {}).values()):
        raise FileError(f"{path} has partly occupied sites; give a CIF where each atom is there")
    return _project_atoms(name, atoms, zone, layer=False)


def _project_atoms(name: str, atoms: Any, zone: Zone, layer: bool) -> Projection:
    return project(name, atoms.cell.array / 10, atoms.positions / 10, atoms.numbers, zone, layer)


def project(
    name: str,
    cell: Array,
    positions: Array,
    numbers: NDArray[np.int64],
    zone: Zone,
    layer: bool = False,
) -> Projection:
    """Project a crystal along a zone axis.

    Parameters
    ----------
    name
        What it is called.
    cell
        Lattice vectors as rows [nm].
    positions
        Atoms of one cell, rows of (x, y, z) [nm].
    numbers
        Their atomic numbers.
    zone
        Direction of the beam as indices of the lattice vectors, not all zero.
    layer
        A single sheet.

    Raises
    ------
    RecipeError
        If the indices are so high that the columns stand too close to be columns.
    """
    beam = np.array(zone, float) @ cell
    beam /= np.linalg.norm(beam)
    across = np.cross(beam, np.eye(3)[np.argmin(np.abs(beam))])
    across /= np.linalg.norm(across)
    plane = np.stack([across, np.cross(beam, across)], axis=1)
    basis = _shortest_basis(_beside(zone) @ cell @ plane)
    if np.linalg.norm(basis[0]) < SHORTEST_REPEAT:
        raise RecipeError(f"the zone axis of {name!r} has too high indices to show columns")
    period = float(abs(np.linalg.det(cell) / np.linalg.det(basis)))
    places, atoms = _merge(positions @ plane, [(int(z),) for z in numbers], basis)
    return Projection(name, basis, places, tuple(atoms), period, layer)


def _beside(zone: Zone) -> NDArray[np.int64]:
    """Indices of two vectors that span the lattice together with the shortest along the zone."""
    u, v, w = (index // math.gcd(*zone) for index in zone)
    if u == v == 0:
        return np.eye(2, 3, dtype=np.int64)
    common = math.gcd(u, v)
    p, q = _bezout(u, v)
    r, s = _bezout(common, w)
    return np.array([(-q, p, 0), (-s * u // common, -s * v // common, r)], np.int64)


def _bezout(a: int, b: int) -> tuple[int, int]:
    """Integers p and q with p a + q b = gcd(a, b)."""
    if b == 0:
        return (1 if a > 0 else -1), 0
    p, q = _bezout(b, a % b)
    return q, p - (a // b) * q


def _shortest_basis(vectors: Array) -> Array:
    """Two shortest vectors that span the same plane lattice."""
    first, second = vectors
    while True:
        # The tolerances keep rounding errors from choosing between vectors of one length.
        if second @ second < first @ first * (1 - 1e-9):
            first, second = second, first
        steps = round(round(float(first @ second / (first @ first)), 6))
        if steps == 0:
            return np.stack([first, second])
        second = second - steps * first


def _merge(
    places: Array, atoms: list[tuple[int, ...]], basis: Array
) -> tuple[Array, list[tuple[int, ...]]]:
    """Atoms that fall on one another, or on a repeat of one another, are one column."""
    steps = (places[:, None] - places) @ np.linalg.inv(basis)
    apart = (steps - np.round(steps)) @ basis
    near = np.linalg.norm(apart, axis=-1) < SAME_COLUMN
    if near.sum() == len(places):
        return places, atoms
    left = np.ones(len(places), bool)
    centres, merged = [], []
    for i in range(len(places)):
        if left[i]:
            group = np.flatnonzero(near[i] & left)
            left[group] = False
            weights = [sum(float(z) ** CENTROID_EXPONENT for z in atoms[j]) for j in group]
            centres.append(places[i] + np.average(apart[group, i], axis=0, weights=weights))
            merged.append(tuple(z for j in group for z in atoms[j]))
    # A column that moved to the mean of its atoms may have come close to another one.
    return _merge(np.array(centres), merged, basis)


CLOSEST = 0.1
"""Columns of an invented crystal stand at least this far from each other [nm]."""


def invented_crystal(rng: np.random.Generator) -> Projection:
    """Draw a lattice of up to four columns, of one or two atoms each, that no catalogue has."""
    length, other = rng.uniform(0.18, 0.6, 2)
    angle = rng.uniform(np.pi / 3, 2 * np.pi / 3)
    basis = np.array([[length, 0.0], [other * np.cos(angle), other * np.sin(angle)]])
    steps = np.stack(np.meshgrid([-1, 0, 1], [-1, 0, 1]), -1).reshape(-1, 2) @ basis
    positions = [np.zeros(2)]
    for candidate in rng.random((rng.integers(4), 2)) @ basis:
        apart = np.array(positions)[:, None] + steps - candidate
        if np.linalg.norm(apart, axis=-1).min() >= CLOSEST:
            positions.append(candidate)
    composition = tuple(
        tuple(int(z) for z in rng.integers(5, 84, rng.integers(1, 3))) for _ in positions
    )
    return Projection(
        "invented", basis, np.array(positions), composition, float(rng.uniform(0.2, 0.6))
    )
