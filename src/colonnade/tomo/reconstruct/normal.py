"""Projection and back-projection in one, where it is nearly a convolution.

What a slice becomes when it is projected and projected back is nearly the slice convolved with one
kernel, so that the Fourier transform solves for it at once: a preconditioner, since a detector's
pixels and the edges make it no more than nearly so.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy import fft

from colonnade.core.arrays import Array, Single
from colonnade.tomo.reconstruct.projector import Projector, shadow

STEP = 1 / 128
"""Distances at which the kernel of a view is worked out [px]."""

REACH = 4.0
"""Beyond this distance from its middle the kernel of a view is zero [px]: a voxel's shadow and a
detector pixel are at most 2.42 wide together, and the kernel twice as wide."""


@dataclass(frozen=True, eq=False)
class NormalSpectrum:
    """Power with which each frequency of a slice is projected and projected back.

    Parameters
    ----------
    projector
        Of the series.
    """

    projector: Projector

    @property
    def shape(self) -> tuple[int, int]:
        """Of the grid on which slices lie with room around them, so that no end meets another."""
        depth, width = self.projector.depth, self.projector.width
        return fft.next_fast_len(2 * depth, real=True), fft.next_fast_len(2 * width, real=True)

    @cached_property
    def power(self) -> Array:
        """At each frequency of that grid (z, x), as a real transform has them."""
        z, x = (fft.fftfreq(length, 1 / length) for length in self.shape)
        kernel = np.zeros(self.shape)
        for angle in np.deg2rad(self.projector.angles):
            places, values = _view_kernel(angle)
            distance = z[:, None] * np.sin(angle) + x * np.cos(angle)
            kernel += np.interp(distance, places, values, 0, 0)
        return np.asarray(np.maximum(fft.rfft2(kernel).real, 0))

    @cached_property
    def laplacian(self) -> Array:
        """What each frequency's gradient has of its power."""
        z, x = fft.fftfreq(self.shape[0])[:, None], fft.rfftfreq(self.shape[1])
        return np.asarray(4 - 2 * np.cos(2 * np.pi * z) - 2 * np.cos(2 * np.pi * x))

    def solver(self, gradient: float, identity: float) -> "Solver":
        """Invert it with so many times the gradient's power and the identity added."""
        power = self.power + gradient * self.laplacian + identity
        return Solver(self.shape, np.asarray(1 / power, np.float32))


@dataclass(frozen=True, eq=False)
class Solver:
    """Divides slices by a power at each of their frequencies.

    Parameters
    ----------
    shape
        Of the grid on which they lie with room around them.
    inverse
        One over the power.
    """

    shape: tuple[int, int]
    inverse: Single

    def __call__(self, slices: Single) -> Single:
        """Solve for slices (slice, z, x)."""
        depth, width = slices.shape[1:]
        solved = fft.irfft2(fft.rfft2(slices, self.shape) * self.inverse, self.shape)
        return np.asarray(solved[:, :depth, :width], np.float32)


def _view_kernel(angle: float) -> tuple[Array, Array]:
    """What a voxel adds to others in one view, by how far their middles are apart there."""
    places = np.arange(-REACH / 2, REACH / 2 + STEP / 2, STEP)
    seen = shadow(places + 0.5, angle) - shadow(places - 0.5, angle)
    both = np.convolve(seen, seen[::-1]).astype(np.float64) * STEP
    return np.arange(len(both), dtype=np.float64) * STEP - REACH, both
