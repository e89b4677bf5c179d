"""The curves of a benchmark: how the scores of each method fall as the images get worse."""

from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from colonnade.core.bench.case import Axis, Series
from colonnade.core.bench.results import Curve, Results
from colonnade.core.bench.study import Limit
from colonnade.core.bench.style import Look, legend_handles, look, published_style
from colonnade.core.figures.plots import save_few_colours

TICKS = (1.0, 3.0)
"""Where a logarithmic scale has ticks in each decade."""


def draw_curves(results: Results, series: Series, path: Path) -> None:
    """Draw every score that has a limit over each quality, from good to bad.

    Bands are 95 % bootstrap intervals, rings are cut-offs, and grey lines are the limits.

    Parameters
    ----------
    results
        Of a run.
    series
        Which images.
    path
        The PNG file.
    """
    facts, limits = results.axes_of(series), results.study.limits
    figure = Figure(figsize=(11.5, 2.15 * len(facts) + 0.9), layout="constrained")
    panels = figure.subplots(len(facts), len(limits), squeeze=False)
    for row, one in zip(panels, facts, strict=True):
        for axes, limit in zip(row, limits, strict=True):
            _draw_panel(axes, results, (series.name, one), limit)
    for axes, limit in zip(panels[0], limits, strict=True):
        axes.set_title(limit.label, fontsize=12, fontweight="bold")
    handles = legend_handles(results, series.name)
    figure.legend(
        handles=handles, loc="outside upper center", ncols=4, frameon=False, fontsize=9.5
    )
    save_few_colours(figure, path, dpi=130)


def _draw_panel(axes: Axes, results: Results, which: tuple[str, Axis], limit: Limit) -> None:
    """Draw one score of all methods over one quality."""
    series, facts = which
    axes.axhline(limit.value, color="#999999", lw=1.0, zorder=1)
    for name, one in results.study.published_on(series, facts.name).items():
        if limit.score in one.scores:
            style = published_style(results, name)
            axes.plot(one.values, one.scores[limit.score], **style, lw=1.2, zorder=2)
    for index, method in reversed(list(enumerate(results.ran))):
        curve = method.curves.get((series, facts.name))
        if curve is not None:
            _draw_line(axes, curve, limit, look(index))
        cutoff = method.cutoffs.get((series, facts.name))
        if cutoff is not None and not cutoff.beyond and cutoff.criterion == limit.score:
            ring: dict[str, Any] = {"mfc": "none", "mec": look(index).colour, "mew": 1.5, "ms": 9}
            axes.plot(cutoff.value, limit.value, "o", **ring, zorder=5)
    _set_score_axis(axes, limit)
    axes.set_xlim(facts.steps[0], facts.steps[-1])
    if facts.labels:
        axes.set_xticks(facts.steps, facts.labels)
    axes.set_xlabel(facts.title, fontsize=10)
    axes.tick_params(labelsize=9)
    axes.grid(axis="y", color="#EBEBEB", lw=0.7)
    axes.set_axisbelow(True)
    axes.spines[["top", "right"]].set_visible(False)


def _draw_line(axes: Axes, curve: Curve, limit: Limit, style: Look) -> None:
    mean, low, high = curve.scores[limit.score].T
    axes.fill_between(curve.values, low, high, color=style.colour, alpha=0.15, lw=0, zorder=3)
    line: dict[str, Any] = {"color": style.colour, "marker": style.marker, "ms": 3.5}
    # Markers at the ends of a panel are not cut, but what is off its scale is not drawn.
    beyond = bool(((mean < limit.span[0]) | (mean > limit.span[1])).any())
    axes.plot(curve.values, mean, **line, lw=1.5, zorder=4, clip_on=limit.logarithmic or beyond)


def _set_score_axis(axes: Axes, limit: Limit) -> None:
    """Show the span of a score; a logarithmic scale begins just below what there is to show."""
    low, high = limit.span
    if not limit.logarithmic:
        axes.set_ylim(low, high)
        return
    axes.set_yscale("log")
    lines = [np.asarray(line.get_ydata(), float) for line in axes.lines]
    known = np.concatenate([values[values > 0] for values in lines])
    low = float(np.clip(0.7 * known.min(), low, limit.value / 10))
    axes.set_ylim(low, high)
    decades = 10.0 ** np.arange(np.floor(np.log10(low)), np.ceil(np.log10(high)) + 1)
    ticks = [tick for tick in np.outer(decades, TICKS).ravel() if low <= tick <= high * (1 + 1e-9)]
    axes.set_yticks(ticks, [f"{tick:g}" for tick in ticks])
    axes.minorticks_off()
