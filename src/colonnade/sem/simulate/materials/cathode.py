"""A battery cathode in cross-section: cracked particles in carbon and binder."""

from dataclasses import dataclass

import numpy as np

from colonnade.core.arrays import Array, Single
from colonnade.core.work.draws import Draws, Range
from colonnade.sem.scene import Grid, SampledScene
from colonnade.sem.simulate.cells import Cells, edge_values, scatter, tessellate
from colonnade.sem.simulate.materials.parts import (
    OVERLAP,
    Grains,
    Spots,
    brightened,
    draw_spots,
)
from colonnade.sem.simulate.shapes import covered, level_distance
from colonnade.sem.simulate.texture import Field, Waves, draw_layers, draw_texture, draw_waves


@dataclass(frozen=True)
class Cathode:
    """Particles of grains, and what is between them; each range is drawn from evenly."""

    particle: Range = (40.0, 320.0)
    """Median radius of the secondary particles [px], drawn logarithmically."""
    grain: Range = (8.0, 60.0)
    """Size of the grains in them [px], drawn logarithmically."""
    filled: Range = (0.35, 0.75)
    """Share of the section that the particles take, about."""
    cracked: Range = (0.02, 0.5)
    """Share of the grain boundaries that are open."""
    crack: Range = (0.4, 4.0)
    """Largest width of an open one [px]."""
    pores: Range = (0.0, 0.5)
    """Pores in the particles, for each grain."""
    active: Range = (0.4, 0.75)
    """Grey level of the particles."""
    channelling: Range = (0.0, 0.2)
    """Standard deviation of the grains' relative grey levels: their orientations differ."""
    carbon: Range = (0.12, 0.4)
    """Grey level of carbon black, as it lies between the particles."""
    binder: Range = (0.1, 0.7)
    """Grey level of the binder, which is bright where it charges."""
    agglomerate: Range = (5.0, 24.0)
    """Size of the agglomerates of carbon black [px], drawn logarithmically."""
    rim: Range = (0.0, 0.5)
    """Brightness of the edges of carbon black, as a share of what is left to white."""
    curtains: Range = (0.0, 0.04)
    """Standard deviation of the relative grey level of the stripes that ion milling leaves."""
    roughness: Range = (0.0, 0.03)
    """The same of the polished surfaces."""


@dataclass(frozen=True, eq=False)
class CathodeScene(SampledScene):
    """Particles in a matrix.

    Parameters
    ----------
    grains, pores
        Of the particles.
    agglomerates, gaps, binder
        Fields that say where carbon black is, where large pores are, and where binder is.
    levels
        Grey levels of pores, carbon black and binder.
    rim
        As in the recipe.
    soot
        Texture of carbon black.
    curtains, curtain
        Stripes along y, and how strong.
    texture, roughness
        Of the polished surfaces, and how strong.
    """

    grains: Grains
    pores: Spots
    agglomerates: Waves
    gaps: Waves
    binder: Waves
    levels: tuple[float, float, float]
    rim: float
    soot: Field
    curtains: Field
    curtain: float
    texture: Field
    roughness: float

    @property
    def material(self) -> str:
        """What the scene shows."""
        return "battery cathode"

    def sample(self, grid: Grid) -> Single:
        """Give the mean grey level around each sample."""
        image = self._matrix(grid)
        self.grains.lay(image, grid)
        self.pores.lay(image, grid)
        image *= 1 + np.float32(self.curtain) * self.curtains.on(grid)
        image *= 1 + np.float32(self.roughness) * self.texture.on(grid)
        return np.clip(image, 0, 1)

    def _matrix(self, grid: Grid) -> Single:
        """Draw carbon black with its own pores, binder, and large pores."""
        pore, carbon, binder = (np.float32(level) for level in self.levels)
        image = np.full(grid.shape, pore, np.float32)
        black = level_distance(self.agglomerates.on(grid) - np.float32(0.4), grid.step)
        soot = brightened(
            carbon * (1 + np.float32(0.25) * self.soot.on(grid)), black, self.rim, 1.5
        )
        image += covered(black, grid.step) * (soot - image)
        smooth = level_distance(self.binder.on(grid) + np.float32(0.8), grid.step)
        image += covered(smooth, grid.step) * (binder - image)
        large = level_distance(self.gaps.on(grid) + np.float32(1.0), grid.step)
        into = np.exp(np.minimum(large, 0) / np.float32(6.0))
        image += covered(large, grid.step) * (pore * (np.float32(0.5) + into) - image)
        return image


