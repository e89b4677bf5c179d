"""The radar plot of a benchmark: how far each method gets on each axis."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import matplotlib.patheffects as effects
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from colonnade.core.arrays import Array
from colonnade.core.bench.case import Axis, Series
from colonnade.core.bench.published import PublishedCutoff
from colonnade.core.bench.results import Cutoff, Results
from colonnade.core.bench.style import (
    legend_handles,
    look,
    number,
    published_on,
    published_style,
    step_text,
)
from colonnade.core.figures.plots import save_few_colours

RINGS = (0.25, 0.5, 0.75, 1.0)
"""Radii of the web, from the best step in the middle to the worst at the rim."""

PLOT_INCHES = (6.6, 5.7)
"""Width and height of the plot without its legend."""

SPOKE_VALUE: dict[str, Any] = {
    **{"ha": "center", "va": "center", "fontsize": 7.5, "color": "#666666", "zorder": 2},
    "path_effects": [effects.withStroke(linewidth=2.0, foreground="white")],
}
"""How values are written beside a spoke."""


def draw_radar(results: Results, series: Series, path: Path) -> None:
    """Draw the cut-offs of all methods as polygons, one corner for each quality.

    The best quality is in the middle and the worst step at the rim. Where nothing failed up to
    the last step the marker is open.

    Parameters
    ----------
    results
        Of a run.
    series
        Which images.
    path
        The PNG file.
    """
    facts = results.axes_of(series)
    angles = np.pi / 2 - 2 * np.pi * np.arange(len(facts)) / len(facts)
    handles = legend_handles(results, series.name)
    width, height = PLOT_INCHES
    legend = 0.21 * (-(-len(handles) // 2)) + 0.1
    figure = Figure(figsize=(width, height + legend))
    axes = figure.add_axes((0, legend / (height + legend), 1, height / (height + legend)))
    axes.set(xlim=(-1.68, 1.68), ylim=(-1.33, 1.52), aspect="equal")
    axes.set_axis_off()
    _draw_web(axes, angles, facts)
    _draw_published(axes, angles, facts, (results, series.name))
    _draw_methods(axes, angles, facts, (results, series.name))
    figure.legend(handles=handles, loc="lower center", ncols=2, frameon=False, fontsize=9.5)
    axes.text(-1.62, 1.42, series.title, fontsize=14, fontweight="bold")
    save_few_colours(figure, path, dpi=150)


def _draw_web(axes: Axes, angles: Array, facts: Sequence[Axis]) -> None:
    """Draw rings and spokes, and write values beside a spoke whose steps have no labels."""
    corners = np.append(angles, angles[0])
    for ring in RINGS:
        colour, width = ("#888888", 1.0) if ring == 1 else ("#D5D5D5", 0.8)
        axes.plot(ring * np.cos(corners), ring * np.sin(corners), color=colour, lw=width, zorder=1)
    for angle, one in zip(angles, facts, strict=True):
        x, y = np.cos(angle), np.sin(angle)
        axes.plot((0, x), (0, y), color="#D5D5D5", lw=0.8, zorder=1)
        side = "center" if abs(x) < 0.1 else ("left" if x > 0 else "right")
        above = "bottom" if y > 0.5 else ("top" if y < -0.5 else "center")
        place: dict[str, Any] = {"ha": side, "va": above, "fontsize": 10, "linespacing": 1.25}
        axes.text(1.1 * x, 1.1 * y, _spoke_title(one), **place)
        for ring in () if one.labels else RINGS[:-1]:
            value = float(f"{one.steps[0] + ring * (one.steps[-1] - one.steps[0]):.2g}")
            aside = ring * x - 0.075 * y, ring * y + 0.075 * x
            axes.text(*aside, number(value), **SPOKE_VALUE)


def _spoke_title(axis: Axis) -> str:
    """Name a quality, its best and its worst value, and the unit."""
    unit = axis.unit.replace(" per ", "\nper ")
    ends = (step_text(axis, axis.steps[0]), step_text(axis, axis.steps[-1]))
    return f"{axis.name}\n{ends[0]} → {ends[1]} {unit}".rstrip()


def _draw_published(
    axes: Axes, angles: Array, facts: Sequence[Axis], which: tuple[Results, str]
) -> None:
    """Draw the published cut-offs."""
    results, series = which
    for method in published_on(results, series):
        found = [results.study.published_on(series, one.name).get(method) for one in facts]
        cutoffs = [None if one is None else one.cutoff for one in found]
        style = {"lw": 1.8, "marker": "o", "ms": 4, "zorder": 3}
        _draw_polygon(axes, angles, (facts, cutoffs), style | published_style(results, method))


def _draw_methods(
    axes: Axes, angles: Array, facts: Sequence[Axis], which: tuple[Results, str]
) -> None:
    """Draw the cut-offs of every method that was run."""
    results, series = which
    for index, method in enumerate(results.ran):
        cutoffs = [method.cutoffs.get((series, axis.name)) for axis in facts]
        # Those above are thinner, so that polygons that coincide are all seen.
        size = 1.0 - index / max(len(results.ran), 2)
        style: dict[str, Any] = {"color": look(index).colour, "marker": look(index).marker}
        style |= {"lw": 1.4 + 2.6 * size, "ms": 5.5 + 5 * size, "zorder": 4 + index}
        _draw_polygon(axes, angles, (facts, cutoffs), style)


def _draw_polygon(
    axes: Axes,
    angles: Array,
    corners: tuple[Sequence[Axis], Sequence[Cutoff | PublishedCutoff | None]],
    style: dict[str, Any],
) -> None:
    """Mark cut-offs, open where nothing failed, and join neighbours; an unknown one is a gap."""
    radii = [
        np.nan if cutoff is None else axis.depth(cutoff.value)
        for axis, cutoff in zip(*corners, strict=True)
    ]
    x, y = radii * np.cos(angles), radii * np.sin(angles)
    line = style | {"marker": "none"}
    axes.plot(np.append(x, x[0]), np.append(y, y[0]), **line)
    passed = np.array([cutoff is not None and cutoff.beyond for cutoff in corners[1]])
    marks = style | {"ls": "none", "zorder": style["zorder"] + 0.5}
    axes.plot(x[~passed], y[~passed], mec="white", mew=0.6, **marks)
    axes.plot(x[passed], y[passed], mfc="white", mew=1.6, **marks)
