"""How far one image is shifted against another: as a whole, and window by window."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import fft, ndimage

from colonnade.core.arrays import Array, Grey, Indices, Single

DETAIL = 0.12
"""Standard deviation of the Gaussian that weighs frequencies in a phase correlation [1/px].

Beyond twice as much there is mostly noise. It makes the peak a Gaussian of 1.3 px, through which
three pixels are enough to find the top.
"""

BACKGROUND = 8.0
"""Standard deviation of the Gaussian whose blur is taken for the background [px]."""

NOISE = 1.0
"""Standard deviation of the Gaussian that keeps noise out of slopes [px]."""

LEAST = 1e-30
"""Divides what is nothing."""

LEAST_OVERLAP = 0.25
"""Images are shifted until this share of the smaller one's side overlaps, and no farther."""


@dataclass(frozen=True)
class Peak:
    """Where two images fit best.

    Parameters
    ----------
    y, x
        The reference at a position shows what the other image does at this position plus (y, x)
        [px].
    height
        Of the peak, in standard deviations of the correlation.
    """

    y: float
    x: float
    height: float


@dataclass(frozen=True, eq=False)
class LocalShifts:
    """Shifts between two images in square windows on a grid, each with what is known of it.

    Parameters
    ----------
    corners
        First row and column of each window, axes (y, x, 2) [px].
    side
        Of the windows [px].
    shifts
        Along (y, x): the reference at a position shows what the other image does at this position
        plus the shift; axes (y, x, 2) [px].
    information
        Inverse covariance of each shift, axes (y, x, 2, 2) [1/px²]; along an edge it is nearly
        zero, and zero where nothing is known.
    """

    corners: Indices
    side: int
    shifts: Array
    information: Array

    @property
    def centres(self) -> Array:
        """Middle of each window, axes (y, x, 2) [px]."""
        return np.asarray(self.corners + (self.side - 1) / 2)

    @property
    def errors(self) -> Array:
        """Standard error of each shift along the direction that is known least [px]."""
        least = np.linalg.eigvalsh(self.information)[..., 0]
        return np.asarray(1 / np.sqrt(np.maximum(least, 1e-12)))

    @property
    def known(self) -> NDArray[np.bool_]:
        """Where anything is known, axes (y, x)."""
        return np.asarray(np.trace(self.information, axis1=-2, axis2=-1) > 0)

    def squares(self, shifts: Array) -> Array:
        """Squared differences from other shifts, in squared standard errors; axes (y, x)."""
        rest = self.shifts - shifts
        return np.asarray(np.einsum("yxi,yxij,yxj->yx", rest, self.information, rest))

    def weighted(self, weights: Array) -> "LocalShifts":
        """Let what is known of each shift count so much."""
        return replace(self, information=self.information * weights[..., None, None])

    def clear_of(self, mask: NDArray[np.bool_]) -> "LocalShifts":
        """Forget the windows in which any pixel of a mask is set."""
        return self.weighted(window_sums(mask, self.corners, self.side) == 0)


def flattened(image: Grey) -> Single:
    """Take the background off an image."""
    single = image.astype(np.float32, copy=False)
    background = ndimage.gaussian_filter(single, BACKGROUND, mode="reflect")
    return np.asarray(single - background, np.float32)


def phase_correlation(reference: Single, other: Single) -> Peak:
    """Find the shift at which two images fit best, to a small part of a pixel.

    Parameters
    ----------
    reference, other
        Images without background, as `flattened` gives them; they may differ in size, and the
        smaller one may be a part of the larger.
    """
    sides = list(zip(reference.shape, other.shape, strict=True))
    least = [max(1, int(LEAST_OVERLAP * min(pair))) for pair in sides]
    height, width = (
        fft.next_fast_len(sum(pair) - 2 * overlap, real=True)
        for pair, overlap in zip(sides, least, strict=True)
    )
    transforms = [fft.rfft2(tapered(image), (height, width)) for image in (reference, other)]
    surface = _correlated(transforms[0], transforms[1], (height, width))
    lowest = [overlap - pair[0] for pair, overlap in zip(sides, least, strict=True)]
    (shift,), (peak,) = _peaks(surface[None], np.array(lowest))
    return Peak(float(shift[0]), float(shift[1]), float(peak))


