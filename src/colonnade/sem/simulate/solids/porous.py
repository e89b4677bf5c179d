"""A porous ceramic in three dimensions."""

from dataclasses import dataclass, replace

import numpy as np
from scipy.special import ndtri

from colonnade.core.work.draws import Draws, Range
from colonnade.sem.scene import SampledScene
from colonnade.sem.simulate.materials.porous import PorousScene
from colonnade.sem.simulate.solids.solid import SPACE, section_of
from colonnade.sem.simulate.texture import draw_waves


@dataclass(frozen=True)
class SolidPorous:
    """A porous ceramic; each range is drawn from evenly."""

    wavelength: Range = (14.0, 70.0)
    """Median distance from pore to pore [px], drawn logarithmically."""
    spread: Range = (0.05, 0.4)
    """Standard deviation of its logarithm."""
    openness: Range = (0.2, 0.6)
    """Share of the volume that is pore."""
    skeleton: Range = (0.35, 0.75)
    """Grey level of the skeleton."""
    pore: Range = (0.02, 0.2)
    """Grey level of deep pores."""
    unfilled: float = 0.5
    """Share of the images in which the wall behind an open pore shines through."""
    behind: Range = (4.0, 16.0)
    """How deep that wall is seen [px]."""
    roughness: Range = (0.0, 0.05)
    """Standard deviation of the relative grey level in the skeleton."""


@dataclass(frozen=True, eq=False)
class PorousSolid:
    """A porous ceramic.

    Parameters
    ----------
    scene
        Its last field is of the skeleton, those before of the wall behind; all are of space.
    behind
        How deep that wall is seen [px].
    """

    scene: PorousScene
    behind: float

    material = "porous ceramic"

    def section(self, z: float) -> SampledScene:
        """Give what is seen of the plane at a depth [px]."""
        *walls, skeleton = self.scene.heights
        heights = (*(wall.section(z + self.behind) for wall in walls), skeleton.section(z))
        return replace(self.scene, heights=heights, texture=section_of(self.scene.texture, z))


def draw_solid_porous(
    recipe: SolidPorous, draws: Draws, size: tuple[int, int, int]
) -> PorousSolid:
    """Draw a porous ceramic, which has no borders."""
    del size
    rng = draws.rng
    wavelength = draws.log_uniform("solids.porous.wavelength", recipe.wavelength)
    spread = draws.uniform("solids.porous.spread", recipe.spread)
    skeleton = draw_waves(rng, wavelength, spread, SPACE)
    unfilled = draws.happens("solids.porous.unfilled", recipe.unfilled)
    top = draws.uniform("solids.porous.skeleton", recipe.skeleton)
    pore = draws.uniform("solids.porous.pore", recipe.pore)
    levels = 2 if unfilled else 1
    threshold = float(ndtri(draws.uniform("solids.porous.openness", recipe.openness)))
    scene = PorousScene(
        heights=(skeleton,) * levels,
        thresholds=(threshold,) * levels,
        worms=False,
        body=skeleton,
        reach=np.inf,
        greys=(pore, 0.5 * (pore + top), top) if unfilled else (pore, top),
        rim=0.0,
        escape=1.0,
        relief=0.0,
        light=(0.0, 0.0),
        texture=draw_waves(rng, 10.0, 0.6, SPACE),
        roughness=draws.uniform("solids.porous.roughness", recipe.roughness),
    )
    return PorousSolid(scene, draws.uniform("solids.porous.behind", recipe.behind))
