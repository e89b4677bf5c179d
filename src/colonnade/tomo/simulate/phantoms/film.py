"""Thin films: slabs of some layers that go on beyond every field of view, with inclusions."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from colonnade.core.arrays import Array, Single
from colonnade.core.errors import RecipeError
from colonnade.core.work.draws import Draws, Range
from colonnade.tomo.simulate.phantoms.bodies import Body, solid
from colonnade.tomo.simulate.phantoms.phantom import FILLED, Grid, covered
from colonnade.tomo.simulate.phantoms.shapes import draw_crystal, draw_ellipsoid
from colonnade.tomo.simulate.phantoms.waves import Waves, draw_waves


@dataclass(frozen=True)
class Film:
    """A thin film; each range is drawn from evenly."""

    thickness: Range = (0.12, 0.45)
    """Of the film, as a share of the volume's depth."""
    layers: int = 3
    """How many layers it has, at most."""
    grey: Range = (0.15, 0.7)
    """Grey level of each layer."""
    roughness: Range = (0.0, 2.0)
    """Standard deviation of the height of surfaces and interfaces [px]."""
    wavelength: Range = (15.0, 80.0)
    """Median wavelength of that [px], drawn logarithmically."""
    radius: Range = (2.0, 9.0)
    """How far inclusions reach, on average [px], drawn logarithmically."""
    filled: Range = (0.02, 0.2)
    """Share of the film that they take."""
    inclusion: Range = (0.6, 1.0)
    """Grey level of inclusions that are not voids."""
    voids: float = 0.3
    """Share of the films whose inclusions are voids."""

    def __post_init__(self) -> None:
        if self.layers < 1:
            raise RecipeError(f"phantoms.film.layers must be 1 or more, not {self.layers}")


@dataclass(frozen=True, eq=False)
class FilmPhantom:
    """A thin film.

    Parameters
    ----------
    heights
        Of its lower surface, its interfaces and its upper surface along z [px].
    greys
        Of the layers between.
    waves
        What moves each of the surfaces.
    roughness
        Standard deviation of that [px].
    inclusions
        What lies in it.
    """

    heights: Array
    greys: Array
    waves: Sequence[Waves]
    roughness: float
    inclusions: Sequence[Body]

    family = "film"
    wide = True

    def slice(self, y: float, grid: Grid) -> Single:
        """Give the grey levels of a plane (z, x)."""
        flat = Grid(np.zeros(1, np.float32), grid.x, grid.step)
        above = []
        for height, waves in zip(self.heights, self.waves, strict=True):
            surface = np.float32(height) + np.float32(self.roughness) * waves.slice(y, flat)[0]
            above.append(1 - covered(grid.z[:, None] - surface, grid.step))
        image = np.full(grid.shape, self.greys[0], np.float32)
        for over, step in zip(above[1:-1], np.diff(self.greys), strict=True):
            image += np.float32(step) * over
        for inclusion in self.inclusions:
            inclusion.lay(image, y, grid)
        return np.asarray(image * (above[0] - above[-1]).clip(0))


def draw_film(recipe: Film, draws: Draws, size: tuple[int, int, int]) -> FilmPhantom:
    """Draw a thin film, and inclusions as far as the views at the highest tilts show them."""
    rng, depth = draws.rng, size[0]
    thickness = depth * draws.uniform("phantoms.film.thickness", recipe.thickness)
    middle = rng.uniform(-0.5, 0.5) * (FILLED * depth - thickness) * OFF_MIDDLE
    count = int(rng.integers(1, recipe.layers + 1))
    cuts = np.sort(rng.uniform(0, 1, count - 1))
    heights = middle + thickness * (np.concatenate([[0.0], cuts, [1.0]]) - 0.5)
    wavelength = draws.log_uniform("phantoms.film.wavelength", recipe.wavelength)
    roughness = draws.uniform("phantoms.film.roughness", recipe.roughness)
    greys = np.array([draws.uniform("phantoms.film.grey", recipe.grey) for _ in range(count)])
    voids = draws.happens("phantoms.film.voids", recipe.voids)
    bright = draws.uniform("phantoms.film.inclusion", recipe.inclusion)
    return FilmPhantom(
        heights=heights,
        greys=greys,
        waves=[draw_waves(rng, wavelength, 0.3) for _ in heights],
        roughness=roughness,
        inclusions=_inclusions(
            recipe, draws, (heights[0], heights[-1]), size, 0.0 if voids else bright
        ),
    )


OFF_MIDDLE = 0.5
"""How much of the room that is left the film's middle may take."""

WIDEST = 6.0
"""Inclusions are there on so many widths of the volume: a view tilted by 80 degrees shows nearly
as much."""


def _inclusions(
    recipe: Film,
    draws: Draws,
    surfaces: tuple[float, float],
    size: tuple[int, int, int],
    grey: float,
) -> list[Body]:
    rng = draws.rng
    radius = draws.log_uniform("phantoms.film.radius", recipe.radius)
    low, high = surfaces
    radius = min(radius, 0.45 * (high - low))
    box = np.array([high - low - radius, size[1] + 2 * radius, WIDEST * size[2]])
    filled = draws.uniform("phantoms.film.filled", recipe.filled)
    count = round(filled * float(np.prod(box)) / (4 / 3 * np.pi * radius**3))
    faceted = rng.random() < 0.5
    bodies = []
    for place in rng.uniform(-0.5, 0.5, (min(count, MOST), 3)) * box:
        place[0] += (low + high) / 2
        reach = radius * rng.uniform(0.6, 1.2)
        shape = (
            draw_crystal(rng, place, reach, 1.3)
            if faceted
            else draw_ellipsoid(rng, place, reach, 1.4)
        )
        bodies.append(solid(shape, grey))
    return bodies


MOST = 1500
"""Inclusions, at most."""
