"""Piles of fine particles, rounded as titania or faceted as tungsten carbide."""

from dataclasses import dataclass

import numpy as np

from colonnade.core.arrays import Array, Indices, Single
from colonnade.core.work.draws import Draws, Range
from colonnade.sem.scene import Grid, SampledScene
from colonnade.sem.simulate.shapes import Painted, covered, paint
from colonnade.sem.simulate.texture import Layers, draw_layers

SIDES = 7
"""Edges of a particle's outline, at most; some lie so far out that they cut nothing off."""


@dataclass(frozen=True)
class Powder:
    """Particles lying on and over one another; each range is drawn from evenly."""

    radius: Range = (4.0, 40.0)
    """Median radius [px], drawn logarithmically."""
    spread: Range = (0.15, 0.45)
    """Standard deviation of the logarithm of the radius."""
    coverage: Range = (0.1, 3.5)
    """Sum of the particles' areas, in areas of the field: above 2 little ground is seen."""
    heaps: float = 0.5
    """Share of the images in which the particles lie in heaps."""
    faceted: float = 0.5
    """Share of the images whose particles have flat faces; others' are round."""
    elongation: Range = (1.0, 1.9)
    """Length over width of most of the particles."""
    body: Range = (0.2, 0.6)
    """Median grey level of the particles."""
    ground: Range = (0.02, 0.25)
    """Grey level of what they lie on."""
    rim: Range = (0.15, 0.7)
    """Brightness of the edges above that of the faces, as a share of what is left to white."""
    escape: Range = (0.5, 2.2)
    """Distance from an edge over which this falls to 1/e [px]."""
    light: Range = (0.05, 0.45)
    """How much brighter a steep face is that looks towards the detector."""
    shadow: Range = (0.2, 0.75)
    """Share of the signal that is lost below a particle's side."""
    roughness: Range = (0.0, 0.12)
    """Standard deviation of the relative grey level on the surfaces."""


@dataclass(frozen=True, eq=False)
class PowderScene(SampledScene):
    """Particles as polygons with sloping sides.

    Parameters
    ----------
    centres, radii, greys
        Of the particles, the lowest first.
    normals, offsets
        Of the outlines' edges, (particle, edge, 2) outwards and (particle, edge).
    power
        By which the distances from edges are summed up to one: high for sharp corners.
    slopes
        How bright each side is beyond the top, (particle, edge).
    bevel
        Share of the radius that the sides take.
    ground, texture, roughness
        Grey level of the ground; texture of all surfaces and its relative strength.
    rim, escape, shadow
        As in the recipe.
    """

    centres: Array
    radii: Array
    greys: Array
    normals: Array
    offsets: Array
    power: float
    slopes: Array
    bevel: Array
    ground: float
    texture: Layers
    roughness: float
    rim: float
    escape: float
    shadow: float

    @property
    def material(self) -> str:
        """What the scene shows."""
        return "powder"

    def sample(self, grid: Grid) -> Single:
        """Give the mean grey level around each sample."""
        image = np.full(grid.shape, self.ground, np.float32)
        paint(image, grid, self.centres, 1.35 * self.radii + 2, self._shade)
        image *= 1 + np.float32(self.roughness) * self.texture.on(grid)
        return np.clip(image, 0, 1)

    def _shade(self, chosen: Indices, y: Single, x: Single, step: float) -> Painted:
        shape = (len(chosen), y.shape[1], x.shape[2])
        total, largest = np.zeros(shape, np.float32), np.full(shape, -1.0, np.float32)
        second, side = np.full(shape, -1.0, np.float32), np.zeros(shape, np.float32)
        for edge in range(SIDES):
            normal = self.normals[chosen, edge].astype(np.float32)
            offset = self.offsets[chosen, edge, None, None].astype(np.float32)
            reached = (normal[:, 0, None, None] * y + normal[:, 1, None, None] * x) / offset
            lit = self.slopes[chosen, edge, None, None].astype(np.float32)
            np.maximum(second, np.minimum(reached, largest), out=second)
            side = np.where(reached > largest, lit, side)
            np.maximum(largest, reached, out=largest)
            total += np.maximum(reached, 0) ** np.float32(self.power)
        return self._looks(
            chosen, total ** np.float32(1 / self.power), (largest, second), side, step
        )

    def _looks(
        self,
        chosen: Indices,
        gauge: Single,
        reached: tuple[Single, Single],
        side: Single,
        step: float,
    ) -> Painted:
        """Give the look of particles from how far from the centre (0) to the edge (1) one is."""
        radius = self.radii[chosen, None, None].astype(np.float32)
        bevel = self.bevel[chosen, None, None].astype(np.float32)
        distance = (gauge - 1) * radius * np.float32(0.9)
        escape = np.float32(self.escape)
        on_side = np.clip((gauge - 1 + bevel) * radius / np.float32(0.8) + 0.5, 0, 1)
        edges = np.exp(np.minimum(distance, 0) / escape)
        ridge = np.exp(-np.abs(gauge - 1 + bevel) * radius / escape)
        ridge = np.maximum(ridge, on_side * np.exp(-(reached[0] - reached[1]) * radius / escape))
        grey = self.greys[chosen, None, None].astype(np.float32) * (1 + side * on_side)
        bright = np.float32(self.rim) * np.maximum(edges, np.float32(0.35) * ridge)
        grey = grey + (1 - grey) * bright
        beside = np.maximum(distance, 0) / (np.float32(0.25) * radius + 1)
        shadow = 1 - np.float32(self.shadow) * np.exp(-beside * beside * 4)
        return Painted(covered(distance, step), np.clip(grey, 0, 1), shadow)


