"""Grains that fill the plane, or space: the cells of a Voronoi tessellation."""

from dataclasses import dataclass

import numpy as np
from scipy.spatial import Delaunay

from colonnade.core.arrays import Array, Indices, Single
from colonnade.sem.simulate.shapes import FAR

LONGEST = 4.0
"""Cells that reach so many times as far as the others are outermost, and left out."""


@dataclass(frozen=True, eq=False)
class Cells:
    """Convex polygons or polyhedra around centres; arrays (cell, edge) are padded, far away.

    Parameters
    ----------
    centres
        Rows of (y, x), or of (z, y, x).
    normals
        Outward from the edges or faces, (y, x) or (z, y, x) last.
    offsets
        Distance of each edge from its centre.
    neighbours
        Number of the cell behind each edge; -1 where there is no edge.
    reaches
        How far the corners are from the centre along each axis; below zero where there is no end.
    """

    centres: Array
    normals: Array
    offsets: Array
    neighbours: Indices
    reaches: Array

    def section(self, z: float) -> "Cells":
        """Give the polygons in which a plane of equal z cuts polyhedra."""
        above = z - self.centres[:, 0]
        lengths = np.maximum(np.linalg.norm(self.normals[..., 1:], axis=-1), 1 / FAR)
        offsets = (self.offsets - self.normals[..., 0] * above[:, None]) / lengths
        there = (np.abs(above) < self.reaches[:, 0])[:, None]
        return Cells(
            centres=self.centres[:, 1:],
            normals=self.normals[..., 1:] / lengths[..., None],
            offsets=np.where(self.neighbours < 0, FAR, offsets.clip(-FAR, FAR)),
            neighbours=self.neighbours,
            reaches=np.where(there, self.reaches[:, 1:], -FAR),
        )

    def distance(self, chosen: Indices, y: Single, x: Single, gaps: Array | None = None) -> Single:
        """Give the distance from the nearest edge's line, negative inside; see `paint`.

        Parameters
        ----------
        chosen
            Numbers of the cells.
        y, x
            Places from their centres, (cell, y, 1) and (cell, 1, x).
        gaps
            How far inwards each edge is moved, (cell, edge).
        """
        offsets = self.offsets if gaps is None else self.offsets - gaps
        return plane_distance(self.normals[chosen], offsets[chosen], y, x)


def plane_distance(normals: Array, offsets: Array, y: Single, x: Single) -> Single:
    """Give the largest distance from several lines, for several shapes.

    Parameters
    ----------
    normals, offsets
        Of the lines, (shape, line, 2) and (shape, line).
    y, x
        Places, (shape, y, 1) and (shape, 1, x).
    """
    normals, offsets = normals.astype(np.float32), offsets.astype(np.float32)
    largest = np.full((len(y), y.shape[1], x.shape[2]), -FAR, np.float32)
    for line in range(offsets.shape[1]):
        if (offsets[:, line] >= FAR / 2).all():
            continue
        down = normals[:, line, 0, None, None] * y - offsets[:, line, None, None]
        np.maximum(largest, down + normals[:, line, 1, None, None] * x, out=largest)
    return largest


def scatter(rng: np.random.Generator, low: Array, high: Array, spacing: float) -> Array:
    """Place points that are neither in rows nor in heaps: one in each cube of a lattice.

    Parameters
    ----------
    rng
        Source of the places.
    low, high
        Corners of the rectangle or box.
    spacing
        Side of a cube.
    """
    counts = np.maximum(np.ceil((high - low) / spacing).astype(int), 1)
    lattice = np.stack(np.meshgrid(*map(np.arange, counts), indexing="ij"), -1).reshape(
        -1, len(low)
    )
    return np.asarray(low + spacing * (lattice + rng.uniform(0, 1, lattice.shape)))


def tessellate(centres: Array, stretch: tuple[float, ...] | None = None) -> Cells:
    """Give each centre the cell of what is nearest to it; those without end are left out.

    Parameters
    ----------
    centres
        Rows of (y, x), or of (z, y, x).
    stretch
        Distances count less along these axes by these factors, so that cells get longer.
    """
    dimensions = centres.shape[1]
    scale = np.ones(dimensions) if stretch is None else np.array(stretch)
    diagram = Delaunay(centres / scale)
    corners, which = diagram.simplices, range(dimensions + 1)
    both = np.concatenate([corners[:, [i, j]] for i in which for j in which if i != j])
    pairs = np.unique(both[:, 0].astype(np.int64) * len(centres) + both[:, 1])
    cell, neighbour = np.divmod(pairs, len(centres))
    count = np.bincount(cell, minlength=len(centres))
    slot = np.arange(len(cell)) - np.repeat(np.cumsum(count) - count, count)
    # An edge is where both distances are equal: straight in stretched coordinates too.
    apart = centres[neighbour] - centres[cell]
    along = apart / scale**2
    length = np.linalg.norm(along, axis=1)
    normals = np.zeros((len(centres), count.max(), dimensions))
    offsets = np.full(normals.shape[:2], FAR)
    neighbours = np.full(normals.shape[:2], -1)
    normals[cell, slot] = along / length[:, None]
    offsets[cell, slot] = (apart * along).sum(1) / (2 * length)
    neighbours[cell, slot] = neighbour
    return Cells(centres, normals, offsets, neighbours, _reaches(diagram, scale))


def _reaches(diagram: Delaunay, scale: Array) -> Array:
    """How far corners are from centres along each axis; below zero for cells without end.

    The corners of a cell are the centres of the circles, or spheres, around its simplices.
    """
    simplices = diagram.points[diagram.simplices]
    sides = simplices[:, 1:] - simplices[:, :1]
    flat = np.abs(np.linalg.det(sides)) < FLAT
    sides[flat] = np.eye(sides.shape[-1])
    middles = np.linalg.solve(sides, (sides**2).sum(-1, keepdims=True) / 2)[..., 0]
    reaches = np.zeros_like(diagram.points)
    for corner in range(simplices.shape[1]):
        away = np.abs(simplices[:, 0] + middles - simplices[:, corner])
        np.maximum.at(reaches, diagram.simplices[~flat, corner], away[~flat])
    usual = np.median(reaches, axis=0)
    reaches[(reaches > LONGEST * usual).any(1)] = -FAR
    reaches[np.unique(diagram.convex_hull)] = -FAR
    return np.asarray(reaches * scale)


FLAT = 1e-9
"""A simplex of less volume has no circle around it that could be worked out."""


def edge_values(cells: Cells, rng: np.random.Generator) -> Array:
    """Draw an even number from 0 to 1 for each edge, the same for the cells on both sides."""
    own = rng.uniform(0, 1, len(cells.centres))
    here = np.arange(len(own))[:, None]
    mixed = own[here] + own[cells.neighbours] * 1.0
    # The fraction of a sum that is multiplied is as good as drawn, and the same from both sides.
    return np.asarray(np.modf(np.abs(mixed) * 977.0)[0])
