"""Weighted back-projection: fast, linear, noisy, and streaked where views are missing."""

import numpy as np
from scipy import fft

from colonnade.core.arrays import Array, Single
from colonnade.tomo.reconstruct.projector import Projector


def weighted_back_projection(projector: Projector, sinograms: Single) -> Single:
    """Reconstruct slices (slice, z, x) from sinograms (slice, view, x).

    The ramp filter is that of Ram and Lakshminarayanan, sampled in real space so that the mean of
    a slice is right; every view counts by the angle that it stands for.
    """
    length = fft.next_fast_len(2 * projector.pixels, real=True)
    filtered = fft.irfft(fft.rfft(sinograms, length, axis=2) * _ramp(length), length, axis=2)[
        :, :, : projector.pixels
    ]
    weights = _angular_steps(np.deg2rad(projector.angles)).astype(np.float32)
    return projector.back_project(np.ascontiguousarray(filtered * weights[:, None]))


def _ramp(length: int) -> Single:
    places = fft.fftfreq(length, 1 / length)
    odd = places % 2 != 0
    kernel = np.zeros(length)
    kernel[odd] = -1 / (np.pi * places[odd]) ** 2
    kernel[0] = 0.25
    return np.asarray(fft.rfft(kernel).real, np.float32)


def _angular_steps(angles: Array) -> Array:
    """Angle between the middles to both neighbours; at the ends that to the one neighbour."""
    order = np.argsort(angles)
    steps = np.empty(len(angles))
    steps[order] = np.gradient(angles[order])
    return np.asarray(np.abs(steps))
