"""Tin balls on carbon, the specimen on which microscopes are tested."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from colonnade.core.arrays import Array, Indices, Single
from colonnade.core.work.draws import Draws, Range
from colonnade.sem.scene import Grid, SampledScene
from colonnade.sem.simulate.shapes import Painted, covered, paint
from colonnade.sem.simulate.texture import Layers, draw_layers


@dataclass(frozen=True)
class TinBalls:
    """Balls of many sizes; each range is drawn from evenly unless it says otherwise."""

    radius: Range = (1.0, 100.0)
    """Smallest and largest radius [px]; an image has a part of this range."""
    decline: Range = (1.6, 2.8)
    """Balls of more than a radius become rarer with this power of it."""
    coverage: Range = (0.15, 1.2)
    """Sum of the balls' areas, as a share of the field."""
    tin: Range = (0.3, 0.65)
    """Grey level of a ball's top."""
    carbon: Range = (0.04, 0.2)
    """Grey level of the ground."""
    rim: Range = (0.08, 0.35)
    """How much the yield grows with the slope, as a share of that of the top."""
    escape: Range = (0.3, 2.0)
    """Depth that electrons escape from [px]: so wide is the bright rim of a ball."""
    shadow: Range = (0.1, 0.6)
    """Share of the signal that is lost on the ground beside a ball."""
    light: Range = (0.0, 0.3)
    """How much brighter the side of a ball is that looks towards the detector."""
    roughness: Range = (0.02, 0.25)
    """Standard deviation of the carbon's grey levels, as a share of its own."""


@dataclass(frozen=True, eq=False)
class TinScene(SampledScene):
    """Balls on a ground.

    Parameters
    ----------
    centres, radii, greys
        Of the balls, the lowest first.
    carbon, roughness, ground
        Grey level of the ground, its relative standard deviation, and its texture.
    rim, escape, shadow
        As in the recipe.
    light
        Relative change of the grey level from the middle of a ball to its edge along (y, x).
    """

    centres: Array
    radii: Array
    greys: Array
    carbon: float
    roughness: float
    ground: Layers
    rim: float
    escape: float
    shadow: float
    light: tuple[float, float]

    @property
    def material(self) -> str:
        """What the scene shows."""
        return "tin balls"

    def sample(self, grid: Grid) -> Single:
        """Give the mean grey level around each sample."""
        image = np.float32(self.carbon) * (1 + np.float32(self.roughness) * self.ground.on(grid))
        paint(image, grid, self.centres, 1.6 * self.radii + 2, self._shade)
        np.clip(image, 0, 1, out=image)
        return image

    def _shade(self, chosen: Indices, y: Single, x: Single, step: float) -> Painted:
        radius = self.radii[chosen, None, None].astype(np.float32)
        away = np.sqrt(y * y + x * x)
        inside = np.minimum(away / radius, 1)
        depth = np.float32(self.escape) / radius
        slope = np.sqrt((1 + depth) / (1 - inside * inside + depth))
        grey = self.greys[chosen, None, None].astype(np.float32)
        down, right = (np.float32(light) for light in self.light)
        grey = grey * (1 + np.float32(self.rim) * (slope - 1) + (down * y + right * x) / radius)
        beside = np.maximum(away / radius - 1, 0)
        shadow = 1 - np.float32(self.shadow) * np.exp(-(beside * beside) / np.float32(0.045))
        return Painted(covered(away - radius, step), np.clip(grey, 0, 1), shadow)


def draw_tin_balls(recipe: TinBalls, draws: Draws, field: tuple[int, int]) -> TinScene:
    """Draw balls on carbon over a field [px]."""
    rng = draws.rng
    smallest = draws.log_uniform(
        "materials.tin_balls.smallest", (recipe.radius[0], recipe.radius[1] / 8)
    )
    largest = draws.log_uniform("materials.tin_balls.largest", (4 * smallest, recipe.radius[1]))
    decline = draws.uniform("materials.tin_balls.decline", recipe.decline)
    area = draws.uniform("materials.tin_balls.coverage", recipe.coverage) * float(np.prod(field))
    radii = _radii(rng, smallest, largest, decline, area)
    tin = draws.uniform("materials.tin_balls.tin", recipe.tin)
    light = draws.uniform("materials.tin_balls.light", recipe.light)
    towards = rng.uniform(0, 2 * np.pi)
    centres = rng.uniform(-0.05, 1.05, (len(radii), 2)) * np.array(field)
    apart = _apart(rng, centres, radii)
    centres, radii = centres[apart], radii[apart]
    return TinScene(
        centres=centres,
        radii=radii,
        greys=tin * rng.normal(1, 0.06, len(radii)).clip(0.7, 1.3),
        carbon=draws.uniform("materials.tin_balls.carbon", recipe.carbon),
        roughness=draws.uniform("materials.tin_balls.roughness", recipe.roughness),
        ground=draw_layers(
            rng, field, (1.2, 40.0), draws.uniform("materials.tin_balls.growth", (0.0, 1.0))
        ),
        rim=draws.uniform("materials.tin_balls.rim", recipe.rim),
        escape=draws.log_uniform("materials.tin_balls.escape", recipe.escape),
        shadow=draws.uniform("materials.tin_balls.shadow", recipe.shadow),
        light=(light * float(np.sin(towards)), light * float(np.cos(towards))),
    )


ON_TOP = 0.12
"""Share of the balls that would lie on a large one and do."""

LARGE = 60
"""So many of the largest balls are looked at for others that lie on them."""


def _apart(rng: np.random.Generator, centres: Array, radii: Array) -> NDArray[np.bool_]:
    """Choose the balls that lie beside the large ones, and a few that lie on them."""
    large = np.argsort(-radii)[:LARGE]
    away = np.linalg.norm(centres[:, None] - centres[large], axis=2)
    on = (away < radii[large] + 0.3 * radii[:, None]) & (radii[:, None] < radii[large])
    return np.asarray(~on.any(1) | (rng.random(len(radii)) < ON_TOP))


MOST = 2500
"""Balls of a scene, at most: so many take a few hundredths of a second."""


def _radii(
    rng: np.random.Generator, smallest: float, largest: float, decline: float, area: float
) -> Array:
    """Draw radii by a power law until they cover an area; large balls mostly lie lower."""
    low, high = smallest ** (1 - decline), largest ** (1 - decline)
    radii = (low + (high - low) * rng.uniform(0, 1, MOST)) ** (1 / (1 - decline))
    enough = int(np.searchsorted(np.cumsum(np.pi * radii**2), area)) + 1
    radii = radii[:enough]
    return np.asarray(radii[np.argsort(-radii * rng.lognormal(0, 0.4, len(radii)))])
