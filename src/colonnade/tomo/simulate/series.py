"""Tilt series whose specimen is known, drawn from what a recipe states."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from colonnade.core.arrays import Array, Single
from colonnade.core.data.sizes import check_size
from colonnade.core.errors import RecipeError
from colonnade.core.work.draws import Draws
from colonnade.tomo.simulate.beam import binned, expose
from colonnade.tomo.simulate.phantoms.mixture import Phantoms, draw_phantom
from colonnade.tomo.simulate.recording import Recording, draw_recording
from colonnade.tomo.simulate.stage import Stage, draw_alignment
from colonnade.tomo.simulate.tilting import Tilts, draw_tilts
from colonnade.tomo.tilts import TiltSeries

LEAST_ACROSS = 16
"""A specimen has no room in volumes that are thinner along z or along x [px]."""


@dataclass(frozen=True)
class SeriesSimulation:
    """Recipe of a tilt series and its true volume."""

    size: tuple[int, int, int] = (128, 32, 128)
    """Of the true volume along z, y and x [px]; single slices are as good as larger ones."""
    phantoms: Phantoms = field(default_factory=Phantoms)
    tilts: Tilts = field(default_factory=Tilts)
    stage: Stage = field(default_factory=Stage)
    recording: Recording = field(default_factory=Recording)

    def __post_init__(self) -> None:
        check_size(self.size)
        depth, height, width = self.size
        if min(depth, width) < LEAST_ACROSS or height < 1:
            raise RecipeError(
                f"the size must be at least ({LEAST_ACROSS}, 1, {LEAST_ACROSS}), not {self.size}"
            )


@dataclass(frozen=True, eq=False)
class SimulatedSeries:
    """A tilt series and what is true of it.

    Parameters
    ----------
    series
        The views [grey levels of the volume times px] and their tilts.
    truth
        The volume, axes (z, y, x), empty where it is 0.
    family
        What kind of specimen it shows.
    noise
        Standard deviation that is expected in each view, averaged over its pixels.
    shifts
        By how much what each view shows is shifted along (y, x) [px].
    axis_offset
        Where the tilt axis is, from the middle of the views [px].
    axis_angle
        By how much it is turned out of y, towards x, about the middle of the views [degrees].
    beam
        Relative beam current of each view.
    background
        Level on which the specimen's comes.
    drawn
        How the series was made, by name.
    """

    series: TiltSeries
    truth: Single
    family: str
    noise: Array
    shifts: Array
    axis_offset: float
    axis_angle: float
    beam: Array
    background: float
    drawn: Mapping[str, float | str] = field(default_factory=dict)


def simulate(recipe: SeriesSimulation, rng: np.random.Generator) -> SimulatedSeries:
    """Draw a tilt series and its true volume; the same generator gives the same."""
    draws = Draws(rng)
    phantom = draw_phantom(recipe.phantoms, draws, recipe.size)
    angles = draw_tilts(recipe.tilts, draws)
    alignment = draw_alignment(recipe.stage, draws, len(angles))
    recording = draw_recording(recipe.recording, draws)
    border = alignment.border(recipe.size)
    views, truth = expose(phantom, recipe.size, angles, border, alignment.axis_offset)
    recorded = recording.record(binned(alignment.move(views, border)), rng)
    return SimulatedSeries(
        series=TiltSeries(recorded.views, tuple(map(float, angles)), name=phantom.family),
        truth=truth,
        family=phantom.family,
        noise=recorded.noise,
        shifts=alignment.shifts,
        axis_offset=alignment.axis_offset,
        axis_angle=alignment.axis_angle,
        beam=recorded.beam,
        background=recorded.background,
        drawn=draws.record,
    )
