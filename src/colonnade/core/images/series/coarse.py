"""Rough shift of every frame, one after the other, by correlation with those before it."""

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray
from scipy import fft, ndimage

from colonnade.core.arrays import Array, Single
from colonnade.core.errors import ImageError
from colonnade.core.images.registration import NOISE, flattened, tapered
from colonnade.core.images.series.settings import RegistrationSettings
from colonnade.core.images.series.threads import in_threads


def rough_shifts(frames: Iterable[Single], settings: RegistrationSettings) -> Array:
    """Shift of each frame against the first, to about a tenth of a pixel; rows of (y, x) [px].

    From each frame to the next the field may move by any amount that leaves half of it in common.
    Where the frames show a lattice and nothing else, so that many shifts fit alike, the
    smallest of these steps is taken.

    Parameters
    ----------
    frames
        Grey levels, axes (y, x).
    settings
        How frames are compared.
    """
    shifts: list[Array] = []
    reference = np.empty((0, 0), np.float32)
    where = np.zeros(2)  # the reference is shifted so much, by whole pixels
    for smooth, transform in in_threads(_smooth, frames):
        if shifts:
            if smooth.shape != reference.shape:
                raise ImageError("the frames differ in size, so that they cannot be compared")
            shift = where + _step(reference, transform, settings.alike)
            moved = np.round(shift - where).astype(int)
            share = 1 / min(len(shifts) + 1, settings.memory)
            reference = (1 - share) * _moved(reference, moved[0], moved[1]) + share * smooth
            where = where + moved
        else:
            shift, reference = np.zeros(2), smooth
        shifts.append(shift)
    return np.array(shifts)


def _smooth(frame: Single) -> tuple[Single, NDArray[np.complex64]]:
    """Take background and noise off a frame, and give it with its transform."""
    smooth = np.asarray(ndimage.gaussian_filter(flattened(frame), NOISE), np.float32)
    return smooth, fft.rfft2(tapered(smooth))


def _step(reference: Single, transform: NDArray[np.complex64], alike: float) -> Array:
    """Smallest shift (y, x) at which a frame fits a reference nearly as well as anywhere."""
    product = transform * np.conj(fft.rfft2(tapered(reference)))
    surface = fft.irfft2(product, reference.shape)
    highest = float(surface.max())
    if highest <= 0:
        return np.zeros(2)
    peaks = (surface == ndimage.maximum_filter(surface, 3, mode="wrap")) & (
        surface >= alike * highest
    )
    places = np.argwhere(peaks)
    sizes = np.array(reference.shape)
    steps = (places + sizes // 2) % sizes - sizes // 2
    nearest = int((steps**2).sum(1).argmin())
    return np.asarray(steps[nearest] + _vertex(surface, places[nearest]))


def _vertex(surface: Single, place: Array) -> Array:
    """Top of the parabolas through a peak and its neighbours along (y, x), from the peak [px]."""
    offsets = []
    for line, at in ((surface[:, place[1]], place[0]), (surface[place[0]], place[1])):
        before, peak, after = (float(line[(at + step) % len(line)]) for step in (-1, 0, 1))
        bend = before - 2 * peak + after
        offsets.append(0.5 * (before - after) / bend if bend < 0 else 0.0)
    return np.clip(offsets, -0.5, 0.5)


def _moved(image: Single, down: int, right: int) -> Single:
    """Shift an image by whole pixels; what enters it is 0."""
    moved = np.zeros_like(image)
    height, width = image.shape
    rows = slice(max(down, 0), height + min(down, 0))
    columns = slice(max(right, 0), width + min(right, 0))
    source = image[max(-down, 0) : height - max(down, 0), max(-right, 0) : width - max(right, 0)]
    moved[rows, columns] = source
    return moved
