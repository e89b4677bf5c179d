"""A polished rock: minerals, clay, organic matter, pores, cracks and scratches."""

from dataclasses import dataclass

import numpy as np
from scipy.special import ndtri

from colonnade.core.arrays import Array, Single
from colonnade.core.work.draws import Draws, Range, uniforms
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
from colonnade.sem.simulate.shapes import covered, level_distance
from colonnade.sem.simulate.texture import Layers, Waves, draw_layers, draw_waves


@dataclass(frozen=True)
class Rock:
    """Phases of a rock; each range is drawn from evenly."""

    mineral: Range = (15.0, 180.0)
    """Distance between mineral grains [px], drawn logarithmically."""
    minerals: Range = (0.3, 0.95)
    """Share of the mineral grains that are there; the others are clay."""
    phases: Range = (0.35, 0.75)
    """Grey levels of the minerals; an image has three in this range."""
    gap: Range = (0.0, 0.06)
    """Width of what is between two minerals, as a share of their distance."""
    platelet: Range = (5.0, 16.0)
    """Thickness of the platelets of clay [px]."""
    clay: Range = (0.25, 0.5)
    """Grey level of the clay."""
    organic: Range = (0.0, 0.3)
    """Share of the section that organic matter takes."""
    kerogen: Range = (0.08, 0.25)
    """Grey level of organic matter."""
    pores: Range = (0.0, 400.0)
    """Pores in a field of 384 x 384 px."""
    pore: Range = (0.8, 5.0)
    """Median radius of a pore [px]."""
    pyrite: Range = (0.0, 60.0)
    """Bright crystals in a field of 384 x 384 px, in clusters."""
    cracks: float = 0.5
    """Share of the images that show cracks."""
    scratches: Range = (0.0, 12.0)
    """Scratches of the polish in an image."""
    scratch: Range = (0.02, 0.25)
    """Relative change of the grey level on the strongest."""
    roughness: Range = (0.005, 0.06)
    """Standard deviation of the relative grey level on all surfaces."""


@dataclass(frozen=True, eq=False)
class RockScene(SampledScene):
    """Phases, the lowest first.

    Parameters
    ----------
    shade
        Grey level between all grains.
    clay, minerals
        Grains of both.
    organic, threshold, kerogen
        Field that says where organic matter is: above the threshold; and its grey level.
    pyrite, pores
        Bright and dark spots.
    cracks, crack, open
        A crack is where the first field is nearly zero, so wide [px], if the second is above zero.
    scratches
        Of the polish.
    texture, roughness
        Of all surfaces, and how strong.
    """

    shade: float
    clay: Grains
    minerals: Grains
    organic: Waves
    threshold: float
    kerogen: float
    pyrite: Spots
    pores: Spots
    cracks: Waves
    crack: float
    open: Waves
    scratches: Lines
    texture: Layers
    roughness: float

    @property
    def material(self) -> str:
        """What the scene shows."""
        return "rock"

    def sample(self, grid: Grid) -> Single:
        """Give the mean grey level around each sample."""
        image = np.full(grid.shape, self.shade, np.float32)
        self.clay.lay(image, grid)
        self.minerals.lay(image, grid)
        if np.isfinite(self.threshold):
            distance = level_distance(self.threshold - self.organic.on(grid), grid.step)
            image += covered(distance, grid.step) * (np.float32(self.kerogen) - image)
        self.pyrite.lay(image, grid)
        self.pores.lay(image, grid)
        if self.crack > 0:
            distance = np.abs(level_distance(self.cracks.on(grid), grid.step))
            width = np.float32(self.crack / 2) * np.minimum(2 * self.open.on(grid), 1)
            image *= 1 - np.float32(0.85) * covered(distance - width, grid.step)
        self.scratches.lay(image, grid)
        image *= 1 + np.float32(self.roughness) * self.texture.on(grid)
        return np.clip(image, 0, 1)