def window_peaks(reference: Single, other: Single, side: int, height: float) -> LocalShifts:
    """Measure shifts of several pixels by phase correlation, in windows that overlap by half.

    Parameters
    ----------
    reference, other
        Images of one size without background, as `flattened` gives them.
    side
        Of a window, twice the largest shift [px].
    height
        Of windows whose peak is lower nothing is known.
    """
    corners = window_corners(reference.shape, side, side // 2)
    flat = corners.reshape(-1, 2)
    taper = np.outer(np.hanning(side), np.hanning(side)).astype(np.float32)
    transforms = [
        fft.rfft2(np.stack([image[y : y + side, x : x + side] for y, x in flat]) * taper)
        for image in (reference, other)
    ]
    surfaces = _correlated(transforms[0], transforms[1], (side, side))
    shifts, heights = _peaks(surfaces, np.array([-side // 2, -side // 2]))
    known = np.where(heights >= height, 2 * np.pi * DETAIL * heights, 0) ** 2
    information = known.reshape(*corners.shape[:2], 1, 1) * np.eye(2)
    return LocalShifts(corners, side, shifts.reshape(corners.shape), information)


def local_shifts(
    reference: Single, other: Single, side: int, counted: NDArray[np.bool_] | None = None
) -> LocalShifts:
    """Measure shifts of less than a pixel by slopes, in windows that do not overlap.

    They are the shifts at which the difference of the images has nothing in common with the
    slopes. Neither another gain moves that, nor another blur, so long as it is symmetric.

    Parameters
    ----------
    reference, other
        Images of one size without background, as `flattened` gives them.
    side
        Of a window [px].
    counted
        Pixels that count; all of them by default.
    """
    corners = window_corners(reference.shape, side, side)
    count: Single = np.ones(reference.shape, np.float32)
    if counted is not None:
        count = counted.astype(np.float32)
    slopes, expected = (
        [np.gradient(image, axis=axis) for axis in (0, 1)] for image in (reference, other)
    )
    smooth = [ndimage.gaussian_filter(slope, NOISE, mode="reflect") * count for slope in expected]
    # Noise of the other image makes it seem to slope more than it does: the gain, which takes
    # that back, is that of the slopes.
    gain = _product(smooth, slopes) / max(_product(smooth, expected), LEAST)
    rest = (reference - gain * other) * count

    def sums(first: Sequence[Single], second: Sequence[Single]) -> Array:
        rows = [[window_sums(one * two, corners, side) for two in second] for one in first]
        return np.moveaxis(np.array(rows), (0, 1), (-2, -1))

    pull, own, across = sums(smooth, [rest]), sums(smooth, smooth), gain * sums(smooth, expected)
    least = 1e-9 * np.trace(own, axis1=-2, axis2=-1).mean() * np.eye(2) + LEAST * np.eye(2)
    tensor = (across + across.swapaxes(-2, -1)) / 2 + least
    shifts = np.linalg.solve(tensor, pull)
    squares = window_sums(rest**2, corners, side)
    variance = squares / np.maximum(window_sums(count, corners, side), 1)
    variance = np.maximum(variance, 1e-9 * variance.max() + LEAST)
    information = tensor @ np.linalg.solve(own + least, tensor) / variance[..., None, None]
    return LocalShifts(corners, side, shifts[..., 0], information)


def _product(first: Sequence[Single], second: Sequence[Single]) -> float:
    return sum(float((one * two).sum()) for one, two in zip(first, second, strict=True))


def window_corners(shape: tuple[int, ...], side: int, step: int) -> Indices:
    """First row and column of windows, axes (y, x, 2); borders share what is left over [px]."""
    starts = [
        (size - side) % step // 2 + step * np.arange((size - side) // step + 1) for size in shape
    ]
    return np.stack(np.meshgrid(*starts, indexing="ij"), axis=-1)


def window_sums(image: NDArray[Any], corners: Indices, side: int) -> Array:
    """Sum over each window."""
    tops, lefts = corners[:, :1, 0], corners[:1, :, 1].T
    rows, columns = (np.arange(size) for size in image.shape)
    down = ((rows >= tops) & (rows < tops + side)).astype(np.float32)
    across = ((columns >= lefts) & (columns < lefts + side)).astype(np.float32)
    return np.asarray(down @ image.astype(np.float32, copy=False) @ across.T, np.float64)


def tapered(image: Single) -> Single:
    """Let an image fade out at its borders, an eighth of it on each side."""
    down, across = (_taper(size) for size in image.shape)
    return np.asarray(image * down[:, None] * across, np.float32)


def _taper(size: int) -> Array:
    distance = np.minimum(np.arange(size), np.arange(size)[::-1]) + 0.5
    return np.asarray(np.sin(np.pi / 2 * np.minimum(8 * distance / size, 1)) ** 2)


def _correlated(reference: Grey, other: Grey, shape: tuple[int, int]) -> Single:
    """Correlate two transforms by their phases, the fine frequencies counting less."""
    product = other * np.conj(reference)
    down, across = fft.fftfreq(shape[0])[:, None], fft.rfftfreq(shape[1])
    weight = np.exp(-(down**2 + across**2) / (2 * DETAIL**2)).astype(np.float32)
    product *= weight / np.maximum(np.abs(product), 1e-30)
    return np.asarray(fft.irfft2(product, shape), np.float32)


def _peaks(surfaces: Single, lowest: Indices) -> tuple[Array, Array]:
    """Highest point of each surface (number, y, x), between its pixels, and its height.

    A surface repeats itself: its shifts are those from the lowest on.
    """
    count, *shape = surfaces.shape
    places = np.stack(np.unravel_index(surfaces.reshape(count, -1).argmax(1), shape), axis=1)
    numbers = np.arange(count)
    shifts = np.empty((count, 2))
    for axis, size in enumerate(shape):
        values = []
        for step in (-1, 0, 1):
            at = places.copy()
            at[:, axis] = (at[:, axis] + step) % size
            values.append(surfaces[numbers, at[:, 0], at[:, 1]])
        whole = (places[:, axis] - lowest[axis]) % size + lowest[axis]
        shifts[:, axis] = whole + _vertex(*values)
    spread = surfaces.reshape(count, -1).std(1)
    return shifts, surfaces[numbers, places[:, 0], places[:, 1]] / np.maximum(spread, 1e-30)


def _vertex(before: Single, peak: Single, after: Single) -> Array:
    """Top of the Gaussian through three neighbours, from the middle one [px]."""
    least = 1e-6 * np.abs(peak) + 1e-30
    logs = [np.log(np.maximum(value, least)) for value in (before, peak, after)]
    curvature = np.minimum(logs[0] - 2 * logs[1] + logs[2], -1e-12)
    return np.asarray(np.clip((logs[0] - logs[2]) / (2 * curvature), -0.5, 0.5), np.float64)
