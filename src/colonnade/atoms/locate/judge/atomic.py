"""Whether an image shows atom columns at all.

Whoever looks for columns in a photograph finds some. So the image as a whole is judged too. Where
a lattice repeats, however many electrons there are, it repeats most of its columns; they are as
wide as each other and what stands out most, and on average they look like something that a probe
has blurred to all sides: without edges, and without a plateau. Where nothing repeats, it tells
whether single atoms, or edges and highlights of any shape, stand out; discs are flat. Single atoms
are seen in dark field, where they are bright: what is dark are pores, cracks and cells. No probe
makes a spot of a single pixel, as hot pixels and single electrons do. And around a column the
image changes along both directions, around a grain on a fringe along one.
"""

from dataclasses import dataclass

import numpy as np
from scipy import ndimage
from scipy.spatial import cKDTree

from colonnade.atoms.columns import Columns
from colonnade.atoms.locate.judge.fringes import anisotropy
from colonnade.atoms.locate.judge.mean_column import UNKNOWN, MeanColumn
from colonnade.atoms.locate.judge.settings import JUDGE_DEFAULTS, AtomicSettings, JudgeSettings
from colonnade.atoms.locate.judge.spots import Spots
from colonnade.atoms.network import Verdict
from colonnade.core.arrays import Array, Single
from colonnade.core.images.binning import Binning

ATOMIC = 0.5
"""Images are taken for ones of atom columns from this probability on."""

FILTERED_WIDTH = 1.5
"""Images are binned as long as columns stay as wide as this, before they are filtered [px]."""


@dataclass(frozen=True)
class ImageEvidence:
    """What speaks for an image of atom columns.

    Parameters
    ----------
    explained
        Share of what stands out most that is at columns, from 0 to 1.
    support
        Lattice support of the columns, in the median.
    unevenness
        Standard deviation of the logarithm of their widths; NaN where there are too few.
    mean_column
        What they look like on average.
    spots
        What stands out of its surroundings; None where a lattice repeats.
    width
        Standard deviation of the columns in the median [px]; NaN where there are none.
    anisotropy
        How far their surroundings change along one direction only, from 0 to 1; NaN where there
        are too few.
    """

    explained: float
    support: float
    unevenness: float
    mean_column: MeanColumn
    spots: Spots | None
    width: float = np.nan
    anisotropy: float = np.nan

    def probability(
        self,
        verdict: Verdict,
        settings: AtomicSettings = JUDGE_DEFAULTS.atomic,
        *,
        of_any_size: bool = False,
        dark: bool = False,
    ) -> float:
        """Probability that the image shows atom columns, by the weights of a model.

        Parameters
        ----------
        verdict
            Weights of the evidence.
        settings
            What counts as evidence.
        of_any_size
            Whether nothing says that the pixels are of the size of atoms.
        dark
            Whether what was found is dark.
        """
        weights = verdict.lattice if self.spots is None else verdict.single
        odds = float(self.terms(settings) @ np.array(weights))
        reasons = int(self.anisotropy > settings.anisotropic)
        if self.spots is not None:
            reasons += (of_any_size and dark) + (self.width < settings.narrowest)
        odds += reasons * float(np.log(settings.doubtful))
        return float(1 / (1 + np.exp(-odds)))

    def terms(self, settings: AtomicSettings = JUDGE_DEFAULTS.atomic) -> Array:
        """Terms of the regression for an image of its kind."""
        pointed = _known(self.mean_column.pointedness, settings.flat, settings.pointed)
        if self.spots is not None:
            return np.array([1, pointed, *_spot_terms(self.spots, settings)])
        round_ = _known(self.mean_column.roundness, settings.oblong, settings.round)
        sharp = np.clip(self.mean_column.sharpness, settings.blurred, settings.sharp)
        sharp -= settings.blurred
        uneven = np.clip(np.nan_to_num(self.unevenness), settings.even, settings.uneven)
        seen = max(self.explained, self._repeated(settings))
        return np.array([1, pointed, round_, seen, sharp, uneven])

    def _repeated(self, settings: AtomicSettings) -> float:
        """How well a lattice stands for what is explained, from 0 to 1.

        Noise leaves little to explain long before it hides that columns repeat. But then it hides
        the differences of their widths as well: where these are seen, it is no excuse.
        """
        uneven = (np.nan_to_num(self.unevenness) - settings.even) / settings.uneven
        repeated = np.clip(self.support / settings.supported, 0, 1)
        return float(repeated * np.clip(1 - uneven, 0, 1))


def _spot_terms(spots: Spots, settings: AtomicSettings) -> list[float]:
    """Terms of the regression that are of spots."""
    spread = np.clip(spots.spread, settings.least_spread, settings.most_spread)
    few = np.log(settings.several / np.clip(spots.count, 1, settings.several))
    round_ = _known(spots.roundness, settings.oblong, settings.round_spot)
    unlike = np.clip(np.nan_to_num(spots.unlikeness), settings.alike, settings.unlike)
    coarse = _known(spots.coarseness, settings.finest, settings.coarse)
    return [spread, few, round_, unlike, coarse]


def _known(value: float, least: float, most: float) -> float:
    """A value between its limits; one that is not known counts as the upper one."""
    return float(np.clip(np.nan_to_num(value, nan=most), least, most))


def image_evidence(
    image: Single,
    columns: Columns,
    support: Array,
    spots: Spots | None,
    settings: JudgeSettings = JUDGE_DEFAULTS,
) -> ImageEvidence:
    """Gather what speaks for an image of atom columns.

    Parameters
    ----------
    image
        Grey levels with bright columns, axes (y, x), in pixels that are as high as wide.
    columns
        Those that are the surest, with their widths.
    support
        Lattice support of each.
    spots
        What stands out of its surroundings; None where a lattice repeats.
    settings
        How it is measured.
    """
    fitted = columns[np.isfinite(columns.width)]
    if not len(fitted):
        return ImageEvidence(0.0, 0.0, np.nan, UNKNOWN, spots)
    median = float(np.median(fitted.width))
    width = max(median, settings.atomic.narrowest)
    several = len(fitted) >= settings.atomic.fewest
    return ImageEvidence(
        _explained(image, fitted.positions, width, settings.atomic),
        float(np.median(support)),
        float(np.log(fitted.width).std()) if several else np.nan,
        MeanColumn.of(image, fitted.positions, width, settings.mean_column),
        spots,
        median,
        anisotropy(image, fitted.positions, settings.fringes),
    )


def _explained(image: Single, positions: Array, width: float, settings: AtomicSettings) -> float:
    """Share of the strongest responses of a Laplacian of Gaussian that are at columns."""
    by = max(1, int(width / FILTERED_WIDTH))
    binning = Binning(by, by)
    response = -ndimage.gaussian_laplace(binning.apply(image), width / by, mode="nearest")
    strongest = np.argwhere(response >= np.quantile(response, 1 - settings.strongest))
    distance, _ = cKDTree(binning.apply_to(positions)).query(strongest)
    return float((distance <= settings.at_column * width / by).mean())
