"""Registered pairs: a coarse and a sharp image of one field, brought to grids that fit exactly."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from colonnade.core.arrays import Single
from colonnade.core.errors import ImageError
from colonnade.core.images.alignment import Alignment, NoFitError, Search, align, fits
from colonnade.core.images.registration import flattened
from colonnade.core.images.shift_field import resampled
from colonnade.core.measures.noise import NoiseModel, measure_noise, noise_of_repeats
from colonnade.sem.library.grey_levels import GreyFit, averaged, fit_grey_levels
from colonnade.sem.pair import Pair

FACTORS = (2, 4, 8)
"""How many sharp pixels may lie along a coarse one."""

LEAST_SIDE = 32
"""The part that both images show has sides of so many coarse pixels at least."""

MOST_ERROR = 0.75
"""Larger errors of the shifts are no pair [coarse px]: fine detail is then in the wrong place."""

LEAST_FITTING = 0.5
"""At least this share of the windows must fit in with those around them."""

TEXTURE = 6.0
"""An image shows something if it has so many times as much contrast, once smoothed, as noise."""

SMOOTHED = 2.0
"""Standard deviation of the Gaussian that it is smoothed with for that [px]."""


class MisfitError(ImageError):
    """Two images do not make a pair."""


@dataclass(frozen=True, eq=False)
class Registered:
    """A pair, and what remains between its images.

    Parameters
    ----------
    pair
        The coarse image, cropped, and the sharp one on a grid that fits.
    scale, rotation
        Sharp pixels along a coarse one, and the coarse image's rotation [degrees].
    error
        Root mean square error of the shifts, rather too large [coarse px].
    overlap
        Share of the coarse image that the sharp one shows too.
    grey
        What the sharp image's grey levels were changed by, and how much more the coarse one is
        blurred.
    correlation
        Of the coarse image with what the sharp one makes it expect.
    rest
        Root mean square difference between the two, in standard deviations of the coarse image's
        noise, as far as one image tells that.
    noise
        Noise of the coarse image, measured in that difference.
    """

    pair: Pair
    scale: float
    rotation: float
    error: float
    overlap: float
    grey: GreyFit
    correlation: float
    rest: float
    noise: NoiseModel


def register(
    low: Single, high: Single, factor: int, *, scale: float | None = None, material: str = "own"
) -> Registered:
    """Make a pair of a coarse and a sharp image of one field.

    The coarse image is cropped and not changed; the sharp one is resampled, once.

    Parameters
    ----------
    low, high
        Grey levels, axes (y, x).
    factor
        Sharp pixels for each coarse one that the pair is to have.
    scale
        Those that the images have, about; by default the factor.
    material
        What the images show.

    Raises
    ------
    MisfitError
        If they do not make a pair.
    """
    scale = float(factor) if scale is None else scale
    _check_size(low.shape, high.shape, scale)
    found = _aligned(low, high, factor, scale)
    moved = resampled(high, found.where, factor)
    seen = np.isfinite(averaged(moved, factor))
    rows, columns = largest_whole(seen)
    low, sharp = low[rows, columns], moved[_finer(rows, factor), _finer(columns, factor)]
    _check_size(low.shape, sharp.shape, factor)
    grey = fit_grey_levels(low, sharp, factor)
    pair = Pair(low, grey.apply(sharp), factor, material)
    expected = averaged(grey.blurred(pair.high, factor), factor)
    rest = low - expected
    half = rest / np.float32(np.sqrt(2))
    return Registered(
        pair=pair,
        scale=found.where.scale,
        rotation=found.where.rotation,
        error=found.error,
        overlap=low.size / seen.size,
        grey=grey,
        correlation=float(np.corrcoef(low.ravel(), expected.ravel())[0, 1]),
        rest=float(rest.std()) / max(measure_noise(low).sigma, 1e-12),
        # The difference of two recordings that differ by the rest is the rest.
        noise=noise_of_repeats(expected + half, expected - half),
    )


def _check_size(low: tuple[int, ...], high: tuple[int, ...], scale: float) -> None:
    """Refuse images that show less in common than is needed."""
    most = [min(one, int(other / scale)) for one, other in zip(low, high, strict=True)]
    if min(most) < LEAST_SIDE:
        raise MisfitError(
            f"the two images have at most {most[0]} x {most[1]} coarse pixels in common, and "
            f"{LEAST_SIDE} x {LEAST_SIDE} are needed; take more of the same field"
        )


def _aligned(low: Single, high: Single, factor: int, scale: float) -> Alignment:
    """Align two images, or say in a sentence why they are no pair."""
    if abs(scale / factor - 1) > Search().scale:
        raise MisfitError(
            f"{scale:.3g} sharp pixels lie along a coarse one, and for a factor of {factor} they "
            f"must not differ from it by more than {Search().scale:.0%}; take other magnifications"
        )
    try:
        found = align(low, high, scale)
    except NoFitError as error:
        raise MisfitError(_why_not(low, high, factor, scale, error)) from error
    if found.fitting < LEAST_FITTING or found.error > MOST_ERROR:
        raise MisfitError(
            f"the two images are distorted against each other too much: the shifts of "
            f"{1 - found.fitting:.0%} of the places do not fit in with those around them, and "
            f"the others are wrong by {found.error:.2g} coarse pixels; record both again"
        )
    return found


def _why_not(low: Single, high: Single, factor: int, scale: float, error: NoFitError) -> str:
    """Say what keeps two images from being a pair."""
    for image, which in ((low, "coarse"), (high, "sharp")):
        if not has_texture(image):
            return (
                f"the {which} image shows nothing but noise, so that it cannot be placed; take a "
                "field with edges"
            )
    others = [other for other in FACTORS if other != factor and fits(low, high, other)]
    if others:
        return (
            f"the two images fit with {others[0]} sharp pixels along a coarse one, not with "
            f"{scale:.3g}; import such pairs by themselves"
        )
    if error.begun:
        return f"{error}; take a field with more of them"
    search = Search()
    return (
        "the two images do not show the same field, or too little of it: nowhere do they fit, "
        f"turned by up to {search.rotation:.0f}° and scaled by up to {search.scale:.0%}"
    )


def has_texture(image: Single) -> bool:
    """Whether an image shows more than noise."""
    difference = float(np.square(np.diff(image, axis=0)).mean()) / 2
    # White noise keeps this share of its variance; noise that is correlated keeps up to thrice.
    kept = difference / (4 * np.pi * SMOOTHED**2)
    smooth = ndimage.gaussian_filter(flattened(image), SMOOTHED)
    return float(smooth.var()) > TEXTURE * kept


def largest_whole(seen: NDArray[np.bool_]) -> tuple[slice, slice]:
    """Cut borders off until all that is left is seen, each time the one that is seen least."""
    top, bottom, left, right = 0, seen.shape[0], 0, seen.shape[1]
    while bottom > top and right > left:
        part = seen[top:bottom, left:right]
        shares = [part[0].mean(), part[-1].mean(), part[:, 0].mean(), part[:, -1].mean()]
        worst = int(np.argmin(shares))
        if shares[worst] == 1 and part.all():
            break
        top, bottom = top + (worst == 0), bottom - (worst == 1)
        left, right = left + (worst == 2), right - (worst == 3)
    return slice(top, bottom), slice(left, right)


def _finer(part: slice, factor: int) -> slice:
    return slice(part.start * factor, part.stop * factor)
