"""A polished metal: crystals that channel differently, twins, precipitates and scratches."""

from dataclasses import dataclass

import numpy as np

from colonnade.core.arrays import Array, Indices, Single
from colonnade.core.work.draws import Draws, Range
from colonnade.sem.scene import Grid, SampledScene
from colonnade.sem.simulate.cells import edge_values, scatter, tessellate
from colonnade.sem.simulate.materials.parts import (
    OVERLAP,
    Grains,
    Lines,
    Spots,
    draw_scratches,
    draw_spots,
)
from colonnade.sem.simulate.shapes import Painted, covered
from colonnade.sem.simulate.texture import Layers, draw_layers

BANDS = 3
"""Twins in a crystal, at most."""


@dataclass(frozen=True)
class Metal:
    """Crystals and what is between them; each range is drawn from evenly."""

    crystal: Range = (12.0, 220.0)
    """Distance between crystals [px], drawn logarithmically."""
    grey: Range = (0.25, 0.6)
    """Their mean grey level."""
    channelling: Range = (0.04, 0.3)
    """Standard deviation of the crystals' relative grey levels."""
    twinned: Range = (0.0, 0.6)
    """Share of the crystals that have twins."""
    twin: Range = (0.03, 0.35)
    """Width of a twin, as a share of the crystals' distance."""
    grooved: Range = (0.0, 1.0)
    """Share of the boundaries that are etched into grooves."""
    groove: Range = (0.3, 2.5)
    """Width of a groove [px]."""
    precipitates: Range = (0.0, 250.0)
    """Precipitates in a field of 384 x 384 px."""
    precipitate: Range = (0.8, 7.0)
    """Their median radius [px], drawn logarithmically."""
    scratches: Range = (0.0, 12.0)
    """Scratches of the polish in an image."""
    scratch: Range = (0.02, 0.2)
    """Relative change of the grey level on the strongest."""
    roughness: Range = (0.005, 0.06)
    """Standard deviation of the relative grey level on all surfaces."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Crystals(Grains):
    """Grains that have bands of another grey level.

    Parameters
    ----------
    normals
        Across the bands of each grain, rows of (y, x).
    middles, widths
        Of the bands, from the grain's centre along the normal, (grain, band); of width 0 where
        there is none.
    twins
        Grey level of the bands of each grain.
    """

    normals: Array
    middles: Array
    widths: Array
    twins: Array

    def _shade(self, chosen: Indices, y: Single, x: Single, step: float) -> Painted:
        painted = super()._shade(chosen, y, x, step)
        normals = self.normals[chosen].astype(np.float32)
        across = normals[:, 0, None, None] * y + normals[:, 1, None, None] * x
        grey, twin = painted.grey.copy(), self.twins[chosen, None, None].astype(np.float32)
        for band in range(BANDS):
            middle = self.middles[chosen, band, None, None].astype(np.float32)
            half = self.widths[chosen, band, None, None].astype(np.float32) / 2
            distance = np.asarray(np.abs(across - middle) - half, np.float32)
            inside = covered(distance, step) * (half > 0)
            grey += inside * (twin - grey)
        return Painted(painted.cover, grey)


@dataclass(frozen=True, eq=False)
class MetalScene(SampledScene):
    """Crystals, and what lies on them.

    Parameters
    ----------
    groove
        Grey level of the grooves.
    crystals, precipitates, scratches
        What is seen.
    texture, roughness
        Of all surfaces, and how strong.
    """

    groove: float
    crystals: Crystals
    precipitates: Spots
    scratches: Lines
    texture: Layers
    roughness: float

    @property
    def material(self) -> str:
        """What the scene shows."""
        return "metal"

    def sample(self, grid: Grid) -> Single:
        """Give the mean grey level around each sample."""
        image = np.full(grid.shape, self.groove, np.float32)
        self.crystals.lay(image, grid)
        self.precipitates.lay(image, grid)
        self.scratches.lay(image, grid)
        image *= 1 + np.float32(self.roughness) * self.texture.on(grid)
        np.clip(image, 0, 1, out=image)
        return image


def draw_metal(recipe: Metal, draws: Draws, field: tuple[int, int]) -> MetalScene:
    """Draw a polished metal over a field [px]."""
    rng = draws.rng
    grey = draws.uniform("materials.metal.grey", recipe.grey)
    scratches = round(draws.uniform("materials.metal.scratches", recipe.scratches))
    count = draws.uniform("materials.metal.precipitates", recipe.precipitates)
    places = rng.uniform(0, 1, (round(count * np.prod(field) / 384**2), 2)) * np.array(field)
    radius = draws.log_uniform("materials.metal.precipitate", recipe.precipitate)
    contrast = draws.choice("materials.metal.contrast", (0.3, 1.4))
    return MetalScene(
        groove=grey * rng.choice([rng.uniform(0.2, 0.7), rng.uniform(1.2, 1.5)]),
        crystals=_crystals(recipe, draws, field, grey),
        precipitates=draw_spots(rng, places, radius, grey * contrast, rng.uniform(0, 0.4)),
        scratches=draw_scratches(
            rng, field, scratches, draws.uniform("materials.metal.scratch", recipe.scratch)
        ),
        texture=draw_layers(
            rng, field, (1.2, 40.0), draws.uniform("materials.metal.growth", (-0.3, 0.6))
        ),
        roughness=draws.uniform("materials.metal.roughness", recipe.roughness),
    )


def _crystals(recipe: Metal, draws: Draws, field: tuple[int, int], grey: float) -> Crystals:
    """Draw crystals, some with grooves between them, some with twins."""
    rng = draws.rng
    crystal = draws.log_uniform("materials.metal.crystal", recipe.crystal)
    channelling = draws.uniform("materials.metal.channelling", recipe.channelling)
    twinned = draws.uniform("materials.metal.twinned", recipe.twinned)
    twin = draws.log_uniform("materials.metal.twin", recipe.twin) * crystal
    grooved = draws.uniform("materials.metal.grooved", recipe.grooved)
    groove = draws.uniform("materials.metal.groove", recipe.groove)
    low, high = np.full(2, -4 * crystal), np.array(field) + 4 * crystal
    cells = tessellate(scatter(rng, low, high, crystal))
    count = len(cells.centres)
    angle = rng.uniform(0, np.pi, count)
    widths = twin * rng.lognormal(0, 0.5, (count, BANDS))
    widths *= (rng.random((count, 1)) < twinned) * (rng.random((count, BANDS)) < 0.6)
    own, others = (grey * rng.normal(1, channelling, (2, count))).clip(0.05, 0.95)
    return Crystals(
        cells=cells,
        gaps=np.where(edge_values(cells, rng) < grooved, groove / 2, -OVERLAP),
        greys=own,
        normals=np.stack([np.sin(angle), np.cos(angle)], axis=1),
        middles=crystal * rng.uniform(-0.5, 0.5, (count, BANDS)),
        widths=widths,
        twins=others,
    )
