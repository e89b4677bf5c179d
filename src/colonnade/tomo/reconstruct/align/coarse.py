"""Bring each view near its neighbour, outwards from the view of least tilt."""

from itertools import pairwise

import numpy as np
from scipy import fft, ndimage

from colonnade.core.arrays import Array, Single
from colonnade.core.images.registration import flattened
from colonnade.tomo.reconstruct.align.working import Working

STEEPEST = 60.0
"""Views are stretched as if they were tilted by no more [degrees]: beyond, nothing is left."""


def coarse_shifts(working: Working) -> Array:
    """Shift of each view (y, x) against that of least tilt [px of the series]."""
    tilts = np.deg2rad(np.clip(working.angles, -STEEPEST, STEEPEST))
    order = np.argsort(working.angles, kind="stable")
    start = int(np.argmin(np.abs(working.angles[order])))
    shifts = np.zeros((len(order), 2))
    for side in (order[start:], order[start::-1]):
        for before, after in pairwise(side):
            wider = np.cos(tilts[before]) / np.cos(tilts[after])
            step = _shift(working.views[before], _stretched(working.views[after], wider))
            shifts[after] = (shifts[before] + step) * [1, 1 / wider]
    return shifts * working.binning


def _stretched(view: Single, factor: float) -> Single:
    """Stretch a view along x about its middle."""
    middle = (view.shape[1] - 1) / 2
    return np.asarray(
        ndimage.affine_transform(
            view, [1, 1 / factor], [0, middle - middle / factor], order=1, mode="nearest"
        )
    )


def _shift(reference: Single, other: Single) -> Array:
    """How far a view is shifted against another (y, x), by cross-correlation [px]."""
    shape = [fft.next_fast_len(2 * side, real=True) for side in reference.shape]
    images = [_faded(flattened(view)) for view in (reference, other)]
    first, second = (fft.rfft2(image, shape) for image in images)
    surface = fft.irfft2(second * np.conj(first), shape)
    peak = np.unravel_index(surface.argmax(), surface.shape)
    found = []
    for axis, size in enumerate(shape):
        at = [
            tuple((np.add(peak, step * np.eye(2, dtype=int)[axis])) % shape) for step in (-1, 0, 1)
        ]
        low, top, high = (surface[place] for place in at)
        place = (peak[axis] + size // 2) % size - size // 2
        found.append(place + (low - high) / (2 * min(low + high - 2 * top, -1e-12)))
    return np.array(found)


def _faded(image: Single) -> Single:
    windows = (np.hanning(side + 2)[1:-1] ** 0.25 for side in image.shape)
    down, across = windows
    return np.asarray(image * down[:, None] * across, np.float32)
