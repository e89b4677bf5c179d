"""Pairs of images: a scene, and what an instrument with large pixels makes of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from colonnade.core.arrays import Single
from colonnade.core.data.sizes import check_size
from colonnade.core.errors import RecipeError
from colonnade.core.work.draws import Draws, Range
from colonnade.sem.pair import Pair
from colonnade.sem.simulate.instrument import (
    Instrument,
    draw_instrument,
    draw_levels,
    widest_margin,
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
    faint: float = 0.3
    """Share of the images in which most electrons come from everywhere alike, as in flat sections
    of phases that hardly differ."""
    contrast: Range = (0.05, 0.6)
    """What is left of the scene's contrast in such an image, drawn logarithmically."""

    def __post_init__(self) -> None:
        check_size(self.size)
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
    return draw_specimen(recipe, rng).take(recipe, rng)


@dataclass(frozen=True, eq=False)
class Specimen:
    """A scene at the resolution of the sharp image, a little wider than it.

    Parameters
    ----------
    truth
        Grey levels, with a border around the image that every blur and jitter stays in.
    border
        Its width [px].
    material
        What the scene shows.
    drawn
        What was drawn, by name.
    """

    truth: Single
    border: int
    material: str
    drawn: Mapping[str, float | str]

    def take(self, recipe: Simulation, rng: np.random.Generator) -> Pair:
        """Take a pair of images with an instrument that is drawn."""
        draws = Draws(rng)
        instrument = draw_instrument(recipe.instrument, draws, recipe.factor)
        truth = _faded(self.truth, _draw_contrast(recipe, draws))
        fine = (slice(self.border, -self.border),) * 2
        coarse = (slice(self.border // recipe.factor, -(self.border // recipe.factor)),) * 2
        sharp = instrument.sharp(truth)[fine]
        brightness = np.float32(instrument.dose / max(float(sharp.mean()), DARKEST))
        sharp = brightness * sharp
        expected = brightness * instrument.coarse(truth, recipe.factor, rng)
        levels = draw_levels(recipe.instrument, draws, sharp)
        recorded = instrument.record(expected, rng)[coarse]
        return Pair(
            low=np.ascontiguousarray(levels.low(recorded)),
            high=np.ascontiguousarray(levels.high(sharp)),
            factor=recipe.factor,
            material=self.material,
            drawn={**self.drawn, **draws.record},
        )


def _draw_contrast(recipe: Simulation, draws: Draws) -> float:
    faint = draws.happens("faint", recipe.faint)
    return draws.log_uniform("contrast", recipe.contrast if faint else (1.0, 1.0))


def _faded(truth: Single, contrast: float) -> Single:
    """Leave a share of the contrast; the mean stays."""
    share = np.float32(contrast)
    return np.asarray(share * truth + (1 - share) * truth.mean())


def draw_specimen(recipe: Simulation, rng: np.random.Generator) -> Specimen:
    """Draw a scene, wide enough for every instrument of a recipe."""
    draws, factor = Draws(rng), recipe.factor
    border = -(-widest_margin(recipe.instrument, factor) // factor) * factor
    wide = (recipe.size[0] + 2 * border, recipe.size[1] + 2 * border)
    scene = draw_scene(recipe.materials, draws, wide)
    return Specimen(scene.render(wide, 1.0), border, scene.material, draws.record)
