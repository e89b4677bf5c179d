"""Bring an image to the scale and the grey levels that a network knows, and positions back."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from colonnade.core.arrays import Single
from colonnade.core.images.smooth import smoothed

MOST_REPEATS = 8
"""Pictures are magnified so many times at most."""


@dataclass(frozen=True)
class Binning:
    """Mean over blocks of whole pixels, which leaves the noise of neighbours independent.

    Parameters
    ----------
    y, x
        Height and width of a block [px].
    finer
        Pixels are split into so many, along both axes, by cubic interpolation instead. Magnified
        noise looks like columns to a network; this is for columns a few pixels apart.
    """

    y: int = 1
    x: int = 1
    finer: int = 1

    @property
    def factors(self) -> NDArray[np.float64]:
        """Size of a pixel that the network is shown (y, x) [px of the image]."""
        return np.array([self.y, self.x]) / self.finer

    def apply(self, image: Single) -> Single:
        """Shrink an image; where its size is no multiple, the last rows and columns repeat."""
        if self == Binning():
            return image  # which may be large
        if self.finer > 1:
            grown = ndimage.zoom(image, self.finer, order=3, mode="nearest", grid_mode=True)
            return np.asarray(grown, np.float32)
        height, width = image.shape
        padded = np.pad(image, ((0, -height % self.y), (0, -width % self.x)), mode="edge")
        rows = padded.reshape(-1, self.y, padded.shape[1]).sum(1, dtype=np.float32)
        blocks = sum(rows[:, column :: self.x] for column in range(1, self.x))
        return np.asarray((rows[:, :: self.x] + blocks) / np.float32(self.y * self.x))

    def apply_to(self, positions: NDArray[np.float64]) -> NDArray[np.float64]:
        """Positions (y, x) in the original as positions in the binned image [px]."""
        return np.asarray((positions - (self.factors - 1) / 2) / self.factors)

    def undo(self, positions: NDArray[np.float64]) -> NDArray[np.float64]:
        """Positions (y, x) in the binned image as positions in the original [px].

        The centre of binned pixel 0 is the middle of the original pixels it covers.
        """
        return np.asarray(positions * self.factors + (self.factors - 1) / 2)


def repeats(image: NDArray[Any]) -> int:
    """Count how often each pixel is repeated along both axes, as a picture magnified so has them.

    Where no pixel of the image has a number of its own it is the largest such number, else 1.
    """
    for count in range(MOST_REPEATS, 1, -1):
        if any(size % count for size in image.shape):
            continue
        recorded = image[::count, ::count]
        if np.array_equal(np.repeat(np.repeat(recorded, count, 0), count, 1), image):
            return count
    return 1


def normalise(image: Single, background: float) -> Single:
    """Take the slow background off, and scale to unit standard deviation.

    Parameters
    ----------
    image
        Grey levels of any black level and gain.
    background
        Standard deviation of the Gaussian that separates background from columns [px].
    """
    flat = smoothed(image, background)
    np.subtract(image, flat, out=flat)
    flat /= max(float(flat.std()), 1e-12)
    return flat
