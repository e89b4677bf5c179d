"""Polycrystals: grains that fill an outline, each with a grey level."""

from dataclasses import dataclass

import numpy as np

from colonnade.core.arrays import Array, Indices, Single
from colonnade.core.work.draws import Draws, Range
from colonnade.tomo.simulate.phantoms.phantom import FAR, SPACE, Grid, Room, Shape, covered
from colonnade.tomo.simulate.phantoms.shapes import draw_rough_ellipsoid, draw_splinter


@dataclass(frozen=True)
class Grains:
    """A polycrystal in an outline; each range is drawn from evenly."""

    reach: Range = (0.6, 1.0)
    """How far the outline reaches, as a share of the room that it has."""
    longest: Range = (1.0, 2.0)
    """How many times as long as thick the outline may be."""
    broken: float = 0.4
    """Share of the specimens that are splinters; the others are round."""
    size: Range = (10.0, 34.0)
    """Distance from grain to grain [px], drawn logarithmically."""
    brightest: Range = (0.6, 1.0)
    """Grey level of the brightest grains."""
    unlike: Range = (0.1, 0.6)
    """How much darker the darkest grains are, as a share of it."""
    pores: Range = (0.0, 0.06)
    """Share of the grains that are missing."""


@dataclass(frozen=True, eq=False)
class GrainsPhantom:
    """A polycrystal: each place belongs to the nearest seed.

    Parameters
    ----------
    outline
        Of the whole.
    seeds
        Rows of (z, y, x).
    greys
        Grey level of the grain around each.
    distance
        From seed to seed [px].
    """

    outline: Shape
    seeds: Array
    greys: Single
    distance: float

    family = "grains"
    wide = False

    def slice(self, y: float, grid: Grid) -> Single:
        """Give the grey levels of a plane (z, x)."""
        cover = covered(self.outline.distance(y, grid), grid.step)
        return np.asarray(cover * self.greys[self._nearest(y, grid)])

    def _nearest(self, y: float, grid: Grid) -> Indices:
        """Number of the seed that is nearest to each sample; others than neighbours are not."""
        least = np.full(grid.shape, FAR, np.float32)
        number = np.zeros(grid.shape, np.intp)
        reach = FARTHEST_SEED * self.distance
        for seed in np.flatnonzero(np.abs(self.seeds[:, 1] - y) < reach):
            z, above, x = self.seeds[seed] - np.array([0.0, y, 0.0])
            window = grid.window((z, x), float(np.sqrt(reach**2 - above**2)))
            part = grid.part(window)
            down = (part.z - np.float32(z)) ** 2 + np.float32(above**2)
            away = down[:, None] + (part.x - np.float32(x)) ** 2
            closer = away < least[window]
            least[window][closer] = away[closer]
            number[window][closer] = seed
        return number


FARTHEST_SEED = 1.75
"""The nearest seed is never farther than this many times their distance: the diagonal of a cube
with a seed in it."""


def draw_grains(recipe: Grains, draws: Draws, size: tuple[int, int, int]) -> GrainsPhantom:
    """Draw a polycrystal."""
    rng, room = draws.rng, Room.of(size)
    reach = room.radius * draws.uniform("phantoms.grains.reach", recipe.reach)
    longest = draws.uniform("phantoms.grains.longest", recipe.longest)
    centre = room.place(rng, reach)
    broken = draws.happens("phantoms.grains.broken", recipe.broken)
    outline: Shape = (
        draw_splinter(rng, centre, reach)
        if broken
        else draw_rough_ellipsoid(rng, centre, reach, longest, 0.03)
    )
    distance = draws.log_uniform("phantoms.grains.size", recipe.size)
    seeds = _scatter(rng, centre, reach, distance)
    brightest = draws.uniform("phantoms.grains.brightest", recipe.brightest)
    unlike = draws.uniform("phantoms.grains.unlike", recipe.unlike)
    greys = brightest * (1 - unlike * rng.random(len(seeds)))
    missing = draws.uniform("phantoms.grains.pores", recipe.pores)
    greys[rng.random(len(seeds)) < missing] = 0.0
    return GrainsPhantom(outline, seeds, greys.astype(np.float32), distance)


def _scatter(rng: np.random.Generator, centre: Array, reach: float, distance: float) -> Array:
    """Place a seed in each cube of a lattice around a centre."""
    count = int(np.ceil(reach / distance)) + 1
    lattice = np.indices((2 * count,) * SPACE).reshape(SPACE, -1).T - count
    return np.asarray(centre + distance * (lattice + rng.random(lattice.shape)))
