"""Noise and what else a detector does to an image; every simulator shares it.

Each function takes and returns an image, axes (y, x), and draws from the generator it is given.
"""

from dataclasses import dataclass, replace

import numpy as np
from scipy import ndimage

from colonnade.core.arrays import Grey, Single
from colonnade.core.errors import RecipeError
from colonnade.core.instrument.poisson import poisson
from colonnade.core.work.draws import NEVER, Draws, Range


@dataclass(frozen=True)
class Detector:
    """What the detector does; each range is drawn from evenly."""

    read_noise: Range = (0.0, 1.5)
    """Standard deviation of the detector's own noise in each pixel of each frame [e⁻]."""
    streaks: Range = (0.0, 0.03)
    """Standard deviation of each row's relative brightness in each frame."""
    flicker: Range = NEVER
    """Standard deviation of the beam's relative brightness, which wavers while it scans."""
    flicker_length: Range = (5.0, 500.0)
    """How long it wavers, as a standard deviation, drawn logarithmically [pixels in a row]."""
    offset: Range = (0.0, 20.0)
    """Level at which no electron is counted [e⁻]."""
    averaged: float = 0.15
    """Share of the images that are the sum of several frames; the dose is that of all of them."""
    frames: tuple[int, ...] = (2, 4, 8, 16)
    """How many frames such an image has, each as likely."""
    dropouts: float = 0.05
    """Share of the images in which rows are lost: one level all along, or the row before."""
    lost: Range = (0.004, 0.03)
    """Share of the rows that such an image loses."""
    saturation: float = 0.1
    """Share of the images in which the detector or its amplifier is full in places."""
    full: Range = (0.0, 0.02)
    """Share of the pixels that are cut in such an image, the brightest."""
    bits: tuple[int, ...] = (0, 8, 12, 16)
    """Bits of the digitiser, each choice as likely; 0 for electrons as they are counted."""
    used: Range = (0.5, 1.0)
    """Share of the digitiser's range that the brightest pixel takes."""

    def __post_init__(self) -> None:
        if not all(frames >= 1 for frames in self.frames):
            raise RecipeError(f"detector.frames must be 1 or more each, not {self.frames}")
        if not all(0 <= bits <= 16 for bits in self.bits):
            raise RecipeError(f"detector.bits must be from 0 to 16 each, not {self.bits}")
        for name, limits in (("lost", self.lost), ("full", self.full)):
            if not 0 <= limits[0] <= limits[1] < 1:
                raise RecipeError(f"detector.{name} must lie between 0 and 1, not {limits}")


@dataclass(frozen=True)
class DrawnDetector:
    """What the detector does to one image.

    Parameters
    ----------
    read_noise
        Standard deviation of the detector's own noise in the sum of all frames [e⁻].
    streaks
        Standard deviation of each row's relative brightness in the sum of all frames.
    flicker, flicker_length
        Standard deviation of the beam's relative brightness in the sum of all frames, and how
        long it wavers [pixels in a row].
    offset
        Level at which no electron is counted [e⁻].
    frames
        How many frames make the image.
    lost
        Share of the rows that one of the frames lost.
    full
        Share of the pixels that are cut at one level.
    bits
        Bits of the digitiser; 0 for electrons as they are counted.
    used
        Share of the digitiser's range that the brightest pixel takes.
    """

    read_noise: float = 0.0
    streaks: float = 0.0
    flicker: float = 0.0
    flicker_length: float = 1.0
    offset: float = 0.0
    frames: int = 1
    lost: float = 0.0
    full: float = 0.0
    bits: int = 0
    used: float = 1.0

    def record(self, expected: Grey, rng: np.random.Generator) -> Single:
        """Record an image.

        Parameters
        ----------
        expected
            Mean number of electrons in each pixel, of all frames together.
        rng
            Source of the noise.

        Returns
        -------
        ndarray
            Electrons, or the levels of the digitiser.
        """
        if self.streaks > 0:
            brightness = 1 + self.streaks * rng.standard_normal(len(expected))
            expected = expected * np.maximum(brightness, 0)[:, None].astype(np.float32)
        if self.flicker > 0:
            wavering = _wavering(expected.shape, self.flicker_length, rng)
            expected = expected * np.maximum(1 + np.float32(self.flicker) * wavering, 0)
        image = count_electrons(expected, self.read_noise, rng)
        image += np.float32(self.offset)
        if self.lost > 0:
            _lose_rows(image, self.lost, self.frames, rng)
        if self.full > 0:
            np.minimum(image, _level(image, 1 - self.full), out=image)
        return _digitise(image, self.bits, self.used) if self.bits else image


