"""A crystal put into the field of view: its rows of columns, its mirror images, its columns."""

import math
from collections import Counter
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from colonnade.atoms.simulate.specimen.crystals import Projection
from colonnade.core.arrays import Array

F = TypeVar("F", np.float32, np.float64)

SAME_ROW = 0.001
"""Columns whose distances from a line differ by less than this stand in one row [nm]."""

SAME_PLACE = 0.001
"""What lies nearer to a column than this coincides with it [nm]."""

ROWS = np.array(
    [
        (1, 0), (0, 1), (1, 1), (1, -1), (1, 2), (1, -2), (2, 1), (2, -1),
        (1, 3), (1, -3), (3, 1), (3, -1), (2, 3), (2, -3), (3, 2), (3, -2),
    ]
)  # fmt: skip
"""Directions of rows in units of the repeat vectors."""

ABOUT = 1.05
"""Rows are about equally dense if their repeats differ by less than this factor."""

CACHED = 2048
"""So many crystals are remembered; more than there are in the catalogue."""

FLIP = np.diag([1.0, -1.0])
"""Mirrors left and right."""


@dataclass(frozen=True, eq=False)
class Line:
    """A straight line across the field of view.

    Parameters
    ----------
    normal
        Unit vector (y, x) perpendicular to it.
    offset
        Its distance from the origin, along the normal [nm].
    """

    normal: Array
    offset: float

    def distance(self, y: NDArray[F], x: NDArray[F]) -> NDArray[F]:
        """Distance of points from the line, positive beyond it [nm]."""
        return self.ramp(y, x, 1.0)

    def ramp(
        self,
        y: NDArray[F],
        x: NDArray[F],
        slope: float,
        start: float = 0.0,
        out: NDArray[F] | None = None,
    ) -> NDArray[F]:
        """Rise evenly across the line, from a value on it, by a slope per nm."""
        # Python's own numbers leave single precision as it is.
        along_y: float = slope * self.normal.item(0)
        along_x: float = slope * self.normal.item(1)
        ramp: NDArray[F] = np.add(y * along_y, x * along_x + (start - slope * self.offset), out)
        return ramp

    def foot(self, point: Array) -> Array:
        """Find the point on the line that is nearest to another point."""
        return point - (point @ self.normal - self.offset) * self.normal

    def moved(self, vector: Array) -> "Line":
        """Move it by a vector (y, x) [nm]."""
        return Line(self.normal, float(self.offset + vector @ self.normal))

    def reversed(self) -> "Line":
        """Look at the same line from its other side."""
        return Line(-self.normal, -self.offset)


@dataclass(frozen=True, eq=False)
class Lattice:
    """A crystal at its place in the field of view.

    Parameters
    ----------
    crystal
        What it is a lattice of.
    rotation
        Angle by which it is turned [rad].
    origin
        Where a corner of a repeat lies (y, x) [nm].
    strain
        Gradient of a homogeneous displacement, which acts after the turn.
    """

    crystal: Projection
    rotation: float
    origin: Array
    strain: Array

    @cached_property
    def _placing(self) -> Array:
        return turn(self.rotation) @ (np.eye(2) + self.strain)

    @cached_property
    def basis(self) -> Array:
        """The two shortest repeat vectors as rows, each (y, x) [nm]."""
        return repeat_vectors(self.crystal) @ self._placing

    @cached_property
    def motif(self) -> Array:
        """The columns of one repeat, rows of (y, x) [nm]."""
        return self.crystal.positions @ self._placing + self.origin

    def fill(self, low: Array, high: Array) -> tuple[Array, NDArray[np.intp]]:
        """Find all columns in a rectangle between two corners.

        Returns
        -------
        positions, index
            Rows of (y, x) [nm], and which column of one repeat each is.
        """
        size, origin = high - low, self.origin - low
        positions, index = self.crystal.columns(
            (size[0], size[1]), self.rotation, (origin[0], origin[1]), self.strain
        )
        return positions + low, index

    def shifted(self, vector: Array) -> "Lattice":
        """Move it by a vector (y, x) [nm]."""
        return replace(self, origin=self.origin + vector)

    def mirrored(self, line: Line) -> "Lattice":
        """Mirror it at a line."""
        mirror = np.eye(2) - 2 * np.outer(line.normal, line.normal)
        turned = FLIP @ turn(self.rotation) @ mirror
        return Lattice(
            flipped(self.crystal),
            float(np.arctan2(turned[1, 0], turned[0, 0])),
            self.origin @ mirror + 2 * line.offset * line.normal,
            mirror @ self.strain @ mirror,
        )

    def rows(self) -> Array:
        """Vectors from column to column along its rows, the densest row first [nm]."""
        vectors = ROWS @ self.basis
        return vectors[np.argsort(np.linalg.norm(vectors, axis=1), kind="stable")]

    def line_between_rows(self, row: Array, near: Array) -> Line:
        """Draw a line along a row, in the middle of the widest gap between rows.

        Parameters
        ----------
        row
            Vector along the row (y, x) [nm].
        near
            The line is the one next to this point (y, x) [nm].
        """
        normal, heights, gaps, spacing = self._heights(row)
        return _nearest(normal, (heights + gaps / 2)[gaps > gaps.max() - SAME_ROW], spacing, near)

    def twin_line(self, row: Array, near: Array) -> Line:
        """Draw a line along a row at which a mirror image of the crystal fits best to it.

        The line runs through a row or between two, such that the rows beside it are as far from
        their own mirror images as can be.

        Parameters
        ----------
        row, near
            As for `line_between_rows`.
        """
        normal, heights, gaps, spacing = self._heights(row)
        offsets = np.concatenate([heights, heights + gaps / 2])
        apart = np.concatenate([2 * np.minimum(gaps, np.roll(gaps, 1)), gaps])
        return _nearest(normal, offsets[apart > apart.max() - SAME_ROW], spacing, near)

    def _heights(self, row: Array) -> tuple[Array, Array, Array, float]:
        """Normal of a row, distances of all rows along it, the gaps behind them, the period."""
        length = float(np.linalg.norm(row))
        normal = np.array([-row[1], row[0]]) / length
        spacing = abs(float(np.linalg.det(self.basis))) / length
        heights = np.sort(self.motif @ normal % spacing)
        heights = heights[np.diff(heights, append=heights[0] + spacing) > SAME_ROW]
        return normal, heights, np.diff(heights, append=heights[0] + spacing), spacing


