"""Which parts of an output look sharp and are not true: Fourier ring correlation by patches.

After Kc, Zeng, Soni and Badano (arXiv 2603.04673), who call it sFRC. What counts here, exactly:

1. Output and truth are cut into square patches of `PatchScan.side` pixels, each overlapping its
   neighbours by half; a last row and column of patches ends at the border.
2. Each patch of the output is correlated with its patch of the truth, ring by ring
   (`colonnade.core.measures.spectra.ring_correlation`, under a Hann window).
3. The resolution of the method is where the mean of these curves over all patches, of all images,
   falls below `PatchScan.threshold`: up to there it has signal, on average. The limit is
   `PatchScan.share` of that. Methods are compared at one limit, that of a reference method.
4. A patch is hallucinated where its own curve falls below the threshold at a lower frequency than
   the limit, though the output has structure there: at least `PatchScan.structure` times the
   power, between the crossing and the limit, that patches of the truth have there on average.
   Empty patches, in which nothing is drawn, are never hallucinated.
5. The rate is the share of hallucinated patches.

A blurred output is not a hallucination by this count, as it has no power to be wrong with.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from colonnade.core.arrays import Array, Grey
from colonnade.core.errors import ImageError
from colonnade.core.measures.spectra import (
    RingCorrelation,
    radial_power,
    ring_correlation,
    ring_count,
)


@dataclass(frozen=True)
class PatchScan:
    """How patches are cut and judged."""

    side: int = 64
    """Side of a patch [px]; the paper's. A quarter of it is a ring of the spectrum."""
    threshold: float = 0.5
    """Correlation below which output and truth have nothing in common; the paper's."""
    share: float = 0.5
    """A patch is judged up to this share of the resolution that the method has on average."""
    structure: float = 0.5
    """Power of the output, in that of an average patch of the truth, that counts as structure."""


SCAN = PatchScan()
"""The settings that benchmarks use."""


@dataclass(frozen=True, eq=False)
class ScannedPatches:
    """Patches of the outputs of one method, compared with the truth.

    Parameters
    ----------
    frequency
        Middle of each ring [cycles per pixel].
    correlation, power, true_power
        Of output and truth, of the output, and of the truth: a row a patch, a column a ring.
    corner
        Image and first pixel (y, x) of each patch.
    settings
        How they were cut and are judged.
    """

    frequency: Array
    correlation: Array
    power: Array
    true_power: Array
    corner: NDArray[np.intp]
    settings: PatchScan

    @property
    def limit(self) -> float:
        """Frequency up to which patches are judged by default [cycles per pixel]."""
        mean = RingCorrelation(self.frequency, self.correlation.mean(axis=0))
        return self.settings.share * mean.crossing(self.settings.threshold)

    def hallucinated(self, limit: float | None = None) -> NDArray[np.bool_]:
        """Say which patches are.

        Parameters
        ----------
        limit
            Frequency up to which patches are judged [cycles per pixel]; by default `limit`.
        """
        limit = self.limit if limit is None else limit
        judged = self.frequency < limit
        wrong = np.logical_or.accumulate(self.correlation < self.settings.threshold, axis=1)
        band = judged & wrong
        usual = self.true_power.mean(axis=0)
        drawn = (self.power * band).sum(axis=1)
        return np.asarray(
            band.any(axis=1) & (drawn >= self.settings.structure * (usual * band).sum(axis=1))
        )

    def rate(self, limit: float | None = None) -> float:
        """Give the share of patches that are hallucinated."""
        return float(self.hallucinated(limit).mean())


def scan_patches(
    images: Sequence[Grey], truths: Sequence[Grey], settings: PatchScan = SCAN
) -> ScannedPatches:
    """Compare the outputs of one method with the truth, patch by patch.

    Parameters
    ----------
    images, truths
        Outputs, and the truth of each; axes (y, x).
    settings
        How patches are cut and judged.
    """
    rings = ring_count((settings.side, settings.side))
    rows, corners = [], []
    for number, (image, truth) in enumerate(zip(images, truths, strict=True)):
        if image.shape != truth.shape or min(image.shape) < settings.side:
            raise ImageError(
                f"patches of {settings.side} px cannot be compared in images of {image.shape} "
                f"and {truth.shape} px"
            )
        for corner in _corners(image.shape, settings.side):
            part = tuple(slice(start, start + settings.side) for start in corner)
            one, other = image[part], truth[part]
            curve = ring_correlation(one, other, rings).correlation
            rows.append((curve, radial_power(one, rings), radial_power(other, rings)))
            corners.append((number, *corner))
    if not rows:
        raise ImageError("there are no images to compare")
    correlation, power, true_power = (np.array(values) for values in zip(*rows, strict=True))
    frequency = (np.arange(rings) + 0.5) / (2 * rings)
    return ScannedPatches(
        frequency, correlation, power, true_power, np.array(corners, np.intp), settings
    )


def _corners(shape: tuple[int, ...], side: int) -> Iterator[tuple[int, int]]:
    """First pixel of each patch."""
    down, across = (
        sorted({*range(0, length - side, side // 2), length - side}) for length in shape
    )
    for y in down:
        for x in across:
            yield y, x
