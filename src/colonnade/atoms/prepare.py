"""Bring an image to the scale and the grey levels that a network knows, and positions back."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

Image = NDArray[np.float32]


@dataclass(frozen=True)
class Binning:
    """Mean over blocks of whole pixels; images are never magnified.

    Magnified noise looks like columns to a network, and shrinking by whole factors leaves the
    noise of neighbouring pixels independent.
    """

    y: int = 1
    x: int = 1

    def apply(self, image: Image) -> Image:
        """Shrink an image; where its size is no multiple, the last rows and columns repeat."""
        height, width = image.shape
        padded = np.pad(image, ((0, -height % self.y), (0, -width % self.x)), mode="edge")
        rows, columns = padded.shape[0] // self.y, padded.shape[1] // self.x
        blocks = padded.reshape(rows, self.y, columns, self.x)
        return np.asarray(blocks.mean((1, 3), dtype=np.float32))

    def apply_to(self, positions: NDArray[np.float64]) -> NDArray[np.float64]:
        """Positions (y, x) in the original as positions in the binned image [px]."""
        factors = np.array([self.y, self.x])
        return np.asarray((positions - (factors - 1) / 2) / factors)

    def undo(self, positions: NDArray[np.float64]) -> NDArray[np.float64]:
        """Positions (y, x) in the binned image as positions in the original [px].

        The centre of binned pixel 0 is the middle of the original pixels it covers.
        """
        factors = np.array([self.y, self.x])
        return np.asarray(positions * factors + (factors - 1) / 2)


def normalise(image: Image, background: float) -> Image:
    """Take the slow background off, and scale to unit standard deviation.

    Parameters
    ----------
    image
        Grey levels of any black level and gain.
    background
        Standard deviation of the Gaussian that separates background from columns [px].
    """
    slow = ndimage.gaussian_filter(image, background, mode="reflect")
    flat = np.asarray(image - slow, np.float32)
    return np.asarray(flat / max(float(flat.std()), 1e-12), np.float32)
