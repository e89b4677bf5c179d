"""Needles along the tilt axis, as atom probes and full-range tomography want them."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from colonnade.core.arrays import Array, Single
from colonnade.core.errors import RecipeError
from colonnade.core.work.draws import Draws, Range, uniform, uniforms
from colonnade.tomo.simulate.phantoms.bodies import Body, solid
from colonnade.tomo.simulate.phantoms.phantom import Grid, Room, covered
from colonnade.tomo.simulate.phantoms.shapes import draw_ellipsoid
from colonnade.tomo.simulate.phantoms.waves import Waves, draw_waves


@dataclass(frozen=True)
class Needle:
    """A needle; each range is drawn from evenly."""

    radius: Range = (0.25, 0.85)
    """In the middle of the volume, as a share of the room that it has."""
    taper: Range = (0.0, 0.15)
    """How much the radius grows from px to px along y."""
    oval: Range = (1.0, 1.35)
    """How many times as long as wide its section is."""
    roughness: Range = (0.0, 0.04)
    """Standard deviation of the surface's height, as a share of the radius."""
    layer: Range = (5.0, 40.0)
    """Thickness of a layer, on average [px], drawn logarithmically."""
    across: float = 0.35
    """Share of the needles whose layers lie nearly across the axis; else they lie anyhow."""
    grey: Range = (0.2, 1.0)
    """Grey level of each kind of layer."""
    kinds: int = 4
    """Kinds of layers, at most."""
    coated: float = 0.3
    """Share of the needles with a coat, as from milling or oxidation."""
    coat: Range = (1.5, 7.0)
    """Thickness of that coat [px]."""
    precipitates: float = 0.4
    """Share of the needles with precipitates."""
    precipitate: Range = (2.0, 6.0)
    """How far a precipitate reaches, on average [px]."""
    filled: Range = (0.01, 0.08)
    """Share of the needle that they take."""

    def __post_init__(self) -> None:
        if self.kinds < 2:
            raise RecipeError(f"phantoms.needle.kinds must be 2 or more, not {self.kinds}")


@dataclass(frozen=True, eq=False)
class NeedlePhantom:
    """A needle of layers.

    Parameters
    ----------
    middle
        Of its section (z, x) [px].
    radius, taper
        In the middle of the volume [px], and how much it grows from px to px along y.
    oval
        Direction of the section's longer axis (z, x), and its length over its width.
    waves, roughness
        What moves the surface, and the standard deviation of that [px].
    normal
        Across the layers (z, y, x).
    edges, greys
        Where layers meet along that [px], and their grey levels.
    coat
        Thickness and grey level of a coat.
    precipitates
        What lies in it.
    """

    middle: tuple[float, float]
    radius: float
    taper: float
    oval: tuple[float, float, float]
    waves: Waves
    roughness: float
    normal: Array
    edges: Array
    greys: Array
    coat: tuple[float, float]
    precipitates: Sequence[Body]

    family = "needle"
    wide = False

    def slice(self, y: float, grid: Grid) -> Single:
        """Give the grey levels of a plane (z, x)."""
        image = self._layers(y, grid)
        for precipitate in self.precipitates:
            precipitate.lay(image, y, grid)
        distance = self._distance(y, grid)
        thick, coat = self.coat
        if thick > 0:
            image += (1 - covered(distance + np.float32(thick), grid.step)) * (coat - image)
        return np.asarray(image * covered(distance, grid.step), np.float32)

    def _distance(self, y: float, grid: Grid) -> Single:
        z, x = grid.z[:, None] - self.middle[0], grid.x - self.middle[1]
        down, across, ratio = self.oval
        longer, shorter = down * z + across * x, (across * z - down * x) * ratio
        radius = np.float32(max(self.radius + self.taper * y, 0))
        away = np.sqrt(longer**2 + shorter**2) - radius
        return np.asarray(away + np.float32(self.roughness) * self.waves.slice(y, grid), "f4")

    def _layers(self, y: float, grid: Grid) -> Single:
        """Grey levels of the layers; an interface is as wide as a sample."""
        along = self.normal[0] * grid.z[:, None] + self.normal[2] * grid.x + self.normal[1] * y
        ramps = (self.edges[:, None] + grid.step * np.array([-0.5, 0.5])).ravel()
        levels = np.repeat(self.greys, 2)[1:-1]
        return np.asarray(np.interp(along, ramps, levels), np.float32)


