"""The scale on which a network sees an image."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from colonnade.core.arrays import Grey, Single
from colonnade.core.images.tiles import Readable


@dataclass(frozen=True, eq=False)
class Scale:
    """Where the grey levels of an image lie.

    Parameters
    ----------
    offset, scale
        Mean and standard deviation of its grey levels.
    """

    offset: float
    scale: float

    def normalise(self, image: Grey) -> Single:
        """Bring grey levels to the scale that a network knows."""
        # In half precision the difference would lose what the network is to see.
        exact = np.asarray(image, np.result_type(image.dtype, np.float32))
        return np.asarray((exact - self.offset) / self.scale, np.float32)

    def restore(self, image: Single) -> Single:
        """Bring the answer of a network back to grey levels."""
        return np.asarray(image * np.float32(self.scale) + np.float32(self.offset))


@dataclass(frozen=True, eq=False)
class Normalised:
    """An image as a network sees it, read part by part.

    Parameters
    ----------
    image
        Grey levels, axes (y, x).
    scale
        On which the network sees them.
    """

    image: Readable
    scale: Scale

    @property
    def shape(self) -> tuple[int, ...]:
        """Rows and columns."""
        return self.image.shape

    def __getitem__(self, key: Any) -> Single:
        """Read a part."""
        return self.scale.normalise(self.image[key])
