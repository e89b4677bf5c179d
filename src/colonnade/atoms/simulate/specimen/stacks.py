"""Columns as stacks of atoms: what each scatters, and single atoms missing, foreign or on top."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from colonnade.core.arrays import Array

ATOM = 0.3
"""Stands for the thickness of a single atom [nm]."""

NEIGHBOURS = 0.2
"""Single atoms lie at least this far from each other [nm]."""

ON_TOP = 0.12
"""An atom nearer than this to a column lies on top of it and is a part of it [nm]."""


@dataclass(frozen=True, eq=False)
class Stacks:
    """The atom columns of a specimen.

    Parameters
    ----------
    positions
        Rows of (y, x) [nm].
    strength
        Sum of a power of the atomic number per nm along each column.
    thickness
        Length of each column [nm].
    atomic_number
        Atomic number of its strongest scatterer.
    atoms
        Number of its atoms.
    present
        From which place of the beam to which it stands there, along y (n, 2) [nm]; infinite for
        what stays.
    """

    positions: Array
    strength: Array
    thickness: Array
    atomic_number: NDArray[np.int64]
    atoms: Array
    present: Array

    def __len__(self) -> int:
        return len(self.positions)

    def __getitem__(self, keep: NDArray[np.bool_]) -> "Stacks":
        return Stacks(
            self.positions[keep],
            self.strength[keep],
            self.thickness[keep],
            self.atomic_number[keep],
            self.atoms[keep],
            self.present[keep],
        )


def joined(parts: list[Stacks]) -> Stacks:
    """Put columns of several origins into one table."""
    return Stacks(
        np.concatenate([part.positions for part in parts]),
        np.concatenate([part.strength for part in parts]),
        np.concatenate([part.thickness for part in parts]),
        np.concatenate([part.atomic_number for part in parts]),
        np.concatenate([part.atoms for part in parts]),
        np.concatenate([part.present for part in parts]),
    )


def staying(count: int) -> Array:
    """Say of columns that they stay where they are while they are scanned."""
    return np.tile([-np.inf, np.inf], (count, 1))


def single_atoms(positions: Array, element: int, exponent: float) -> Stacks:
    """Make columns of one atom each."""
    count = len(positions)
    return Stacks(
        positions,
        np.full(count, element**exponent / ATOM),
        np.full(count, ATOM),
        np.full(count, element, np.int64),
        np.ones(count),
        staying(count),
    )


def no_columns() -> Stacks:
    """Give an empty table."""
    return single_atoms(np.empty((0, 2)), 1, 1.0)


def scattered(low: Array, high: Array, density: float, rng: np.random.Generator) -> Array:
    """Draw places for single atoms in a rectangle, not too near to each other.

    Parameters
    ----------
    low, high
        Corners of the rectangle (y, x) [nm].
    density
        Expected number per area, but for those that are too near [1/nm²].
    rng
        Source of the places.
    """
    count = rng.poisson(density * np.prod(high - low))
    positions = rng.uniform(low, high, (count, 2))
    if count < 2:
        return positions
    pairs = cKDTree(positions, balanced_tree=False).query_pairs(NEIGHBOURS, output_type="ndarray")
    return np.asarray(positions[first_of(pairs, count)])


def first_of(pairs: NDArray[np.intp], count: int) -> NDArray[np.bool_]:
    """Choose columns to keep, such that of each pair the second goes unless the first is gone."""
    keep = np.ones(count, bool)
    for one, other in pairs[np.lexsort(pairs.T[::-1])]:
        keep[other] &= not keep[one]
    return keep


def substituted(
    stacks: Stacks, share: float, element: int, exponent: float, rng: np.random.Generator
) -> Stacks:
    """Replace atoms by those of another element, any number from one to all of a column's.

    Parameters
    ----------
    stacks
        The columns.
    share
        Share of the columns that have foreign atoms.
    element, exponent
        Atomic number of the foreign atoms, and the power of it that they scatter.
    rng
        Source of the choice.
    """
    chosen = rng.random(len(stacks)) < share
    part = np.ceil(stacks.atoms * rng.uniform(0, 1, len(stacks))) / stacks.atoms * chosen
    foreign = stacks.atoms / stacks.thickness * element**exponent
    return replace(
        stacks,
        strength=(1 - part) * stacks.strength + part * foreign,
        atomic_number=np.where(
            chosen & ((stacks.atomic_number < element) | (part == 1)),
            element,
            stacks.atomic_number,
        ),
    )


def with_atoms(stacks: Stacks, atoms: Stacks) -> Stacks:
    """Lay single atoms on columns: onto one where they meet it, otherwise beside it."""
    if not len(stacks) or not len(atoms):
        return joined([stacks, atoms])
    distance, nearest = cKDTree(stacks.positions, balanced_tree=False).query(atoms.positions)
    on_top = distance < ON_TOP
    column = nearest[on_top]
    strength, number = stacks.strength.copy(), stacks.atomic_number.copy()
    added = atoms.strength[on_top] * atoms.thickness[on_top]
    np.add.at(strength, column, added / stacks.thickness[column])
    np.maximum.at(number, column, atoms.atomic_number[on_top])
    return joined([replace(stacks, strength=strength, atomic_number=number), atoms[~on_top]])