def draw_needle(recipe: Needle, draws: Draws, size: tuple[int, int, int]) -> NeedlePhantom:
    """Draw a needle."""
    rng, room = draws.rng, Room.of(size)
    radius = room.radius * draws.uniform("phantoms.needle.radius", recipe.radius)
    taper = draws.uniform("phantoms.needle.taper", recipe.taper)
    taper = float(rng.choice([-1, 1])) * min(taper, (room.radius - radius) / room.height * 2)
    thickest = radius + abs(taper) * room.height / 2
    free, turn = (room.radius - thickest) * np.sqrt(rng.random()), rng.uniform(0, 2 * np.pi)
    oval = rng.uniform(0, np.pi)
    middle = (float(free * np.sin(turn)), float(free * np.cos(turn)))
    coated = draws.happens("phantoms.needle.coated", recipe.coated)
    normal, edges, greys = _layers(recipe, draws, room)
    return NeedlePhantom(
        middle=middle,
        radius=radius,
        taper=taper,
        oval=(
            float(np.sin(oval)),
            float(np.cos(oval)),
            draws.uniform("phantoms.needle.oval", recipe.oval),
        ),
        waves=draw_waves(rng, radius * rng.uniform(0.4, 1.2), 0.3),
        roughness=radius * draws.uniform("phantoms.needle.roughness", recipe.roughness),
        normal=normal,
        edges=edges,
        greys=greys,
        coat=(
            draws.uniform("phantoms.needle.coat", recipe.coat) if coated else 0.0,
            uniform(rng, recipe.grey),
        ),
        precipitates=_precipitates(recipe, draws, middle, thickest, room.height),
    )


def _layers(recipe: Needle, draws: Draws, room: Room) -> tuple[Array, Array, Array]:
    """Draw the direction across layers, where they meet, and their grey levels."""
    rng = draws.rng
    across = draws.happens("phantoms.needle.across", recipe.across)
    normal = rng.standard_normal(3) * ([NEARLY, 1, NEARLY] if across else [1, 1, 1])
    normal /= np.linalg.norm(normal)
    thick = draws.log_uniform("phantoms.needle.layer", recipe.layer)
    far = room.radius + room.height
    count = int(np.ceil(2 * far / (0.5 * thick)))
    edges = -far + np.cumsum(thick * rng.uniform(0.5, 1.5, count))
    kinds = uniforms(rng, recipe.grey, int(rng.integers(2, recipe.kinds + 1)))
    # A layer is unlike the one before.
    steps = rng.integers(1, len(kinds), count + 1)
    greys = kinds[np.cumsum(steps) % len(kinds)]
    return normal, edges, greys


NEARLY = 0.12
"""Layers across the axis are off by so much along the other axes."""


def _precipitates(
    recipe: Needle, draws: Draws, middle: tuple[float, float], thickest: float, height: float
) -> list[Body]:
    rng = draws.rng
    if not draws.happens("phantoms.needle.precipitates", recipe.precipitates):
        return []
    radius = draws.uniform("phantoms.needle.precipitate", recipe.precipitate)
    filled = draws.uniform("phantoms.needle.filled", recipe.filled)
    box = np.array([2 * thickest, height + 2 * radius, 2 * thickest])
    count = round(filled * float(np.prod(box)) / (4 / 3 * np.pi * radius**3))
    centre, grey = np.array([middle[0], 0.0, middle[1]]), uniform(rng, recipe.grey)
    return [
        solid(draw_ellipsoid(rng, place, radius * rng.uniform(0.6, 1.3), 1.6), grey)
        for place in centre + rng.uniform(-0.5, 0.5, (min(count, MOST), 3)) * box
    ]


MOST = 1500
"""Precipitates, at most."""
