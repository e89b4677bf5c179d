"""The page of a library: some of its images, and how everything that was drawn is spread."""

import base64
import io
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from html import escape
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from scipy.spatial import cKDTree

from colonnade.atoms.simulate.image import Simulation
from colonnade.core.arrays import Array
from colonnade.core.data.library import Entry, Library
from colonnade.core.errors import FileError
from colonnade.core.work.recipe import field_meanings
from colonnade.core.work.writing import atomic

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

MOST_TABLES = 2000
"""In a larger library the columns of only so many images are measured, evenly chosen."""

WIDE = 6
"""Lists with more bars than this go all across the page."""

PICTURE = 256
"""Longer side of a picture; larger images are reduced [px]."""

MOST_PICTURES, MOST_BYTES = 24, 700_000
"""Pictures are shown as long as they are no more, and take no more of the page."""

HEADINGS = {
    "": "Scene",
    "specimen": "Specimen",
    "imaging": "Microscope",
    "background": "Background",
    "scan": "Scan",
    "detector": "Detector",
    "export": "Export",
}
"""Of the sections, by what stands before the dot in the name of what is drawn."""


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


def write_page(library: Library, path: Path) -> None:
    """Write the page of a library: one HTML file that needs no other.

    Parameters
    ----------
    library
        Images that are not there yet are left out. Pixels are read for the pictures only.
    path
        The HTML file.
    """
    there = [index for index in range(len(library)) if library.has(index)]
    if not there:
        raise FileError("the library has no image yet; simulate some before writing its page")
    drawn, records = _read(library, there)
    title = f"{len(there):,} labelled image{'s' if len(there) > 1 else ''}"
    body = [
        f"<h1>{title}</h1><p>{_summary(records)}</p>",
        _pictures(library, there),
        _section("Columns", _measured(records)),
        *_sections(drawn, len(there)),
        "<details><summary>Recipe and seed</summary>",
        f"<pre>{escape(library.identity)}</pre></details>",
    ]
    page = (files("colonnade.atoms.library") / "page.html").read_text(encoding="utf-8")
    page = page.replace("{title}", title).replace("{body}", "\n".join(body))
    with atomic(path) as temporary:
        temporary.write_text(page, encoding="utf-8")


