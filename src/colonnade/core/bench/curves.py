"""From the scores of every image to curves, cut-offs and totals, with bootstrap intervals.

A cut-off is the value of a quality, from good to bad, at which the first of the limited scores
crosses its limit, between two steps by a straight line. Intervals hold 95 % of what comes out when
the images of every step are drawn again at random, with repeats.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from colonnade.core.arrays import Array, Indices
from colonnade.core.bench.case import Axis
from colonnade.core.bench.results import UNKNOWN, Interval
from colonnade.core.bench.scores import Row
from colonnade.core.bench.study import Limit, Study, columns_of

BOOTSTRAP_DRAWS = 400
BOOTSTRAP_SEED = 0
INTERVAL = (0.025, 0.975)
"""Quantiles at the ends of an interval that holds 95 %."""

SUMMARY_DIGITS = 5
"""Significant digits of the numbers in the summary."""


def cutoff(
    steps: Sequence[float], scores: Mapping[str, Sequence[float]], limits: Sequence[Limit]
) -> tuple[float, str]:
    """Where the first score crosses its limit, and which; no name if none does.

    Parameters
    ----------
    steps
        Of the quality, from good to bad.
    scores
        Those that have a limit at each step, by name.
    limits
        What they have to reach.
    """
    for step in range(len(steps)):
        crossed = [limit for limit in limits if limit.fails(scores[limit.score][step])]
        if not crossed:
            continue
        if step == 0:
            return steps[0], crossed[0].score
        parts = {
            limit.score: _crossing(scores[limit.score][step - 1 : step + 1], limit.value)
            for limit in crossed
        }
        first = min(parts, key=lambda name: parts[name])
        return steps[step - 1] + parts[first] * (steps[step] - steps[step - 1]), first
    return steps[-1], ""


def _crossing(ends: Sequence[float], limit: float) -> float:
    """How far from one step to the next a score crosses its limit, from 0 to 1."""
    before, after = ends
    if not np.isfinite(before):
        return 1.0
    return float((limit - before) / (after - before))


def summarise(study: Study, rows: Sequence[Row]) -> dict[str, Any]:
    """Give everything that the summary says of one method that ran."""
    rng = np.random.default_rng(BOOTSTRAP_SEED)
    cutoffs: dict[str, dict[str, Any]] = {}
    curves: dict[str, dict[str, Any]] = {}
    for series in study.series:
        for axis in series.axes:
            chosen = [
                row for row in rows if (row.case.series, row.case.axis) == (series.name, axis.name)
            ]
            if chosen:
                end, curve = _along(study, chosen, axis, rng)
                cutoffs.setdefault(series.name, {})[axis.name] = end
                curves.setdefault(series.name, {})[axis.name] = curve
    unvaried = {
        series.name: _together(study, rows, series.name, rng)
        for series in study.series
        if not series.axes
    }
    totals = {**study.pooled(rows), **_cost(rows)}
    return {
        "cutoffs": cutoffs,
        "curves": curves,
        **unvaried,
        **{name: _rounded(value) for name, value in totals.items()},
    }


def _along(
    study: Study, rows: Sequence[Row], axis: Axis, rng: np.random.Generator
) -> tuple[dict[str, Any], list[Any]]:
    """Cut-off and curve of one method along one axis of a series."""
    present = {row.case.value for row in rows}
    steps = [step for step in axis.steps if step in present]
    drawn = [
        _resampled(study, [row for row in rows if row.case.value == step], rng) for step in steps
    ]
    curve = [_point(step, scores) for step, scores in zip(steps, drawn, strict=True)]
    names = [limit.score for limit in study.limits]
    columns = {name: np.stack([scores[name] for scores in drawn], axis=1) for name in names}
    ends = [
        cutoff(steps, {name: columns[name][draw].tolist() for name in names}, study.limits)
        for draw in range(BOOTSTRAP_DRAWS + 1)
    ]
    value, low, high = _interval(np.array([end for end, _ in ends]))
    crossed = ends[0][1]
    found = {"value": value, "low": low, "high": high}
    return {**found, "criterion": crossed or None, "beyond": not crossed}, curve


def _point(step: float, scores: Mapping[str, Array]) -> dict[str, float | None]:
    """Give every score at one step, with the ends of its interval."""
    point: dict[str, float | None] = {"value": step}
    for name, values in scores.items():
        named = zip(("", "_low", "_high"), _interval(values), strict=True)
        point |= {f"{name}{end}": value for end, value in named}
    return point


def _resampled(study: Study, rows: Sequence[Row], rng: np.random.Generator) -> dict[str, Array]:
    """Scores of all images together, then of each random draw of as many."""
    chosen = _draws(len(rows), rng)
    columns = columns_of(rows, study.task.columns)
    return dict(study.pool({name: values[chosen] for name, values in columns.items()}))


def _draws(count: int, rng: np.random.Generator) -> Indices:
    """All images first, then random draws of as many (draw, image)."""
    return np.vstack([np.arange(count), rng.integers(count, size=(BOOTSTRAP_DRAWS, count))])


def _interval(values: Array) -> list[float | None]:
    """The value, and the ends of the interval of its draws."""
    known = values[1:][np.isfinite(values[1:])]
    low, high = np.quantile(known, INTERVAL) if known.size else (np.nan, np.nan)
    return [_rounded(value) for value in (values[0], low, high)]


def paired_median(first: Sequence[Row], second: Sequence[Row], score: str) -> Interval:
    """Median over images of how much more one method scores than another, with its interval.

    Images count that both have done, and of which both scores are known; as the difference is
    taken image by image, that some images are harder than others does not widen the interval.

    Parameters
    ----------
    first, second
        Rows of the two methods.
    score
        Which score.
    """
    others = {row.case.name: row.scores[score] for row in second}
    pairs = [row.scores[score] - others[row.case.name] for row in first if row.case.name in others]
    return median_interval(np.array(pairs))


def median_interval(values: Array) -> Interval:
    """Median of what is known, and the ends of its interval."""
    known = values[np.isfinite(values)]
    if not known.size:
        return UNKNOWN
    medians = np.median(known[_draws(known.size, np.random.default_rng(BOOTSTRAP_SEED))], axis=1)
    low, high = np.quantile(medians[1:], INTERVAL)
    return float(medians[0]), float(low), float(high)


def _rounded(value: float) -> float | None:
    """Round a number for the file; what is unknown is null there."""
    return float(f"{value:.{SUMMARY_DIGITS}g}") if np.isfinite(value) else None


def _together(
    study: Study, rows: Sequence[Row], series: str, rng: np.random.Generator
) -> dict[str, Any] | None:
    """Scores of a series in which nothing varies; none where there are no such images."""
    chosen = [row for row in rows if row.case.series == series]
    if not chosen:
        return None
    return {name: _interval(values) for name, values in _resampled(study, chosen, rng).items()}


def _cost(rows: Sequence[Row]) -> dict[str, float]:
    """Time and memory that a method took."""
    seconds, pixels, peak = (
        np.array([row.scores[name] for row in rows]) for name in ("seconds", "pixels", "peak_mb")
    )
    return {
        "seconds_per_megapixel": 1e6 * seconds.sum() / pixels.sum() if len(rows) else np.nan,
        "peak_mb": float(peak.max(initial=-np.inf)),
    }
