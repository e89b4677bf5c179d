"""Whether an image shows atom columns at all.

Whoever looks for columns in a photograph finds some. So the image as a whole is judged too. Where
a lattice repeats, columns are what stands out most in it, they stand out from the noise, and on
average they look like something that a probe has blurred to all sides: without edges, and without
a plateau. Where nothing repeats, single atoms are bright spots of about the same height on texture
that has no dark ones like them; a photograph has as many of both, stars are of any height, and
discs are flat.
"""

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage
from scipy.spatial import cKDTree

from colonnade.atoms.columns import Columns
from colonnade.atoms.locate.judge.mean_column import UNKNOWN, MeanColumn
from colonnade.atoms.locate.judge.settings import JUDGE_DEFAULTS, AtomicSettings, JudgeSettings
from colonnade.atoms.network import Verdict
from colonnade.core.arrays import Array, Single
from colonnade.core.images.binning import Binning

ATOMIC = 0.5
"""Images are taken for ones of atom columns from this probability on."""

LEAST_WIDTH = 0.5
"""A narrower filter sees nothing but pixels [px]."""

FILTERED_WIDTH = 1.5
"""Images are binned as long as columns stay as wide as this, before they are filtered [px]."""


@dataclass(frozen=True)
class Spots:
    """What stands out of its surroundings.

    Parameters
    ----------
    contrast
        Logarithm of how many times as many bright spots as dark ones there are.
    spread
        Standard deviation of the logarithm of how far the brighter half of the bright ones stand
        out; the others may be texture.
    """

    contrast: float
    spread: float

    @classmethod
    def of(cls, prominence: Single, settings: AtomicSettings = JUDGE_DEFAULTS.atomic) -> Self:
        """Count the spots of an image.

        Parameters
        ----------
        prominence
            How far each pixel stands out [robust standard deviations].
        settings
            From where on it is a spot.
        """
        bright, dark = (_spots(one, settings) for one in (prominence, -prominence))
        # The filter makes a dark ring round a bright spot, and so does a defocused probe.
        highest = ndimage.maximum_filter(prominence, settings.ring_side)
        dark &= -prominence > settings.ring_depth * highest
        counts = [int(one.sum()) + settings.by_chance for one in (bright, dark)]
        heights = np.sort(np.log(prominence[bright]))
        brighter = heights[len(heights) // 2 :]
        return cls(
            float(np.log(counts[0] / counts[1])), float(brighter.std()) if brighter.size else 0.0
        )


def _spots(prominence: Single, settings: AtomicSettings) -> NDArray[np.bool_]:
    """Peaks that stand out far enough, but for those at the border."""
    peak = ndimage.maximum_filter(prominence, settings.peak_side, mode="constant", cval=np.inf)
    return np.asarray((prominence == peak) & (prominence > settings.standing_out))


@dataclass(frozen=True)
class ImageEvidence:
    """What speaks for an image of atom columns.

    Parameters
    ----------
    explained
        Share of what stands out most that is at columns, from 0 to 1.
    log_snr
        Median of the natural logarithm of the columns' signal to noise.
    mean_column
        What they look like on average.
    spots
        What stands out of its surroundings; None where a lattice repeats.
    """

    explained: float
    log_snr: float
    mean_column: MeanColumn
    spots: Spots | None

    def probability(
        self, verdict: Verdict, settings: AtomicSettings = JUDGE_DEFAULTS.atomic
    ) -> float:
        """Probability that the image shows atom columns, by the weights of a model."""
        weights = verdict.lattice if self.spots is None else verdict.single
        return float(1 / (1 + np.exp(-self.terms(settings) @ np.array(weights))))

    def terms(self, settings: AtomicSettings = JUDGE_DEFAULTS.atomic) -> Array:
        """Terms of the regression for an image of its kind."""
        pointed = _known(self.mean_column.pointedness, settings.flat, settings.pointed)
        round_ = _known(self.mean_column.roundness, settings.oblong, settings.round)
        if self.spots is not None:
            contrast = np.clip(
                self.spots.contrast, settings.least_contrast, settings.most_contrast
            )
            spread = np.clip(self.spots.spread, settings.least_spread, settings.most_spread)
            return np.array([1, pointed, round_, contrast, spread])
        sharp = np.clip(self.mean_column.sharpness, settings.blurred, settings.sharp)
        sharp -= settings.blurred
        clear = np.clip(self.log_snr, 0, settings.clear)
        return np.array([1, pointed, round_, self.explained, sharp, clear])


def _known(value: float, least: float, most: float) -> float:
    """A value between its limits; one that is not known counts as the upper one."""
    return float(np.clip(np.nan_to_num(value, nan=most), least, most))


def image_evidence(
    image: Single,
    columns: Columns,
    spots: Spots | None,
    settings: JudgeSettings = JUDGE_DEFAULTS,
) -> ImageEvidence:
    """Gather what speaks for an image of atom columns.

    Parameters
    ----------
    image
        Grey levels with bright columns, axes (y, x), in pixels that are as high as wide.
    columns
        Those that are the surest, with their widths and the label ``snr``.
    spots
        What stands out of its surroundings; None where a lattice repeats.
    settings
        How it is measured.
    """
    fitted = columns[np.isfinite(columns.width)]
    if not len(fitted):
        return ImageEvidence(0.0, 0.0, UNKNOWN, spots)
    width = max(float(np.median(fitted.width)), LEAST_WIDTH)
    snr = np.maximum(fitted.labels["snr"], 1.0)
    return ImageEvidence(
        _explained(image, fitted.positions, width, settings.atomic),
        float(np.median(np.log(snr))),
        MeanColumn.of(image, fitted.positions, width, settings.mean_column),
        spots,
    )


def _explained(image: Single, positions: Array, width: float, settings: AtomicSettings) -> float:
    """Share of the strongest responses of a Laplacian of Gaussian that are at columns."""
    by = max(1, int(width / FILTERED_WIDTH))
    binning = Binning(by, by)
    response = -ndimage.gaussian_laplace(binning.apply(image), width / by, mode="nearest")
    strongest = np.argwhere(response >= np.quantile(response, 1 - settings.strongest))
    distance, _ = cKDTree(binning.apply_to(positions)).query(strongest)
    return float((distance <= settings.at_column * width / by).mean())
