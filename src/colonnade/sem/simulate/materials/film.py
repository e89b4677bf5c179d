"""Films and substrates, which show slow contrast and hardly any detail."""

from dataclasses import dataclass

import numpy as np
from scipy.special import ndtri

from colonnade.core.arrays import Single
from colonnade.core.work.draws import Draws, Range
from colonnade.sem.scene import Grid, SampledScene
from colonnade.sem.simulate.materials.parts import Spots, draw_spots
from colonnade.sem.simulate.shapes import covered, level_distance
from colonnade.sem.simulate.texture import Layers, Waves, draw_layers, draw_waves


@dataclass(frozen=True)
class Film:
    """A film; each range is drawn from evenly."""

    grey: Range = (0.15, 0.7)
    """Its mean grey level."""
    clouds: Range = (0.02, 0.3)
    """Standard deviation of its slow contrast, as a share of the mean."""
    length: Range = (4.0, 40.0)
    """Shortest scale of that contrast [px], drawn logarithmically."""
    patches: float = 0.6
    """Share of the images with a second film, whose border is sharp."""
    step: Range = (0.02, 0.4)
    """Its contrast, as a share of the mean."""
    particles: Range = (0.0, 60.0)
    """Small particles in a field of 384 x 384 px."""


@dataclass(frozen=True, eq=False)
class FilmScene(SampledScene):
    """A film, a second one over a part of it, and particles.

    Parameters
    ----------
    grey, clouds, contrast
        Mean grey level, its slow contrast, and how strong.
    patch, threshold, step
        The second film is where this field is above the threshold; its relative contrast.
    particles
        On both.
    """

    grey: float
    clouds: Layers
    contrast: float
    patch: Waves
    threshold: float
    step: float
    particles: Spots

    @property
    def material(self) -> str:
        """What the scene shows."""
        return "film"

    def sample(self, grid: Grid) -> Single:
        """Give the mean grey level around each sample."""
        image = np.float32(self.grey) * (1 + np.float32(self.contrast) * self.clouds.on(grid))
        if self.step != 0:
            distance = level_distance(self.threshold - self.patch.on(grid), grid.step)
            image *= 1 + np.float32(self.step) * covered(distance, grid.step)
        self.particles.lay(image, grid)
        np.clip(image, 0, 1, out=image)
        return image


def draw_film(recipe: Film, draws: Draws, field: tuple[int, int]) -> FilmScene:
    """Draw a film over a field [px]."""
    rng = draws.rng
    grey = draws.uniform("materials.film.grey", recipe.grey)
    shortest = draws.log_uniform("materials.film.length", recipe.length)
    patched = draws.happens("materials.film.patched", recipe.patches)
    step = draws.log_uniform("materials.film.step", recipe.step) * rng.choice([-1, 1])
    count = round(
        draws.uniform("materials.film.particles", recipe.particles) * np.prod(field) / 384**2
    )
    places = rng.uniform(0, 1, (count, 2)) * np.array(field)
    return FilmScene(
        grey=grey,
        clouds=draw_layers(rng, field, (shortest, 8 * shortest), rng.uniform(0, 1)),
        contrast=draws.log_uniform("materials.film.clouds", recipe.clouds),
        patch=draw_waves(rng, rng.uniform(80, 600), 0.4),
        threshold=float(ndtri(rng.uniform(0.2, 0.8))),
        step=step if patched else 0.0,
        particles=draw_spots(rng, places, rng.uniform(1.5, 8), min(1.3 * grey, 0.9)),
    )
