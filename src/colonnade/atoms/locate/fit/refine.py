"""From approximate positions to a joint fit of all columns of an image."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from colonnade.atoms.columns import typical_spacing
from colonnade.atoms.locate.fit.joint import ALL, HEIGHT, IN_PLACE, Free, JointFit
from colonnade.atoms.locate.fit.peaks import Peaks, View
from colonnade.atoms.locate.fit.shape import Shape
from colonnade.atoms.locate.fit.unexplained import unexplained
from colonnade.atoms.locate.fit.windows import Background
from colonnade.core.arrays import Array, Single

SPREAD = 0.03
"""Standard deviation of the logarithm of the columns' widths in one image, about."""

FARTHEST = 1.0
"""A column stays within this many widths, along each axis, of where it was first seen."""

BENDS = 3.0
"""Under a crystal the background may bend at points this many typical spacings apart."""

CLOSEST = 6.0
"""Nowhere does it bend at points nearer than so many widths of a column; on a film that near."""

ROUGH = (0.1, 0.01)
"""Damping of the steps of a fit that need not be the best."""

DAMPING = (0.1, 0.01, 0.001)
"""Of the steps before it is looked for columns that were missed."""

FINAL = (0.01, 0.001, 0.001)
"""Of the steps after that."""

FAINT = 1.0
"""What is less than so many standard errors high by then is no column, and left out of them: it
could only take light from others."""


@dataclass(frozen=True, eq=False)
class Fitted:
    """Columns that were fitted together.

    Parameters
    ----------
    fit
        The fit.
    peaks
        Where it ended: first those of the columns asked for that stand out, then those that it
        found itself.
    view
        The image as the peaks explain it.
    halfway
        Signal to noise of the columns asked for, halfway.
    kept
        Which of them stand out.
    """

    fit: JointFit
    peaks: Peaks
    view: View
    halfway: Array
    kept: NDArray[np.bool_]


def fit_together(
    image: Single, positions: Array, width: float, *, moving: bool, crystal: bool = True
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
    """
    fit, peaks = _begun(image, positions, width, crystal=crystal)
    free = ALL if moving else IN_PLACE
    peaks = _steps(fit, peaks, DAMPING, free)
    view = fit.reweighted(fit.view(peaks))
    halfway = _signal_to_noise(peaks, view)
    kept = (halfway > FAINT) | (not moving)
    kept |= not kept.any()
    peaks = _steps(fit, _with_unexplained(fit, peaks, view, kept), FINAL, free)
    return Fitted(fit, peaks, fit.reweighted(fit.view(peaks)), halfway, kept)


def fit_roughly(image: Single, positions: Array, width: float) -> Peaks:
    """Fit all columns of an image in a few steps; the parameters are those of `fit_together`."""
    fit, peaks = _begun(image, positions, width, crystal=True)
    return _steps(fit, peaks, ROUGH, ALL)


def _begun(
    image: Single, positions: Array, width: float, *, crystal: bool
) -> tuple[JointFit, Peaks]:
    """Gaussians of one width where the columns are, as high as fits the image."""
    bends = BENDS * typical_spacing(positions, image.shape) if crystal else 0.0
    background = Background(image.shape, max(bends, CLOSEST * width))
    fit = JointFit(image, background, width, SPREAD)
    nodes = np.full(background.shape, np.median(image), np.float32)
    peaks = Peaks(
        positions,
        np.zeros(len(positions)),
        np.full(len(positions), width),
        nodes,
        Shape.gaussian(),
    )
    return fit, fit.improved(peaks, fit.view(peaks), 0.0, HEIGHT)


def _steps(fit: JointFit, peaks: Peaks, damping: tuple[float, ...], free: Free) -> Peaks:
    start = peaks.positions
    for share in damping:
        view = fit.reweighted(fit.view(peaks))
        peaks = fit.improved(peaks, view, share, free)
        far = FARTHEST * fit.usual_width
        kept = start + np.clip(peaks.positions - start, -far, far)
        peaks = replace(peaks, positions=kept)
    return peaks


def _signal_to_noise(peaks: Peaks, view: View) -> Array:
    """Height of each peak over the standard error that it has by itself."""
    information = view.own_information()
    least = 1e-12 * (1 + np.trace(information, axis1=1, axis2=2))
    variance = np.linalg.inv(information + least[:, None, None] * np.eye(4))[:, 2, 2]
    return np.asarray(peaks.height / np.sqrt(np.maximum(variance, 1e-30)))


def _with_unexplained(fit: JointFit, peaks: Peaks, view: View, kept: NDArray[np.bool_]) -> Peaks:
    """Peaks that are kept, and those that are left over, so that they pull no column."""
    new = unexplained(view.weight, view.residual, fit.usual_width, peaks.positions)
    height = np.maximum(view.residual[tuple(new.astype(int).T)], 0).astype(np.float64)
    return replace(
        peaks,
        positions=np.concatenate([peaks.positions[kept], new]),
        height=np.concatenate([peaks.height[kept], height]),
        width=np.concatenate([peaks.width[kept], np.full(len(new), fit.usual_width)]),
    )
