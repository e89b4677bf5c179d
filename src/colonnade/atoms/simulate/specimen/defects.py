"""What is wrong in crystals: dislocations, stacking faults, missing and foreign atoms."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from colonnade.atoms.simulate.specimen.crystals import Projection
from colonnade.atoms.simulate.specimen.grains import Grain
from colonnade.atoms.simulate.specimen.lattice import ABOUT, Line, nearest_distances
from colonnade.atoms.simulate.specimen.stacks import first_of
from colonnade.core.arrays import Array
from colonnade.core.work.draws import Draws

POISSON = 0.3
"""Poisson's ratio of the crystals."""

FAULTS = (1 / 3, 1 / 2, 2 / 3)
"""Shares of a row's repeat by which stacking faults shift."""

CROWDED = 0.75
"""Columns cannot be nearer than this share of the distance of neighbours in the crystal."""

BOUNDARY = 0.11
"""Columns of two grains stand at least this far from each other [nm]."""


@dataclass(frozen=True, eq=False)
class StackingFault:
    """One side of a plane, seen edge on, has slipped.

    Parameters
    ----------
    line
        The plane; what lies beyond it has slipped.
    slip
        How it moved (y, x) [nm].
    """

    line: Line
    slip: Array

    @property
    def reach(self) -> float:
        """Length of the slip [nm]."""
        return float(np.linalg.norm(self.slip))

    def at(self, positions: Array) -> Array:
        """Displacement of points, rows of (y, x) [nm]."""
        return np.outer(self.line.distance(*positions.T) > 0, self.slip)


@dataclass(frozen=True, eq=False)
class EdgeDislocation:
    """A Volterra edge dislocation seen along its line, in an isotropic crystal.

    It has come in on its glide plane, against its Burgers vector, so no atom is added or lost.

    Parameters
    ----------
    core
        Where it is (y, x) [nm].
    burgers
        Burgers vector (y, x) [nm].
    """

    core: Array
    burgers: Array

    @property
    def reach(self) -> float:
        """Length of the Burgers vector [nm], which no displacement near the core exceeds."""
        return float(np.linalg.norm(self.burgers))

    def at(self, positions: Array) -> Array:
        """Displacement of points, rows of (y, x) [nm].

        Hirth and Lothe, Theory of Dislocations, equations 3-45 and 3-46; lengths in the logarithm
        are in units of the Burgers vector.
        """
        length = float(np.linalg.norm(self.burgers))
        along = self.burgers / length
        axes = np.stack([along, [along[1], -along[0]]])
        x, y = ((positions - self.core) @ axes.T).T / length
        square = x**2 + y**2
        free = 2 * (1 - POISSON)
        glide = np.arctan2(y, x) + x * y / (free * square)
        climb = (1 - 2 * POISSON) / (2 * free) * np.log(square) + (x**2 - y**2) / (
            2 * free * square
        )
        return np.asarray(length / (2 * np.pi) * np.stack([glide, -climb], 1) @ axes)


Displacement = StackingFault | EdgeDislocation
"""What moves the columns of a crystal."""


def draw_fault(grain: Grain, field: Array, draws: Draws) -> StackingFault:
    """Draw a stacking fault along one of a crystal's dense rows."""
    lattice = grain.lattice
    row = lattice.rows()[draws.rng.integers(3)]
    share = draws.choice("specimen.slip", FAULTS)
    return StackingFault(lattice.line_between_rows(row, _point(grain, field, draws)), share * row)


def draw_dislocations(grain: Grain, field: Array, draws: Draws) -> list[EdgeDislocation]:
    """Draw one or a few dislocations; their Burgers vector is a shortest one of the crystal."""
    rows = grain.lattice.rows()
    lengths = np.linalg.norm(rows, axis=1)
    shortest = rows[lengths < ABOUT * lengths[0]]
    found: list[EdgeDislocation] = []
    for _ in range(draws.choice("specimen.dislocation_count", (1, 2, 3), (0.6, 0.3, 0.1))):
        burgers = shortest[draws.rng.integers(len(shortest))] * draws.rng.choice([-1, 1])
        point = _point(grain, field, draws)
        # The glide plane lies between the planes of atoms.
        core = grain.lattice.line_between_rows(burgers, point).foot(point)
        found.append(EdgeDislocation(core, burgers))
    return found


def _point(grain: Grain, field: Array, draws: Draws) -> Array:
    """Draw a point in the middle of the field of view, in the grain if a few draws find it."""
    points = draws.rng.uniform(0.15, 0.85, (8, 2)) * field
    return np.asarray(points[np.argmax(grain.region.inside(points))])


def apart(
    positions: Array,
    grain: NDArray[np.intp],
    index: NDArray[np.integer],
    crystals: Sequence[Projection],
) -> NDArray[np.bool_]:
    """Choose the columns that stay where more stand together than the crystals would bear.

    Parameters
    ----------
    positions
        Rows of (y, x) [nm].
    grain
        Number of the grain of each; the lower number stays.
    index
        Which column of one repeat of its crystal each is.
    crystals
        What the grains are.
    """
    if len(positions) < 2:
        return np.ones(len(positions), bool)
    nearest = [nearest_distances(crystal) for crystal in crystals]
    starts = np.cumsum([0, *(len(distances) for distances in nearest)])
    room = CROWDED * np.concatenate(nearest)[starts[grain] + index]
    farthest = max(BOUNDARY, room.max())
    pairs = cKDTree(positions, balanced_tree=False).query_pairs(farthest, output_type="ndarray")
    first, second = pairs.T
    least = (room[first] + room[second]) / 2
    least = np.where(grain[first] == grain[second], least, np.maximum(least, BOUNDARY))
    between = np.linalg.norm(positions[first] - positions[second], axis=1)
    return first_of(pairs[between < least], len(positions))
