"""Mats of spun fibres, which lie over one another into the depth."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter

from colonnade.core.arrays import Array, Single
from colonnade.core.work.draws import Draws, Range
from colonnade.sem.scene import Grid, SampledScene
from colonnade.sem.simulate.shapes import covered
from colonnade.sem.simulate.texture import Layers, draw_layers


@dataclass(frozen=True)
class Fibres:
    """A mat of fibres; each range is drawn from evenly."""

    diameter: Range = (2.5, 45.0)
    """Median diameter [px], drawn logarithmically."""
    spread: Range = (0.1, 0.5)
    """Standard deviation of its logarithm."""
    coverage: Range = (0.6, 3.0)
    """Sum of the fibres' areas, in areas of the field."""
    bend: Range = (0.0, 0.25)
    """Standard deviation of a fibre's slope against its mean direction."""
    aligned: Range = (0.0, 0.8)
    """How much the directions agree: 0 for any, 1 for one alone."""
    body: Range = (0.3, 0.65)
    """Grey level of the topmost fibres."""
    ground: Range = (0.01, 0.12)
    """Grey level below all fibres."""
    depth: Range = (0.3, 1.0)
    """Share of the grey level that the lowest fibres have lost."""
    rim: Range = (0.1, 0.8)
    """Brightness of the edges, as a share of what is left to white."""
    escape: Range = (0.08, 0.35)
    """Width of the bright edges, in radii of the fibre."""
    shadow: Range = (0.1, 0.6)
    """Share of the signal that is lost below a fibre's side."""
    blur: Range = (0.0, 2.0)
    """Blur of the lowest fibres, which are out of focus [px]."""
    roughness: Range = (0.0, 0.1)
    """Standard deviation of the relative grey level on the surfaces."""


@dataclass(frozen=True, eq=False)
class FibresScene(SampledScene):
    """Fibres, of which each is a curve along x or along y.

    Parameters
    ----------
    upright
        Whether a fibre runs along y rather than x.
    starts, slopes
        Where a fibre crosses the middle of the field, measured across, and its mean slope.
    waves
        Amplitude, wavelength and phase of its bends, (fibre, bend, 3).
    radii, greys
        Of the fibres, the lowest first.
    middle
        Of the field (y, x).
    ground, rim, escape, shadow, blur
        As in the recipe.
    texture, roughness
        Of all surfaces, and how strong.
    """

    upright: NDArray[np.bool_]
    starts: Array
    slopes: Array
    waves: Array
    radii: Array
    greys: Array
    middle: tuple[float, float]
    ground: float
    rim: float
    escape: float
    shadow: float
    blur: float
    texture: Layers
    roughness: float

    @property
    def material(self) -> str:
        """What the scene shows."""
        return "fibres"

    def sample(self, grid: Grid) -> Single:
        """Give the mean grey level around each sample."""
        reach = int(np.ceil(4 * self.blur / grid.step))
        wide = grid.wider(reach)
        image = np.full(wide.shape, self.ground, np.float32)
        focused = len(self.radii) // 2
        for fibre in range(len(self.radii)):
            if fibre == focused and self.blur > 0:
                image = gaussian_filter(image, self.blur / grid.step, truncate=4)
            self._draw(image, wide, fibre)
        image = image[reach : reach + grid.shape[0], reach : reach + grid.shape[1]]
        image = image * (1 + np.float32(self.roughness) * self.texture.on(grid))
        return np.clip(image, 0, 1)

    def _draw(self, image: Single, grid: Grid, fibre: int) -> None:
        """Draw a fibre, column by column, or row by row where it is upright."""
        across, along = (grid.x, grid.y) if self.upright[fibre] else (grid.y, grid.x)
        down, right = (1, len(grid.x)) if self.upright[fibre] else (len(grid.x), 1)
        centre, cosine = self._curve(fibre, along)
        edge = (REACH * float(self.radii[fibre]) + 2) / float(cosine.min())
        start = np.floor((centre - edge - across[0]) / grid.step).astype(int)
        used = np.flatnonzero((start < len(across)) & (start + 2 * edge / grid.step + 2 > 0))
        if not len(used):
            return
        start, centre, cosine = start[used], centre[used], cosine[used]
        rows = start + np.arange(int(2 * edge / grid.step) + 2)[:, None]
        away = np.abs(np.float32(grid.step) * rows.astype(np.float32) + (across[0] - centre))
        away *= cosine * np.float32(FINENESS)
        places = rows * down + used * right
        inside = (rows >= 0) & (rows < len(across))
        if not inside.all():
            places, away = places[inside], away[inside]
        light, own = self._profile(fibre, grid.step)
        number = np.minimum(away + np.float32(0.5), len(light) - 1).astype(np.intp)
        flat = image.reshape(-1)
        flat[places] = flat[places] * light[number] + own[number]

    def _curve(self, fibre: int, along: Single) -> tuple[Single, Single]:
        """Give where a fibre is, across its direction, and the cosine of its slope there."""
        from_middle = along - self.middle[0 if self.upright[fibre] else 1]
        centre = self.starts[fibre] + self.slopes[fibre] * from_middle
        slope = np.full(len(along), self.slopes[fibre])
        for amplitude, wavelength, phase in self.waves[fibre]:
            number = 2 * np.pi / wavelength
            centre = centre + amplitude * np.sin(number * from_middle + phase)
            slope = slope + amplitude * number * np.cos(number * from_middle + phase)
        return centre.astype(np.float32), (1 / np.sqrt(1 + slope * slope)).astype(np.float32)

    def _profile(self, fibre: int, step: float) -> tuple[Single, Single]:
        """Give what a fibre leaves of what is below it, and what it adds, from its axis outwards.

        Both at `FINENESS` places for each unit of distance, as far as it changes anything.
        """
        radius = float(self.radii[fibre])
        away = np.arange(round(FINENESS * (REACH * radius + 2)), dtype=np.float32) / FINENESS
        edge = np.exp((np.minimum(away / radius, 1) - 1) / self.escape)
        grey = float(self.greys[fibre])
        own = grey + (1 - grey) * self.rim * grey / float(self.greys[-1]) * edge
        beside = np.maximum(away / radius - 1, 0) / SHADOW
        shadow = 1 - self.shadow * np.exp(-beside * beside)
        cover = covered((away - np.float32(radius)).astype(np.float32), step)
        shadow[-1] = 1.0
        return (shadow * (1 - cover)).astype(np.float32), (own * cover).astype(np.float32)


