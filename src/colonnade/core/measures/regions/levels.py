"""Grey levels in which regions are bright, and how far each may be wrong."""

from dataclasses import dataclass
from statistics import NormalDist

import numpy as np

from colonnade.core.arrays import Single
from colonnade.core.errors import ImageError
from colonnade.core.measures.trust import COVERAGE

HALF_WIDTHS = NormalDist().inv_cdf((1 + COVERAGE) / 2)
"""Half the width of an interval, in standard deviations of a normal error."""


@dataclass(frozen=True, eq=False)
class Levels:
    """An image or a volume in which regions are brighter than the ground.

    Parameters
    ----------
    grey
        Grey levels, axes (y, x) or (z, y, x).
    half_width
        Half the width of a 90 % interval of each; infinite where nothing is known.
    correlation
        Errors are like white noise filtered by a Gaussian of this deviation along each axis [px].
    spacing
        Distance of neighbours along each axis, in that along x.
    finest
        Nothing that is smaller than this was measured [px].
    field
        Area or volume that is looked at, in pixels as high and thick as wide; all if None.
    threshold
        Between regions and ground, where it is known [grey levels].
    """

    grey: Single
    half_width: Single
    correlation: tuple[float, ...]
    spacing: tuple[float, ...]
    finest: float = 0.0
    field: float | None = None
    threshold: float | None = None

    def __post_init__(self) -> None:
        if self.grey.shape != self.half_width.shape:
            raise ImageError(
                f"the image has {_by(self.grey)} pixels, and what says how far each may be wrong "
                f"has {_by(self.half_width)}; give those that belong together"
            )
        if not np.isfinite(self.grey).all():
            raise ImageError("some pixels of the image are no numbers; mend them first")
        if self.grey.min() == self.grey.max():
            raise ImageError("every pixel of the image is alike; there is nothing to measure")

    @property
    def sigma(self) -> Single:
        """Standard deviation of the error of each grey level."""
        return np.asarray(self.half_width / np.float32(HALF_WIDTHS), np.float32)

    @property
    def pixel(self) -> float:
        """Area or volume of a pixel, in that of one as high and thick as wide."""
        return float(np.prod(self.spacing))


def _by(array: Single) -> str:
    return " x ".join(map(str, array.shape))
