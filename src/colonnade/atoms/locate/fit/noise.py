"""How much the grey levels of an image scatter about what a fit expects.

The weights of the fit are the reciprocal variances of the pixels. The variance grows with the
expected grey level, as electrons are counted; the law is measured in the residuals.
"""

from dataclasses import dataclass

import numpy as np

from colonnade.atoms.locate.fit.nonnegative import two_shares
from colonnade.atoms.locate.fit.settings import FIT_DEFAULTS, NoiseSettings
from colonnade.core.arrays import Array, Indices, Single


@dataclass(frozen=True)
class Noise:
    """Variance of a pixel: ``constant + gain * expected``, as electrons and a detector make it.

    Parameters
    ----------
    constant
        What every pixel has: read noise, and where zero electrons are not grey level zero.
    gain
        Grey levels that one electron makes.
    least
        No pixel has less.
    """

    constant: float
    gain: float
    least: float

    @classmethod
    def measure(
        cls,
        image: Single,
        expected: Single,
        parameters: int,
        settings: NoiseSettings = FIT_DEFAULTS.noise,
    ) -> "Noise":
        """Measure the law in the residuals of a fit of so many parameters."""
        step = int(np.ceil(np.sqrt(image.size / settings.most_pixels)))
        levels, expected = image[::step, ::step], expected[::step, ::step]
        squares = (levels - expected).astype(np.float64) ** 2
        # A fit follows the noise a little: each parameter takes one of the squares.
        squares *= image.size / max(image.size - parameters, image.size / 4)
        least = 1e-6 * max(float(levels.var()), 1e-3)
        level, scatter, many = _scatter(expected.astype(np.float64), squares, settings)
        return cls._through(level, np.maximum(scatter, least), np.sqrt(many), least)

    @classmethod
    def _through(cls, level: Array, scatter: Array, weight: Array, least: float) -> "Noise":
        """Straight line through measured variances, neither falling nor below zero."""
        start = float(level.min())
        terms = np.stack([np.ones_like(level), level - start], axis=1)
        expected = scatter
        for _ in range(3):
            relative = (weight / np.maximum(expected, least))[:, None]
            constant, gain = two_shares(terms * relative, scatter * relative[:, 0])
            expected = terms @ [constant, gain]
        lowest = max(0.25 * float(expected.min()), least)
        return cls(constant - gain * start, gain, lowest)

    def weights(self, expected: Single) -> Single:
        """Reciprocal variance of every pixel."""
        variance = np.maximum(self.constant + self.gain * expected, self.least)
        return np.asarray(1 / variance, np.float32)


def robust(weight: Single, residual: Single, outlying: float) -> Single:
    """Lower the weights of outlying pixels: what no column explains must not pull any.

    Parameters
    ----------
    weight, residual
        Of each pixel.
    outlying
        Residuals larger than this count less [standard deviations].
    """
    deviations = np.abs(residual) * np.sqrt(weight)
    return np.asarray(weight / np.maximum(deviations / outlying, 1), np.float32)


def _scatter(level: Array, squares: Array, settings: NoiseSettings) -> tuple[Array, Array, Array]:
    """Mean level of each group of pixels, their mean square, and how many they are.

    Where columns were missed the squares are too large, but only in some of the tiles.
    """
    levels = settings.levels
    sample = level.ravel()[:: max(1, level.size // settings.sorted_pixels)]
    edges = np.quantile(sample, np.linspace(0, 1, levels + 1)[1:-1])
    above = np.zeros(level.shape, np.uint8)
    for edge in edges:
        above += level > edge
    group = above.ravel().astype(np.intp)
    # Small images have fewer tiles, so that each still has some pixels of each level.
    tiles = int(np.clip(np.sqrt(level.size / (32 * levels)), 1, settings.tiles))
    along = [np.arange(count) * tiles // count for count in level.shape]
    tile = (along[0][:, None] * tiles + along[1]).ravel()
    place = group * tiles**2 + tile
    many = np.bincount(place, minlength=levels * tiles**2)
    total = np.bincount(place, squares.ravel(), levels * tiles**2)
    enough = many >= min(max(16, level.size // (4 * levels * tiles**2)), many.max() // 2 + 1)
    mean = np.where(enough, total / np.maximum(many, 1), np.inf).reshape(levels, -1)
    measured = enough.reshape(levels, -1).sum(1)
    there = measured > 0
    in_group = np.bincount(group, minlength=levels)[there].astype(np.float64)
    means = np.bincount(group, level.ravel(), levels)[there] / in_group
    return means, _medians(mean[there], measured[there]), in_group


def _medians(values: Array, count: Indices) -> Array:
    """Median of so many of the smallest values of each row."""
    ordered, row = np.sort(values, axis=1), np.arange(len(values))
    return np.asarray((ordered[row, (count - 1) // 2] + ordered[row, count // 2]) / 2)
