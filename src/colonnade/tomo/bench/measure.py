"""Compare what a method gave with the truth, and with the views that it was given."""

import warnings
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields

import numpy as np

from colonnade.core.arrays import Array, Single
from colonnade.core.measures.fidelity import psnr, ssim
from colonnade.core.measures.shells import shell_correlation
from colonnade.core.measures.trust import auroc, coverage
from colonnade.core.measures.wedge import Wedge
from colonnade.tomo.bench.case import MethodInput, Reconstructed, TestSeries
from colonnade.tomo.reconstruct.plan import Plan

WRONG = 0.1
"""A voxel is wrong if it is off by more than this share of the brightest of the truth."""

EXPLAINED = 2.0
"""Where the truth leaves more of the views than so many times their noise, they show something
that lies beyond it."""

COMPARISON = (
    "Grey levels are compared as they are. The peak of a PSNR and the range of SSIM are the "
    "brightest voxel of the truth."
)


@dataclass(frozen=True)
class Measured:
    """Scores of one series; NaN is unknown."""

    psnr: float
    ssim: float
    fsc_measured: float
    fsc_missing: float
    residual: float
    auroc: float
    coverage: float


COLUMNS = tuple(item.name for item in fields(Measured))
"""Names of the scores of one series."""


def measure(test: TestSeries, output: Reconstructed) -> Measured:
    """Score what a method gave for one series."""
    volume, truth = output.volume, test.truth
    peak = float(truth.max())
    seen = wedge_of(test.series.angles)
    sections = range(truth.shape[1])
    return Measured(
        psnr=psnr(volume, truth, span=peak),
        ssim=float(np.mean([ssim(volume[:, y], truth[:, y], span=peak) for y in sections])),
        fsc_measured=mean_correlation(volume, truth, seen),
        fsc_missing=mean_correlation(volume, truth, seen.other),
        residual=_residual(test, volume),
        **_trust(output, truth, peak),
    )


def scores_of(test: TestSeries, output: Reconstructed) -> dict[str, float]:
    """Score what a method gave for one series, by the names in `COLUMNS`."""
    return asdict(measure(test, output))


def wedge_of(angles: tuple[float, ...]) -> Wedge:
    """Directions of Fourier space that views at some tilts measure [degrees]."""
    return Wedge(min(angles), max(angles))


def mean_correlation(volume: Single, truth: Single, part: Wedge) -> float:
    """Fourier shell correlation with the truth, averaged over the shells."""
    return float(np.nanmean(shell_correlation(volume, truth, part).correlation))


def _residual(test: TestSeries, volume: Single) -> float:
    """What a volume leaves of the views, where the truth explains them: a film goes on beyond."""
    if not residual_over_noise(test.input, test.truth) < EXPLAINED:
        return np.nan
    return residual_over_noise(test.input, volume)


def residual_over_noise(given: MethodInput, volume: Single) -> float:
    """What a volume leaves of the views that were given, in their noise; unknown without noise."""
    if not given.noise_level:
        return np.nan
    left = projected(volume, given.series.angles) - given.sinograms
    return float(np.sqrt(np.mean(np.square(left, dtype=np.float64)))) / given.noise_level


def projected(volume: Single, angles: tuple[float, ...]) -> Single:
    """Views (y, view, x) of a volume (z, y, x) at some tilts [degrees]."""
    depth, _, width = volume.shape
    projector = Plan(angles, depth, width).projector
    return projector.project(np.ascontiguousarray(volume.transpose(1, 0, 2), np.float32))


def _trust(output: Reconstructed, truth: Single, peak: float) -> dict[str, float]:
    """Judge the intervals inside the specimen, where there is something to be wrong about."""
    if output.half_width is None:
        return {"auroc": np.nan, "coverage": np.nan}
    inside = truth > 0
    error, half_width = np.abs(output.volume - truth)[inside], output.half_width[inside]
    return {
        "auroc": auroc(half_width, error > WRONG * peak),
        "coverage": coverage(error, half_width),
    }


def pool(columns: Mapping[str, Array]) -> dict[str, Array]:
    """Scores of several series together: the median of each, and the least PSNR.

    Parameters
    ----------
    columns
        Scores by the names in `COLUMNS`, the series along the last axis.
    """
    medians = {name: median_of_known(values) for name, values in columns.items()}
    return {**medians, "psnr_least": np.asarray(columns["psnr"].min(axis=-1, initial=np.inf))}


def median_of_known(values: Array) -> Array:
    """Median of what is known along the last axis; NaN where nothing is."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # nothing may be known
        return np.asarray(np.nanmedian(values, axis=-1))
