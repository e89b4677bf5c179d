"""Pairs of images: a scene, and what an instrument with large pixels makes of it."""

from dataclasses import dataclass, field

import numpy as np

from colonnade.core.errors import RecipeError
from colonnade.core.work.draws import Draws
from colonnade.sem.pair import Pair
from colonnade.sem.simulate.instrument import Instrument, draw_instrument, draw_levels
from colonnade.sem.simulate.materials.mixture import Materials, draw_scene


@dataclass(frozen=True)
class Simulation:
    """Recipe of a pair of images."""

    factor: int = 4
    """Sharp pixels for each coarse one, along each axis."""
    size: tuple[int, int] = (192, 192)
    """Rows and columns of the sharp image [px]."""
    materials: Materials = field(default_factory=Materials)
    instrument: Instrument = field(default_factory=Instrument)

    def __post_init__(self) -> None:
        if self.factor < 1:
            raise RecipeError(f"the factor must be 1 or more, not {self.factor}")
        if min(self.size) < 8 * self.factor or any(size % self.factor for size in self.size):
            raise RecipeError(
                f"the size must be a multiple of the factor {self.factor}, and at least 8 times "
                f"it, not {self.size}"
            )


DARKEST = 0.02
"""A darker scene gets as many electrons as one of this mean grey level."""


def simulate(recipe: Simulation, rng: np.random.Generator) -> Pair:
    """Draw a pair of images; the same generator gives the same pair."""
    draws = Draws(rng)
    factor = recipe.factor
    instrument = draw_instrument(recipe.instrument, draws, factor)
    border = -(-instrument.margin // factor)
    wide = (recipe.size[0] + 2 * border * factor, recipe.size[1] + 2 * border * factor)
    scene = draw_scene(recipe.materials, draws, wide)
    truth = scene.render(wide, 1.0)
    inner = (slice(border, -border), slice(border, -border))
    fine = (slice(border * factor, -border * factor),) * 2
    sharp = instrument.sharp(truth)[fine]
    brightness = np.float32(instrument.dose / max(float(sharp.mean()), DARKEST))
    sharp = brightness * sharp
    expected = brightness * instrument.coarse(truth, factor, rng)
    levels = draw_levels(recipe.instrument, draws, sharp)
    recorded = instrument.record(expected, rng)[inner]
    return Pair(
        low=np.ascontiguousarray(levels.low(recorded)),
        high=np.ascontiguousarray(levels.high(sharp)),
        factor=factor,
        material=scene.material,
        drawn=draws.record,
    )
