"""Whether error bars and warnings hold: ROC, conformal factors, coverage."""

from statistics import NormalDist
from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from scipy.stats import rankdata

from colonnade.core.arrays import Array

COVERAGE = 0.9
"""Share of the pixels whose true grey level is meant to lie within the interval."""

ROUNDING = 1e-9
"""Sums of weights that should be equal differ by less."""


def auroc(score: ArrayLike, positive: ArrayLike) -> float:
    """Area under the ROC curve: how often a positive has a higher score than a negative.

    Equal scores count half. NaN where there are no positives, or no negatives.

    Parameters
    ----------
    score
        Of each item, high for those that should be positive.
    positive
        Whether each item is.
    """
    scores, labels = np.ravel(np.asarray(score, np.float64)), np.ravel(np.asarray(positive, bool))
    count = int(labels.sum())
    others = labels.size - count
    if not count or not others:
        return float("nan")
    above = rankdata(scores)[labels].sum() - count * (count + 1) / 2
    return float(above / (count * others))


def recall_at(score: ArrayLike, positive: ArrayLike, false_alarms: float) -> float:
    """Share of the positives whose score is above that of all but a share of the negatives.

    Parameters
    ----------
    score, positive
        As for `auroc`.
    false_alarms
        Largest share of negatives at or above the threshold.
    """
    scores, labels = np.ravel(np.asarray(score, np.float64)), np.ravel(np.asarray(positive, bool))
    negatives = np.sort(scores[~labels])[::-1]
    if not labels.any() or not negatives.size:
        return float("nan")
    threshold = negatives[min(int(false_alarms * negatives.size), negatives.size - 1)]
    return float((scores[labels] > threshold).mean())


def conformal_factor(
    error: ArrayLike, scale: ArrayLike, wanted: float, group: ArrayLike | None = None
) -> float:
    """Find the factor by which scales become half-widths of intervals that cover errors.

    Split conformal prediction with the score |error| / scale: of n calibration scores the
    ceil((n + 1) * wanted)-th smallest. A new error, exchangeable with these, then lies within
    factor * scale with at least the chance `wanted`. Infinite where n is too small for that.

    Parameters
    ----------
    error, scale
        Of each item of the calibration set; the scales are positive.
    wanted
        Coverage that is asked for, such as 0.9.
    group
        Name or number of the group of each item, such as its material: groups then count alike,
        however many items each has.
    """
    score = np.ravel(np.abs(np.asarray(error, np.float64)) / np.asarray(scale, np.float64))
    if group is None:
        weight = np.full(score.size, 1 / max(score.size, 1))
    else:
        _, number, count = np.unique(np.ravel(group), return_inverse=True, return_counts=True)
        weight = (1 / (len(count) * count))[number]
    order = np.argsort(score, kind="stable")
    # The new error counts as one more item, and may be larger than every other.
    reached = np.cumsum(weight[order]) / (1 + weight.max(initial=0.0))
    rank = int(np.searchsorted(reached, wanted - ROUNDING))
    return float(score[order[rank]]) if rank < score.size else float("inf")


def error_ratio(
    error: ArrayLike, half_width: ArrayLike, wanted: float, noise: float = 0.0
) -> Array:
    """Give errors in half-widths of their intervals, at most 1 where an interval holds the truth.

    What errors are measured against may have noise itself, which no interval is meant to hold: an
    interval is widened by the half-width that holds the same share of that noise, in squares.

    Parameters
    ----------
    error, half_width
        Of each item.
    wanted
        Share of the truths that the intervals are meant to hold.
    noise
        Standard deviation of the noise of what errors are measured against.
    """
    held = NormalDist().inv_cdf((1 + wanted) / 2) * noise
    beyond = np.square(np.asarray(error, np.float64)) - held**2
    left = np.sqrt(np.maximum(beyond, 0))
    with np.errstate(divide="ignore"):  # an interval without a width holds an error of zero alone
        return np.divide(left, half_width, where=left > 0, out=np.zeros_like(left))


def coverage(error: ArrayLike, half_width: ArrayLike) -> float:
    """Share of the errors that lie within the half-width of their interval, or on its end."""
    within = np.abs(np.asarray(error, np.float64)) <= np.asarray(half_width, np.float64)
    return float(within.mean())


def coverage_left_out(
    error: ArrayLike, scale: ArrayLike, group: ArrayLike, wanted: float
) -> dict[Any, float]:
    """Coverage of each group by intervals that were calibrated on all other groups.

    It is what a user's own material will find, which was in no calibration. The groups that
    calibrate count alike.

    Parameters
    ----------
    error, scale, wanted
        As for `conformal_factor`.
    group
        Name or number of the group of each item, such as its material; at least two.
    """
    errors, scales, groups = (np.ravel(np.asarray(one)) for one in (error, scale, group))
    found = {}
    for name in np.unique(groups).tolist():
        out = groups == name
        factor = conformal_factor(errors[~out], scales[~out], wanted, groups[~out])
        found[name] = coverage(errors[out], factor * scales[out])
    return found
