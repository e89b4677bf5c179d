"""Grains that fill the plane: the cells of a Voronoi tessellation."""

from dataclasses import dataclass

import numpy as np
from scipy.spatial import Delaunay

from colonnade.core.arrays import Array, Indices, Single
from colonnade.sem.simulate.shapes import FAR

LONGEST = 4.0
"""Cells that reach so many times as far as the others are outermost, and left out."""


@dataclass(frozen=True, eq=False)
class Cells:
    """Convex polygons around centres; arrays (cell, edge) are padded with edges far away.

    Parameters
    ----------
    centres
        Rows of (y, x).
    normals
        Outward from the edges, (y, x) last.
    offsets
        Distance of each edge from its centre.
    neighbours
        Number of the cell behind each edge; -1 where there is no edge.
    reaches
        How far the corners are from the centre along (y, x); below zero where there is no end.
    """

    centres: Array
    normals: Array
    offsets: Array
    neighbours: Indices
    reaches: Array

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
    """Place points that are neither in rows nor in heaps: one in each square of a lattice.

    Parameters
    ----------
    rng
        Source of the places.
    low, high
        Corners (y, x) of the rectangle.
    spacing
        Side of a square.
    """
    counts = np.maximum(np.ceil((high - low) / spacing).astype(int), 1)
    lattice = np.stack(np.meshgrid(*map(np.arange, counts), indexing="ij"), -1).reshape(-1, 2)
    return np.asarray(low + spacing * (lattice + rng.uniform(0, 1, lattice.shape)))


def tessellate(centres: Array, stretch: tuple[float, float] = (1.0, 1.0)) -> Cells:
    """Give each centre the polygon of what is nearest to it; those without end are left out.

    Parameters
    ----------
    centres
        Rows of (y, x).
    stretch
        Distances count less along (y, x) by these factors, so that cells get longer.
    """
    scale = np.array(stretch)
    diagram = Delaunay(centres / scale)
    corners = diagram.simplices
    pairs = np.concatenate([corners[:, [i, j]] for i in range(3) for j in range(3) if i != j])
    pairs = np.stack(np.divmod(np.unique(pairs[:, 0] * len(centres) + pairs[:, 1]), len(centres)))
    cell, neighbour = pairs
    count = np.bincount(cell, minlength=len(centres))
    slot = np.arange(len(cell)) - np.repeat(np.cumsum(count) - count, count)
    # An edge is where both distances are equal: a line in stretched coordinates too.
    apart = centres[neighbour] - centres[cell]
    along = apart / scale**2
    length = np.linalg.norm(along, axis=1)
    normals = np.zeros((len(centres), count.max(), 2))
    offsets = np.full(normals.shape[:2], FAR)
    neighbours = np.full(normals.shape[:2], -1)
    normals[cell, slot] = along / length[:, None]
    offsets[cell, slot] = (apart * along).sum(1) / (2 * length)
    neighbours[cell, slot] = neighbour
    return Cells(centres, normals, offsets, neighbours, _reaches(diagram, scale))


def _reaches(diagram: Delaunay, scale: Array) -> Array:
    """How far corners are from centres along (y, x); below zero for cells without end.

    The corners of a cell are the centres of the circles around its triangles.
    """
    triangles = diagram.points[diagram.simplices]
    first = triangles[:, 0]
    one, other = triangles[:, 1] - first, triangles[:, 2] - first
    twice = 2 * (one[:, 0] * other[:, 1] - one[:, 1] * other[:, 0])
    squares = (one**2).sum(1)[:, None] * other - (other**2).sum(1)[:, None] * one
    middles = first + squares[:, ::-1] * [-1, 1] / -twice[:, None]
    reaches = np.zeros_like(diagram.points)
    for corner in range(3):
        away = np.abs(middles - triangles[:, corner])
        np.maximum.at(reaches, diagram.simplices[:, corner], away)
    usual = np.median(reaches, axis=0)
    reaches[(reaches > LONGEST * usual).any(1)] = -FAR
    reaches[np.unique(diagram.convex_hull)] = -FAR
    return np.asarray(reaches * scale)


def edge_values(cells: Cells, rng: np.random.Generator) -> Array:
    """Draw an even number from 0 to 1 for each edge, the same for the cells on both sides."""
    own = rng.uniform(0, 1, len(cells.centres))
    here = np.arange(len(own))[:, None]
    mixed = own[here] + own[cells.neighbours] * 1.0
    # The fraction of a sum that is multiplied is as good as drawn, and the same from both sides.
    return np.asarray(np.modf(np.abs(mixed) * 977.0)[0])