def draw_powder(recipe: Powder, draws: Draws, field: tuple[int, int]) -> PowderScene:
    """Draw a pile of particles over a field [px]."""
    rng = draws.rng
    radius = draws.log_uniform("materials.powder.radius", recipe.radius)
    spread = draws.uniform("materials.powder.spread", recipe.spread)
    area = draws.uniform("materials.powder.coverage", recipe.coverage) * float(np.prod(field))
    heaps = draws.happens("materials.powder.heaps", recipe.heaps)
    faceted = draws.happens("materials.powder.faceted", recipe.faceted)
    count = int(np.clip(area / (np.pi * radius**2 * np.exp(2 * spread**2)), 3, MOST))
    radii = radius * np.exp(spread * rng.standard_normal(count))
    elongation = draws.uniform("materials.powder.elongation", recipe.elongation)
    normals, offsets = _outlines(rng, radii, elongation)
    light = draws.uniform("materials.powder.light", recipe.light)
    body = draws.uniform("materials.powder.body", recipe.body)
    sun = rng.uniform(0, 2 * np.pi)
    slopes = light * (
        normals @ np.array([np.sin(sun), np.cos(sun)]) + rng.normal(0, 0.4, offsets.shape)
    )
    return PowderScene(
        centres=_places(rng, field, count, radius, heaps),
        radii=radii,
        greys=body * rng.normal(1, 0.18, count).clip(0.5, 1.5),
        normals=normals,
        offsets=offsets,
        power=draws.log_uniform(
            "materials.powder.corners", (12.0, 40.0) if faceted else (3.0, 7.0)
        ),
        slopes=slopes if faceted else 0.6 * slopes,
        bevel=rng.uniform(0.1, 0.9, count),
        ground=draws.uniform("materials.powder.ground", recipe.ground),
        texture=draw_layers(rng, field, (1.2, 20.0), 0.3),
        roughness=draws.uniform("materials.powder.roughness", recipe.roughness),
        rim=draws.uniform("materials.powder.rim", recipe.rim),
        escape=draws.log_uniform("materials.powder.escape", recipe.escape),
        shadow=draws.uniform("materials.powder.shadow", recipe.shadow),
    )


MOST = 2500
"""Particles of a scene, at most."""


def _outlines(rng: np.random.Generator, radii: Array, elongation: float) -> tuple[Array, Array]:
    """Draw edges around each particle, about evenly spread in direction."""
    count = len(radii)
    turn = (np.arange(SIDES) + rng.normal(0, 0.22, (count, SIDES))) / SIDES
    angle = 2 * np.pi * turn + rng.uniform(0, 2 * np.pi, (count, 1))
    longer = 1 + (elongation - 1) * rng.uniform(0, 2, (count, 1))
    axis = angle - rng.uniform(0, np.pi, (count, 1))
    ellipse = np.sqrt(longer * np.cos(axis) ** 2 + np.sin(axis) ** 2 / longer)
    offsets = radii[:, None] * ellipse * rng.uniform(0.8, 1.05, (count, SIDES))
    return np.stack([np.sin(angle), np.cos(angle)], axis=-1), offsets


def _places(
    rng: np.random.Generator, field: tuple[int, int], count: int, radius: float, heaps: bool
) -> Array:
    """Scatter particles over the field, or around the middles of heaps."""
    size = np.array(field, float)
    if not heaps:
        return np.asarray(rng.uniform(-0.05, 1.05, (count, 2)) * size)
    number = max(1, round(count / rng.uniform(4, 40)))
    middles = rng.uniform(-0.1, 1.1, (number, 2)) * size
    of = rng.integers(number, size=count)
    width = radius * np.sqrt(count / number) * rng.uniform(0.5, 1.1)
    return np.asarray(middles[of] + width * rng.standard_normal((count, 2)))
