"""Stacks of images as a FIB-SEM takes them, slice by slice, and the volume that is true."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

import numpy as np
from scipy.ndimage import gaussian_filter1d

from colonnade.core.arrays import Array, Single
from colonnade.core.data.sizes import check_size
from colonnade.core.errors import RecipeError
from colonnade.core.images.warp import lower_rows, shift_rows
from colonnade.core.work.draws import NEVER, Draws, Range
from colonnade.sem.simulate.image import DARKEST
from colonnade.sem.simulate.instrument import (
    DrawnInstrument,
    Instrument,
    draw_instrument,
    draw_levels,
    widest_margin,
)
from colonnade.sem.simulate.solids.mixture import Solids, draw_solid
from colonnade.sem.simulate.solids.solid import Solid

STACK: Final = "stack"
"""What recipes for stacks have as their kind."""


@dataclass(frozen=True)
class Milling:
    """What happens between slices; each range is drawn from evenly."""

    depth: Range = (0.1, 1.0)
    """Depth that electrons come from, as a share of a slice's thickness."""
    uneven: Range = (0.0, 0.12)
    """Standard deviation of a slice's place, as a share of its thickness."""
    misaligned: Range = (0.0, 0.4)
    """Standard deviation of what alignment left of each slice's shift in its plane [coarse px]."""
    drift: Range = (0.0, 0.15)
    """Standard deviation of the step from each slice to the next [coarse px]."""
    flicker: Range = (0.0, 0.03)
    """Standard deviation of the slices' relative brightness."""
    curtained: float = 0.4
    """Share of the stacks with curtains: stripes along y, where the ion beam was deflected."""
    curtain: Range = (0.01, 0.08)
    """Standard deviation of the relative grey level of curtains."""
    curtain_width: Range = (0.7, 5.0)
    """Their width [coarse px], drawn logarithmically."""
    curtain_depth: Range = (0.5, 6.0)
    """How many slices they go on for."""


FIB = Instrument(probe=(0.2, 1.0), dose=(40.0, 5000.0))
"""Pixels of slices are as fine as the beam, and dark images are of no use for slicing."""


@dataclass(frozen=True)
class StackSimulation:
    """Recipe of a stack and its true volume."""

    kind: Literal["stack"] = "stack"
    """What tells the recipe of a stack from that of an image."""
    factor: int = 4
    """Thickness of a slice [px of the true volume]."""
    in_plane: int = 1
    """Size of a coarse pixel in the plane of a slice [px]."""
    size: tuple[int, int, int] = (64, 96, 96)
    """Slices, rows and columns of the true volume [px]."""
    solids: Solids = field(default_factory=Solids)
    instrument: Instrument = field(default_factory=lambda: FIB)
    milling: Milling = field(default_factory=Milling)

    def __post_init__(self) -> None:
        check_size(self.size)
        if min(self.factor, self.in_plane) < 1:
            raise RecipeError("factor and in_plane must be 1 or more")
        wanted = (self.factor, self.in_plane, self.in_plane)
        if any(size % one or size < 4 * one for size, one in zip(self.size, wanted, strict=True)):
            raise RecipeError(
                f"the size must be a multiple of {wanted}, and at least 4 times it, not "
                f"{self.size}"
            )

    @property
    def slices(self) -> int:
        """Number of slices of the stack."""
        return self.size[0] // self.factor

    @property
    def reach(self) -> int:
        """Slices are shifted by less, whatever is drawn [coarse px]."""
        milling = self.milling
        most = milling.misaligned[1] + milling.drift[1] * np.sqrt(self.slices)
        return int(np.ceil(FARTHEST * most)) + 1


FARTHEST = 3.0
"""No slice is shifted by more standard deviations."""


@dataclass(frozen=True, eq=False)
class StackPair:
    """A stack of slices and the volume that is true, on one scale of grey levels.

    Parameters
    ----------
    low
        Slices as the instrument gives them, axes (z, y, x).
    high
        The truth; slice `i` of the stack stands for its slices from ``factor * i`` on.
    factor
        True slices for each of the stack.
    in_plane
        True pixels for each of the stack, along y and along x.
    material
        What the volume shows.
    drawn
        How the pair was made, by name.
    """

    low: Single
    high: Single
    factor: int
    in_plane: int
    material: str
    drawn: Mapping[str, float | str] = field(default_factory=dict)


def simulate_stack(recipe: StackSimulation, rng: np.random.Generator) -> StackPair:
    """Draw a stack and its true volume; the same generator gives the same."""
    return draw_block(recipe, rng).slice_up(recipe, rng)


