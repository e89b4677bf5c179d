"""Figures of the benchmark: how far each method gets, and how its scores fall on the way."""

import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import matplotlib.patheffects as effects
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from PIL import Image

from colonnade.atoms.bench.case import Axis
from colonnade.atoms.bench.published import NETWORKS, PublishedCutoff, published_on
from colonnade.atoms.bench.results import LIMITS, Curve, Cutoff, Results
from colonnade.core.arrays import Array
from colonnade.core.figures.overlay import BLUE, ORANGE
from colonnade.core.work.writing import atomic

COLOURS = (
    *(BLUE, "#D55E00", "#009E73", ORANGE, "#CC79A7"),
    *("#56B4E9", "#882255", "#999933", "#332288", "#8C564B"),
)
"""Those of Okabe and Ito that are no grey and no yellow, and five of Tol's; see `MARKERS`."""

MARKERS = ("o", "s", "^", "D", "v", "P", "X", "<", ">", "p", "h")
"""One more than colours, so that pairs of both do not come again."""

PUBLISHED = {"AtomSegNet": ("#555555", (0, (5, 2))), "AtomNet": ("#555555", (0, (1.2, 1.6)))}
"""Colour and dashes of published values."""

NAMES = {"recall": "recall", "precision": "precision", "rms_pm": "RMS error [pm]"}

LONGEST = 26
"""Of a name in a figure; what is longer is cut at its beginning."""

LARGEST_ERROR = 100.0
"""Curves of the RMS error end here [pm]."""


@dataclass(frozen=True)
class Look:
    """How a method is drawn in all figures."""

    colour: str
    marker: str


def look(index: int) -> Look:
    """Give the look of a method by its place among those that took part."""
    return Look(COLOURS[index % len(COLOURS)], MARKERS[index % len(MARKERS)])


def label(name: str) -> str:
    """Give a name that fits into a figure."""
    return name if len(name) <= LONGEST else "…" + name[1 - LONGEST :]


def material(series: str) -> str:
    """Write a series with the small digits of its formula."""
    small = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
    return re.sub(r"(?<=[A-Za-z])\d+", lambda digits: digits[0].translate(small), series)


def save_small(figure: Figure, path: Path, dpi: int, palette: Sequence[int] | None = None) -> None:
    """Write a figure with 256 colours, which takes a third of the room, whole or not at all.

    Parameters
    ----------
    figure, path, dpi
        What to write, where, and how finely.
    palette
        Red, green and blue of each colour, from 0 to 255; chosen from the figure if not given.
    """
    buffer = io.BytesIO()
    figure.savefig(buffer, dpi=dpi, format="png")
    given = None
    if palette is not None:
        given = Image.new("P", (1, 1))
        given.putpalette(palette)
    with Image.open(buffer) as image:
        few = image.convert("RGB").quantize(256, palette=given, dither=Image.Dither.NONE)
    with atomic(path) as temporary:
        few.save(temporary, "PNG", optimize=True)


def networks_on(series: str, axes: Iterable[Axis]) -> list[str]:
    """Networks of which something was published for a series."""
    known = {network for axis in axes for network in published_on(series, axis.name)}
    return [network for network in NETWORKS if network in known]


