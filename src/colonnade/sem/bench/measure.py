"""Compare what a method gave with the truth, with the input, and with plain enlargement."""

import warnings
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields

import numpy as np
from scipy.ndimage import gaussian_filter

from colonnade.core.arrays import Array, Grey, Single
from colonnade.core.measures.fidelity import grey_range, grey_slope, psnr, ssim
from colonnade.core.measures.hallucination import PatchScan, scan_patches
from colonnade.core.measures.particles import (
    LEAST_CONTRAST,
    SIZES,
    ParticleCount,
    count_known,
    count_particles,
)
from colonnade.core.measures.spectra import ring_correlation, spectrum_error
from colonnade.core.measures.trust import COVERAGE, error_ratio
from colonnade.sem.bench.adapters.enlarged import enlarge
from colonnade.sem.bench.case import TestImage, Upscaling
from colonnade.sem.pair import Pair

BORDER = 2
"""So many coarse pixels at each side do not count."""

COARSE = 2.0
"""The slope of the grey scale is that of images smoothed by so many widths of probe and pixel."""

ALL_RESOLVED = PatchScan(share=1.0)
"""Patches are judged at all frequencies at which plain enlargement agrees with the truth."""

CLEAN = 1e-3
"""Less noise than this is none, as a share of the grey range."""

COMPARISON = (
    f"The outermost {BORDER} coarse pixels are left out; the range of a PSNR is that of the "
    "truth, its darkest and brightest 0.1 % left out, and grey levels are compared as they are, "
    "not fitted, unless it says so."
)


@dataclass(frozen=True)
class Measured:
    """Scores of one image; NaN is unknown."""

    psnr: float
    psnr_fitted: float
    gain_db: float
    ssim: float
    spectrum_error: float
    frc: float
    frc_ratio: float
    hallucinated: float
    grey_slope: float
    consistency: float
    coverage: float
    shown: float
    missed: float
    invented: float


COLUMNS = tuple(item.name for item in fields(Measured))
"""Names of the scores of one image."""

PARTICLES = tuple(item.name for item in fields(ParticleCount))
"""Those that are counts of particles."""


def measure(test: TestImage, output: Upscaling) -> Measured:
    """Score what a method gave for one image."""
    factor = test.pair.factor
    image, truth, plain = (
        _inner(one, factor) for one in (output.image, test.pair.high, _plain(test.pair))
    )
    reached = psnr(image, truth, noise=test.noise)
    crossing = ring_correlation(image, truth).crossing()
    usual = ring_correlation(plain, truth).crossing()
    limit = scan_patches([plain], [truth], ALL_RESOLVED).limit
    return Measured(
        psnr=reached,
        psnr_fitted=psnr(image, truth, fitted=True, noise=test.noise),
        gain_db=reached - psnr(plain, truth, noise=test.noise),
        ssim=ssim(image, truth),
        spectrum_error=spectrum_error(image, truth, test.noise),
        frc=crossing,
        frc_ratio=crossing / usual if usual else np.nan,
        hallucinated=scan_patches([image], [truth]).rate(limit),
        grey_slope=grey_slope(
            image, truth, COARSE * np.hypot(test.blur, factor / np.sqrt(12)), test.noise
        ),
        consistency=consistency(output.image, test),
        coverage=_coverage(output, test),
        **_particles(output.image, test),
    )


def scores_of(test: TestImage, output: Upscaling) -> dict[str, float]:
    """Score what a method gave for one image, by the names in `COLUMNS`."""
    return asdict(measure(test, output))


def consistency(image: Single, test: TestImage) -> float:
    """How far an image, taken again, is from the input, in units of what the truth would be.

    It is 1 where only the noise of the input is left; without noise it is unknown.
    """
    left, right = (_inner(_taken(one, test) - test.pair.low, 1) for one in (image, test.pair.high))
    noise = float(np.sqrt(np.mean(right**2)))
    if noise < CLEAN * grey_range(test.pair.high) or test.noise:
        return np.nan
    return float(np.sqrt(np.mean(left**2))) / noise


def _taken(image: Single, test: TestImage) -> Array:
    """Take a sharp image with the probe and the pixels of the input."""
    factor = test.pair.factor
    blurred = gaussian_filter(np.asarray(image, np.float64), test.blur, mode="nearest")
    height, width = test.pair.low.shape
    blocks = blurred.reshape(height, factor, width, factor)
    return np.asarray(blocks.mean((1, 3)))


def _plain(pair: Pair) -> Single:
    return enlarge(pair.low, pair.factor)


def _inner(image: Grey, factor: int) -> Grey:
    """Leave out the border of an image whose pixels are so many times as fine."""
    border = BORDER * factor
    return image[border:-border, border:-border]


def _coverage(output: Upscaling, test: TestImage) -> float:
    if output.half_width is None or test.noise:
        return np.nan
    factor = test.pair.factor
    error = _inner(output.image - test.pair.high, factor)
    half_width = _inner(output.half_width, factor)
    return float(np.mean(error_ratio(error, half_width, COVERAGE, test.pair.noise) <= 1))


def _particles(image: Single, test: TestImage) -> dict[str, float]:
    """Count particles; none can be told where the truth has noise."""
    if test.noise:
        return dict.fromkeys(PARTICLES, np.nan)
    truth = test.pair.high
    least = LEAST_CONTRAST * grey_range(truth)
    if len(test.particles):
        return asdict(count_known(image, truth, test.particles, least))
    diameters = tuple(test.pair.factor * size for size in SIZES)
    return asdict(count_particles(image, truth, diameters, least))


def pool(columns: Mapping[str, Array]) -> dict[str, Array]:
    """Scores of several images together: the median of each, and shares of all particles.

    Parameters
    ----------
    columns
        Scores by the names in `COLUMNS`, the images along the last axis.
    """
    shown, missed, invented = (np.nan_to_num(columns[name]).sum(-1) for name in PARTICLES)
    with np.errstate(invalid="ignore", divide="ignore"):
        shares = {
            "recall": shown / (shown + missed),
            "invented_share": invented / (shown + invented),
        }
    medians = {
        name: median_of_known(values) for name, values in columns.items() if name not in PARTICLES
    }
    return medians | shares


def median_of_known(values: Array) -> Array:
    """Median of what is known along the last axis; NaN where nothing is."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # nothing may be known
        return np.asarray(np.nanmedian(values, axis=-1))