def draw_rock(recipe: Rock, draws: Draws, field: tuple[int, int]) -> RockScene:
    """Draw a polished rock over a field [px]."""
    rng = draws.rng
    mineral = draws.log_uniform("materials.rock.mineral", recipe.mineral)
    clay = draws.uniform("materials.rock.clay", recipe.clay)
    organic = draws.uniform("materials.rock.organic", recipe.organic)
    kerogen = draws.uniform("materials.rock.kerogen", recipe.kerogen)
    area = float(np.prod(field)) / 384**2
    pores = _scattered(rng, field, area * draws.uniform("materials.rock.pores", recipe.pores))
    pyrite = _clustered(rng, field, area * draws.uniform("materials.rock.pyrite", recipe.pyrite))
    cracked = draws.happens("materials.rock.cracked", recipe.cracks)
    scratches = round(draws.uniform("materials.rock.scratches", recipe.scratches))
    return RockScene(
        shade=0.4 * clay,
        clay=_clay(recipe, draws, field, clay),
        minerals=_minerals(recipe, draws, field, mineral),
        organic=draw_waves(rng, 1.2 * mineral, 0.5),
        threshold=float(ndtri(1 - organic)),
        kerogen=kerogen,
        pyrite=draw_spots(rng, pyrite, rng.uniform(2, 8), 0.7),
        pores=draw_spots(
            rng, pores, draws.uniform("materials.rock.pore", recipe.pore), 0.06, 0.15
        ),
        cracks=draw_waves(rng, 300.0, 0.4),
        crack=rng.uniform(0.8, 4.0) if cracked else 0.0,
        open=draw_waves(rng, 300.0, 0.4),
        scratches=draw_scratches(
            rng, field, scratches, draws.uniform("materials.rock.scratch", recipe.scratch)
        ),
        texture=draw_layers(
            rng, field, (1.2, 40.0), draws.uniform("materials.rock.growth", (-0.3, 0.6))
        ),
        roughness=draws.uniform("materials.rock.roughness", recipe.roughness),
    )


def _clay(recipe: Rock, draws: Draws, field: tuple[int, int], grey: float) -> Grains:
    """Draw platelets that lie nearly along x."""
    rng = draws.rng
    thick = draws.log_uniform("materials.rock.platelet", recipe.platelet)
    longer = rng.uniform(1.5, 4.0)
    low, high = np.full(2, -5 * thick), (np.array(field) + 5 * thick)
    stretch = np.array([1.0, longer])
    places = scatter(rng, low / stretch, high / stretch, thick) * stretch
    cells = tessellate(places, (1.0, longer))
    value = edge_values(cells, rng)
    gaps = np.where(value < rng.uniform(0.3, 0.9), -OVERLAP, value)
    return Grains(cells, gaps, grey * rng.normal(1, 0.12, len(places)).clip(0.5, 1.5), 0.1, 0.8)


def _minerals(recipe: Rock, draws: Draws, field: tuple[int, int], mineral: float) -> Grains:
    """Draw mineral grains of three phases, some of them missing."""
    rng = draws.rng
    share = draws.uniform("materials.rock.minerals", recipe.minerals)
    gap = draws.uniform("materials.rock.gap", recipe.gap) * mineral
    low, high = np.full(2, -4 * mineral), np.array(field) + 4 * mineral
    cells = tessellate(scatter(rng, low, high, mineral))
    value = edge_values(cells, rng)
    levels = uniforms(rng, recipe.phases, 3)
    greys = levels[rng.integers(3, size=len(cells.centres))]
    greys = greys * rng.normal(1, 0.03, len(greys))
    missing = rng.random(len(greys)) > share
    gaps = np.where(value < 0.3, -OVERLAP, gap * value)
    return Grains(cells, gaps, np.where(missing, np.nan, greys), rng.uniform(0, 0.25))


def _scattered(rng: np.random.Generator, field: tuple[int, int], count: float) -> Array:
    return np.asarray(rng.uniform(0, 1, (round(count), 2)) * np.array(field))


def _clustered(rng: np.random.Generator, field: tuple[int, int], count: float) -> Array:
    """Place crystals of pyrite in clusters, as they grow."""
    middles = _scattered(rng, field, 1 + count / 12)
    of = rng.integers(len(middles), size=round(count))
    return np.asarray(middles[of] + rng.normal(0, 12, (len(of), 2)))
