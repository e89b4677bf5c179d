"""From approximate positions to a joint fit of all columns of an image.

Some steps are taken, then candidates that do not stand out are left out and peaks in the residuals
are added, and the last steps are taken with these.
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from colonnade.atoms.columns import typical_spacing
from colonnade.atoms.locate.fit.cholesky import covariances
from colonnade.atoms.locate.fit.joint import ALL, HEIGHT, IN_PLACE, Free, JointFit
from colonnade.atoms.locate.fit.peaks import PARAMETERS, Peaks, View
from colonnade.atoms.locate.fit.settings import FIT_DEFAULTS, FitSettings
from colonnade.atoms.locate.fit.shape import Shape
from colonnade.atoms.locate.fit.unexplained import unexplained
from colonnade.atoms.locate.fit.windows import Background
from colonnade.core.arrays import Array, Single


@dataclass(frozen=True, eq=False)
class Fitted:
    """Columns that were fitted together.

    Parameters
    ----------
    fit
        The fit.
    peaks
        Where it ended: first the candidates that stand out, then those that it found itself.
    view
        The image as the peaks explain it.
    halfway
        Signal to noise of the candidates before the final steps; 0 for what is one with another.
    kept
        Which of them stand out.
    """

    fit: JointFit
    peaks: Peaks
    view: View
    halfway: Array
    kept: NDArray[np.bool_]


def fit_together(
    image: Single,
    positions: Array,
    width: float,
    *,
    moving: bool,
    crystal: bool = True,
    found: Array | None = None,
    settings: FitSettings = FIT_DEFAULTS,
) -> Fitted:
    """Fit all columns of an image and its background together.

    Parameters
    ----------
    image
        Grey levels, axes (y, x).
    positions
        Where the columns are, roughly: rows of (y, x) [px].
    width
        Rough standard deviation of a column [px].
    moving
        Whether positions are to be fitted too.
    crystal
        Whether the columns are those of crystals. Single atoms stand on films, whose texture would
        widen them if the background could not follow it.
    found
        Where the network found them, if that is to count, else NaN; by default it is not.
    settings
        How they are fitted.
    """
    fit, peaks = _begun(image, positions, width, settings, crystal=crystal)
    if found is not None:
        peaks = replace(peaks, found=found)
    free = ALL if moving else IN_PLACE
    peaks = _steps(fit, peaks, settings.refine.first_damping, free)
    view = fit.view(peaks)
    alone = covariances(view.own_information(), PARAMETERS)
    halfway = np.asarray(peaks.height / np.sqrt(alone[:, 2, 2]))
    if moving:
        fit.compare_with_found(peaks, alone[:, [0, 1], [0, 1]])
        near = settings.refine.inseparable * fit.usual_width
        for places in (positions, peaks.positions):
            halfway[_lower_of_pairs(places, peaks.height, near)] = 0.0
    kept = (halfway > settings.refine.faint_snr) | (not moving)
    kept |= not kept.any()
    peaks = _with_unexplained(fit, peaks, view, kept)
    peaks = _steps(fit, peaks, settings.refine.final_damping, free)
    return Fitted(fit, peaks, fit.view(peaks), halfway, kept)


def fit_roughly(
    image: Single, positions: Array, width: float, settings: FitSettings = FIT_DEFAULTS
) -> Peaks:
    """Fit all columns of an image in a few steps; the parameters are those of `fit_together`."""
    fit, peaks = _begun(image, positions, width, settings, crystal=True)
    return _steps(fit, peaks, settings.refine.rough_damping, ALL)


def _begun(
    image: Single, positions: Array, width: float, settings: FitSettings, *, crystal: bool
) -> tuple[JointFit, Peaks]:
    """Gaussians of one width where the columns are, as high as fits the image."""
    refine = settings.refine
    step = refine.background_step * typical_spacing(positions, image.shape) if crystal else 0.0
    background = Background(image.shape, max(step, refine.least_background_step * width))
    fit = JointFit(image, background, width, settings)
    nodes = np.full(background.shape, np.median(image), np.float32)
    peaks = Peaks(
        positions,
        np.zeros(len(positions)),
        np.full(len(positions), width),
        nodes,
        Shape.gaussian(),
        np.full_like(positions, np.nan),
    )
    return fit, fit.improved(peaks, fit.view(peaks), 0.0, HEIGHT)


def _steps(fit: JointFit, peaks: Peaks, damping: tuple[float, ...], free: Free) -> Peaks:
    start = peaks.positions
    for share in damping:
        view = fit.view(peaks)
        peaks = fit.improved(peaks, view, share, free)
        far = fit.settings.refine.farthest * fit.usual_width
        kept = start + np.clip(peaks.positions - start, -far, far)
        peaks = replace(peaks, positions=kept)
    return peaks


def _lower_of_pairs(places: Array, height: Array, near: float) -> NDArray[np.bool_]:
    """Which peaks are the lower one of two that are nearer to each other than some distance."""
    lower = np.zeros(len(places), bool)
    first, second = cKDTree(places).query_pairs(near, output_type="ndarray").T
    lower[np.where(height[first] < height[second], first, second)] = True
    return lower


def _with_unexplained(fit: JointFit, peaks: Peaks, view: View, kept: NDArray[np.bool_]) -> Peaks:
    """Peaks that are kept, and those in the residuals, so that these pull no column."""
    new = unexplained(
        view.weight,
        view.residual,
        fit.usual_width,
        peaks.positions,
        fit.settings.residual_peaks,
    )
    height = np.maximum(view.residual[tuple(new.astype(int).T)], 0).astype(np.float64)
    return replace(
        peaks,
        positions=np.concatenate([peaks.positions[kept], new]),
        height=np.concatenate([peaks.height[kept], height]),
        width=np.concatenate([peaks.width[kept], np.full(len(new), fit.usual_width)]),
        found=np.concatenate([peaks.found[kept], np.full(new.shape, np.nan)]),
    )
