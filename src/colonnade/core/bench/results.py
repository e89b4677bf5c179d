"""What a run of a benchmark wrote, read back for its figures and its report."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from colonnade.core.arrays import Array
from colonnade.core.bench.case import Axis, Series
from colonnade.core.bench.runs import RAN
from colonnade.core.bench.scores import SCORES, Row, Scores
from colonnade.core.bench.study import Study
from colonnade.core.errors import ColonnadeError, FileError
from colonnade.core.work.writing import atomic

SUMMARY = "summary.json"

COST_TOTALS = ("seconds_per_megapixel", "peak_mb")

Interval = tuple[float, float, float]
"""A score and the ends of its 95 % bootstrap interval; NaN where nothing is known."""

UNKNOWN: Interval = (np.nan, np.nan, np.nan)


@dataclass(frozen=True)
class Cutoff:
    """Where a method fails first.

    Parameters
    ----------
    value, low, high
        Of the quality, and its 95 % interval.
    criterion
        Name of the score that fails; empty where none does.
    beyond
        None fails up to the last step, which is the value.
    """

    value: float
    low: float
    high: float
    criterion: str
    beyond: bool


@dataclass(frozen=True, eq=False)
class Curve:
    """Scores along an axis.

    Parameters
    ----------
    values
        Of the quality, from good to bad.
    scores
        By name, a row of mean, low and high for each value.
    """

    values: Array
    scores: Mapping[str, Array]


@dataclass(frozen=True, eq=False)
class MethodResults:
    """Everything that is known of a method.

    Parameters
    ----------
    name, status
        What it is called, and ``"ran"`` or why it is missing.
    cutoffs, curves
        By the names of series and axis.
    unvaried
        By the name of a series in which nothing varies, its scores by name; empty where it has no
        images.
    totals
        Scores over all images, by name.
    failed
        How it failed, by the names of the images.
    """

    name: str
    status: str
    cutoffs: Mapping[tuple[str, str], Cutoff]
    curves: Mapping[tuple[str, str], Curve]
    unvaried: Mapping[str, Mapping[str, Interval]]
    totals: Mapping[str, float]
    failed: Mapping[str, str]

    @property
    def ran(self) -> bool:
        """Whether it was run."""
        return self.status == RAN


@dataclass(frozen=True, eq=False)
class Results:
    """A whole run.

    Parameters
    ----------
    study
        Which benchmark it is.
    folder
        Where it is.
    version
        Of Colonnade.
    images, differing
        How many there are, and how many of them are not those everyone else has.
    methods
        All methods that were wanted, in their order.
    rows
        Every score.
    """

    study: Study
    folder: Path
    version: str
    images: int
    differing: int
    methods: tuple[MethodResults, ...]
    rows: tuple[Row, ...]

    @property
    def ran(self) -> tuple[MethodResults, ...]:
        """Methods that were run."""
        return tuple(one for one in self.methods if one.ran)

    @property
    def varied(self) -> list[Series]:
        """Series in which a quality varies, of which there are results."""
        known = {series for one in self.ran for series, _ in one.cutoffs}
        return [series for series in self.study.series if series.name in known]

    @property
    def unvaried(self) -> list[Series]:
        """Series in which nothing varies, of which there are results."""
        known = {name for one in self.ran for name, scores in one.unvaried.items() if scores}
        return [series for series in self.study.series if series.name in known]

    def axes_of(self, series: Series) -> list[Axis]:
        """Qualities of a series of which there are results."""
        known = {axis for one in self.ran for name, axis in one.cutoffs if name == series.name}
        return [axis for axis in series.axes if axis.name in known]

    def rows_of(self, method: str, series: str, axis: str | None = None) -> list[Row]:
        """Scores of one method on one series, or on one axis of it."""
        return [
            row
            for row in self.rows
            if (row.method, row.case.series) == (method, series) and axis in (None, row.case.axis)
        ]


def write_summary(summary: Mapping[str, Any], folder: Path) -> None:
    """Write ``summary.json``."""
    with atomic(folder / SUMMARY) as temporary:
        temporary.write_text(json.dumps(summary, indent=1, allow_nan=False), encoding="utf-8")


def read_results(study: Study, folder: Path) -> Results:
    """Read ``summary.json`` and ``scores.csv``.

    Raises
    ------
    FileError
        If one of them is missing or is not what a run writes.
    """
    try:
        given = json.loads((folder / SUMMARY).read_text(encoding="utf-8"))
        methods = tuple(_method(study, name, one) for name, one in given["methods"].items())
        rows = Scores(folder / SCORES, study.task.columns).rows
        if any(method.ran for method in methods) and not rows:
            raise ValueError(f"{SCORES} has no scores")
        return Results(
            study=study,
            folder=folder,
            version=given["colonnade"],
            images=given["images"]["count"],
            differing=given["images"]["differing"],
            methods=methods,
            rows=tuple(rows),
        )
    except (OSError, ValueError, KeyError, TypeError, ColonnadeError) as error:
        raise FileError(
            f"the folder {folder} does not hold a whole run of the benchmark ({error!r}); run "
            "it again with the same folder"
        ) from error


def _method(study: Study, name: str, given: Mapping[str, Any]) -> MethodResults:
    unvaried = [series.name for series in study.series if not series.axes]
    totals = (*(total.score for total in study.totals), *COST_TOTALS)
    return MethodResults(
        name=name,
        status=given["status"],
        cutoffs={key: _cutoff(one) for key, one in _by_axis(given, "cutoffs")},
        curves={key: _curve(study, one) for key, one in _by_axis(given, "curves")},
        unvaried={series: _intervals(given.get(series)) for series in unvaried},
        totals={total: _number(given.get(total)) for total in totals},
        failed=given.get("failed", {}),
    )


def _by_axis(given: Mapping[str, Any], part: str) -> list[tuple[tuple[str, str], Any]]:
    return [
        ((series, axis), one)
        for series, axes in given.get(part, {}).items()
        for axis, one in axes.items()
    ]


def _cutoff(given: Mapping[str, Any]) -> Cutoff:
    value, low, high = (_number(given[name]) for name in ("value", "low", "high"))
    return Cutoff(value, low, high, given["criterion"] or "", bool(given["beyond"]))


def _curve(study: Study, points: list[Mapping[str, Any]]) -> Curve:
    values = np.array([_number(point["value"]) for point in points])
    scores = {
        name: np.array(
            [[_number(point[name + end]) for end in ("", "_low", "_high")] for point in points]
        )
        for name in (limit.score for limit in study.limits)
    }
    return Curve(values, scores)


def _intervals(given: Mapping[str, Any] | None) -> dict[str, Interval]:
    return {
        name: (_number(mean), _number(low), _number(high))
        for name, (mean, low, high) in (given or {}).items()
    }


def _number(given: float | None) -> float:
    return np.nan if given is None else float(given)