def draw_radar(results: Results, series: str, path: Path) -> None:
    """Draw the cut-offs of all methods as polygons, one corner for each quality.

    The best quality is in the middle and the worst step at the rim. Where nothing failed up to
    the last step the marker is open.

    Parameters
    ----------
    results
        Of a run.
    series
        Which material.
    path
        The PNG file.
    """
    facts = results.axes_of(series)
    networks = networks_on(series, facts)
    angles = np.pi / 2 - 2 * np.pi * np.arange(len(facts)) / len(facts)
    legend = 0.21 * (-(-(len(results.ran) + len(networks)) // 2)) + 0.1
    figure = Figure(figsize=(6.6, 5.7 + legend))
    axes = figure.add_axes((0, legend / (5.7 + legend), 1, 5.7 / (5.7 + legend)))
    axes.set(xlim=(-1.68, 1.68), ylim=(-1.33, 1.52), aspect="equal")
    axes.set_axis_off()
    _web(axes, angles, facts)
    for network in networks:
        _published_polygon(axes, angles, facts, (series, network))
    for index, entrant in enumerate(results.ran):
        cutoffs = [entrant.cutoffs.get((series, axis.name)) for axis in facts]
        # Those above are thinner, so that polygons that coincide are all seen.
        size = 1.0 - index / max(len(results.ran), 2)
        style: dict[str, Any] = {"color": look(index).colour, "marker": look(index).marker}
        style |= {"lw": 1.4 + 2.6 * size, "ms": 5.5 + 5 * size, "zorder": 4 + index}
        _polygon(axes, angles, (facts, cutoffs), style)
    handles = [_handle(one.name, look(index)) for index, one in enumerate(results.ran)]
    handles += [_published_handle(network) for network in networks]
    figure.legend(handles=handles, loc="lower center", ncols=2, frameon=False, fontsize=9.5)
    axes.text(-1.62, 1.42, material(series), fontsize=14, fontweight="bold")
    save_small(figure, path, dpi=150)


VALUE: dict[str, Any] = {
    **{"ha": "center", "va": "center", "fontsize": 7.5, "color": "#666666", "zorder": 2},
    "path_effects": [effects.withStroke(linewidth=2.0, foreground="white")],
}
"""How values are written beside a spoke."""


def _web(axes: Axes, angles: Array, facts: Sequence[Axis]) -> None:
    """Draw the rings and spokes, and write the values of each quality beside its spoke."""
    corners = np.append(angles, angles[0])
    for ring in (0.25, 0.5, 0.75, 1.0):
        colour, width = ("#888888", 1.0) if ring == 1 else ("#D5D5D5", 0.8)
        axes.plot(ring * np.cos(corners), ring * np.sin(corners), color=colour, lw=width, zorder=1)
    for angle, one in zip(angles, facts, strict=True):
        x, y = np.cos(angle), np.sin(angle)
        axes.plot((0, x), (0, y), color="#D5D5D5", lw=0.8, zorder=1)
        side = "center" if abs(x) < 0.1 else ("left" if x > 0 else "right")
        above = "bottom" if y > 0.5 else ("top" if y < -0.5 else "center")
        place: dict[str, Any] = {"ha": side, "va": above, "fontsize": 10, "linespacing": 1.25}
        axes.text(1.1 * x, 1.1 * y, _spoke(one), **place)
        for ring in (0.25, 0.5, 0.75):
            value = float(f"{one.steps[0] + ring * (one.steps[-1] - one.steps[0]):.2g}")
            aside = ring * x - 0.075 * y, ring * y + 0.075 * x
            axes.text(*aside, number(value), **VALUE)


def number(value: float) -> str:
    """Write a number with three digits and a true minus sign."""
    return f"{value:.3g}".replace("-", "\u2212")


def _spoke(axis: Axis) -> str:
    """Name a quality, its best and its worst value, and the unit."""
    unit = axis.unit.replace(" per ", "\nper ")
    return f"{axis.name}\n{number(axis.steps[0])} → {number(axis.steps[-1])} {unit}".rstrip()


def _polygon(
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


def _published_polygon(
    axes: Axes, angles: Array, facts: Sequence[Axis], which: tuple[str, str]
) -> None:
    """Draw the published cut-offs of a network."""
    series, network = which
    found = [published_on(series, one.name).get(network) for one in facts]
    cutoffs = [None if one is None else one.cutoff for one in found]
    colour, dashes = PUBLISHED[network]
    style = {"color": colour, "ls": dashes, "lw": 1.8, "marker": "o", "ms": 4, "zorder": 3}
    _polygon(axes, angles, (facts, cutoffs), style)


def _handle(name: str, style: Look) -> Line2D:
    return Line2D([], [], color=style.colour, marker=style.marker, lw=2, ms=6, label=label(name))


def _published_handle(network: str) -> Line2D:
    colour, dashes = PUBLISHED[network]
    text = f"{network} (published, original images)"
    return Line2D([], [], color=colour, ls=dashes, lw=1.8, label=text)


def draw_curves(results: Results, series: str, path: Path) -> None:
    """Draw recall, precision and RMS error over each quality, from good to bad.

    Bands are 95 % bootstrap intervals, rings are cut-offs, and grey lines are the limits.

    Parameters
    ----------
    results
        Of a run.
    series
        Which material.
    path
        The PNG file.
    """
    facts = results.axes_of(series)
    figure = Figure(figsize=(11.5, 2.15 * len(facts) + 0.9), layout="constrained")
    panels = figure.subplots(len(facts), len(LIMITS), squeeze=False)
    for row, one in zip(panels, facts, strict=True):
        for axes, name in zip(row, LIMITS, strict=True):
            _panel(axes, results, (series, one), name)
    for axes, name in zip(panels[0], LIMITS, strict=True):
        axes.set_title(NAMES[name], fontsize=12, fontweight="bold")
    handles = [_handle(one.name, look(index)) for index, one in enumerate(results.ran)]
    handles += [_published_handle(network) for network in networks_on(series, facts)]
    figure.legend(
        handles=handles, loc="outside upper center", ncols=4, frameon=False, fontsize=9.5
    )
    save_small(figure, path, dpi=130)


def _panel(axes: Axes, results: Results, which: tuple[str, Axis], name: str) -> None:
    """Draw one score of all methods over one quality."""
    series, facts = which
    axes.axhline(LIMITS[name], color="#999999", lw=1.0, zorder=1)
    for network, one in published_on(series, facts.name).items():
        colour, dashes = PUBLISHED[network]
        if len(one.values):
            axes.plot(one.values, one.scores[name], color=colour, ls=dashes, lw=1.2, zorder=2)
    for index, entrant in reversed(list(enumerate(results.ran))):
        curve = entrant.curves.get((series, facts.name))
        if curve is not None:
            _line(axes, curve, name, look(index))
        cutoff = entrant.cutoffs.get((series, facts.name))
        if cutoff is not None and not cutoff.beyond and cutoff.criterion == name:
            _ring(axes, cutoff.value, LIMITS[name], look(index))
    _scale(axes, name)
    axes.set_xlim(facts.steps[0], facts.steps[-1])
    axes.set_xlabel(facts.title, fontsize=10)
    axes.tick_params(labelsize=9)
    axes.grid(axis="y", color="#EBEBEB", lw=0.7)
    axes.set_axisbelow(True)
    axes.spines[["top", "right"]].set_visible(False)


def _line(axes: Axes, curve: Curve, name: str, style: Look) -> None:
    mean, low, high = curve.scores[name].T
    axes.fill_between(curve.values, low, high, color=style.colour, alpha=0.15, lw=0, zorder=3)
    style_of_line: dict[str, Any] = {"color": style.colour, "marker": style.marker, "ms": 3.5}
    axes.plot(curve.values, mean, **style_of_line, lw=1.5, zorder=4, clip_on=name == "rms_pm")


def _ring(axes: Axes, value: float, limit: float, style: Look) -> None:
    axes.plot(value, limit, "o", mfc="none", mec=style.colour, mew=1.5, ms=9, zorder=5)


def _scale(axes: Axes, name: str) -> None:
    """Choose what part of a score is seen: all shares, errors on a logarithmic scale."""
    if name != "rms_pm":
        axes.set_ylim(0, 1.02)
        return
    axes.set_yscale("log")
    seen = [np.asarray(line.get_ydata(), float) for line in axes.lines]
    known = np.concatenate([values[values > 0] for values in seen])
    axes.set_ylim(np.clip(0.7 * known.min(), 0.1, 3), LARGEST_ERROR)
    low = axes.get_ylim()[0]
    ticks = [tick for tick in (0.1, 0.3, 1, 3, 10, 30, 100) if tick >= low]
    axes.set_yticks(ticks, [f"{tick:g}" for tick in ticks])
    axes.minorticks_off()
