"""Charts as parts of a page: they take its colours, light or dark, and can be read aloud."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

import numpy as np

from colonnade.core.arrays import Array
from colonnade.core.figures.overlay import round_length

STYLE = """\
.chart { margin: 0; min-width: 0 } .chart svg { display: block; width: 100%; height: auto }
.chart text { fill: var(--quiet); font: 12px system-ui, sans-serif }
.chart .grid { stroke: var(--rule); stroke-width: 1 } .chart .band { fill: var(--rule) }
.chart .c0 { stroke: var(--one); fill: var(--one) } .chart .c1 { stroke: var(--two);
 fill: var(--two) } .chart .c2 { stroke: var(--three); fill: var(--three) }
.chart .line.c1 { stroke-dasharray: 7 3 } .chart .line.c2 { stroke-dasharray: 2 3 }
.chart .line { fill: none; stroke-width: 2; stroke-linejoin: round }
.chart .key { display: flex; flex-wrap: wrap; gap: 0 1.2rem; font-size: .85rem;
 color: var(--quiet) } .chart .key svg { display: inline-block; width: 1.6rem; height: .7rem;
 margin-right: .35rem; vertical-align: -.05rem }
"""
"""Style of charts; the page sets the colours ``one``, ``two``, ``three``, ``ink``, ``quiet`` and
``rule``."""

WIDTH, HEIGHT = 460, 260
"""Of a chart [units of its own]."""

LEFT, RIGHT, TOP, BOTTOM = 52, 12, 10, 40
"""Room round what is drawn [units]."""

TICKS = 6
"""About so many numbers stand along an axis."""

DOT = 3.2
"""Radius of a dot, or half the side of a square [units]."""


@dataclass(frozen=True, eq=False)
class Curve:
    """What is drawn in one colour.

    Parameters
    ----------
    name
        What it is.
    x, y
        Its points; one that is no number is left out.
    joined
        Whether they are joined by a line, or are dots each.
    """

    name: str
    x: Array
    y: Array
    joined: bool = True


@dataclass(frozen=True)
class Frame:
    """Which numbers a chart reaches from and to, and where on it they are."""

    x: tuple[float, float]
    y: tuple[float, float]

    @classmethod
    def around(cls, curves: Sequence[Curve], band: tuple[float, float] | None) -> "Frame":
        """Hold all curves, the band and the zero of y."""
        xs, ys = (np.concatenate([getattr(one, name) for one in curves]) for name in "xy")
        known = ys[np.isfinite(ys)]
        low, high = min(0.0, *known, *(band or ())), max(0.0, *known, *(band or ()))
        return cls(_wide(float(xs.min()), float(xs.max())), _wide(low, high * 1.05))

    def place(self, x: Array, y: Array) -> tuple[Array, Array]:
        """Give the units at which numbers are."""
        across = (x - self.x[0]) / (self.x[1] - self.x[0])
        up = (y - self.y[0]) / (self.y[1] - self.y[0])
        return LEFT + across * (WIDTH - LEFT - RIGHT), HEIGHT - BOTTOM - up * (
            HEIGHT - TOP - BOTTOM
        )


def _wide(low: float, high: float) -> tuple[float, float]:
    """Give a range that is not empty."""
    return (low, high) if high > low else (low - 0.5, high + 0.5)


def draw_chart(
    title: str,
    labels: tuple[str, str],
    curves: Sequence[Curve],
    band: tuple[float, float] | None = None,
) -> str:
    """Draw curves as a figure of a page.

    Parameters
    ----------
    title
        What it shows.
    labels
        Of the axes, along x and along y.
    curves
        At most three, one of which has a point.
    band
        Between these y it is as it should be.
    """
    frame = Frame.around(curves, band)
    parts = [
        _band(frame, band) if band else "",
        _axes(frame, labels),
        *(_curve(frame, one, number) for number, one in enumerate(curves)),
    ]
    return (
        f'<figure class="chart"><figcaption>{escape(title)}</figcaption>'
        f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{escape(title)}">'
        f"{''.join(parts)}</svg>{_key(curves)}</figure>"
    )


def _key(curves: Sequence[Curve]) -> str:
    """Say which curve is which, where there are several."""
    if len(curves) < 2:
        return ""
    named = (
        f"<span>{_sample(one, number)}{escape(one.name)}</span>"
        for number, one in enumerate(curves)
    )
    return f'<div class="key">{"".join(named)}</div>'


def _band(frame: Frame, band: tuple[float, float]) -> str:
    (left, right), (bottom, top) = frame.place(np.array(frame.x), np.array(band))
    return (
        f'<rect class="band" x="{left:.1f}" y="{top:.1f}" width="{right - left:.1f}" '
        f'height="{bottom - top:.1f}"/>'
    )


def _axes(frame: Frame, labels: tuple[str, str]) -> str:
    """Draw a line at each round number along y, and write the numbers and what they are."""
    (left, right), (bottom, top) = frame.place(np.array(frame.x), np.array(frame.y))
    parts = []
    for tick in _round_numbers(*frame.y):
        _, height = frame.place(np.array(frame.x[0]), np.array(tick))
        parts.append(f'<path class="grid" d="M{left} {height:.1f}H{right}"/>')
        parts.append(_text(left - 6, float(height) + 4, "end", _number(tick)))
    for tick in _round_numbers(*frame.x):
        across, _ = frame.place(np.array(tick), np.array(frame.y[0]))
        parts.append(_text(float(across), bottom + 16, "middle", _number(tick)))
    parts.append(_text((left + right) / 2, HEIGHT - 5, "middle", labels[0]))
    parts.append(
        f'<text text-anchor="middle" transform="translate(13 {(top + bottom) / 2:.1f}) '
        f'rotate(-90)">{escape(labels[1])}</text>'
    )
    return "".join(parts)


def _text(x: float, y: float, anchor: str, text: str) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(text)}</text>'


def _number(value: float) -> str:
    return f"{value:g}".replace("-", "\u2212")


def _round_numbers(low: float, high: float) -> Array:
    step = round_length((high - low) / (TICKS / 2))
    first = np.ceil(low / step - 1e-9)
    numbers = step * np.arange(first, np.floor(high / step + 1e-9) + 1)
    return np.asarray(np.round(numbers, 12) + 0.0)


def _curve(frame: Frame, one: Curve, number: int) -> str:
    known = np.isfinite(one.y)
    xs, ys = frame.place(one.x[known], one.y[known])
    if one.joined:
        points = " ".join(f"{x:.1f},{y:.1f}" for x, y in zip(xs, ys, strict=True))
        return f'<polyline class="line c{number}" points="{points}"/>'
    dots = "".join(_dot(x, y, number) for x, y in zip(xs, ys, strict=True))
    return f'<path class="c{number}" d="{dots}"/>'


def _dot(x: float, y: float, number: int) -> str:
    """Draw a circle, a square or a triangle, so that not colour alone tells them apart."""
    if number == 0:
        arc = f"a{DOT} {DOT} 0 1 0 "
        return f"M{x - DOT:.1f} {y:.1f}{arc}{2 * DOT} 0{arc}{-2 * DOT} 0z"
    if number == 1:
        return f"M{x - DOT:.1f} {y - DOT:.1f}h{2 * DOT}v{2 * DOT}h{-2 * DOT}z"
    return f"M{x:.1f} {y - DOT - 1:.1f}l{DOT + 1} {2 * DOT}h{-2 * DOT - 2}z"


def _sample(one: Curve, number: int) -> str:
    """Draw what stands for a curve in the key."""
    drawn = (
        f'<path class="line c{number}" d="M0 5h24"/>'
        if one.joined
        else f'<path class="c{number}" d="{_dot(12, 5, number)}"/>'
    )
    return f'<svg viewBox="0 0 24 10" aria-hidden="true">{drawn}</svg>'
