"""Particles that lie on one another, round or with flat faces, as seen from above."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from colonnade.core.arrays import Array, Indices, Single
from colonnade.sem.scene import Grid
from colonnade.sem.simulate.materials.parts import brightened
from colonnade.sem.simulate.shapes import FAR, Painted, covered, paint

FACE = 0.5
"""Width of a sloping face, for its relative width of one [radii]."""

RIDGE = 0.5
"""Brightness of the ridges between faces, as a share of that of the outline."""

REACH = 1.35
"""Distance from its centre to which a particle casts a shadow [radii]."""


@dataclass(frozen=True, eq=False)
class Particles:
    """Outlines of several edges, from which sides slope up to a top.

    Parameters
    ----------
    centres, radii, greys
        Of the particles, the lowest first.
    normals, offsets
        Of the outlines' edges, (particle, edge, 2) outwards and (particle, edge).
    squarings
        Distances from edges are summed up to one by this power of two: more for sharper corners.
    slopes
        How bright each side is beyond the top, (particle, edge).
    bevels
        Relative width of each flat side, (particle, edge); None for round particles.
    rim, escape
        Of the edges, as for `brightened`.
    shadow
        Share of the signal that is lost below a particle's side.
    """

    centres: Array
    radii: Array
    greys: Array
    normals: Array
    offsets: Array
    squarings: int
    slopes: Array
    bevels: Array | None
    rim: float
    escape: float
    shadow: float

    def lay(self, image: Single, grid: Grid) -> None:
        """Draw them over a picture."""
        paint(image, grid, self.centres, REACH * self.radii + 2, self._shade)

    def _shade(self, chosen: Indices, y: Single, x: Single, step: float) -> Painted:
        gauge, lit = self._round(chosen, y, x)
        radius = _each(self.radii, chosen)
        distance = (gauge - 1) * radius
        grey = _each(self.greys, chosen)
        if self.bevels is None:
            inside = np.minimum(gauge, 1)
            grey = grey * (1 + lit * inside * inside)
        else:
            grey = self._faces(chosen, grey, y, x, step)
        grey = np.clip(brightened(grey, distance, self.rim, self.escape), 0, 1)
        beside = np.maximum(distance, 0) / (np.float32(0.12) * radius + np.float32(0.5))
        light = 1 - np.float32(self.shadow) * np.exp(-beside * beside)
        return Painted(covered(distance, step), grey, light)

    def _reached(
        self, chosen: Indices, y: Single, x: Single
    ) -> Iterator[tuple[int, Single, Single]]:
        """Give each edge, how far towards it one is (1 on it), and how bright its side is."""
        for edge in range(self.offsets.shape[1]):
            offset = self.offsets[chosen, edge]
            down, right = (
                (self.normals[chosen, edge, axis] / offset).astype(np.float32)[:, None, None]
                for axis in (0, 1)
            )
            yield edge, down * y + right * x, _each(self.slopes[:, edge], chosen)

    def _round(self, chosen: Indices, y: Single, x: Single) -> tuple[Single, Single]:
        """Give how far towards the outline one is (1 on it), and how bright sides are there."""
        shape = (len(chosen), y.shape[1], x.shape[2])
        total, lit = np.zeros(shape, np.float32), np.zeros(shape, np.float32)
        for _, reached, light in self._reached(chosen, y, x):
            power = np.maximum(reached, 0, out=reached)
            for _ in range(self.squarings):
                power *= power
            total += power
            if self.bevels is None:
                lit += light * power
        lit /= np.maximum(total, np.float32(1e-9))
        for _ in range(self.squarings):
            np.sqrt(total, out=total)
        return total, lit

    def _faces(self, chosen: Indices, grey: Single, y: Single, x: Single, step: float) -> Single:
        """Give the grey levels of flat faces, and of the ridges where two of them meet."""
        assert self.bevels is not None
        shape = (len(chosen), y.shape[1], x.shape[2])
        lowest, second = np.full(shape, FAR, np.float32), np.full(shape, FAR, np.float32)
        lit, next_lit = np.zeros(shape, np.float32), np.zeros(shape, np.float32)
        for edge, reached, light in self._reached(chosen, y, x):
            height = (1 - reached) / _each(self.bevels[:, edge], chosen)
            nearest = height < lowest
            next_lit = np.where(nearest, lit, np.where(height < second, light, next_lit))
            lit = np.where(nearest, light, lit)
            np.minimum(second, np.maximum(height, lowest), out=second)
            np.minimum(lowest, height, out=lowest)
        wide = np.float32(FACE) * _each(self.radii, chosen)
        top, apart = (1 - lowest) * wide, (second - lowest) * wide
        lit += covered(apart, step) * (next_lit - lit)
        grey = grey * (1 + lit * (1 - covered(top, step)))
        ridge = np.minimum(np.abs(top), np.where(top > 0, apart, FAR))
        near = np.exp(-ridge / np.float32(self.escape))
        return np.asarray(grey + (1 - grey) * np.float32(RIDGE * self.rim) * near, np.float32)


def _each(values: Array, chosen: Indices) -> Single:
    """Give the values of some particles, to be combined with their places."""
    some: Single = values[chosen].astype(np.float32)[:, None, None]
    return some
