"""What each row of a frame tells of its shift, and what the rows tell together.

A row shifts with its frame, with the slow motion of the specimen and the scan during the frame,
and by itself, as jitter. The slow part is taken for a random walk from row to row, jitter for
independent of it; how large both are is told by how alike the shifts of rows are that lie so many
rows apart.
"""

from dataclasses import dataclass, replace

import numpy as np
from scipy.linalg import solveh_banded
from scipy.ndimage import gaussian_filter

from colonnade.core.arrays import Array, Single
from colonnade.core.images.registration import LEAST, NOISE

SURE = 3.0
"""What is larger than noise makes it by so much is no noise [standard deviations]."""


@dataclass(frozen=True, eq=False)
class RowPulls:
    """How far the rows of a frame pull towards other shifts than they were seen with.

    Parameters
    ----------
    pull
        Of each row along (y, x): the product of what is left and the slopes.
    curvature
        Matrix of each row, axes (row, 2, 2): a shift pulls so much.
    variance
        Matrix of each row, axes (row, 2, 2): noise pulls so much, squared.
    """

    pull: Array
    curvature: Array
    variance: Array

    @classmethod
    def of(cls, frame: Single, seen: Single, counted: Single) -> "RowPulls":
        """Compare a frame with what the mean of all shows where the frame is thought to be.

        Parameters
        ----------
        frame, seen
            Without background, axes (y, x).
        counted
            1 for pixels that are compared, 0 for the others.
        """
        slopes = np.stack([np.gradient(seen, axis=axis) for axis in (0, 1)])
        smooth = np.stack([gaussian_filter(slope, NOISE) for slope in slopes])
        smooth *= counted
        gain = sum(_product(smooth[axis], np.gradient(frame, axis=axis)) for axis in (0, 1))
        gain /= max(_product(smooth, slopes), LEAST)
        rest = (frame - gain * seen) * counted
        pull = -np.einsum("iyx,yx->yi", smooth, rest)
        curvature = gain * np.einsum("iyx,jyx->yij", smooth, slopes)
        # Electrons are counted: where slopes are steep, there is more noise than elsewhere.
        noise = sum(_product(slope**2, rest**2) for slope in smooth)
        noise /= max(_product(smooth, smooth), LEAST)
        variance = noise * np.einsum("iyx,jyx->yij", smooth, smooth)
        symmetric = (curvature + curvature.swapaxes(1, 2)) / 2
        return cls(pull.astype(np.float64), symmetric.astype(np.float64), variance.astype(float))

    def scaled(self, share: float) -> "RowPulls":
        """Let each row pull towards so much of the shift."""
        return replace(self, pull=share * self.pull, variance=share**2 * self.variance)

    def common_shift(self) -> tuple[Array, Array]:
        """Shift of all rows together along (y, x), and its standard errors [px].

        The errors follow from how much the rows disagree, so that they know of jitter too.
        """
        curvature = self.curvature.sum(0)
        if np.linalg.cond(curvature) > 1e9 or not np.isfinite(curvature).all():
            return np.zeros(2), np.full(2, np.nan)
        inverse = np.linalg.inv(curvature)
        shift = inverse @ self.pull.sum(0)
        left = self.pull - self.curvature @ shift
        covariance = inverse @ (left.T @ left) @ inverse
        return shift, np.sqrt(np.diag(covariance))

    def along(self, axis: int) -> tuple[Array, Array]:
        """Shift that each row would have by itself along an axis, and what is known of it."""
        slope = self.curvature[:, axis, axis]
        noise = np.maximum(self.variance[:, axis, axis], LEAST)
        information = np.where(slope > 0, slope**2 / noise, 0)
        return self.pull[:, axis] / np.maximum(slope, LEAST), information


class RowLikeness:
    """How alike shifts of rows are that lie so many rows apart, gathered from many frames.

    Parameters
    ----------
    lags
        Rows are compared that lie up to so far apart [px].
    reach
        Shifts are found that are no larger than this [px].
    """

    def __init__(self, lags: int, reach: float) -> None:
        self._reach = reach
        self._products = np.zeros((2, lags + 1))
        self._weights = np.zeros((2, lags + 1))

    def add(self, pulls: RowPulls, already: Array) -> None:
        """Count the rows of a frame.

        Parameters
        ----------
        pulls
            What the rows tell.
        already
            Shifts of the rows against the frame with which they were seen along (y, x) [px].
        """
        for axis in (0, 1):
            found, information = pulls.along(axis)
            shifts = (found + already[:, axis]) * information
            for lag in range(self._products.shape[1]):
                ahead = slice(lag, None)
                behind = slice(None, len(shifts) - lag)
                self._products[axis, lag] += shifts[ahead] @ shifts[behind]
                self._weights[axis, lag] += information[ahead] @ information[behind]
            self._products[axis, 0] -= information.sum()

    def spreads(self) -> tuple[Array, Array]:
        """Standard deviations along (y, x): of jitter, and of the walk's steps [px].

        They are 0 where noise alone might make them, and where they are too large to be found.
        """
        covariance = self._products / np.maximum(self._weights, LEAST)
        noise = 1 / np.sqrt(np.maximum(self._weights, LEAST))
        lags = np.arange(1, covariance.shape[1])
        away = lags - lags.mean()
        slope = covariance[:, 1:] @ away / (away @ away)
        slope_error = noise[:, 1:].mean(1) / np.sqrt(away @ away)
        common = covariance[:, 1:].mean(1) - slope * lags.mean()
        own = covariance[:, 0] - np.maximum(common, 0)
        sure = (own > SURE * np.sqrt(2) * noise[:, 0]) & (own < self._reach**2)
        jitter = np.where(sure, own, 0)
        steps = np.where(-slope > SURE * slope_error, -2 * slope, 0)
        return np.sqrt(jitter), np.sqrt(steps)


def row_shifts(pulls: RowPulls, already: Array, jitter: Array, step: Array) -> Array:
    """Most likely shift of every row against its frame, rows of (y, x) [px].

    Parameters
    ----------
    pulls
        What the rows tell.
    already
        The shifts against the frame with which they were seen [px].
    jitter, step
        Standard deviations along (y, x) of jitter and of the walk's steps [px].
    """
    shifts = np.zeros_like(already)
    for axis in (0, 1):
        found, information = pulls.along(axis)
        found = found + already[:, axis]
        slow = _walk(found, information / (1 + information * jitter[axis] ** 2), step[axis])
        share = information * jitter[axis] ** 2
        shifts[:, axis] = slow + share / (1 + share) * (found - slow)
    return shifts


def _product(one: Single, other: Single) -> float:
    return float((one * other).sum())


def _walk(found: Array, information: Array, step: float) -> Array:
    """Most likely random walk through what is known of each row [px]."""
    if step == 0 or not information.any():
        return np.zeros(len(found))
    stiffness = 1 / step**2
    diagonal = information + stiffness * np.array([1, *[2] * (len(found) - 2), 1])
    banded = np.stack([diagonal, np.full(len(found), -stiffness)])
    return np.asarray(solveh_banded(banded, information * found, lower=True))
