"""Relief on all scales: random fields whose large features carry smaller ones."""

from dataclasses import dataclass

import numpy as np

from colonnade.core.arrays import Single
from colonnade.core.instrument.detector import smooth_field


@dataclass(frozen=True)
class Relief:
    """A random field, made of features each half as large as the ones before.

    Parameters
    ----------
    lengths
        Standard deviations of the Gaussians that smooth white noise into the features, from the
        largest to the smallest [nm].
    parts
        Standard deviation of the features of each length; their squares add up to one.
    """

    lengths: tuple[float, ...]
    parts: tuple[float, ...]

    @classmethod
    def between(cls, largest: float, smallest: float, steepness: float) -> "Relief":
        """Lay out the features.

        Parameters
        ----------
        largest, smallest
            Lengths of the features [nm]; there is always one.
        steepness
            Features half as large are this power of two less high: 0 for as high, 1 for a surface
            that looks alike on all scales.
        """
        count = 1 + max(0, int(np.log2(largest / smallest)))
        shrunk = 0.5 ** np.arange(count)
        heights = shrunk**steepness
        heights /= np.linalg.norm(heights)
        return cls(tuple((largest * shrunk).tolist()), tuple(heights.tolist()))

    def like_peaks(self, sigma: float) -> float:
        """Give the height of peaks that are as hard to tell from this relief as it is high.

        It is the standard deviation of the relief behind a Laplacian of Gaussian, for peaks of
        unit height behind the same filter. Features as large as the peaks count in full, much
        larger ones hardly.

        Parameters
        ----------
        sigma
            Standard deviation of peaks and filter [nm].
        """
        lengths, parts = np.array(self.lengths), np.array(self.parts)
        passed = 2 * np.sqrt(2) * sigma**2 * lengths / (sigma**2 + lengths**2) ** 1.5
        return float(np.linalg.norm(passed * parts))

    def draw(self, shape: tuple[int, int], pixel: float, rng: np.random.Generator) -> Single:
        """Draw the field: of zero mean, and a standard deviation of about one.

        Parameters
        ----------
        shape
            Rows and columns.
        pixel
            Size of a pixel [nm].
        rng
            Source of the field.
        """
        field = np.zeros(shape, np.float32)
        for length, part in zip(self.lengths, self.parts, strict=True):
            field += np.float32(part) * smooth_field(shape, length / pixel, rng)
        return field