def _nearest(normal: Array, offsets: Array, spacing: float, near: Array) -> Line:
    """Draw the line nearest to a point, of lines at some offsets that repeat."""
    away = near @ normal - offsets
    away -= np.round(away / spacing) * spacing
    return Line(normal, float(near @ normal - away[np.argmin(np.abs(away))]))


def turn(angle: float) -> Array:
    """Matrix that turns rows of (y, x) by an angle [rad], as `Projection.columns` does."""
    cos, sin = np.cos(angle), np.sin(angle)
    return np.array([[cos, -sin], [sin, cos]])


@lru_cache(maxsize=CACHED)
def flipped(crystal: Projection) -> Projection:
    """Mirror a crystal."""
    return replace(crystal, basis=crystal.basis @ FLIP, positions=crystal.positions @ FLIP)


@lru_cache(maxsize=CACHED)
def nearest_distances(crystal: Projection) -> Array:
    """Distance of each column of one repeat from its nearest neighbour [nm]."""
    steps = np.concatenate([ROWS, -ROWS, [(0, 0)]]) @ crystal.basis
    between = crystal.positions[:, None] - crystal.positions
    apart = np.linalg.norm(between[:, :, None] + steps, axis=-1)
    return np.asarray(np.where(apart > SAME_PLACE, apart, np.inf).min((1, 2)))


@lru_cache(maxsize=CACHED)
def repeat_vectors(crystal: Projection) -> Array:
    """Find the two shortest repeat vectors of the columns, rows of (y, x) [nm].

    They may be shorter than those of the crystal's cell, which can be a centred one.
    """
    shifts = _shifts(crystal, np.eye(2))
    steps = np.concatenate([ROWS, -ROWS, [(0, 0)]]) @ crystal.basis
    vectors = (shifts[:, None] + steps).reshape(-1, 2)
    lengths = np.linalg.norm(vectors, axis=1)
    vectors = vectors[np.argsort(lengths, kind="stable")][(lengths < SAME_PLACE).sum() :]
    area = abs(np.linalg.det(crystal.basis)) / len(shifts)
    spanned = np.abs(vectors[0, 0] * vectors[:, 1] - vectors[0, 1] * vectors[:, 0])
    return np.stack([vectors[0], vectors[np.argmax(spanned > area / 2)]])


@lru_cache(maxsize=CACHED)
def repeat_along_beam(crystal: Projection) -> float:
    """Length after which all columns repeat along the beam [nm]; of a sheet, all that it has."""
    counts = [n for atoms in crystal.composition for n in Counter(atoms).values()]
    return crystal.period / (1 if crystal.layer else math.gcd(*counts))


@lru_cache(maxsize=CACHED)
def twin_rows(crystal: Projection) -> NDArray[np.intp]:
    """Find those of `ROWS`, the densest, at which a crystal is not its own mirror image."""
    vectors = ROWS @ repeat_vectors(crystal)
    lengths = np.linalg.norm(vectors, axis=1)
    found: list[int] = []
    for i in np.argsort(lengths, kind="stable"):
        if found and lengths[i] > ABOUT * lengths[found[0]]:
            break
        if not is_mirror(crystal, vectors[i]):
            found.append(int(i))
    return np.array(found)


def is_mirror(crystal: Projection, row: Array) -> bool:
    """Whether a crystal, mirrored at a line along a row, is the same crystal but for a shift."""
    along = row / np.linalg.norm(row)
    basis = repeat_vectors(crystal)
    mirror = 2 * np.outer(along, along) - np.eye(2)
    return bool(_whole(basis @ mirror, basis).all()) and len(_shifts(crystal, mirror)) > 0


def _shifts(crystal: Projection, image: Array) -> Array:
    """Shifts within one repeat that put an image of all columns onto columns of the same atoms."""
    atoms = [sorted(column) for column in crystal.composition]
    kinds = np.array([atoms.index(column) for column in atoms])
    rare = min(kinds, key=kinds.tolist().count)
    moved = crystal.positions @ image
    shifts = crystal.positions[kinds == rare] - moved[rare]
    between = moved[None, :, None] + shifts[:, None, None] - crystal.positions
    met = _whole(between, crystal.basis) & np.equal.outer(kinds, kinds)
    return np.asarray(shifts[met.any(2).all(1)])


def _whole(vectors: Array, basis: Array) -> NDArray[np.bool_]:
    """Whether vectors are whole repeats."""
    steps = vectors @ np.linalg.inv(basis)
    away = np.linalg.norm((steps - np.round(steps)) @ basis, axis=-1)
    return np.asarray(away < SAME_PLACE)
