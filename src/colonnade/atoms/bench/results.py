"""What a run of the benchmark wrote, read back for its figures and its report."""

import csv
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from colonnade.atoms.bench.case import Axis, Place
from colonnade.core.arrays import Array
from colonnade.core.errors import FileError

Interval = tuple[float, float, float]
"""A mean and the ends of its 95 % bootstrap interval; NaN where nothing is known."""

LIMITS = {"recall": 0.90, "precision": 0.95, "rms_pm": 30.0}
"""What a method has to reach: at least so much recall and precision, at most so much error."""

UNKNOWN: Interval = (np.nan, np.nan, np.nan)


def fails(name: str, score: float) -> bool:
    """Say whether a score is on the wrong side of its limit; what is unknown fails nothing."""
    return score > LIMITS[name] if name == "rms_pm" else score < LIMITS[name]


@dataclass(frozen=True)
class Cutoff:
    """Where a method fails first.

    Parameters
    ----------
    value, low, high
        Of the quality, and its 95 % interval.
    criterion
        Which score fails: ``recall``, ``precision`` or ``rms_pm``.
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
class Entrant:
    """Everything that is known of a method that was detectable.

    Parameters
    ----------
    name, status
        What it was called by, and ``"ran"`` or why it is missing.
    cutoffs, curves
        By series and axis.
    generality, experiment
        Scores over those images, by name; none where there are no such images.
    totals
        Single numbers, by the name they have in the file.
    failed
        Images on which it stopped with an error, and which.
    """

    name: str
    status: str
    cutoffs: Mapping[tuple[str, str], Cutoff]
    curves: Mapping[tuple[str, str], Curve]
    generality: Mapping[str, Interval]
    experiment: Mapping[str, Interval]
    totals: Mapping[str, float]
    failed: Mapping[str, str]

    @property
    def ran(self) -> bool:
        """Whether it took part."""
        return self.status == "ran"


@dataclass(frozen=True)
class Row:
    """Scores of one method on one image."""

    contestant: str
    place: Place
    scores: Mapping[str, float]


@dataclass(frozen=True, eq=False)
class Results:
    """A whole run.

    Parameters
    ----------
    folder
        Where it is.
    version
        Of Colonnade.
    images, differing
        How many there are, and how many of them are not those everyone else has.
    gate
        How far a found column may be from a true one, in one sentence.
    axes
        By name.
    entrants
        All methods that were detectable, in their order.
    rows
        Every score.
    """

    folder: Path
    version: str
    images: int
    differing: int
    gate: str
    axes: Mapping[str, Axis]
    entrants: tuple[Entrant, ...]
    rows: tuple[Row, ...]

    @property
    def ran(self) -> tuple[Entrant, ...]:
        """Methods that took part."""
        return tuple(one for one in self.entrants if one.ran)

    @property
    def materials(self) -> list[str]:
        """Series in which a quality varies."""
        return list(dict.fromkeys(series for one in self.ran for series, _ in one.cutoffs))

    def axes_of(self, series: str) -> list[Axis]:
        """Qualities that vary in a series."""
        known = {axis for one in self.ran for name, axis in one.cutoffs if name == series}
        return [axis for name, axis in self.axes.items() if name in known]

    def rows_of(self, contestant: str, series: str, axis: str | None = None) -> list[Row]:
        """Scores of one method on one series, or on one axis of it."""
        return [
            row
            for row in self.rows
            if (row.contestant, row.place.series) == (contestant, series)
            and axis in (None, row.place.axis)
        ]


def read_results(folder: Path) -> Results:
    """Read ``summary.json`` and ``scores.csv``.

    Raises
    ------
    FileError
        If one of them is missing or is not what a run writes.
    """
    try:
        given = json.loads((folder / "summary.json").read_text(encoding="utf-8"))
        with (folder / "scores.csv").open(newline="", encoding="utf-8") as file:
            rows = tuple(_row(cells) for cells in csv.DictReader(file))
        return Results(
            folder=folder,
            version=given["colonnade"],
            images=given["images"]["count"],
            differing=given["images"]["differing"],
            gate=given["gate"],
            axes={name: _axis(name, facts) for name, facts in given["axes"].items()},
            entrants=tuple(_entrant(name, one) for name, one in given["contestants"].items()),
            rows=rows,
        )
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise FileError(
            f"the folder {folder} does not hold a whole run of the benchmark ({error!r}); run "
            "it again with the same folder"
        ) from error


def _axis(name: str, facts: Mapping[str, Any]) -> Axis:
    steps = tuple(float(step) for step in facts["steps"])
    return Axis(name, facts["unit"], steps, facts["meaning"])


def _entrant(name: str, given: Mapping[str, Any]) -> Entrant:
    bias_y, bias_x = given.get("bias_pm") or (None, None)
    names = ("within_1", "within_2", "p95_pm", "bound_ratio", "seconds_per_megapixel", "peak_mb")
    totals = {total: _number(given.get(total)) for total in names}
    return Entrant(
        name=name,
        status=given["status"],
        cutoffs={key: _cutoff(one) for key, one in _by_axis(given, "cutoffs")},
        curves={key: _curve(one) for key, one in _by_axis(given, "curves")},
        generality=_intervals(given.get("generality")),
        experiment=_intervals(given.get("experiment")),
        totals={**totals, "bias_y_pm": _number(bias_y), "bias_x_pm": _number(bias_x)},
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


def _curve(points: list[Mapping[str, Any]]) -> Curve:
    values = np.array([_number(point["value"]) for point in points])
    scores = {
        name: np.array(
            [[_number(point[name + end]) for end in ("", "_low", "_high")] for point in points]
        )
        for name in LIMITS
    }
    return Curve(values, scores)


def _intervals(given: Mapping[str, Any] | None) -> dict[str, Interval]:
    known = {}
    for name in LIMITS:
        mean, low, high = (given or {}).get(name) or UNKNOWN
        known[name] = (_number(mean), _number(low), _number(high))
    return known if given else {}


def _row(cells: Mapping[str, str]) -> Row:
    place = Place(cells["series"], cells["axis"], _number(cells["value"]), int(cells["number"]))
    names = [name for name in cells if name not in ("contestant", "series", "axis", "value")]
    return Row(cells["contestant"], place, {name: _number(cells[name]) for name in names})


def _number(cell: Any) -> float:
    return np.nan if cell in (None, "") else float(cell)
