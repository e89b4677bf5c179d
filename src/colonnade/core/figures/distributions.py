"""How quantities are spread, as parts of a page: histograms, and bars for choices."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from html import escape
from typing import Any

import numpy as np

from colonnade.core.arrays import Array
from colonnade.core.work.recipe import field_meanings

BINS = 30
"""Bars of a histogram."""

SPAN = 5.0
"""Only where the largest number is more than this times the smallest is an axis logarithmic."""

FEW = 12
"""Numbers that come again and again, and no more different ones than this, get a bar each."""

USUAL = 0.2
"""Otherwise a number that more than this share has, such as 0, is left out, and that is said."""

MOST_BARS = 40
"""Choices that are less frequent than so many others are counted together."""

WIDE = 6
"""Lists with more bars than this go all across the page."""

RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
"""Digits of an exponent."""


@dataclass(frozen=True)
class Quantity:
    """Something of which each image, or each column, has a value.

    Parameters
    ----------
    name
        What to call it.
    values
        All numbers, or all text.
    note
        What it means, and its unit.
    """

    name: str
    values: Sequence[Any] | Array
    note: str = ""


def drawn_sections(
    drawn: Mapping[str, Sequence[float | str]],
    images: int,
    recipe: type,
    headings: Mapping[str, str],
) -> Iterator[str]:
    """Give a section for each part of a recipe that something was drawn for.

    Parameters
    ----------
    drawn
        The values of each quantity, by its name, such as ``imaging.dose``.
    images
        Number of images; a quantity may be drawn for some of them only.
    recipe
        The recipe that the names are of; it says what they mean.
    headings
        Of the sections, in their order, by what stands before the last dot of a name.
    """
    meanings = field_meanings(recipe)
    order = {name: place for place, name in enumerate(meanings)}
    sections: dict[str, list[Quantity]] = {prefix: [] for prefix in headings}
    for name in sorted(drawn, key=lambda name: (order.get(name, len(order)), name)):
        share = len(drawn[name]) / images
        part = f"In {percent(share)} of the images." if share < 1 else ""
        note = f"{meanings.get(name, '')} {part}".strip()
        prefix, _, label = name.rpartition(".")
        quantity = Quantity(label.replace("_", " "), drawn[name], note)
        sections.setdefault(prefix, []).append(quantity)
    for prefix, quantities in sections.items():
        if quantities:
            yield section(headings.get(prefix, prefix), quantities)


def section(heading: str, quantities: Sequence[Quantity]) -> str:
    """Show how each quantity is spread: shares and constants in lists, the others in cards."""
    shares, same, cards = [], [], []
    for one in quantities:
        different = set(one.values)
        if len(different) == 1:
            same.append(f"{one.name} {_text(one.values[0])}")
        elif different == {0.0, 1.0}:
            share = float(np.mean(one.values))
            shares.append(_bar(one.name, share, percent(share)))
        elif different:
            few = len(different) <= min(FEW, len(one.values) / 2)
            bars = isinstance(one.values[0], str) or few
            cards.append(_choices(one) if bars else _histogram(one))
    if shares:
        cards.append(_list("<h3>how often</h3>", shares))
    text = f"<p>The same in all: {escape(', '.join(same))}.</p>" if same else ""
    grid = f'<div class="cards">{"".join(cards)}</div>' if cards else ""
    return f"<section><h2>{escape(heading)}</h2>{grid}{text}</section>"


def _choices(one: Quantity) -> str:
    """Draw a bar for each choice: numbers in their order, names the most frequent first."""
    counts = Counter(one.values).most_common()
    most = counts[0][1]
    shown = counts[:MOST_BARS]
    if not isinstance(one.values[0], str):
        shown = sorted(shown)
    rows = [_bar(_text(name), count / most, f"{count:,}") for name, count in shown]
    if rest := counts[MOST_BARS:]:
        total = sum(count for _, count in rest)
        rows.append(_bar(f"{len(rest)} others", 0, f"{total:,}"))
    return _list(_heading(one), rows)


def _list(heading: str, rows: Sequence[str]) -> str:
    wide = ' class="wide"' if len(rows) > WIDE else ""
    return f"<figure{wide}>{heading}<ul>{''.join(rows)}</ul></figure>"


def _bar(label: str, share: float, value: str) -> str:
    """Draw a row of a bar chart; a share of 1 reaches its end."""
    style = f"--share:{100 * share:.1f}%"
    return f'<li style="{style}"><span>{escape(label)}</span><b>{value}</b></li>'


def _histogram(one: Quantity) -> str:
    values, usual = _unusual(np.asarray(one.values, np.float64))
    one = replace(one, note=f"{one.note} {usual}".strip())
    low, middle, high = (float(value) for value in np.quantile(values, [0, 0.5, 1]))
    logarithmic = low > 0 and high > SPAN * low and _lean(np.log(values)) < _lean(values)
    along = np.log(values) if logarithmic else values
    along = (along - along.min()) / np.ptp(along)
    counts, _ = np.histogram(along, BINS, (0, 1))
    digits = 15 if logarithmic else 2 - int(np.floor(np.log10(high - low)))
    ends = [_text(round(value, digits)) for value in (low, middle, high)]
    place = float(np.median(along))
    heights = np.round(100 * counts / counts.max(), 1)
    bars = "".join(
        f"M{10 * left} 100v{-height:g}h9v{height:g}"
        for left, height in enumerate(heights)
        if height
    )
    return (
        f"<figure>{_heading(one, 'log' if logarithmic else '')}"
        f'<svg viewBox="0 0 {10 * BINS - 1} 100" preserveAspectRatio="none" role="img">'
        f"<title>{escape(one.name)}: {ends[0]} to {ends[2]}, median {ends[1]}</title>"
        f'<path d="{bars}"/><path class="median" d="M{(10 * BINS - 1) * place:.1f} 0v100"/></svg>'
        f"<div><span>{ends[0]}</span><b>{ends[1]}</b><span>{ends[2]}</span></div>"
        "</figure>"
    )


def _unusual(values: Array) -> tuple[Array, str]:
    """Leave out the value of those that lack a fault, such as 0, and say how many have it."""
    levels, counts = np.unique(values, return_counts=True)
    if len(levels) <= FEW or counts.max() < USUAL * len(values):
        return values, ""
    level = levels[counts.argmax()]
    share = percent(counts.max() / len(values))
    return values[values != level], f"{_text(level)} in {share} of them, which are left out."


def _lean(values: Array) -> float:
    """How far a distribution leans to one side: mean less median, in standard deviations."""
    return float(np.abs(values.mean() - np.median(values)) / values.std())


def _heading(one: Quantity, axis: str = "") -> str:
    note = f"<p>{escape(one.note)}</p>" if one.note else ""
    kind = f" <small>{axis}</small>" if axis else ""
    return f"<h3>{escape(one.name)}{kind}</h3>{note}"


def percent(share: float) -> str:
    """Write a share in per cent, with two digits, or three where it is nearly all."""
    return f"{100 * share:.2g} %" if share < 0.995 else f"{100 * share:.3g} %"


def _text(value: float | str) -> str:
    """Write a number with three digits, very large and small ones with two and a power of ten.

    Choices are text, but those among numbers are written as numbers are.
    """
    try:
        number = float(value)
    except ValueError:
        return str(value)
    if number == 0 or 1e-3 <= abs(number) < 1e5:
        rounded = float(f"{number:.3g}")
        return f"{rounded:,.0f}" if abs(rounded) >= 100 else f"{rounded:g}"
    digits, exponent = f"{number:.1e}".split("e")
    return f"{float(digits):g}\u202f·\u202f10{str(int(exponent)).translate(RAISED)}"
