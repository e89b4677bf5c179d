"""How methods and numbers look in all figures and tables of a benchmark."""

from dataclasses import dataclass
from typing import Any

from matplotlib.lines import Line2D

from colonnade.core.bench.case import Axis
from colonnade.core.bench.results import Results
from colonnade.core.figures.overlay import BLUE, ORANGE

COLOURS = (
    *(BLUE, "#D55E00", "#009E73", ORANGE, "#CC79A7"),
    *("#56B4E9", "#882255", "#999933", "#332288", "#8C564B"),
)
"""Those of Okabe and Ito that are no grey and no yellow, and five of Tol's; see `MARKERS`."""

MARKERS = ("o", "s", "^", "D", "v", "P", "X", "<", ">", "p", "h")
"""One more than colours, so that pairs of both do not come again."""

PUBLISHED_COLOUR = "#555555"
PUBLISHED_DASHES = ((0, (5, 2)), (0, (1.2, 1.6)), (0, (5, 2, 1.2, 2)), (0, (9, 3)))
"""Dash patterns of published methods, which come again after the last."""

LONGEST_NAME = 26
"""Letters of a name in a figure; a longer one is cut at its beginning."""


@dataclass(frozen=True)
class Look:
    """How a method is drawn in all figures."""

    colour: str
    marker: str


def look(index: int) -> Look:
    """Give the look of a method by its place among those that were run."""
    return Look(COLOURS[index % len(COLOURS)], MARKERS[index % len(MARKERS)])


def short_name(name: str) -> str:
    """Give a name that fits into a figure."""
    return name if len(name) <= LONGEST_NAME else "…" + name[1 - LONGEST_NAME :]


def number(value: float) -> str:
    """Write a number with three digits and a true minus sign."""
    return f"{value:.3g}".replace("-", "\u2212")


def step_text(axis: Axis, value: float) -> str:
    """Write a step of an axis as figures and tables call it, without its unit."""
    labels = dict(zip(axis.steps, axis.labels, strict=False))
    return labels.get(value, number(value))


def published_on(results: Results, series: str) -> list[str]:
    """Methods of which something was published for the axes of a series."""
    return list(
        dict.fromkeys(one.method for one in results.study.published if one.series == series)
    )


def published_style(results: Results, method: str) -> dict[str, Any]:
    """Colour and dashes of the lines of a published method."""
    every = list(dict.fromkeys(one.method for one in results.study.published))
    dashes = PUBLISHED_DASHES[every.index(method) % len(PUBLISHED_DASHES)]
    return {"color": PUBLISHED_COLOUR, "ls": dashes}


def legend_handles(results: Results, series: str) -> list[Line2D]:
    """Give what stands in the legend of a figure: the methods, then what was published."""
    ours = [
        Line2D(
            [],
            [],
            color=look(index).colour,
            marker=look(index).marker,
            lw=2,
            ms=6,
            label=short_name(one.name),
        )
        for index, one in enumerate(results.ran)
    ]
    theirs = [
        Line2D(
            [],
            [],
            lw=1.8,
            label=f"{method} (published, original images)",
            **published_style(results, method),
        )
        for method in published_on(results, series)
    ]
    return [*ours, *theirs]
