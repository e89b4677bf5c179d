"""Porous networks: nanoporous metals, ceramics and carbons."""

from dataclasses import dataclass

import numpy as np
from scipy.special import ndtri

from colonnade.core.arrays import Array, Single
from colonnade.core.work.draws import Draws, Range
from colonnade.tomo.simulate.phantoms.phantom import Grid, Room, Shape, covered
from colonnade.tomo.simulate.phantoms.shapes import (
    draw_crystal,
    draw_rough_ellipsoid,
)
from colonnade.tomo.simulate.phantoms.waves import Waves, draw_waves


@dataclass(frozen=True)
class Porous:
    """A porous network in an outline; each range is drawn from evenly."""

    reach: Range = (0.6, 1.0)
    """How far the outline reaches, as a share of the room that it has."""
    longest: Range = (1.0, 1.8)
    """How many times as long as thick the outline may be."""
    faceted: float = 0.25
    """Share of the specimens whose outline has facets."""
    wavelength: Range = (8.0, 34.0)
    """Median distance from pore to pore [px], drawn logarithmically."""
    spread: Range = (0.05, 0.4)
    """Standard deviation of its logarithm."""
    openness: Range = (0.25, 0.7)
    """Share of the volume that is pore."""
    grey: Range = (0.4, 1.0)
    """Grey level of the skeleton."""


@dataclass(frozen=True, eq=False)
class Network:
    """A shape with pores that lead through it.

    Parameters
    ----------
    outline
        Of the whole.
    waves
        High where the skeleton is.
    threshold
        Pores are where the waves are lower.
    """

    outline: Shape
    waves: Waves
    threshold: float

    @property
    def centre(self) -> Array:
        """Of the outline (z, y, x)."""
        return self.outline.centre

    @property
    def reach(self) -> float:
        """Of the outline."""
        return self.outline.reach

    def distance(self, y: float, grid: Grid) -> Single:
        """Give the distance from the surface in a plane, negative inside; good near it."""
        pores = self.threshold - self.waves.slice(y, grid)
        pores = pores / np.float32(self.waves.slope)
        return np.maximum(self.outline.distance(y, grid), np.asarray(pores, np.float32))


@dataclass(frozen=True, eq=False)
class PorousPhantom:
    """A porous network.

    Parameters
    ----------
    network
        The skeleton.
    grey
        Its grey level.
    """

    network: Network
    grey: float

    family = "porous"
    wide = False

    def slice(self, y: float, grid: Grid) -> Single:
        """Give the grey levels of a plane (z, x)."""
        return np.float32(self.grey) * covered(self.network.distance(y, grid), grid.step)


def draw_porous(recipe: Porous, draws: Draws, size: tuple[int, int, int]) -> PorousPhantom:
    """Draw a porous network."""
    rng, room = draws.rng, Room.of(size)
    reach = room.radius * draws.uniform("phantoms.porous.reach", recipe.reach)
    longest = draws.uniform("phantoms.porous.longest", recipe.longest)
    centre = room.place(rng, reach)
    faceted = draws.happens("phantoms.porous.faceted", recipe.faceted)
    outline = (
        draw_crystal(rng, centre, reach, longest)
        if faceted
        else draw_rough_ellipsoid(rng, centre, reach, longest, 0.05)
    )
    wavelength = draws.log_uniform("phantoms.porous.wavelength", recipe.wavelength)
    spread = draws.uniform("phantoms.porous.spread", recipe.spread)
    openness = draws.uniform("phantoms.porous.openness", recipe.openness)
    network = Network(outline, draw_waves(rng, wavelength, spread), float(ndtri(openness)))
    return PorousPhantom(network, draws.uniform("phantoms.porous.grey", recipe.grey))
