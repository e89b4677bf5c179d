"""Gold islands on carbon, apart or grown together, with the sharpest edges there are."""

from dataclasses import dataclass

import numpy as np
from scipy.special import ndtri

from colonnade.core.arrays import Single
from colonnade.core.work.draws import Draws, Range
from colonnade.sem.scene import Grid, SampledScene
from colonnade.sem.simulate.cells import edge_values, scatter, tessellate
from colonnade.sem.simulate.materials.parts import OVERLAP, Grains, brightened
from colonnade.sem.simulate.shapes import covered, level_distance
from colonnade.sem.simulate.texture import Layers, Waves, draw_layers, draw_waves


@dataclass(frozen=True)
class Gold:
    """Islands and the gaps between them; each range is drawn from evenly."""

    island: Range = (6.0, 70.0)
    """Median distance from island to island [px], drawn logarithmically."""
    polygons: float = 0.5
    """Share of the images whose islands are polygons with gaps; others' are round and merge."""
    gap: Range = (0.02, 0.2)
    """Median width of the gaps between polygons, as a share of the distance."""
    joined: Range = (0.0, 0.35)
    """Share of these gaps that have closed."""
    filled: Range = (0.25, 0.7)
    """Share of the field that round islands cover."""
    gold: Range = (0.45, 0.85)
    """Grey level of the islands."""
    carbon: Range = (0.03, 0.2)
    """Grey level of the ground."""
    grains: Range = (0.0, 0.12)
    """Standard deviation of the islands' relative grey levels: their orientations differ."""
    rim: Range = (0.0, 0.5)
    """Brightness of the edges, as a share of what is left to white."""
    escape: Range = (0.4, 1.8)
    """Distance from an edge over which this falls to 1/e [px]."""
    roughness: Range = (0.01, 0.1)
    """Standard deviation of the relative grey level on all surfaces."""


@dataclass(frozen=True, eq=False)
class GoldScene(SampledScene):
    """Islands on a ground.

    Parameters
    ----------
    grains
        Polygons; where islands are round, the crystals they are made of.
    waves, threshold
        Round islands are where this field is above the threshold; None where there are polygons.
    carbon
        Grey level of the ground.
    rim, escape
        As in the recipe.
    texture, roughness
        Of all surfaces, and how strong.
    """

    grains: Grains
    waves: Waves | None
    threshold: float
    carbon: float
    rim: float
    escape: float
    texture: Layers
    roughness: float

    @property
    def material(self) -> str:
        """What the scene shows."""
        return "gold on carbon"

    def sample(self, grid: Grid) -> Single:
        """Give the mean grey level around each sample."""
        image = np.full(grid.shape, self.carbon, np.float32)
        self.grains.lay(image, grid)
        if self.waves is not None:
            distance = level_distance(self.threshold - self.waves.on(grid), grid.step)
            image = brightened(image, distance, self.rim, self.escape)
            cover = covered(distance, grid.step)
            image = cover * image + (1 - cover) * np.float32(self.carbon)
        image *= 1 + np.float32(self.roughness) * self.texture.on(grid)
        return np.clip(image, 0, 1)


def draw_gold(recipe: Gold, draws: Draws, field: tuple[int, int]) -> GoldScene:
    """Draw gold islands on carbon over a field [px]."""
    rng = draws.rng
    island = draws.log_uniform("materials.gold.island", recipe.island)
    polygons = draws.happens("materials.gold.polygons", recipe.polygons)
    gap = draws.log_uniform("materials.gold.gap", recipe.gap) * island
    joined = draws.uniform("materials.gold.joined", recipe.joined)
    filled = draws.uniform("materials.gold.filled", recipe.filled)
    gold = draws.uniform("materials.gold.gold", recipe.gold)
    corner, size = np.full(2, -4 * island), np.array(field) + 4 * island
    cells = tessellate(scatter(rng, corner, size, island * (1.0 if polygons else 1.6)))
    value = edge_values(cells, rng)
    gaps = np.where(value < joined, -OVERLAP, gap * (0.3 + value) / 2)
    spread = draws.uniform("materials.gold.grains", recipe.grains)
    rim = draws.uniform("materials.gold.rim", recipe.rim)
    escape = draws.log_uniform("materials.gold.escape", recipe.escape)
    grains = Grains(
        cells=cells,
        gaps=gaps if polygons else np.full_like(gaps, -OVERLAP),
        greys=gold * rng.normal(1, spread, len(cells.centres)).clip(0.6, 1.4),
        rim=rim if polygons else 0.0,
        escape=escape,
    )
    return GoldScene(
        grains=grains,
        waves=None if polygons else draw_waves(rng, 1.6 * island, rng.uniform(0.05, 0.35)),
        threshold=float(ndtri(1 - filled)),
        carbon=draws.uniform("materials.gold.carbon", recipe.carbon),
        rim=rim,
        escape=escape,
        texture=draw_layers(
            rng, field, (1.2, 20.0), draws.uniform("materials.gold.growth", (-0.3, 0.8))
        ),
        roughness=draws.uniform("materials.gold.roughness", recipe.roughness),
    )
