"""Undo a known blur: Wiener's filter, and unsharp masking.

A filter is a transfer function on the frequencies of the cosine transform, which mirrors an image
at its borders, so that none of them rings. All of them are tried at once: the squared error of
each against the truth follows from three sums over blocks of coefficients, without a filter being
applied.
"""

from dataclasses import dataclass
from itertools import product

import numpy as np
from scipy.fft import dctn, idctn

from colonnade.core.arrays import Array, Grey, Single

NOISE_TO_SIGNAL = tuple((10.0 ** np.arange(-4.0, 1.1, 0.5)).tolist())
"""Ratio of noise to signal that Wiener's filter reckons with at half a cycle a coarse pixel."""

RISES = (0.0, 2.0)
"""Powers of the frequency with which this ratio rises: not at all, or as the signal fades."""

MASK_WIDTHS = (0.25, 0.4, 0.6, 1.0)
"""Standard deviations of the mask that unsharp masking takes off [px of the coarse image]."""

MASK_AMOUNTS = (0.3, 0.6, 1.0, 1.5, 2.5, 4.0)
"""How much of the difference from the mask is added."""

BLOCK = 4
"""The error is worked out for blocks of so many coefficients a side: filters vary little there."""


@dataclass(frozen=True)
class Wiener:
    """Divide by the blur as far as the noise allows.

    Parameters
    ----------
    ratio
        Of noise to signal at half a cycle a coarse pixel.
    rise
        Power of the frequency with which it rises.
    """

    ratio: float
    rise: float

    def __str__(self) -> str:
        return f"wiener {self.ratio:.2g} f^{self.rise:g}"


@dataclass(frozen=True)
class Unsharp:
    """Add what a mask that was smoothed lacks.

    Parameters
    ----------
    width
        Standard deviation of the smoothing [px of the coarse image].
    amount
        How much is added.
    """

    width: float
    amount: float

    def __str__(self) -> str:
        return f"unsharp {self.width:g} px, {self.amount:g}"


Filter = Wiener | Unsharp | None

FILTERS: tuple[Filter, ...] = (
    None,
    *(Wiener(ratio, rise) for ratio, rise in product(NOISE_TO_SIGNAL, RISES)),
    *(Unsharp(width, amount) for width, amount in product(MASK_WIDTHS, MASK_AMOUNTS)),
)
"""All that are tried; the first does nothing."""


@dataclass(frozen=True)
class Blur:
    """How a coarse image was blurred before and as it was sampled.

    Parameters
    ----------
    sigma
        Standard deviation of the probe [px of the sharp image].
    factor
        A coarse pixel is the mean of so many sharp ones along each axis.
    """

    sigma: float
    factor: int

    def transfer(self, frequency_y: Array, frequency_x: Array) -> Array:
        """What it leaves at frequencies [cycles per sharp pixel] of a column and a row."""
        along_y, along_x = (
            np.exp(-2 * (np.pi * self.sigma * one) ** 2) * _mean_over(self.factor, one)
            for one in (frequency_y, frequency_x)
        )
        return along_y[:, None] * along_x

    def inverse(self, chosen: Filter, frequency_y: Array, frequency_x: Array) -> Array:
        """Transfer function of a filter against it; the mean grey level stays."""
        radius = np.hypot(frequency_y[:, None], frequency_x)
        match chosen:
            case Wiener(ratio, rise):
                left = self.transfer(frequency_y, frequency_x)
                relative = np.maximum(2 * self.factor * radius, np.finfo(np.float64).tiny)
                inverse = left / (left**2 + ratio * relative**rise)
            case Unsharp(width, amount):
                mask = np.exp(-2 * (np.pi * width * self.factor * radius) ** 2)
                inverse = 1 + amount * (1 - mask)
            case None:
                inverse = np.ones_like(radius)
        return np.where(radius == 0, 1.0, inverse)


def _mean_over(count: int, frequency: Array) -> Array:
    """What the mean over so many neighbours leaves at each frequency."""
    phase = np.pi * frequency
    safe = np.where(phase == 0, 1.0, phase)
    return np.where(phase == 0, 1.0, np.sin(count * safe) / (count * np.sin(safe)))


def sharpen(image: Grey, chosen: Filter, blur: Blur) -> Single:
    """Apply a filter to an image that was enlarged to sharp pixels."""
    if chosen is None:
        return np.asarray(image, np.float32)
    along_y, along_x = (np.arange(length) / (2 * length) for length in image.shape)
    inverse = blur.inverse(chosen, along_y, along_x)
    return np.asarray(idctn(dctn(image, norm="ortho") * inverse, norm="ortho"), np.float32)


class Chooser:
    """Choose the filter that brings images nearest to a truth.

    Parameters
    ----------
    truth
        The sharp image.
    blur
        What is to be undone.
    """

    def __init__(self, truth: Grey, blur: Blur) -> None:
        self._truth, self._mean = _spectrum(truth)
        along_y, along_x = (
            (BLOCK * np.arange(-(-length // BLOCK)) + (BLOCK - 1) / 2) / (2 * length)
            for length in truth.shape
        )
        self._inverse = np.stack([blur.inverse(one, along_y, along_x) for one in FILTERS])
        self._energy = float((self._truth**2).sum())

    def best(self, image: Grey) -> tuple[float, Filter]:
        """Give the mean squared error with the best filter, and that filter.

        Parameters
        ----------
        image
            Enlarged to the pixels of the truth.
        """
        found, mean = _spectrum(image)
        own, shared = _block_sums(found**2), _block_sums(found * self._truth)
        errors = np.tensordot(self._inverse**2, own, 2)
        errors += self._energy - 2 * np.tensordot(self._inverse, shared, 2)
        best = int(np.argmin(errors))
        return float((errors[best] + (mean - self._mean) ** 2) / found.size), FILTERS[best]


def _spectrum(image: Grey) -> tuple[Array, float]:
    """Coefficients without that of the mean, which every filter leaves as it is; and that one."""
    coefficients = np.asarray(dctn(np.asarray(image, np.float64), norm="ortho"))
    mean = float(coefficients[0, 0])
    coefficients[0, 0] = 0
    return coefficients, mean


def _block_sums(values: Array) -> Array:
    missing = [(0, -length % BLOCK) for length in values.shape]
    padded = np.pad(values, missing)
    height, width = (length // BLOCK for length in padded.shape)
    return np.asarray(padded.reshape(height, BLOCK, width, BLOCK).sum(axis=(1, 3)))
