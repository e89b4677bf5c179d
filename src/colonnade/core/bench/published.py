"""Scores that others published, to be drawn beside those of a run."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from colonnade.core.arrays import Array


@dataclass(frozen=True)
class PublishedCutoff:
    """Where a method fails, as printed.

    Parameters
    ----------
    value
        Of the quality, in the unit of its axis.
    beyond
        Nothing failed up to the last published value, which is this one.
    """

    value: float
    beyond: bool


@dataclass(frozen=True, eq=False)
class Published:
    """What was published of a method for one axis of a series.

    Parameters
    ----------
    method, series, axis
        Which method, and which images.
    cutoff
        Where it fails, if that is known.
    values
        Of the quality, from good to bad; none where only the cut-off is known.
    scores
        By name, for each value.
    """

    method: str
    series: str
    axis: str
    cutoff: PublishedCutoff | None
    values: Array
    scores: Mapping[str, Array]


def parse_published(text: str) -> tuple[Published, ...]:
    """Read published scores from JSON: series, axis, method, then ``cutoff`` and ``curve``."""
    return tuple(
        _one(method, series, axis, known)
        for series, axes in json.loads(text).items()
        for axis, methods in axes.items()
        for method, known in methods.items()
    )


def _one(method: str, series: str, axis: str, known: Mapping[str, Any]) -> Published:
    curve = {name: np.array(scores, np.float64) for name, scores in known.get("curve", {}).items()}
    cutoff = PublishedCutoff(**known["cutoff"]) if "cutoff" in known else None
    values = curve.pop("value", np.empty(0))
    return Published(method, series, axis, cutoff, values, curve)
