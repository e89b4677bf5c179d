"""What lies between and behind the columns: films, clouds, and what thick crystals scatter."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from colonnade.atoms.simulate.optics.probe import FWHM
from colonnade.atoms.simulate.optics.scattering import atom_signal, diffuse_signal
from colonnade.atoms.simulate.specimen.relief import Relief
from colonnade.atoms.simulate.specimen.specimen import Scene
from colonnade.core.arrays import Grey
from colonnade.core.instrument.detector import smooth_field
from colonnade.core.work.draws import NEVER, Draws, Range

CARBON, ATOMS = 6.0, 100.0
"""Atomic number of an amorphous film, and its atoms per volume [1/nm³]."""


@dataclass(frozen=True)
class Background:
    """What is not columns; each range is drawn from evenly unless it says otherwise."""

    level: Range = (0.0, 1.5)
    """Uniform background relative to the brightest column."""
    clouds: Range = (0.0, 0.5)
    """Smooth variations, such as contamination, relative to the brightest column."""
    cloud_size: Range = (1.0, 20.0)
    """Size of these variations, drawn logarithmically [nm]."""
    grain: Range = (0.0, 0.2)
    """Correlation length of an amorphous film, beside what the probe adds [nm]."""
    roughness: Range = (1.0, 6.0)
    """Fluctuations of the film relative to those of independent atoms, drawn logarithmically."""
    relief: Range = NEVER
    """Standard deviation of the logarithm of the film's thickness, on all scales together."""
    relief_size: Range = (0.5, 8.0)
    """Length of the largest features of this relief, drawn logarithmically [nm]."""
    steepness: Range = (0.3, 1.2)
    """Features of the relief half as large are this power of two less high."""
    halo: Range = NEVER
    """What the tails of the probe add around columns, relative to what they scatter."""
    halo_size: Range = (0.3, 3.0)
    """Standard deviation of these tails, drawn logarithmically [nm]."""


@dataclass(frozen=True, eq=False)
class Film:
    """An amorphous film in one image.

    Parameters
    ----------
    mean, spread
        Expected share of the current that it scatters at each pixel, and the standard deviation
        of its texture there.
    length
        Standard deviation of the Gaussian that smooths its texture [nm].
    relief, uneven
        What larger features look like, and the standard deviation of the logarithm of its
        thickness that they make.
    sigma
        Standard deviation of the probe [nm].
    """

    mean: Grey
    spread: Grey
    length: float
    relief: Relief
    uneven: float
    sigma: float

    @property
    def texture(self) -> Grey:
        """Standard deviation, at each pixel, of what could be taken for peaks."""
        if self.uneven == 0:
            return self.spread
        bumps = self.uneven * self.relief.like_peaks(self.sigma)
        return np.asarray(np.hypot(self.spread, bumps * self.mean))

    def draw(self, pixel: float, rng: np.random.Generator) -> Grey:
        """Draw the share of the current that it scatters, with its texture."""
        if not self.spread.any():
            return self.mean
        shape = (self.mean.shape[0], self.mean.shape[1])
        field = smooth_field(shape, self.length / pixel, rng)
        film = np.asarray(np.maximum(self.mean + self.spread * field, 0.0))
        if self.uneven == 0:
            return film
        raised = np.float32(self.uneven) * self.relief.draw(shape, pixel, rng)
        return np.asarray(film * np.exp(raised - np.float32(self.uneven**2 / 2)))


def draw_film(
    recipe: Background, amorphous: NDArray[np.float32], exponent: float, sigma: float, draws: Draws
) -> Film:
    """Draw the nature of the film.

    Parameters
    ----------
    recipe
        What to draw from.
    amorphous
        Thickness of the film at each pixel [nm].
    exponent
        Power of the atomic number that an atom scatters.
    sigma
        Standard deviation of the probe [nm].
    draws
        Source of what is drawn.
    """
    length = float(np.hypot(sigma, draws.uniform("background.grain", recipe.grain)))
    roughness = draws.log_uniform("background.roughness", recipe.roughness)
    atom = float(atom_signal(np.array(CARBON**exponent), exponent))
    # Independent atoms, seen through a Gaussian: their number under it fluctuates as its root.
    seen = ATOMS * amorphous / (4 * np.pi * length**2)
    relief, uneven = Relief.between(length, length, 1.0), 0.0
    if recipe.relief != NEVER:
        uneven = draws.uniform("background.relief", recipe.relief)
        size = draws.log_uniform("background.relief_size", recipe.relief_size)
        steepness = draws.uniform("background.steepness", recipe.steepness)
        relief = Relief.between(max(size, length), length, steepness)
    mean, spread = ATOMS * atom * amorphous, roughness * atom * np.sqrt(seen)
    return Film(mean, spread, length, relief, uneven, sigma)


def draw_clouds(recipe: Background, shape: tuple[int, int], pixel: float, draws: Draws) -> Grey:
    """Draw the uniform background and its smooth variations, relative to the brightest column."""
    level = draws.uniform("background.level", recipe.level)
    clouds = draws.uniform("background.clouds", recipe.clouds)
    size = draws.log_uniform("background.cloud_size", recipe.cloud_size)
    if clouds == 0:
        return np.full(shape, level, np.float32)
    field = smooth_field(shape, size / pixel / FWHM, draws.rng)
    return np.asarray(np.maximum(level + clouds * field, 0.0))


def diffuse(scene: Scene, pixel: float, exponent: float) -> Grey:
    """Share of the current that a thick crystal scatters between its columns, at each pixel.

    Parameters
    ----------
    scene
        The specimen.
    pixel
        Size of a pixel [nm].
    exponent
        Power of the atomic number that an atom scatters.
    """
    field = np.array(scene.crystal.shape) * pixel
    volume = float(scene.crystal.mean()) * float(np.prod(field))
    if volume == 0:
        return np.zeros(scene.crystal.shape, np.float32)
    inside = ((scene.positions > 0) & (scene.positions < field)).all(1)
    matter = float((scene.strength * scene.thickness)[inside].sum())
    diffuse = diffuse_signal(np.array(matter / volume), scene.crystal, exponent)
    return diffuse.astype(np.float32)