@dataclass(frozen=True, eq=False)
class Block:
    """A solid at the resolution of the true volume, a little larger than it.

    Parameters
    ----------
    truth
        Grey levels, with a border around the volume that every blur and shift stays in.
    border
        Its width in the plane of the slices [px]; along z it is a slice.
    material
        What the solid is.
    drawn
        What was drawn, by name.
    """

    truth: Single
    border: int
    material: str
    drawn: Mapping[str, float | str]

    def slice_up(self, recipe: StackSimulation, rng: np.random.Generator) -> StackPair:
        """Take a stack of it with an instrument and a milling that are drawn."""
        draws, thick = Draws(rng), recipe.factor
        instrument = draw_instrument(recipe.instrument, draws, recipe.in_plane)
        milled = _draw_milling(recipe, draws)
        inner = slice(self.border, -self.border)
        sharp = np.stack([instrument.sharp(plane) for plane in self.truth[thick:-thick]])
        sharp = sharp[:, inner, inner]
        brightness = np.float32(instrument.dose / max(float(sharp.mean()), DARKEST))
        sharp *= brightness
        levels = draw_levels(recipe.instrument, draws, sharp)
        planes = brightness * _milled(self.truth, milled.places + thick, milled.depth)
        recorded = np.stack(
            [
                _take(plane, number, instrument, milled, recipe.in_plane, rng)
                for number, plane in enumerate(planes)
            ]
        )
        coarse = slice(self.border // recipe.in_plane, -(self.border // recipe.in_plane))
        return StackPair(
            low=levels.low(recorded[:, coarse, coarse]),
            high=levels.high(sharp),
            factor=thick,
            in_plane=recipe.in_plane,
            material=self.material,
            drawn={**self.drawn, **draws.record},
        )


def draw_block(recipe: StackSimulation, rng: np.random.Generator) -> Block:
    """Draw a solid, in a block large enough for every instrument and milling of a recipe."""
    draws, thick = Draws(rng), recipe.factor
    border = -(-widest_margin(recipe.instrument, recipe.in_plane) // recipe.in_plane)
    border = (border + recipe.reach) * recipe.in_plane
    size = (recipe.size[0] + 2 * thick, recipe.size[1] + 2 * border, recipe.size[2] + 2 * border)
    solid = draw_solid(recipe.solids, draws, size)
    return Block(_volume(solid, size), border, solid.material, draws.record)


BETWEEN = (0.25, 0.75)
"""Where sections are taken within a slice of the true volume, of which it is the mean [px]."""


def _volume(solid: Solid, size: tuple[int, int, int]) -> Single:
    """Give the true volume: the mean of sections within each slice."""
    volume = np.zeros(size, np.float32)
    for number, plane in enumerate(volume):
        for part in BETWEEN:
            plane += solid.section(number + part).render(size[1:], 1.0)
    volume /= len(BETWEEN)
    return volume


def _milled(truth: Single, places: Array, depth: float) -> Single:
    """Give what electrons show that come from a depth around places along z [px].

    Between its slices the truth is the same all through one of them.
    """
    sums = np.concatenate([np.zeros_like(truth[:1]), np.cumsum(truth, axis=0, dtype=np.float64)])
    edges = np.stack([places - depth / 2, places + depth / 2]).clip(0, len(truth))
    below = np.minimum(edges.astype(int), len(truth) - 1)
    part = (edges - below)[..., None, None]
    upto = sums[below] * (1 - part) + sums[below + 1] * part
    return np.asarray((upto[1] - upto[0]) / (edges[1] - edges[0])[:, None, None], np.float32)


@dataclass(frozen=True, eq=False)
class DrawnMilling:
    """What happens between the slices of one stack.

    Parameters
    ----------
    places
        Middle of what each slice shows, along z [px].
    depth
        How much of the depth it shows [px].
    shifts
        Of the slices in their plane, (slice, 2) along (y, x) [coarse px].
    brightness
        Factor of each slice.
    curtains
        Factor of each slice and column.
    """

    places: Array
    depth: float
    shifts: Array
    brightness: Array
    curtains: Array


def _draw_milling(recipe: StackSimulation, draws: Draws) -> DrawnMilling:
    """Draw what happens between the slices of one stack."""
    rng, milling, thick = draws.rng, recipe.milling, recipe.factor
    count = recipe.slices
    depth = draws.uniform("milling.depth", milling.depth)
    uneven = draws.uniform("milling.uneven", milling.uneven)
    steps = draws.uniform("milling.drift", milling.drift) * rng.standard_normal((count, 2))
    drift = np.cumsum(steps, axis=0)
    misaligned = draws.uniform("milling.misaligned", milling.misaligned)
    flicker = draws.uniform("milling.flicker", milling.flicker)
    places = np.arange(count) + 0.5 + (uneven * rng.standard_normal(count)).clip(-1, 1)
    shifts = drift - drift.mean(0) + misaligned * rng.standard_normal((count, 2))
    return DrawnMilling(
        places=thick * places,
        depth=max(depth * thick, 1e-3),
        shifts=shifts.clip(1 - recipe.reach, recipe.reach - 1),
        brightness=1 + flicker * rng.standard_normal(count),
        curtains=_draw_curtains(milling, draws, (count, recipe.size[2] // recipe.in_plane)),
    )


def _draw_curtains(milling: Milling, draws: Draws, shape: tuple[int, int]) -> Array:
    """Draw stripes that go on for some slices, as factors of slices and columns."""
    curtained = draws.happens("milling.curtained", milling.curtained)
    strength = draws.uniform("milling.curtain", milling.curtain if curtained else NEVER)
    width = draws.log_uniform("milling.curtain_width", milling.curtain_width)
    depth = draws.uniform("milling.curtain_depth", milling.curtain_depth)
    if not curtained:
        return np.ones(shape)
    stripes = draws.rng.standard_normal(shape)
    stripes = gaussian_filter1d(gaussian_filter1d(stripes, width, 1), depth, 0, mode="nearest")
    return np.asarray(1 + strength * stripes / stripes.std())


def _take(
    plane: Single,
    number: int,
    instrument: DrawnInstrument,
    milled: DrawnMilling,
    in_plane: int,
    rng: np.random.Generator,
) -> Single:
    """Take the image of a slice."""
    down, right = in_plane * milled.shifts[number]
    plane = shift_rows(lower_rows(plane, np.full(len(plane), down)), np.full(len(plane), right))
    expected = instrument.coarse(plane, in_plane, rng)
    factors = milled.brightness[number] * milled.curtains[number]
    factors = np.pad(factors, (expected.shape[1] - len(factors)) // 2, mode="edge")
    return instrument.record(expected * factors.astype(np.float32), rng)
