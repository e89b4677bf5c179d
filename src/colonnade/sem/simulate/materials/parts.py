"""Parts that several materials have: grains, round spots, and scratches."""

from dataclasses import dataclass, replace

import numpy as np

from colonnade.core.arrays import Array, Indices, Single
from colonnade.sem.scene import Grid
from colonnade.sem.simulate.cells import Cells
from colonnade.sem.simulate.shapes import Painted, covered, paint

OVERLAP = 1.0
"""Grains without a gap are drawn so far over one another that no ground shines through [px]."""


def brightened(grey: Single, distance: Single, rim: float, escape: float) -> Single:
    """Make a surface brighter near its edge, where electrons escape from its side too.

    Parameters
    ----------
    grey
        Of the surface.
    distance
        From its edge, negative inside.
    rim
        Brightness of the edge, as a share of what is left to white.
    escape
        Distance over which this falls to 1/e.
    """
    near = np.exp(np.minimum(distance, 0) / np.float32(escape))
    bright: Single = grey + (1 - grey) * np.float32(rim) * near
    return bright


@dataclass(frozen=True, eq=False)
class Grains:
    """Polygons side by side, with gaps between some of them.

    Parameters
    ----------
    cells
        Their shapes.
    gaps
        How far each edge is moved inwards, (cell, edge).
    greys
        Grey level of each; those of NaN are not drawn.
    rim, escape
        Of the edges, as for `brightened`.
    """

    cells: Cells
    gaps: Array
    greys: Array
    rim: float = 0.0
    escape: float = 1.0

    def section(self, z: float) -> "Grains":
        """Give the polygons in which a plane of equal z cuts polyhedra."""
        cells = replace(self.cells, offsets=self.cells.offsets - self.gaps).section(z)
        return replace(self, cells=cells, gaps=np.zeros_like(self.gaps))

    def lay(self, image: Single, grid: Grid) -> None:
        """Draw them over a picture."""
        reaches = np.where(np.isfinite(self.greys)[:, None], self.cells.reaches + 2, -1.0)
        paint(image, grid, self.cells.centres, reaches, self._shade)

    def _shade(self, chosen: Indices, y: Single, x: Single, step: float) -> Painted:
        distance = self.cells.distance(chosen, y, x, self.gaps)
        grey = self.greys[chosen, None, None].astype(np.float32)
        if self.rim > 0:
            return Painted(
                covered(distance, step), brightened(grey, distance, self.rim, self.escape)
            )
        return Painted(covered(distance, step), np.broadcast_to(grey, distance.shape))


@dataclass(frozen=True, eq=False)
class Spots:
    """Ellipses, such as pores and small particles.

    Parameters
    ----------
    centres
        Rows of (y, x).
    radii
        Half of the longer axis and of the shorter one, (spot, 2).
    angles
        Of the longer axis against y [radians].
    greys
        Grey level of each.
    halo, escape
        Brightness of the edge of what is around them, as for `brightened`.
    """

    centres: Array
    radii: Array
    angles: Array
    greys: Array
    halo: float = 0.0
    escape: float = 1.0

    def lay(self, image: Single, grid: Grid) -> None:
        """Draw them over a picture."""
        paint(image, grid, self.centres, self.radii[:, 0] + 3 * self.escape + 2, self._shade)

    def _shade(self, chosen: Indices, y: Single, x: Single, step: float) -> Painted:
        cosine, sine = (
            part[chosen, None, None].astype(np.float32)
            for part in (np.cos(self.angles), np.sin(self.angles))
        )
        long, short = (self.radii[chosen, i, None, None].astype(np.float32) for i in (0, 1))
        along, across = (cosine * y + sine * x) / long, (cosine * x - sine * y) / short
        gauge = np.sqrt(along * along + across * across) + np.float32(1e-6)
        # The distance to first order: the gauge over the length of its gradient.
        slope = np.sqrt((along / long) ** 2 + (across / short) ** 2) / gauge
        distance = np.asarray((gauge - 1) / np.maximum(slope, 1 / long), np.float32)
        grey = np.broadcast_to(self.greys[chosen, None, None].astype(np.float32), gauge.shape)
        light = None
        if self.halo > 0:
            near = np.exp(-np.abs(distance) / np.float32(self.escape))
            light = 1 + np.float32(self.halo) * near
        return Painted(covered(distance, step), grey, light)


SPREAD = 0.4
"""Grey levels of spots differ from that of most by up to this share."""


def draw_spots(
    rng: np.random.Generator, centres: Array, radius: float, grey: float, halo: float = 0.0
) -> Spots:
    """Draw spots of about a radius around centres, a few of them much larger."""
    count = len(centres)
    long = radius * rng.lognormal(0, 0.5, count)
    return Spots(
        centres=centres,
        radii=np.stack([long, long * rng.uniform(0.4, 1.0, count)], axis=1),
        angles=rng.uniform(0, np.pi, count),
        greys=grey * (1 + SPREAD * rng.uniform(-1, 1, count)),
        halo=halo,
    )


@dataclass(frozen=True, eq=False)
class Lines:
    """Straight lines that reach across the field, such as scratches.

    Parameters
    ----------
    normals, offsets
        Of the lines: where normal times (y, x) is the offset.
    widths
        Full width of each.
    changes
        Relative change of the grey level on each.
    """

    normals: Array
    offsets: Array
    widths: Array
    changes: Array

    def lay(self, image: Single, grid: Grid) -> None:
        """Draw them over a picture."""
        for normal, offset, width, change in zip(
            self.normals, self.offsets, self.widths, self.changes, strict=True
        ):
            away = np.float32(normal[0]) * grid.y[:, None] + np.float32(normal[1]) * grid.x
            on_line = covered(np.abs(away - np.float32(offset)) - np.float32(width / 2), grid.step)
            image *= 1 + np.float32(change) * on_line


def draw_scratches(
    rng: np.random.Generator, field: tuple[int, int], count: int, change: float
) -> Lines:
    """Draw the scratches of one polish: nearly parallel, of any strength up to a change."""
    angle = rng.uniform(0, np.pi) + rng.normal(0, 0.15, count)
    normals = np.stack([np.sin(angle), np.cos(angle)], axis=1)
    places = rng.uniform(0, 1, (count, 2)) * np.array(field)
    return Lines(
        normals=normals,
        offsets=(normals * places).sum(1),
        widths=rng.lognormal(0, 0.4, count),
        changes=change * rng.uniform(-1, 0.7, count),
    )
