"""Choose the weight of the total variation by views that are left out."""

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
    """

    first: float = 6.0
    ratio: float = 1.6
    most: int = 12
    every: int = 6
    slices: int = 4
    start: int = 15
    iterations: int = 60


def choose_weight(
    projector: Projector,
    sinograms: Single,
    noise: float,
    search: WeightSearch,
    settings: TvSettings,
) -> float:
    """Find the weight with which views that were left out are predicted best.

    The left-out views lie within the range of tilts. With fewer views the weight of all of them
    would count for less, so that what is found is given back for as many views as there are.

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
    misfits: dict[int, float] = {}

    def misfit(step: int) -> float:
        if step not in misfits:
            misfits[step] = trial.misfit(noise * search.first * search.ratio**step)
        return misfits[step]

    best = 0
    while len(misfits) < search.most:
        lower = min((best - 1, best, best + 1), key=misfit)
        if lower == best:
            break
        best = lower
    steps = np.array([best - 1, best, best + 1])
    exponent = best + _vertex(np.array([misfit(int(step)) for step in steps]))
    share = projector.views / (projector.views - len(left))
    return float(noise * search.first * search.ratio**exponent * share)


def left_out(angles: Sequence[float], every: int) -> Array:
    """Numbers of the views that are left out: evenly spread, and none at either end."""
    order = np.argsort(angles)
    return np.sort(order[every // 2 : -1 : every])


def strongest(sinograms: Single, most: int) -> Indices:
    """Numbers of the slices that show most, at most so many."""
    return np.argsort(-np.square(sinograms).mean((1, 2)))[:most]


def _vertex(values: Array) -> float:
    """Where a parabola through three values has its lowest point, from the middle one."""
    curvature = values[0] - 2 * values[1] + values[2]
    if curvature <= 0:
        return 0.0
    return float(np.clip((values[0] - values[2]) / (2 * curvature), -0.5, 0.5))


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

    def misfit(self, weight: float) -> float:
        """Mean square error of the predicted views; each reconstruction begins with the last."""
        self.slices = self.total_variation(self.kept, weight, self.slices)
        wrong = self.others.project(self.slices) - self.left
        return float(np.mean(np.square(wrong, dtype=np.float64)))
