"""Porous ceramics: a skeleton with pores that look into its depth."""

from dataclasses import dataclass

import numpy as np
from scipy.special import ndtri

from colonnade.core.arrays import Single
from colonnade.core.errors import RecipeError
from colonnade.core.work.draws import Draws, Range
from colonnade.sem.scene import Grid, SampledScene
from colonnade.sem.simulate.shapes import covered, level_distance
from colonnade.sem.simulate.texture import Field, Waves, draw_layers, draw_waves


@dataclass(frozen=True)
class Porous:
    """A skeleton and its pores; each range is drawn from evenly."""

    wavelength: Range = (9.0, 110.0)
    """Median distance from pore to pore [px], drawn logarithmically."""
    spread: Range = (0.05, 0.45)
    """Standard deviation of its logarithm."""
    openness: Range = (0.25, 0.7)
    """Share of the surface that is pore."""
    worms: float = 0.35
    """Share of the images whose skeleton is of bent rods instead of walls with holes."""
    levels: tuple[int, ...] = (1, 2, 3)
    """How many skeletons are seen, one below the other, each choice as likely."""
    skeleton: Range = (0.3, 0.65)
    """Grey level of the skeleton."""
    depth: Range = (0.15, 0.6)
    """Grey level of each lower skeleton, as a share of that of the one above."""
    rim: Range = (0.1, 0.7)
    """Brightness of the edges, as a share of what is left to white."""
    escape: Range = (0.6, 3.5)
    """Distance from an edge over which this falls to 1/e [px]."""
    relief: Range = (0.0, 0.35)
    """How much the slope towards or from the detector changes the grey level."""
    bodies: float = 0.4
    """Share of the images of porous bodies, apart from one another, and not of one surface."""
    body: Range = (80.0, 500.0)
    """Distance of such bodies from one another [px], drawn logarithmically."""
    polished: float = 0.25
    """Share of the images of a polished section, which has neither relief nor bright edges."""
    roughness: Range = (0.01, 0.12)
    """Standard deviation of the relative grey level on the surfaces."""

    def __post_init__(self) -> None:
        if not all(1 <= levels <= MOST_LEVELS for levels in self.levels):
            raise RecipeError(
                f"levels of a porous ceramic must be from 1 to {MOST_LEVELS}, not {self.levels}"
            )


MOST_LEVELS = 16
"""Nobody sees more skeletons below one another."""


@dataclass(frozen=True, eq=False)
class PorousScene(SampledScene):
    """Skeletons one below the other.

    Parameters
    ----------
    heights
        For each level, the lowest first, a field of which the skeleton is where it is positive.
    thresholds
        For each level, taken off the field.
    worms
        Whether the skeleton is where the field is near the threshold instead.
    body, reach
        The uppermost skeleton is only where this field exceeds minus the reach.
    greys
        Of the levels, and of the ground before all.
    rim, escape, relief
        As in the recipe.
    light
        Direction of the detector (y, x).
    texture, roughness
        Of the surfaces, and how strong.
    """

    heights: tuple[Waves, ...]
    thresholds: tuple[float, ...]
    worms: bool
    body: Waves
    reach: float
    greys: tuple[float, ...]
    rim: float
    escape: float
    relief: float
    light: tuple[float, float]
    texture: Field
    roughness: float

    @property
    def material(self) -> str:
        """What the scene shows."""
        return "porous ceramic"

    def sample(self, grid: Grid) -> Single:
        """Give the mean grey level around each sample."""
        image = np.full(grid.shape, self.greys[0], np.float32)
        top = len(self.heights) - 1
        for level, (waves, threshold) in enumerate(
            zip(self.heights, self.thresholds, strict=True)
        ):
            field, grey = waves.on(grid), self.greys[1 + level]
            height = threshold - np.abs(field) if self.worms else field - threshold
            if level == top and np.isfinite(self.reach):
                height = np.minimum(height, STEEP * (self.body.on(grid) + np.float32(self.reach)))
            self._lay(image, np.asarray(height, np.float32), grey, grid.step)
        image *= 1 + np.float32(self.roughness) * self.texture.on(grid)
        return np.clip(image, 0, 1)

    def _lay(self, image: Single, height: Single, grey: float, step: float) -> None:
        """Lay a skeleton over what is below it, which gets darker near it."""
        distance = level_distance(-height, step)
        down, across = np.gradient(np.sqrt(np.maximum(height, 0) + np.float32(0.05)))
        slope = (self.light[0] * down + self.light[1] * across) / np.float32(step)
        lit = np.tanh(np.float32(4.0) * slope)
        own = np.float32(grey) * (1 + np.float32(self.relief) * lit)
        near = np.exp(np.minimum(distance, 0) / np.float32(self.escape))
        own += (1 - own) * np.float32(self.rim) * near
        beside = np.exp(-np.maximum(distance, 0) / np.float32(4 * self.escape))
        image *= 1 - np.float32(0.5 * self.rim) * beside
        image += covered(distance, step) * (own - image)


STEEP = np.float32(4.0)
"""The skeleton of a body gets thinner only near its outline: so much steeper than its shape."""


def draw_porous(recipe: Porous, draws: Draws, field: tuple[int, int]) -> PorousScene:
    """Draw a porous ceramic over a field [px]."""
    rng = draws.rng
    polished = draws.happens("materials.porous.polished", recipe.polished)
    worms = draws.happens("materials.porous.worms", recipe.worms)
    count = draws.choice("materials.porous.levels", recipe.levels)
    wavelength = draws.log_uniform("materials.porous.wavelength", recipe.wavelength)
    spread = draws.uniform("materials.porous.spread", recipe.spread)
    openness = draws.uniform("materials.porous.openness", recipe.openness)
    top = draws.uniform("materials.porous.skeleton", recipe.skeleton)
    depth = draws.uniform("materials.porous.depth", recipe.depth)
    # The field is normal: a share of it lies below the quantile, or within it on both sides.
    threshold = float(ndtri((1 - openness) / 2 + 0.5 if worms else openness))
    angle = rng.uniform(0, 2 * np.pi)
    bodies = draws.happens("materials.porous.bodies", recipe.bodies)
    body = max(draws.log_uniform("materials.porous.body", recipe.body), 4 * wavelength)
    below = [wavelength * rng.uniform(0.7, 1.3) for _ in range(count)]
    return PorousScene(
        heights=tuple(draw_waves(rng, length, spread) for length in below),
        thresholds=tuple(threshold + rng.normal(0, 0.1) * (not worms) for _ in range(count)),
        worms=worms,
        body=draw_waves(rng, body, 0.3),
        reach=rng.uniform(-0.2, 0.8) if bodies else np.inf,
        greys=tuple(top * depth**level for level in range(count, -1, -1)),
        rim=0.0 if polished else draws.uniform("materials.porous.rim", recipe.rim),
        escape=draws.log_uniform("materials.porous.escape", recipe.escape),
        relief=0.0 if polished else draws.uniform("materials.porous.relief", recipe.relief),
        light=(float(np.sin(angle) * wavelength / 6), float(np.cos(angle) * wavelength / 6)),
        texture=draw_layers(
            rng, field, (1.2, 40.0), draws.uniform("materials.porous.growth", (-0.3, 0.8))
        ),
        roughness=draws.uniform("materials.porous.roughness", recipe.roughness),
    )