FINENESS = 64.0
"""Places for a pixel of distance at which a fibre's profile is worked out."""

SHADOW = 0.4
"""Distance from a fibre over which its shadow falls to 1/e [radii]."""

REACH = 1 + 2.2 * SHADOW
"""Distance from the axis at which nothing is left of it [radii]."""

MOST = 220
"""Fibres of a scene, at most."""


def draw_fibres(recipe: Fibres, draws: Draws, field: tuple[int, int]) -> FibresScene:
    """Draw a mat of fibres over a field [px]."""
    rng = draws.rng
    diameter = draws.log_uniform("materials.fibres.diameter", recipe.diameter)
    spread = draws.uniform("materials.fibres.spread", recipe.spread)
    coverage = draws.uniform("materials.fibres.coverage", recipe.coverage)
    aligned = draws.uniform("materials.fibres.aligned", recipe.aligned)
    count = int(np.clip(coverage * min(field) / diameter, 2, MOST))
    radii = diameter / 2 * np.exp(spread * rng.standard_normal(count))
    direction = rng.uniform(0, np.pi) + (1 - aligned) * rng.uniform(-np.pi / 2, np.pi / 2, count)
    upright = np.abs(np.sin(direction)) > np.abs(np.cos(direction))
    slopes = np.where(upright, 1 / np.tan(direction), np.tan(direction)).clip(-1, 1)
    across = np.where(upright, field[1], field[0])
    reach = across / 2 + np.abs(slopes) * np.where(upright, field[0], field[1]) / 2
    top = draws.uniform("materials.fibres.body", recipe.body)
    lost = (
        draws.uniform("materials.fibres.depth", recipe.depth)
        * (1 - np.linspace(0, 1, count)) ** 0.7
    )
    return FibresScene(
        upright=upright,
        starts=across / 2 + reach * rng.uniform(-1, 1, count),
        slopes=slopes,
        waves=_bends(rng, count, draws.uniform("materials.fibres.bend", recipe.bend), max(field)),
        radii=radii,
        greys=np.maximum(top * (1 - lost) * rng.normal(1, 0.08, count), 0.01),
        middle=(field[0] / 2, field[1] / 2),
        ground=draws.uniform("materials.fibres.ground", recipe.ground),
        rim=draws.uniform("materials.fibres.rim", recipe.rim),
        escape=draws.uniform("materials.fibres.escape", recipe.escape),
        shadow=draws.uniform("materials.fibres.shadow", recipe.shadow),
        blur=draws.uniform("materials.fibres.blur", recipe.blur),
        texture=draw_layers(rng, field, (1.2, 20.0), 0.0),
        roughness=draws.uniform("materials.fibres.roughness", recipe.roughness),
    )


def _bends(rng: np.random.Generator, count: int, bend: float, length: float) -> Array:
    """Draw two waves for each fibre, whose slopes have a standard deviation together."""
    wavelength = length * rng.uniform(0.5, 3.0, (count, 2))
    amplitude = bend * wavelength / (2 * np.pi) * rng.normal(0, 1, (count, 2))
    return np.stack([amplitude, wavelength, rng.uniform(0, 2 * np.pi, (count, 2))], axis=-1)
