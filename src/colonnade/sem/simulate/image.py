"""Pairs of images: a scene, and what an instrument with large pixels makes of it."""

from dataclasses import dataclass, field

import numpy as np

from colonnade.core.errors import RecipeError
from colonnade.core.work.draws import Draws
from colonnade.sem.pair import Pair
from colonnade.sem.scene import Scene
from colonnade.sem.simulate.instrument import (
    DrawnInstrument,
    Instrument,
    draw_instrument,
    draw_levels,
)
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
    instrument = draw_instrument(recipe.instrument, draws, recipe.factor)
    scene = draw_scene(recipe.materials, draws, field_of(recipe, instrument))
    return take(recipe, instrument, scene, draws)


def field_of(recipe: Simulation, instrument: DrawnInstrument) -> tuple[int, int]:
    """Height and width of the scene that a pair of images needs [px]."""
    border = recipe.factor * _border(recipe, instrument)
    return recipe.size[0] + 2 * border, recipe.size[1] + 2 * border


def take(recipe: Simulation, instrument: DrawnInstrument, scene: Scene, draws: Draws) -> Pair:
    """Take a pair of images of a scene.

    Parameters
    ----------
    recipe
        Gives the size of the images and what is drawn of their grey levels.
    instrument
        Takes them.
    scene
        As large as `field_of` says.
    draws
        Source of noise, and of what is drawn.
    """
    factor, border = recipe.factor, _border(recipe, instrument)
    truth = scene.render(field_of(recipe, instrument), 1.0)
    inner = (slice(border, -border), slice(border, -border))
    fine = (slice(border * factor, -border * factor),) * 2
    sharp = instrument.sharp(truth)[fine]
    brightness = np.float32(instrument.dose / max(float(sharp.mean()), DARKEST))
    sharp = brightness * sharp
    expected = brightness * instrument.coarse(truth, factor, draws.rng)
    levels = draw_levels(recipe.instrument, draws, sharp)
    recorded = instrument.record(expected, draws.rng)[inner]
    return Pair(
        low=np.ascontiguousarray(levels.low(recorded)),
        high=np.ascontiguousarray(levels.high(sharp)),
        factor=factor,
        material=scene.material,
        drawn=draws.record,
    )


def _border(recipe: Simulation, instrument: DrawnInstrument) -> int:
    """How far a scene reaches beyond the images [coarse px]."""
    return -(-instrument.margin // recipe.factor)
