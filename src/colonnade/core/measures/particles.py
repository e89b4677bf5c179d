"""Bright particles: which of the truth an image shows, and which it shows that are not there.

One detector for all methods. An image is filtered with the Laplacian of a Gaussian as wide as a
disk of each size, scaled so that the response at the middle of such a disk is its contrast in grey
levels. What is in one image is in another as well if that has at least half the response, near by.
"""

from dataclasses import dataclass

import numpy as np
from scipy.ndimage import gaussian_laplace, maximum_filter

from colonnade.core.arrays import Array, Grey, Indices, Single

ENOUGH = 0.5
"""Share of the response of one image that counts as the same particle in another."""

LEAST_CONTRAST = 0.1
"""Fainter particles are none, as a share of the grey range of the truth."""

NEAR = 0.25
"""A particle may lie so far away in another image, as a share of its diameter."""

LEAST_NEAR = 1.5
"""It may lie as far away as this in any case [px]."""

SIZES = (2.0, 3.0, 4.5, 7.0)
"""Diameters of what counts where no particles are known [px of the input]."""

DISK = 2 * np.exp(-1.0)
"""Response of the filter, times its variance, at the middle of a disk of contrast 1."""


@dataclass(frozen=True)
class ParticleCount:
    """How many particles of the truth an image shows, and how many that are not there."""

    shown: int
    missed: int
    invented: int


@dataclass(frozen=True, eq=False)
class Responses:
    """How an image responds to disks.

    Parameters
    ----------
    diameters
        Of the disks [px].
    maps
        Contrast of a disk at each pixel (diameter, y, x) [grey levels].
    """

    diameters: tuple[float, ...]
    maps: Single

    @classmethod
    def of(cls, image: Grey, diameters: tuple[float, ...]) -> "Responses":
        """Filter an image."""
        pixels = np.asarray(image, np.float32)
        # The response to a disk of radius r is highest at a deviation of r over the root of 2.
        sigmas = [diameter / np.sqrt(8) for diameter in diameters]
        maps = [-(sigma**2) / DISK * gaussian_laplace(pixels, sigma) for sigma in sigmas]
        return cls(diameters, np.asarray(maps, np.float32))

    def particles(self, least: float) -> Indices:
        """Find particles of at least a contrast: rows of (diameter's number, y, x)."""
        around = maximum_filter(self.maps, size=3)
        top = (self.maps == around) & (self.maps >= least)
        height, width = self.maps.shape[1:]
        for number, diameter in enumerate(self.diameters):
            border = int(np.ceil(diameter))
            inside = np.zeros((height, width), bool)
            inside[border : height - border, border : width - border] = True
            top[number] &= inside
        return np.argwhere(top)

    def near(self, particles: Indices) -> Array:
        """Give the highest response near each particle."""
        highest = np.empty(len(particles))
        for number, diameter in enumerate(self.diameters):
            reach = int(np.ceil(max(NEAR * diameter, LEAST_NEAR)))
            chosen = particles[:, 0] == number
            around = maximum_filter(self.maps[number], size=2 * reach + 1)
            highest[chosen] = around[particles[chosen, 1], particles[chosen, 2]]
        return highest


def count_particles(
    image: Grey, truth: Grey, diameters: tuple[float, ...], least: float
) -> ParticleCount:
    """Count what an image shows of the particles that its truth shows.

    Parameters
    ----------
    image, truth
        Grey levels on one scale, axes (y, x).
    diameters
        Of the particles that are looked for [px].
    least
        Contrast of the faintest [grey levels].
    """
    there, true = Responses.of(image, diameters), Responses.of(truth, diameters)
    return _compared(there, true, true.particles(least), least)


def count_known(image: Grey, truth: Grey, particles: Array, least: float) -> ParticleCount:
    """Count what an image shows of known particles of one size.

    Parameters
    ----------
    image, truth, least
        As for `count_particles`.
    particles
        Rows of (y, x, diameter) [px].
    """
    diameters = (float(particles[0, 2]),)
    there, true = Responses.of(image, diameters), Responses.of(truth, diameters)
    places = np.rint(particles[:, :2]).astype(np.intp)
    known = np.column_stack([np.zeros(len(places), np.intp), places])
    return _compared(there, true, known, least)


def _compared(there: Responses, true: Responses, known: Indices, least: float) -> ParticleCount:
    shown = there.near(known) >= ENOUGH * true.near(known)
    drawn = there.particles(least)
    heights = there.maps[tuple(drawn.T)]
    invented = true.near(drawn) < ENOUGH * heights
    return ParticleCount(int(shown.sum()), int((~shown).sum()), int(invented.sum()))
