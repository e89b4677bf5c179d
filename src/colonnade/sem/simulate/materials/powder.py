"""Piles of fine particles, rounded as titania or faceted as tungsten carbide."""

from dataclasses import dataclass

import numpy as np

from colonnade.core.arrays import Array, Single
from colonnade.core.work.draws import Draws, Range
from colonnade.sem.scene import Grid, SampledScene
from colonnade.sem.simulate.materials.particles import Particles
from colonnade.sem.simulate.materials.parts import Spots, draw_spots
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
    residue: Range = (0.0, 120.0)
    """Flat residues on the ground of a field of 384 x 384 px, of which the edges are seen."""
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
    """Particles on a ground.

    Parameters
    ----------
    ground, residue
        Grey level of the ground, and what lies flat on it.
    particles
        What lies above.
    texture, roughness
        Of all surfaces, and how strong.
    """

    ground: float
    residue: Spots
    particles: Particles
    texture: Layers
    roughness: float

    @property
    def material(self) -> str:
        """What the scene shows."""
        return "powder"

    def sample(self, grid: Grid) -> Single:
        """Give the mean grey level around each sample."""
        image = np.full(grid.shape, self.ground, np.float32)
        self.residue.lay(image, grid)
        self.particles.lay(image, grid)
        image *= 1 + np.float32(self.roughness) * self.texture.on(grid)
        np.clip(image, 0, 1, out=image)
        return image


def draw_powder(recipe: Powder, draws: Draws, field: tuple[int, int]) -> PowderScene:
    """Draw a pile of particles over a field [px]."""
    rng = draws.rng
    ground = draws.uniform("materials.powder.ground", recipe.ground)
    spots = draws.uniform("materials.powder.residue", recipe.residue) * np.prod(field) / 384**2
    places = rng.uniform(0, 1, (round(spots), 2)) * np.array(field)
    return PowderScene(
        ground=ground,
        residue=draw_spots(rng, places, rng.uniform(1.5, 6.0), ground, rng.uniform(0.2, 1.2)),
        particles=_particles(recipe, draws, field),
        texture=draw_layers(rng, field, (1.2, 20.0), 0.3),
        roughness=draws.uniform("materials.powder.roughness", recipe.roughness),
    )


def _particles(recipe: Powder, draws: Draws, field: tuple[int, int]) -> Particles:
    """Draw the particles of a pile."""
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
    towards = rng.uniform(0, 2 * np.pi)
    facing = normals @ np.array([np.sin(towards), np.cos(towards)])
    bevels = rng.uniform(0.05, 1.0, (count, 1)) * rng.uniform(0.3, 1.7, (count, SIDES))
    body = draws.uniform("materials.powder.body", recipe.body)
    light = draws.uniform("materials.powder.light", recipe.light)
    return Particles(
        centres=_places(rng, field, count, radius, heaps),
        radii=radii,
        greys=body * rng.normal(1, 0.18, count).clip(0.5, 1.5),
        normals=normals,
        offsets=offsets,
        squarings=draws.choice("materials.powder.squarings", (4, 5) if faceted else (2, 3)),
        slopes=light * (facing + rng.normal(0, 0.4, offsets.shape)),
        bevels=bevels if faceted else None,
        rim=draws.uniform("materials.powder.rim", recipe.rim),
        escape=draws.log_uniform("materials.powder.escape", recipe.escape),
        shadow=draws.uniform("materials.powder.shadow", recipe.shadow),
    )


MOST = 2000
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
