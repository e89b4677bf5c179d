"""Bodies that lie in space: particles, their cores and shells, and voids."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from colonnade.core.arrays import Array, Single
from colonnade.tomo.simulate.phantoms.phantom import Grid, Room, Shape, covered


@dataclass(frozen=True)
class Layer:
    """A part of a body, from some depth below its surface inwards.

    Parameters
    ----------
    depth
        Below the surface [px].
    grey
        Its grey level.
    """

    depth: float
    grey: float


@dataclass(frozen=True, eq=False)
class Body:
    """A shape with layers like an onion.

    Parameters
    ----------
    shape
        Of its surface.
    layers
        From outside inwards.
    """

    shape: Shape
    layers: tuple[Layer, ...]

    def lay(self, image: Single, y: float, grid: Grid) -> None:
        """Lay what a plane cuts of it over a picture of that plane."""
        above, reach = y - self.shape.centre[1], self.shape.reach + grid.step
        if abs(above) >= reach:
            return
        middle = (float(self.shape.centre[0]), float(self.shape.centre[2]))
        window = grid.window(middle, float(np.sqrt(reach**2 - above**2)))
        under, part = image[window], grid.part(window)
        if not under.size:
            return
        distance = self.shape.distance(y, part)
        for layer in self.layers:
            cover = covered(distance + np.float32(layer.depth), grid.step)
            under += cover * (np.float32(layer.grey) - under)


def solid(shape: Shape, grey: float) -> Body:
    """Give a body of one grey level."""
    return Body(shape, (Layer(0.0, grey),))


@dataclass(frozen=True, eq=False)
class Bodies:
    """A specimen of bodies in empty space; the last lies over the others.

    Parameters
    ----------
    family
        What kind of specimen it is.
    bodies
        What there is.
    """

    family: str
    bodies: Sequence[Body]

    wide = False

    def slice(self, y: float, grid: Grid) -> Single:
        """Give the grey levels of a plane (z, x)."""
        image = np.zeros(grid.shape, np.float32)
        for body in self.bodies:
            body.lay(image, y, grid)
        return image


TRIES = 40
"""So often a place is sought for a particle, before it is given up."""

TOUCHING = 0.85
"""Particles may be as near as this share of their reaches added up."""


def pack(rng: np.random.Generator, room: Room, reaches: Array) -> list[tuple[Array, float]]:
    """Find places (z, y, x) for what reaches so far, where nothing lies in the way.

    The first has a place for certain; what finds none is left out.
    """
    found: list[tuple[Array, float]] = []
    for reach in reaches:
        for _ in range(TRIES):
            centre = room.place(rng, float(reach))
            if all(
                np.linalg.norm(centre - other) > TOUCHING * (reach + its) for other, its in found
            ):
                found.append((centre, float(reach)))
                break
    return found
