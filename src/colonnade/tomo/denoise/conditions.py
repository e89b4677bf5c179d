"""What a denoising network is told of a whole image, and the scale that it sees it on.

The noise is measured once for the whole image, so that the answer does not depend on the tile:
how its variance grows with the grey level, and how it is correlated along the fast axis. A
network sees the image, the standard deviation of the noise in each pixel, and that of the whole
image times the correlation at some distances. All of it grows with the image: a network without
constants of its own, whose answer does too, need not learn anything anew for another brightness.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from colonnade.core.arrays import Grey, Single
from colonnade.core.learn.scale import Scale
from colonnade.core.measures.noise import NoiseModel, measure_noise

SHOWN_LAGS = 3
"""Distances along the fast axis whose correlation a network is told: 1, 2, ... [px]."""

CHANNELS = 2 + SHOWN_LAGS
"""Input channels of a network: the image, its noise, and the correlations."""

LEAST_SCALE = 1e-12
"""Images vary by no less than this [grey levels]."""


@dataclass(frozen=True, eq=False)
class Conditions(Scale):
    """The scale of an image, and its noise.

    Parameters
    ----------
    noise
        Of the image [grey levels].
    """

    noise: NoiseModel

    @classmethod
    def of(
        cls, blocks: Sequence[Grey], unknown: Sequence[NDArray[np.bool_]] | None = None
    ) -> "Conditions":
        """Measure an image, or several of one kind, by blocks (y, x) of them.

        Parameters
        ----------
        blocks
            Grey levels.
        unknown
            Which of them were filled, so that they show no noise.

        Raises
        ------
        ImageError
            If the blocks are too small to show their noise.
        """
        levels = np.concatenate([np.ravel(block) for block in blocks]).astype(np.float64)
        scale = max(float(levels.std()), LEAST_SCALE)
        return cls(float(levels.mean()), scale, measure_noise(*blocks, unknown=unknown))

    @property
    def is_noisy(self) -> bool:
        """Whether there is any noise."""
        return self.noise.sigma > 0

    def channels(self, tiles: Single) -> Single:
        """Give a network's input (n, channel, y, x) for normalised tiles (n, 1, y, x)."""
        count, _, height, width = tiles.shape
        seen = np.empty((count, CHANNELS, height, width), np.float32)
        seen[:, :1] = tiles
        seen[:, 1:2] = self.deviation(self.restore(tiles)) / np.float32(self.scale)
        correlation = np.array(self.noise.correlation[:SHOWN_LAGS], np.float32)
        seen[:, 2:] = (correlation * (self.noise.sigma / self.scale))[:, None, None]
        return seen

    def deviation(self, levels: Single) -> Single:
        """Give the standard deviation of the noise in pixels that show these grey levels."""
        return np.asarray(np.sqrt(self.noise.variance(levels)), np.float32)