def draw_detector(recipe: Detector, draws: Draws) -> DrawnDetector:
    """Draw what the detector does to one image."""
    averaged = draws.happens("detector.averaged", recipe.averaged)
    dropouts = draws.happens("detector.dropouts", recipe.dropouts)
    saturated = draws.happens("detector.saturated", recipe.saturation)
    flicker, length = 0.0, 1.0
    # Not drawn where there is none, so that older recipes keep their images.
    if recipe.flicker != NEVER:
        flicker = draws.uniform("detector.flicker", recipe.flicker)
        length = draws.log_uniform("detector.flicker_length", recipe.flicker_length)
    frame = DrawnDetector(
        flicker=flicker,
        flicker_length=length,
        read_noise=draws.uniform("detector.read_noise", recipe.read_noise),
        streaks=draws.uniform("detector.streaks", recipe.streaks),
        offset=draws.uniform("detector.offset", recipe.offset),
        frames=draws.choice("detector.frames", recipe.frames if averaged else (1,)),
        lost=draws.uniform("detector.lost", recipe.lost if dropouts else NEVER),
        full=draws.uniform("detector.full", recipe.full if saturated else NEVER),
        bits=draws.choice("detector.bits", recipe.bits),
        used=draws.uniform("detector.used", recipe.used),
    )
    root = float(np.sqrt(frame.frames))
    return replace(
        frame,
        read_noise=frame.read_noise * root,
        streaks=frame.streaks / root,
        flicker=frame.flicker / root,
    )


def _wavering(shape: tuple[int, ...], length: float, rng: np.random.Generator) -> Single:
    """Draw what wavers along the scan, row after row, with a standard deviation of one."""
    wavering: Single = rng.standard_normal(int(np.prod(shape)), dtype=np.float32)
    # Three means in a row are nearly a Gaussian, and as fast however long it is.
    for _ in range(3):
        wavering = ndimage.uniform_filter1d(wavering, max(1, round(2 * length)))
    wavering /= max(float(wavering.std()), 1e-12)
    return wavering.reshape(shape)


def smooth_field(shape: tuple[int, int], length: float, rng: np.random.Generator) -> Single:
    """Draw a random field of zero mean and unit standard deviation.

    Parameters
    ----------
    shape
        Rows and columns.
    length
        Standard deviation of the Gaussian that smooths white noise into the field [px].
    rng
        Source of the noise.
    """
    field = _fine_field(shape, length, rng) if length < FINE else _coarse_field(shape, length, rng)
    field -= field.mean()
    field /= max(float(field.std()), 1e-12)
    field -= field.mean()  # once more, for what rounding left of a field that hardly varies
    return field


FINE = 1.5
"""Up to this length noise is smoothed pixel by pixel [px]; above, fewer bumps are added up."""


def _fine_field(shape: tuple[int, int], length: float, rng: np.random.Generator) -> Single:
    reach = int(np.ceil(4 * length))
    grown = (shape[0] + 2 * reach, shape[1] + 2 * reach)
    noise = rng.standard_normal(grown, dtype=np.float32)
    field: Single = ndimage.gaussian_filter(noise, length, mode="nearest")
    return field[reach : reach + shape[0], reach : reach + shape[1]].copy()


def _coarse_field(shape: tuple[int, int], length: float, rng: np.random.Generator) -> Single:
    down, across = (_bumps(count, length) for count in shape)
    noise = rng.standard_normal((down.shape[1], across.shape[1]), dtype=np.float32)
    return np.asarray(down @ noise @ across.T, np.float32)


def _bumps(count: int, length: float) -> Single:
    """Gaussians side by side, one in each column: coarse noise times these is smooth noise.

    A step of one standard deviation is fine enough: the variance of the field ripples by less
    than a thousandth.
    """
    centres = length * np.arange(-5, int(count / length) + 7)
    away = (np.arange(count)[:, None] - centres) / length
    bumps: Single = np.exp(-0.5 * np.minimum(away**2, 150.0)).astype(np.float32)
    return bumps


def count_electrons(expected: Grey, read_noise: float, rng: np.random.Generator) -> Single:
    """Draw Poisson counts and add Gaussian read noise.

    Parameters
    ----------
    expected
        Mean number of electrons in each pixel.
    read_noise
        Standard deviation of the read noise [e⁻].
    rng
        Source of the noise.
    """
    counts = poisson(expected, rng)
    if read_noise > 0:
        counts += np.float32(read_noise) * rng.standard_normal(expected.shape, dtype=np.float32)
    return counts


def _lose_rows(image: Single, share: float, frames: int, rng: np.random.Generator) -> None:
    """Replace rows, in one of the frames, by one level or by the row before."""
    count = max(1, round(share * len(image)))
    low, high = float(image.min()), float(image.max())
    for row in np.sort(rng.permutation(len(image))[:count]):
        copied = rng.random() < 0.5 and row > 0
        instead = image[row - 1] if copied else np.float32(rng.uniform(low, high))
        image[row] = ((frames - 1) * image[row] + instead) / frames


def _level(image: Single, share: float) -> np.float32:
    """Give the level that this share of the pixels does not exceed."""
    flat = image.ravel()
    rank = round(share * (flat.size - 1))
    return np.float32(np.partition(flat, rank)[rank])


def _digitise(image: Single, bits: int, used: float) -> Single:
    """Round to the levels of a digitiser that cuts what is below zero."""
    top = 2**bits - 1
    brightest = max(float(image.max()), 1e-12)
    levels: Single = np.rint(np.clip(image * np.float32(used * top / brightest), 0, top))
    return levels
