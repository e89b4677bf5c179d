"""Scores that others published, to be drawn beside ours.

The curves and cut-offs of AtomSegNet and AtomNet on simulated images of SrTiO3 [100] and WS2 are
those of Wei, Blaiszik, Morgan and Voyles, on their own images; nothing was run again.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any

import numpy as np

from colonnade.core.arrays import Array

NETWORKS = ("AtomSegNet", "AtomNet")
"""Networks of Ge and Xin, and of Ziatdinov and others."""


@dataclass(frozen=True)
class PublishedCutoff:
    """Where a network fails, as printed.

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
    """What was published of a network for one series of images.

    Parameters
    ----------
    network, series, axis
        Which network, and which images.
    cutoff
        Where it fails, if that is known.
    values
        Of the quality, from good to bad; none where only the cut-off is known.
    scores
        By name, for each value: ``recall``, ``precision`` and ``rms_pm`` [pm].
    """

    network: str
    series: str
    axis: str
    cutoff: PublishedCutoff | None
    values: Array
    scores: Mapping[str, Array]


@lru_cache(maxsize=1)
def published() -> tuple[Published, ...]:
    """Read everything that was published."""
    text = (files("colonnade.atoms.bench") / "published.json").read_text(encoding="utf-8")
    return tuple(
        _one(network, series, axis, known)
        for series, axes in json.loads(text).items()
        for axis, networks in axes.items()
        for network, known in networks.items()
    )


def published_on(series: str, axis: str) -> dict[str, Published]:
    """Give what was published for a series of images, by network."""
    return {one.network: one for one in published() if one.series == series and one.axis == axis}


def _one(network: str, series: str, axis: str, known: Mapping[str, Any]) -> Published:
    curve = {name: np.array(scores, np.float64) for name, scores in known.get("curve", {}).items()}
    cutoff = PublishedCutoff(**known["cutoff"]) if "cutoff" in known else None
    values = curve.pop("value", np.empty(0))
    return Published(network, series, axis, cutoff, values, curve)
