"""Choose the weight of the total variation by views that are left out.

Near the best weight they hardly tell one weight from another, and the least misfit is found at
weights too small as often as chance has it; where there is little noise always, as neighbouring
views share what voxels cannot show of edges. So the largest weight is taken that predicts them as
well as the best one, to within its error.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from colonnade.core.arrays import Array, Indices, Single
from colonnade.core.errors import ImageError
from colonnade.tomo.reconstruct.projector import Projector
from colonnade.tomo.reconstruct.sirt import Sirt, sirt
from colonnade.tomo.reconstruct.tv import TotalVariation, TvSettings

LEAST_VIEWS = 9
"""With fewer views those that are left out are missed too much."""


@dataclass(frozen=True)
class WeightSearch:
    """How the weight is chosen.

    Parameters
    ----------
    first
        Weight that is tried first [noise of a pixel of the views].
    ratio
        From one weight that is tried to the next.
    most
        Most weights that are tried.
    every
        Of so many views one is left out.
    slices
        Most slices on which it is tried, those that show most.
    start
        Iterations of SIRT that reconstructions begin with.
    iterations
        Most iterations of each reconstruction, which begins with the one before.
    errors
        The largest weight is taken whose misfit is above the least by no more than this [standard
        errors of the difference].
    """

    first: float = 8.0
    ratio: float = 1.6
    most: int = 12
    every: int = 6
    slices: int = 4
    start: int = 15
    iterations: int = 50
    errors: float = 0.5


def choose_weight(
    projector: Projector,
    sinograms: Single,
    noise: float,
    search: WeightSearch,
    settings: TvSettings,
) -> float:
    """Find the largest weight that predicts views that were left out as well as the best does.

    The left-out views lie within the range of tilts.

    Parameters
    ----------
    projector
        Of the series.
    sinograms
        Some slices' (slice, view, x).
    noise
        Standard deviation of a pixel.
    search
        How the weight is chosen.
    settings
        How each reconstruction is made.

    Raises
    ------
    ImageError
        If there are too few views to leave any out.
    """
    if projector.views < LEAST_VIEWS:
        raise ImageError(
            f"{projector.views} views are too few to choose the weight of the total variation by "
            "leaving some out; give the weight, or take SIRT"
        )
    left = left_out(projector.angles, search.every)
    trial = _Trial(projector, sinograms, left, search, settings)
    misfits: dict[int, Array] = {}

    def misfit(step: int) -> Array:
        if step not in misfits:
            misfits[step] = trial.misfit(noise * search.first * search.ratio**step)
        return misfits[step]

    best = 0
    while len(misfits) < search.most:
        lower = min((best - 1, best, best + 1), key=lambda step: float(misfit(step).mean()))
        if lower == best:
            break
        best = lower
    above, last = 0.0, best
    while above < search.errors and len(misfits) <= search.most:
        last, before = last + 1, above
        above = errors_above(misfit(last), misfit(best))
    beyond = (above - search.errors) / max(above - before, 1e-12)
    exponent = last - float(np.clip(beyond, 0, 1))
    return float(noise * search.first * search.ratio**exponent)


def errors_above(misfit: Array, least: Array) -> float:
    """By how much the mean misfit of views is above the least [standard errors of the difference].

    Parameters
    ----------
    misfit, least
        Mean square error of each left-out view of each slice.
    """
    difference = misfit - least
    error = float(difference.std(ddof=1) / np.sqrt(difference.size))
    return float(difference.mean() / max(error, TINY))


TINY = 1e-30
"""Divides what may be zero."""


def left_out(angles: Sequence[float], every: int) -> Array:
    """Numbers of the views that are left out: evenly spread, and none at either end."""
    order = np.argsort(angles)
    return np.sort(order[every // 2 : -1 : every])


def strongest(sinograms: Single, most: int) -> Indices:
    """Numbers of the slices that show most, at most so many."""
    return np.argsort(-np.square(sinograms).mean((1, 2)))[:most]


class _Trial:
    """Reconstructs slices from the other views, and predicts those that were left out."""

    def __init__(
        self,
        projector: Projector,
        sinograms: Single,
        left: Array,
        search: WeightSearch,
        settings: TvSettings,
    ) -> None:
        kept = np.setdiff1d(np.arange(projector.views), left)
        angles = np.array(projector.angles)
        self.total_variation = TotalVariation(
            replace(projector, angles=tuple(angles[kept])),
            replace(settings, iterations=min(settings.iterations, search.iterations)),
        )
        self.others = replace(projector, angles=tuple(angles[left]))
        shown = sinograms[strongest(sinograms, search.slices)]
        self.kept, self.left = shown[:, kept], shown[:, left]
        self.slices = sirt(self.total_variation.projector, self.kept, Sirt(search.start))

    def misfit(self, weight: float) -> Array:
        """Mean square error of each predicted view; each reconstruction begins with the last."""
        self.slices = self.total_variation(self.kept, weight, self.slices)
        wrong = self.others.project(self.slices) - self.left
        return np.asarray(np.square(wrong, dtype=np.float64).mean(2).ravel())
