"""How much the noise, and what a finer image does not explain, vary over a measured image.

Both are judged by medians, so that the few places where the finer image is wrong do not hide
themselves by making everything look unsure.
"""

from dataclasses import dataclass

import numpy as np
from scipy.optimize import nnls

from colonnade.core.arrays import Array, Grey, Single

MEDIAN_OF_SQUARES = 0.4549
"""Median of the square of a normal number of unit variance."""

BINS = 8
"""A line is laid through the medians of so many groups of equal size."""

LEAST_VARIANCE = 0.02
"""The variance falls nowhere below this share of its mean over the groups."""

ROUNDS = 3
"""So often are the groups weighted anew by the variance that the line gives them."""

BLOCK = 32
"""Spectra are of blocks of this side, and filters have no larger ones [px]."""

LEAST_POWER = 1e-6
"""Of a frequency, relative to white noise: whitening takes others no more apart."""


@dataclass(frozen=True)
class Law:
    """A variance that grows with another quantity, along a straight line.

    Parameters
    ----------
    constant, slope
        Variance where the quantity has the value `start`, and its growth from there.
    start
        Smallest value of the quantity.
    least
        No variance is smaller.
    """

    constant: float
    slope: float
    start: float
    least: float

    @classmethod
    def of(cls, values: Grey, quantity: Grey, least: float) -> "Law":
        """Lay a line through the medians of groups.

        Parameters
        ----------
        values
            Of mean zero.
        quantity
            What their variance may depend on, one for each.
        least
            A smaller variance is none, above 0.
        """
        order = np.array_split(np.argsort(quantity, axis=None, kind="stable"), BINS)
        squares = np.square(values.ravel(), dtype=np.float64) / MEDIAN_OF_SQUARES
        variance = np.array([np.median(squares[group]) for group in order])
        middle = np.array([float(quantity.ravel()[group].mean()) for group in order])
        start = float(quantity.min())
        least = max(LEAST_VARIANCE * float(variance.mean()), least)
        terms = np.stack([np.ones(len(order)), middle - start], axis=1)
        expected = np.maximum(variance, least)
        for _ in range(ROUNDS):
            (constant, slope), _ = nnls(terms / expected[:, None], variance / expected)
            expected = np.maximum(terms @ [constant, slope], least)
        return cls(float(constant), float(slope), start, least)

    def sigma(self, quantity: Grey) -> Single:
        """Standard deviation where the quantity has these values."""
        variance = self.constant + self.slope * (quantity - self.start)
        return np.asarray(np.sqrt(np.maximum(variance, self.least)), np.float32)


def spectrum(parts: list[Single]) -> Array:
    """Power (`BLOCK`, `BLOCK`) at each frequency, zero first, of what was brought to one scale.

    The median over blocks that overlap by half: features in a few of them do not count. Noise is
    taken to look the same upside down, and its spectrum to be smooth.

    Parameters
    ----------
    parts
        Of an image, axes (y, x); those smaller than a block are continued by their mirror image.
    """
    window = np.hanning(BLOCK + 1)[:-1]
    weights = np.outer(window, window)
    weights /= np.sqrt(np.square(weights).sum())
    blocks = np.concatenate([_blocks(part) for part in parts])
    power = np.median(np.abs(np.fft.fft2(blocks * weights)) ** 2, axis=0) / np.log(2)
    turned = np.roll(power[::-1, ::-1], 1, axis=(0, 1))
    power = (power + turned) / 2
    power = (power + np.roll(power[::-1], 1, axis=0)) / 2
    smooth = sum(
        np.roll(power, (down, across), axis=(0, 1)) for down in (-1, 0, 1) for across in (-1, 0, 1)
    )
    return np.asarray(np.maximum(smooth / 9, LEAST_POWER))


def _blocks(part: Single) -> Single:
    missing = [(0, max(0, BLOCK - length)) for length in part.shape]
    part = np.pad(part, missing, mode="symmetric")
    every = np.lib.stride_tricks.sliding_window_view(part, (BLOCK, BLOCK))
    return np.asarray(every[:: BLOCK // 2, :: BLOCK // 2].reshape(-1, BLOCK, BLOCK))
