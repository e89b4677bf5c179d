"""What a network is told of a whole image beside its grey levels, and the scale it sees them on.

The spectrum of an image says how noisy it is, how the noise is coloured along the fast axis of
the scan, and how far the image is resolved. It is measured once for the whole image, so that the
answer of a network does not depend on the tile.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from colonnade.core.arrays import Array, Single
from colonnade.core.images.spread import spread_blocks
from colonnade.core.images.tiles import Readable
from colonnade.core.learn.scale import Scale

BANDS = 8
"""Rings from zero frequency to half a cycle a pixel."""

SECTORS = 2
"""Half planes of frequencies: mostly along x, the fast axis, and mostly along y."""

CHANNELS = 1 + SECTORS * BANDS
"""Input channels of a network: the image, then its spectrum, the same in every pixel."""

BLOCK = 32
"""Spectra are averaged over blocks of this side [px]."""

MOST_BLOCKS = 1024
"""So many blocks, evenly spread, stand for a large image, or for several."""

LEAST_POWER = 1e-6
"""Of a frequency, relative to white noise of the image's variance; 8-bit rounding lies above."""


@dataclass(frozen=True, eq=False)
class Conditions(Scale):
    """The scale of an image, and its spectrum.

    Parameters
    ----------
    spectrum
        Half the logarithm to the base of ten of the power in each ring, relative to white noise
        of the same variance; first along x, then along y.
    """

    spectrum: Single

    @classmethod
    def of(cls, image: Readable) -> "Conditions":
        """Measure an image, axes (y, x); of a large one, blocks that are evenly spread."""
        return cls.of_several([image], 1)

    @classmethod
    def of_several(cls, images: Iterable[Readable], count: int) -> "Conditions":
        """Measure so many images together, such as slices of a stack, which shall stay alike."""
        most = max(1, MOST_BLOCKS // count)
        spread = (spread_blocks(image, BLOCK, BLOCK // 2, most) for image in images)
        blocks = np.stack([block for each in spread for block in each])
        offset, scale = float(blocks.mean()), max(float(blocks.std()), 1e-12)
        return cls(offset, scale, _spectrum((blocks - offset) / scale))

    def channels(self, tiles: Single) -> Single:
        """Give a network's input (n, channel, y, x) for normalised tiles (n, 1, y, x)."""
        count, _, height, width = tiles.shape
        constant = np.broadcast_to(
            self.spectrum[None, :, None, None], (count, self.spectrum.size, height, width)
        )
        return np.concatenate([tiles, constant], axis=1)


def _spectrum(blocks: Single) -> Single:
    window = np.hanning(BLOCK + 1)[:-1]
    weights = np.outer(window, window)
    flat = blocks - blocks.mean((1, 2), keepdims=True)
    power = np.abs(np.fft.rfft2(flat * weights)) ** 2 / np.square(weights).sum()
    mean: Array = np.maximum(power.mean(0), LEAST_POWER)
    rings = [mean[ring].mean() for ring in _rings()]
    return np.asarray(0.5 * np.log10(rings), np.float32)


def _rings() -> Iterator[Array]:
    """Which frequencies belong to each ring of each sector."""
    along_y, along_x = np.abs(np.fft.fftfreq(BLOCK))[:, None], np.fft.rfftfreq(BLOCK)[None]
    radius = np.hypot(along_y, along_x)
    fast = along_x >= along_y
    edges = np.linspace(0, 0.5, BANDS + 1)
    for sector in (fast, ~fast):
        for low, high in pairwise(edges):
            yield sector & (radius > low) & (radius <= high)
