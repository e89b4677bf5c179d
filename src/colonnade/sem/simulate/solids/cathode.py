"""A battery cathode in three dimensions."""

from dataclasses import dataclass, replace

import numpy as np

from colonnade.core.arrays import Array
from colonnade.core.work.draws import Draws, Range
from colonnade.sem.scene import SampledScene
from colonnade.sem.simulate.cells import edge_values, scatter, tessellate
from colonnade.sem.simulate.materials.cathode import CathodeScene
from colonnade.sem.simulate.materials.parts import OVERLAP, Grains
from colonnade.sem.simulate.solids.balls import Balls
from colonnade.sem.simulate.solids.solid import NO_SPOTS, SPACE, section_of
from colonnade.sem.simulate.texture import draw_waves


@dataclass(frozen=True)
class SolidCathode:
    """A battery cathode; each range is drawn from evenly."""

    particle: Range = (25.0, 90.0)
    """Median radius of the secondary particles [px], drawn logarithmically."""
    grain: Range = (8.0, 30.0)
    """Size of the grains in them [px], drawn logarithmically."""
    filled: Range = (0.5, 1.0)
    """Radius of the particles, as a share of what lets them touch."""
    cracked: Range = (0.02, 0.4)
    """Share of the grain boundaries that are open."""
    crack: Range = (0.4, 3.0)
    """Largest width of an open one [px]."""
    pores: Range = (0.0, 0.3)
    """Pores in the particles, for each grain."""
    active: Range = (0.4, 0.75)
    """Grey level of the particles."""
    channelling: Range = (0.0, 0.15)
    """Standard deviation of the grains' relative grey levels."""
    carbon: Range = (0.12, 0.35)
    """Grey level of carbon black."""
    binder: Range = (0.1, 0.4)
    """Grey level of the binder."""
    agglomerate: Range = (8.0, 24.0)
    """Size of the agglomerates of carbon black [px], drawn logarithmically."""


@dataclass(frozen=True, eq=False)
class CathodeSolid:
    """A cathode whose parts have a depth.

    Parameters
    ----------
    scene
        Its grains and fields are of space; it lacks pores.
    pores
        In the particles.
    """

    scene: CathodeScene
    pores: Balls

    material = "battery cathode"

    def section(self, z: float) -> SampledScene:
        """Give what is seen of the plane at a depth [px]."""
        scene = self.scene
        return replace(
            scene,
            grains=scene.grains.section(z),
            pores=self.pores.section(z),
            agglomerates=scene.agglomerates.section(z),
            gaps=scene.gaps.section(z),
            binder=scene.binder.section(z),
            soot=section_of(scene.soot, z),
            texture=section_of(scene.texture, z),
        )


def draw_solid_cathode(
    recipe: SolidCathode, draws: Draws, size: tuple[int, int, int]
) -> CathodeSolid:
    """Draw a cathode in a volume (z, y, x) [px]."""
    rng = draws.rng
    agglomerate = draws.log_uniform("solids.cathode.agglomerate", recipe.agglomerate)
    carbon = draws.uniform("solids.cathode.carbon", recipe.carbon)
    levels = (0.25 * carbon, carbon, draws.uniform("solids.cathode.binder", recipe.binder))
    grains, inside = _solid_grains(recipe, draws, size)
    scene = CathodeScene(
        grains=grains,
        pores=NO_SPOTS,
        agglomerates=draw_waves(rng, agglomerate, 0.35, SPACE),
        gaps=draw_waves(rng, 6 * agglomerate, 0.4, SPACE),
        binder=draw_waves(rng, 8 * agglomerate, 0.4, SPACE),
        levels=levels,
        rim=0.0,
        soot=draw_waves(rng, 6.0, 0.3, SPACE),
        curtains=draw_waves(rng, 6.0, 0.3),
        curtain=0.0,
        texture=draw_waves(rng, 8.0, 0.5, SPACE),
        roughness=0.02,
    )
    count = round(draws.uniform("solids.cathode.pores", recipe.pores) * len(inside))
    places = inside[rng.integers(max(len(inside), 1), size=count if len(inside) else 0)]
    radii = rng.lognormal(0.5, 0.5, len(places))
    return CathodeSolid(scene, Balls(places, radii, np.full(len(places), levels[0])))


def _solid_grains(
    recipe: SolidCathode, draws: Draws, size: tuple[int, int, int]
) -> tuple[Grains, Array]:
    """Draw the grains of round particles, and give the centres of those that are there."""
    rng = draws.rng
    particle = draws.log_uniform("solids.cathode.particle", recipe.particle)
    grain = min(draws.log_uniform("solids.cathode.grain", recipe.grain), particle / 2)
    border, box = np.full(SPACE, 2.5 * grain), np.array(size)
    cells = tessellate(scatter(rng, -border, box + border, grain))
    middles = scatter(rng, np.full(SPACE, -particle), box + particle, 1.8 * particle)
    filled = draws.uniform("solids.cathode.filled", recipe.filled)
    radii = particle * filled * rng.lognormal(0, 0.2, len(middles))
    away = np.linalg.norm(cells.centres[:, None] - middles, axis=2) / radii
    owner = np.where(away.min(1) < 1, away.argmin(1), -1)
    cracked = draws.uniform("solids.cathode.cracked", recipe.cracked)
    crack = draws.uniform("solids.cathode.crack", recipe.crack)
    value = edge_values(cells, rng)
    gaps = np.where(value < cracked, crack * value / max(cracked, 1e-6) / 2, -OVERLAP)
    between = owner[:, None] != owner[cells.neighbours]
    active = draws.uniform("solids.cathode.active", recipe.active)
    channelling = draws.uniform("solids.cathode.channelling", recipe.channelling)
    greys = active * rng.normal(1, channelling, len(owner)).clip(0.6, 1.35)
    grains = Grains(
        cells=cells,
        gaps=np.where(between, np.maximum(gaps, 0.5), gaps),
        greys=np.where(owner >= 0, greys, np.nan),
    )
    return grains, cells.centres[owner >= 0]
