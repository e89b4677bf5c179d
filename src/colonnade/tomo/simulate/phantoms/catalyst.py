"""Supported catalysts: small bright particles on a support, smooth or porous."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtri

from colonnade.core.arrays import Array, Single
from colonnade.core.work.draws import Draws, Range
from colonnade.tomo.simulate.phantoms.bodies import Body, solid
from colonnade.tomo.simulate.phantoms.phantom import Grid, Room, Shape, covered
from colonnade.tomo.simulate.phantoms.porous import Network
from colonnade.tomo.simulate.phantoms.shapes import (
    draw_crystal,
    draw_ellipsoid,
    draw_rough_ellipsoid,
)
from colonnade.tomo.simulate.phantoms.waves import draw_waves


@dataclass(frozen=True)
class Catalyst:
    """Particles on a support; each range is drawn from evenly."""

    reach: Range = (0.6, 0.95)
    """How far the support reaches, as a share of the room that it has."""
    longest: Range = (1.0, 2.0)
    """How many times as long as thick the support may be."""
    roughness: Range = (0.02, 0.12)
    """Standard deviation of its surface's height, as a share of its reach."""
    porous: float = 0.5
    """Share of the supports with pores."""
    wavelength: Range = (10.0, 36.0)
    """Median distance from pore to pore [px], drawn logarithmically."""
    openness: Range = (0.25, 0.6)
    """Share of such a support that is pore."""
    support: Range = (0.08, 0.4)
    """Grey level of the support."""
    particle: Range = (0.7, 1.0)
    """Grey level of the particles."""
    radius: Range = (1.5, 6.0)
    """Median radius of a particle [px], drawn logarithmically."""
    spread: Range = (0.1, 0.4)
    """Standard deviation of its logarithm."""
    distance: Range = (6.0, 20.0)
    """Distance between particles on the support, on average [px], drawn logarithmically."""


@dataclass(frozen=True, eq=False)
class CatalystPhantom:
    """Particles on a support.

    Parameters
    ----------
    support
        What they lie on.
    grey
        Its grey level.
    particles
        The particles.
    """

    support: Shape
    grey: float
    particles: Sequence[Body]

    family = "catalyst"
    wide = False

    def slice(self, y: float, grid: Grid) -> Single:
        """Give the grey levels of a plane (z, x)."""
        image = np.float32(self.grey) * covered(self.support.distance(y, grid), grid.step)
        for particle in self.particles:
            particle.lay(image, y, grid)
        return image


def draw_catalyst(recipe: Catalyst, draws: Draws, size: tuple[int, int, int]) -> CatalystPhantom:
    """Draw particles on a support."""
    rng, room = draws.rng, Room.of(size)
    radius = draws.log_uniform("phantoms.catalyst.radius", recipe.radius)
    most = radius * LARGEST
    reach = (room.radius - most) * draws.uniform("phantoms.catalyst.reach", recipe.reach)
    longest = draws.uniform("phantoms.catalyst.longest", recipe.longest)
    roughness = draws.uniform("phantoms.catalyst.roughness", recipe.roughness)
    inner = Room(room.radius - most, room.height)
    support: Shape = draw_rough_ellipsoid(rng, inner.place(rng, reach), reach, longest, roughness)
    if draws.happens("phantoms.catalyst.porous", recipe.porous):
        wavelength = draws.log_uniform("phantoms.catalyst.wavelength", recipe.wavelength)
        openness = draws.uniform("phantoms.catalyst.openness", recipe.openness)
        support = Network(support, draw_waves(rng, wavelength, 0.3), float(ndtri(openness)))
    spread = draws.uniform("phantoms.catalyst.spread", recipe.spread)
    grey = draws.uniform("phantoms.catalyst.particle", recipe.particle)
    distance = draws.log_uniform("phantoms.catalyst.distance", recipe.distance)
    particles = []
    for place in _on_surface(rng, support, size, distance, most):
        far = radius * float(np.exp(spread * rng.standard_normal()).clip(0, LARGEST))
        shape: Shape = (
            draw_crystal(rng, place, 1.15 * far, 1.3)
            if rng.random() < FACETED
            else draw_ellipsoid(rng, place, far, 1.4)
        )
        particles.append(solid(shape, grey))
    level = draws.uniform("phantoms.catalyst.support", recipe.support)
    return CatalystPhantom(support, level, particles)


LARGEST = 2.2
"""No particle is more times as large as their median."""

FACETED = 0.5
"""Share of the particles with facets."""

SLABS_ACROSS = 2.0
"""Places are sought in planes that are so many px apart along y."""


def _on_surface(
    rng: np.random.Generator,
    support: Shape,
    size: tuple[int, int, int],
    distance: float,
    beyond: float,
) -> Iterator[Array]:
    """Give places (z, y, x) on a surface, one for each square of a side on average."""
    low = max(float(support.centre[1]) - support.reach, -size[1] / 2 - beyond)
    high = min(float(support.centre[1]) + support.reach, size[1] / 2 + beyond)
    grid = Grid.centred(size[0], size[2], 1.0)
    slabs = max(1, round((high - low) / SLABS_ACROSS))
    for slab in range(slabs):
        y = low + (high - low) * (slab + rng.random()) / slabs
        near = np.argwhere(np.abs(support.distance(y, grid)) < 0.5)
        count = rng.poisson(len(near) * (high - low) / slabs / distance**2)
        for z, x in near[rng.integers(0, max(len(near), 1), count if len(near) else 0)]:
            yield np.array([grid.z[z], y, grid.x[x]], float)