def _read(
    library: Library, there: Sequence[int]
) -> tuple[dict[str, list[float | str]], list[Entry]]:
    """Read what was drawn, by name, and the records whose columns are to be measured."""
    drawn: dict[str, list[float | str]] = {}
    records = []
    step = -(-len(there) // MOST_TABLES)
    for place, index in enumerate(there):
        record = library.read(index, ())
        for name, value in record.drawn.items():
            drawn.setdefault(name, []).append(value)
        if place % step == 0:
            records.append(record)
    return drawn, records


def _summary(records: Sequence[Entry]) -> str:
    detectable = np.concatenate([record.table["detectable"] for record in records])
    text = f"On average {len(detectable) / len(records):.3g} columns in an image"
    return (
        f"{text}, {_percent(float(detectable.mean()))} of them detectable."
        if len(detectable)
        else text
    )


def _measured(records: Sequence[Entry]) -> list[Quantity]:
    """Measure what nobody drew: how many columns there are, how near, and how clear."""
    tables = [record.table for record in records]
    nearest = np.concatenate([_nearest(record) for record in records])
    detectable = [
        float(table["detectable"].mean()) for table in tables if len(table["detectable"])
    ]
    quantities = [
        Quantity("number in an image", [float(len(table["y"])) for table in tables]),
        Quantity("detectable", detectable, "Share of the columns of an image that can be told."),
        Quantity("nearest neighbour [px]", nearest[:, 0], "Of every column."),
    ]
    # Libraries from elsewhere may have no calibration, and nobody knows how clear a column is.
    if np.isfinite(nearest[:, 1]).all():
        quantities.append(Quantity("nearest neighbour [nm]", nearest[:, 1], "Of every column."))
    if all("snr" in table for table in tables):
        snr = np.concatenate([table["snr"] for table in tables])
        quantities.append(Quantity("signal to noise", snr, "Of every column."))
    return quantities


def _nearest(record: Entry) -> Array:
    """Distance of each column to its nearest neighbour, [px] and [nm]."""
    pixels = np.stack([record.table["y"], record.table["x"]], axis=1)
    if len(pixels) < 2:
        return np.empty((0, 2))
    scale = record.pixel_size or (1.0, 1.0)
    nm = pixels * scale
    distance, number = (part[:, 1] for part in cKDTree(nm).query(nm, 2))
    if record.pixel_size is None:
        distance = np.full(len(pixels), np.nan)
    both = np.stack([np.linalg.norm(pixels[number] - pixels, axis=1), distance], axis=1)
    return both.round(9)


def _sections(drawn: Mapping[str, list[float | str]], images: int) -> Iterator[str]:
    """Give a section for each prefix of the names that were drawn."""
    meanings = field_meanings(Simulation)
    order = {name: place for place, name in enumerate(meanings)}
    sections: dict[str, list[Quantity]] = {prefix: [] for prefix in HEADINGS}
    for name in sorted(drawn, key=lambda name: order.get(name, len(order))):
        share = len(drawn[name]) / images
        part = f"In {_percent(share)} of the images." if share < 1 else ""
        note = f"{meanings.get(name, '')} {part}".strip()
        prefix, _, label = name.rpartition(".")
        quantity = Quantity(label.replace("_", " "), drawn[name], note)
        sections.setdefault(prefix, []).append(quantity)
    for prefix, quantities in sections.items():
        if quantities:
            yield _section(HEADINGS.get(prefix, prefix), quantities)


def _section(heading: str, quantities: Sequence[Quantity]) -> str:
    """Show how each quantity is spread: shares and constants in lists, the others in cards."""
    shares, same, cards = [], [], []
    for one in quantities:
        different = set(one.values)
        if len(different) == 1:
            same.append(f"{one.name} {_text(one.values[0])}")
        elif different == {0.0, 1.0}:
            share = float(np.mean(one.values))
            shares.append(_bar(one.name, share, _percent(share)))
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
    share = _percent(counts.max() / len(values))
    return values[values != level], f"{_text(level)} in {share} of them, which are left out."


def _lean(values: Array) -> float:
    """How far a distribution leans to one side: mean less median, in standard deviations."""
    return float(np.abs(values.mean() - np.median(values)) / values.std())


def _heading(one: Quantity, axis: str = "") -> str:
    note = f"<p>{escape(one.note)}</p>" if one.note else ""
    kind = f" <small>{axis}</small>" if axis else ""
    return f"<h3>{escape(one.name)}{kind}</h3>{note}"


def _percent(share: float) -> str:
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


RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def _pictures(library: Library, there: Sequence[int]) -> str:
    """Show images with their columns marked, as many as there is room for."""
    figures: list[str] = []
    room = MOST_BYTES
    for index in there[:MOST_PICTURES]:
        figures.append(_picture(library.read(index, ("image",)), index))
        room -= len(figures[-1])
        if room < 0:
            break
    return (
        '<section id="pictures"><h2>Some of them</h2>'
        '<label><input type="checkbox" checked> columns: <i class="detectable"></i> detectable, '
        "<i></i> not</label>"
        f'<div class="pictures">{"".join(figures)}</div></section>'
    )


def _picture(entry: Entry, index: int) -> str:
    """Show an image with a dot on every column."""
    pixels = entry.images["image"]
    height, width = pixels.shape
    detectable = entry.table["detectable"] > 0
    spacing = np.median(_nearest(entry)[:, 0]) if len(detectable) > 1 else width
    dot = 10 * min(0.3 * spacing, 0.012 * width)
    marks = [
        f'<path class="{kind}" d="{_places(entry, chosen)}"/>'
        for kind, chosen in (("detectable", detectable), ("other", ~detectable))
        if chosen.any()
    ]
    # Tenths of a pixel; the corner of the image is half a pixel off the centre of pixel (0, 0).
    frame = f'viewBox="-5 -5 {10 * width} {10 * height}" stroke-width="{dot:.0f}"'
    name = escape(str(entry.drawn.get("crystal", index)))
    size = 1000 * np.sqrt(np.prod(entry.pixel_size or (np.nan,)))
    return (
        f'<figure><div><img src="{_jpeg(pixels)}" alt="{name}">'
        f"<svg {frame}>{''.join(marks)}</svg></div>"
        f"<figcaption><b>{name}</b> {size:.3g} pm/px</figcaption></figure>"
    )


def _places(entry: Entry, chosen: NDArray[np.bool_]) -> str:
    """Give a point at each column, as a path, in tenths of a pixel."""
    y, x = (np.round(10 * entry.table[axis][chosen]).astype(int).tolist() for axis in "yx")
    return "".join(f"M{at_x} {at_y}h0" for at_y, at_x in zip(y, x, strict=True))


def _jpeg(pixels: NDArray[np.floating]) -> str:
    """Write a picture into an address, its darkest and brightest 0.2 % clipped."""
    low, high = np.quantile(pixels, [0.002, 0.998])
    grey = np.clip((pixels - low) / max(high - low, 1e-30), 0, 1)
    picture = Image.fromarray(np.round(255 * grey).astype(np.uint8))
    picture.thumbnail((PICTURE, PICTURE))
    data = io.BytesIO()
    picture.save(data, "JPEG", quality=65, optimize=True)
    return f"data:image/jpeg;base64,{base64.b64encode(data.getvalue()).decode()}"
