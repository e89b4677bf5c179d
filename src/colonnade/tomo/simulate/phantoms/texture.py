"""Textures: grey levels that vary smoothly inside an outline, sharp or soft."""

from dataclasses import dataclass

import numpy as np

from colonnade.core.arrays import Single
from colonnade.core.errors import RecipeError
from colonnade.core.work.draws import Draws, Range
from colonnade.tomo.simulate.phantoms.phantom import Grid, Room, Shape, covered
from colonnade.tomo.simulate.phantoms.shapes import draw_rough_ellipsoid
from colonnade.tomo.simulate.phantoms.waves import Waves, draw_waves


@dataclass(frozen=True)
class Texture:
    """A smooth random field in an outline; each range is drawn from evenly."""

    reach: Range = (0.6, 1.0)
    """How far the outline reaches, as a share of the room that it has."""
    longest: Range = (1.0, 2.0)
    """How many times as long as thick the outline may be."""
    roughness: Range = (0.0, 0.12)
    """Standard deviation of its surface's height, as a share of its reach."""
    soft: float = 0.4
    """Share of the specimens whose outline is soft."""
    edge: Range = (3.0, 24.0)
    """How wide the edge of such an outline is [px]."""
    scales: int = 3
    """Wavelengths that are added up, at most."""
    wavelength: Range = (6.0, 60.0)
    """Each of their medians [px], drawn logarithmically."""
    mean: Range = (0.3, 0.6)
    """Mean grey level inside."""
    contrast: Range = (0.05, 0.5)
    """Standard deviation of the grey level, as a share of it."""

    def __post_init__(self) -> None:
        if self.scales < 1:
            raise RecipeError(f"phantoms.texture.scales must be 1 or more, not {self.scales}")


@dataclass(frozen=True, eq=False)
class TexturePhantom:
    """A smooth random field in an outline.

    Parameters
    ----------
    outline
        Of the whole.
    edge
        How wide its edge is [px]; 0 where it is sharp.
    mean
        Grey level, on average.
    waves
        What varies it.
    contrast
        Of each of them, relative to the mean.
    """

    outline: Shape
    edge: float
    mean: float
    waves: tuple[Waves, ...]
    contrast: tuple[float, ...]

    family = "texture"
    wide = False

    def slice(self, y: float, grid: Grid) -> Single:
        """Give the grey levels of a plane (z, x)."""
        field = np.ones(grid.shape, np.float32)
        for waves, contrast in zip(self.waves, self.contrast, strict=True):
            field += np.float32(contrast) * waves.slice(y, grid)
        # A soft edge lies inside of the outline.
        inwards = self.outline.distance(y, grid) + np.float32(self.edge / 2)
        cover = covered(inwards, max(self.edge, grid.step))
        return np.asarray(np.float32(self.mean) * cover * field.clip(0, 1 / self.mean))


def draw_texture(recipe: Texture, draws: Draws, size: tuple[int, int, int]) -> TexturePhantom:
    """Draw a smooth random field in an outline."""
    rng, room = draws.rng, Room.of(size)
    reach = room.radius * draws.uniform("phantoms.texture.reach", recipe.reach)
    longest = draws.uniform("phantoms.texture.longest", recipe.longest)
    roughness = draws.uniform("phantoms.texture.roughness", recipe.roughness)
    outline = draw_rough_ellipsoid(rng, room.place(rng, reach), reach, longest, roughness)
    soft = draws.happens("phantoms.texture.soft", recipe.soft)
    edge = draws.uniform("phantoms.texture.edge", recipe.edge) if soft else 0.0
    mean = draws.uniform("phantoms.texture.mean", recipe.mean)
    contrast = draws.uniform("phantoms.texture.contrast", recipe.contrast)
    count = int(rng.integers(1, recipe.scales + 1))
    waves = tuple(
        draw_waves(rng, draws.log_uniform("phantoms.texture.wavelength", recipe.wavelength), 0.3)
        for _ in range(count)
    )
    shares = rng.dirichlet(np.ones(count))
    return TexturePhantom(
        outline, edge, mean, waves, tuple(contrast * float(np.sqrt(one)) for one in shares)
    )
