"""From the scores of every image to curves, cut-offs and totals, with bootstrap intervals.

A cut-off is the value of a quality, from good to bad, at which the first of three scores crosses
its limit, between two steps by a straight line. Intervals hold 95 % of what comes out when the
images of every step are drawn again at random, with repeats.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from colonnade.atoms.bench.case import EXPERIMENT, GENERALITY, Axis
from colonnade.atoms.bench.degradation_series import AXES, MATERIALS
from colonnade.atoms.bench.results import LIMITS, fails
from colonnade.core.arrays import Array

Rows = Sequence[Mapping[str, str]]

DRAWS = 400
SEED = 0


@dataclass(frozen=True, eq=False)
class Counts:
    """What is added up of images, rows of them alike; the first axis may be draws."""

    found: Array
    missed: Array
    false: Array
    squares: Array
    """Sum of the squared errors [pm²]."""

    @classmethod
    def of(cls, rows: Rows) -> "Counts":
        """Read them from the table."""
        found, missed, false = (
            np.array([float(row[name]) for row in rows]) for name in ("found", "missed", "false")
        )
        rms = np.array([float(row["rms_pm"] or "nan") for row in rows])
        return cls(found, missed, false, np.where(found > 0, found * rms**2, 0.0))

    def drawn(self, chosen: NDArray[np.intp]) -> "Counts":
        """Add up the images that were chosen, along the last axis."""
        return Counts(
            *(part[chosen].sum(-1) for part in (self.found, self.missed, self.false, self.squares))
        )

    def scores(self) -> dict[str, Array]:
        """Recall, precision and error; NaN where nothing is known."""
        with np.errstate(invalid="ignore", divide="ignore"):
            return {
                "recall": self.found / (self.found + self.missed),
                "precision": self.found / (self.found + self.false),
                "rms_pm": np.sqrt(self.squares / self.found),
            }


def _draws(count: int, rng: np.random.Generator) -> NDArray[np.intp]:
    """All images first, then random draws of as many (draw, image)."""
    return np.vstack([np.arange(count), rng.integers(count, size=(DRAWS, count))])


def _resampled(rows: Rows, rng: np.random.Generator) -> dict[str, Array]:
    """Scores of all images together, then of each draw."""
    return Counts.of(rows).drawn(_draws(len(rows), rng)).scores()


def _interval(values: Array) -> list[float | None]:
    """The value, and the interval of its draws."""
    known = values[1:][np.isfinite(values[1:])]
    low, high = np.quantile(known, [0.025, 0.975]) if known.size else (np.nan, np.nan)
    return [number(value) for value in (values[0], low, high)]


def number(value: float) -> float | None:
    """Round a number for the file; what is unknown is null there."""
    return float(f"{value:.5g}") if np.isfinite(value) else None


def cutoff(steps: Sequence[float], scores: Mapping[str, Sequence[float]]) -> tuple[float, str]:
    """Where the first score crosses its limit, and which; no name if none does.

    Parameters
    ----------
    steps
        Of the quality, from good to bad.
    scores
        Recall, precision and error at each step, by the names of `LIMITS`.
    """
    for step in range(len(steps)):
        crossed = {name: scores[name][step] for name in LIMITS if fails(name, scores[name][step])}
        if not crossed:
            continue
        if step == 0:
            return steps[0], next(iter(crossed))
        parts = {name: _part(scores[name][step - 1], crossed[name], name) for name in crossed}
        first = min(parts, key=lambda name: parts[name])
        return steps[step - 1] + parts[first] * (steps[step] - steps[step - 1]), first
    return steps[-1], ""


def _part(before: float, after: float, name: str) -> float:
    """How far between two steps a score crosses its limit."""
    if not np.isfinite(before):
        return 1.0
    return float((LIMITS[name] - before) / (after - before))


def _along(rows: Rows, axis: Axis, rng: np.random.Generator) -> tuple[dict[str, Any], list[Any]]:
    """Cut-off and curve of one method along one axis of one material."""
    present = {float(row["value"]) for row in rows}
    steps = [step for step in axis.steps if step in present]
    groups = [[row for row in rows if float(row["value"]) == step] for step in steps]
    drawn = [_resampled(group, rng) for group in groups]
    curve = []
    for step, group, scores in zip(steps, groups, drawn, strict=True):
        point: dict[str, float | None] = {"value": step}
        for name, values in scores.items():
            named = zip(("", "_low", "_high"), _interval(values), strict=True)
            point |= {f"{name}{end}": value for end, value in named}
        for name in ("bound_ratio", "within_1", "within_2"):
            point[name] = number(_mean(group, name))
        curve.append(point)
    columns = {name: np.stack([scores[name] for scores in drawn], axis=1) for name in LIMITS}
    ends = [
        cutoff(steps, {name: values[draw].tolist() for name, values in columns.items()})
        for draw in range(DRAWS + 1)
    ]
    value, low, high = _interval(np.array([end for end, _ in ends]))
    crossed = ends[0][1]
    found = {"value": value, "low": low, "high": high}
    return {**found, "criterion": crossed or None, "beyond": not crossed}, curve


def _mean(rows: Rows, name: str) -> float:
    """Mean over images, weighted by the columns that were found."""
    known = [(float(row["found"]), float(row[name])) for row in rows if row[name]]
    weight, values = np.array(known).reshape(-1, 2).T
    return float(np.average(values, weights=weight)) if weight.sum() else np.nan


def summarise(rows: Rows) -> dict[str, Any]:
    """Everything that is said of one method that ran."""
    rng = np.random.default_rng(SEED)
    cutoffs: dict[str, dict[str, Any]] = {}
    curves: dict[str, dict[str, Any]] = {}
    for material in MATERIALS:
        for axis in AXES:
            chosen = [
                row
                for row in rows
                if (row["series"], row["axis"]) == (material.crystal, axis.name)
            ]
            if not chosen:
                continue
            end, curve = _along(chosen, axis, rng)
            cutoffs.setdefault(material.crystal, {})[axis.name] = end
            curves.setdefault(material.crystal, {})[axis.name] = curve
    return {
        "status": "ran",
        "cutoffs": cutoffs,
        "curves": curves,
        GENERALITY: _unvaried(rows, GENERALITY, rng),
        EXPERIMENT: _unvaried(rows, EXPERIMENT, rng),
        **_totals(rows),
    }


def _unvaried(rows: Rows, series: str, rng: np.random.Generator) -> dict[str, Any] | None:
    chosen = [row for row in rows if row["series"] == series]
    if not chosen:
        return None
    return {name: _interval(values) for name, values in _resampled(chosen, rng).items()}


def _totals(rows: Rows) -> dict[str, Any]:
    names = ("within_1", "within_2", "bound_ratio", "p95_pm")
    seconds, pixels = (sum(float(row[name]) for row in rows) for name in ("seconds", "pixels"))
    return {
        **{name: number(_mean(rows, name)) for name in names},
        "bias_pm": [number(_mean(rows, name)) for name in ("bias_y_pm", "bias_x_pm")],
        "seconds_per_megapixel": number(1e6 * seconds / pixels) if pixels else None,
        "peak_mb": number(max((float(row["peak_mb"]) for row in rows), default=np.nan)),
    }


def axes() -> dict[str, dict[str, Any]]:
    """What varies, for the file."""
    return {
        axis.name: {"unit": axis.unit, "steps": list(axis.steps), "meaning": axis.meaning}
        for axis in AXES
    }