CURTAIN = 80.0
"""Length of a stripe that ion milling leaves, in its widths."""


def draw_cathode(recipe: Cathode, draws: Draws, field: tuple[int, int]) -> CathodeScene:
    """Draw a section through a cathode over a field [px]."""
    rng = draws.rng
    particle = draws.log_uniform("materials.cathode.particle", recipe.particle)
    grain = min(draws.log_uniform("materials.cathode.grain", recipe.grain), particle / 2)
    agglomerate = draws.log_uniform("materials.cathode.agglomerate", recipe.agglomerate)
    active = draws.uniform("materials.cathode.active", recipe.active)
    channelling = draws.uniform("materials.cathode.channelling", recipe.channelling)
    cells = tessellate(scatter(rng, np.full(2, -4 * grain), np.array(field) + 4 * grain, grain))
    owner = _owners(
        rng, cells, field, particle, draws.uniform("materials.cathode.filled", recipe.filled)
    )
    greys = active * rng.normal(1, channelling, len(owner)).clip(0.6, 1.35)
    carbon = draws.uniform("materials.cathode.carbon", recipe.carbon)
    levels = (0.25 * carbon, carbon, draws.uniform("materials.cathode.binder", recipe.binder))
    stripe = draws.log_uniform("materials.cathode.stripe", (1.2, 8.0))
    return CathodeScene(
        grains=Grains(
            cells=cells,
            gaps=_gaps(recipe, draws, cells, owner),
            greys=np.where(owner >= 0, greys, np.nan),
        ),
        pores=_pores(recipe, draws, cells.centres[owner >= 0], grain, levels[0]),
        agglomerates=draw_waves(rng, agglomerate, 0.35),
        gaps=draw_waves(rng, 6 * agglomerate, 0.4),
        binder=draw_waves(rng, 8 * agglomerate, 0.4),
        levels=levels,
        rim=draws.uniform("materials.cathode.rim", recipe.rim),
        soot=draw_layers(rng, field, (1.2, 5.0), 0.0),
        curtains=draw_texture(rng, field, CURTAIN * stripe, 1 / CURTAIN),
        curtain=draws.uniform("materials.cathode.curtains", recipe.curtains),
        texture=draw_layers(rng, field, (1.2, 10.0), 0.0),
        roughness=draws.uniform("materials.cathode.roughness", recipe.roughness),
    )


def _owners(
    rng: np.random.Generator,
    cells: Cells,
    field: tuple[int, int],
    particle: float,
    filled: float,
) -> Array:
    """Say in which particle each grain lies; -1 for none. Particles are wobbly discs."""
    reach = 1.5 * particle
    middles = scatter(rng, np.full(2, -reach), np.array(field) + reach, 1.9 * particle)
    radii = particle * rng.lognormal(0, 0.25, len(middles)) * np.sqrt(filled / 0.55)
    away = cells.centres[:, None] - middles
    angle = np.arctan2(away[..., 0], away[..., 1])
    wobble = sum(
        rng.normal(0, 0.12 / order, len(middles))
        * np.cos(order * angle + rng.uniform(0, 2 * np.pi, len(middles)))
        for order in (2, 3, 4)
    )
    relative = np.linalg.norm(away, axis=2) / (radii * (1 + wobble))
    nearest = relative.argmin(1)
    inside = relative[np.arange(len(nearest)), nearest] < 1
    return np.where(inside, nearest, -1)


def _gaps(recipe: Cathode, draws: Draws, cells: Cells, owner: Array) -> Array:
    """Draw how far boundaries are open, those between two particles in any case."""
    cracked = draws.uniform("materials.cathode.cracked", recipe.cracked)
    crack = draws.log_uniform("materials.cathode.crack", recipe.crack)
    value = edge_values(cells, draws.rng)
    opened = np.maximum(crack * value / max(cracked, 1e-6), 0.3) / 2
    gaps = np.where(value < cracked, opened, -OVERLAP)
    between = owner[:, None] != owner[cells.neighbours]
    return np.where(between, np.maximum(gaps, 0.5 + crack / 2), gaps)


def _pores(recipe: Cathode, draws: Draws, near: Array, grain: float, grey: float) -> Spots:
    """Draw pores among the grains of particles."""
    rng = draws.rng
    count = round(draws.uniform("materials.cathode.pores", recipe.pores) * len(near))
    chosen = near[rng.integers(max(len(near), 1), size=count if len(near) else 0)]
    centres = chosen + grain * rng.uniform(-0.5, 0.5, chosen.shape)
    return draw_spots(rng, centres, max(0.08 * grain, 0.7), grey)
