"""The page of a library: some of its images, and how everything that was drawn is spread."""

import ast
import base64
import inspect
import io
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, is_dataclass, replace
from html import escape
from pathlib import Path
from typing import Any, get_type_hints

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from scipy.spatial import cKDTree

from colonnade.atoms.simulate import Simulation
from colonnade.core.errors import FileError
from colonnade.core.library import Entry, Library
from colonnade.core.writing import atomic

Array = NDArray[np.float64]

BINS = 30
"""Bars of a histogram."""

SPAN = 20.0
"""Only where the largest number is more than this times the smallest is an axis logarithmic."""

USUAL, FEW = 0.2, 12
"""A value that more than this share has, of more than so many values, is left out and said."""

MOST_BARS = 40
"""Choices that are less frequent than so many others are counted together."""

MOST_TABLES = 2000
"""In a larger library the columns of only so many images are measured, evenly chosen."""

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
    page = PAGE.replace("{title}", title).replace("{body}", "\n".join(body))
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
    asked = np.concatenate([record.table["asked"] for record in records])
    text = f"On average {len(asked) / len(records):.3g} columns in an image"
    return f"{text}, {_percent(float(asked.mean()))} of them asked for." if len(asked) else text


def _measured(records: Sequence[Entry]) -> list[Quantity]:
    """Measure what nobody drew: how many columns there are, how near, and how clear."""
    tables = [record.table for record in records]
    nearest = np.concatenate([_nearest(record) for record in records])
    asked = [float(table["asked"].mean()) for table in tables if len(table["asked"])]
    quantities = [
        Quantity("number in an image", [float(len(table["y"])) for table in tables]),
        Quantity("asked for", asked, "Share of the columns of an image that can be told."),
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
    meanings = _meanings(Simulation)
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


def _meanings(recipe: Any, prefix: str = "") -> dict[str, str]:
    """Read what the fields of a recipe mean from the text below each of them."""
    found: dict[str, str] = {}
    body = ast.parse(inspect.getsource(recipe)).body[0]
    assert isinstance(body, ast.ClassDef)
    for item, text in zip(body.body, body.body[1:], strict=False):
        match item, text:
            case ast.AnnAssign(target=ast.Name(id=name)), ast.Expr(ast.Constant(str(meaning))):
                found[prefix + name] = " ".join(meaning.split())
    for name, kind in get_type_hints(recipe).items():
        if is_dataclass(kind):
            found |= _meanings(kind, f"{prefix}{name}.")
    return found


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
            draw = _choices if isinstance(one.values[0], str) else _histogram
            cards.append(draw(one))
    if shares:
        cards.append(f"<figure><h3>how often</h3><ul>{''.join(shares)}</ul></figure>")
    text = f"<p>The same in all: {escape(', '.join(same))}.</p>" if same else ""
    grid = f'<div class="cards">{"".join(cards)}</div>' if cards else ""
    return f"<section><h2>{escape(heading)}</h2>{grid}{text}</section>"


def _choices(one: Quantity) -> str:
    """Draw a bar for each choice, the most frequent first."""
    counts = Counter(one.values).most_common()
    bars = [(name, count) for name, count in counts[:MOST_BARS]]
    if rest := counts[MOST_BARS:]:
        bars.append((f"{len(rest)} others", sum(count for _, count in rest)))
    most = max(count for _, count in bars)
    rows = [_bar(_text(name), count / most, f"{count:,}") for name, count in bars]
    wide = ' class="wide"' if len(rows) > 8 else ""
    return f"<figure{wide}>{_heading(one)}<ul>{''.join(rows)}</ul></figure>"


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
        f"<title>{escape(one.name)}: {_text(low)} to {_text(high)}, median {_text(middle)}</title>"
        f'<path d="{bars}"/><path class="median" d="M{(10 * BINS - 1) * place:.1f} 0v100"/></svg>'
        f"<div><span>{_text(low)}</span><b>{_text(middle)}</b><span>{_text(high)}</span></div>"
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
    """Write a number with three digits, very large and very small ones as a power of ten.

    Choices are text, but those among numbers are written as numbers are.
    """
    try:
        number = float(value)
    except ValueError:
        return str(value)
    if number == 0 or 1e-3 <= abs(number) < 1e5:
        rounded = float(f"{number:.3g}")
        return f"{rounded:,.0f}" if abs(rounded) >= 100 else f"{rounded:g}"
    digits, exponent = f"{number:.2e}".split("e")
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
        '<label><input type="checkbox" checked> columns: <i class="asked"></i> asked for, '
        "<i></i> not</label>"
        f'<div class="pictures">{"".join(figures)}</div></section>'
    )


def _picture(entry: Entry, index: int) -> str:
    """Show an image; a ring for columns that are asked for, a dot for others."""
    pixels = entry.images["image"]
    height, width = pixels.shape
    asked = entry.table["asked"] > 0
    spacing = np.median(_nearest(entry)[:, 0]) if len(asked) > 1 else width
    dot = 10 * min(0.3 * spacing, 0.012 * width)
    marks = [
        f'<path class="{kind}" d="{_places(entry, chosen)}"/>'
        for kind, chosen in (("asked", asked), ("other", ~asked))
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


PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy"
 content="default-src 'none'; img-src data:; style-src 'unsafe-inline'">
<title>{title}</title>
<style>
:root { color-scheme: light dark; --paper: #fff; --card: #f4f5f7; --ink: #1c2127; --quiet: #5f6973;
 --bar: #0072b2; --track: #dfe4ea; --mark: #e69f00; --other: #56b4e9 }
@media (prefers-color-scheme: dark) { :root { --paper: #14171b; --card: #1e2329; --ink: #e7eaee;
 --quiet: #98a2ad; --bar: #4aa3df; --track: #323a43 } }
@media print { :root { --paper: #fff; --card: #f4f5f7; --ink: #1c2127; --quiet: #5f6973;
 --bar: #0072b2; --track: #dfe4ea } }
* { box-sizing: border-box; print-color-adjust: exact; -webkit-print-color-adjust: exact }
body { max-width: 76rem; margin: 0 auto; padding: 1.5rem 1rem 4rem; background: var(--paper);
 color: var(--ink); font: 15px/1.45 system-ui, sans-serif }
h1 { font-size: 1.9rem; margin: 0 } h2 { font-size: 1.2rem; margin: 2.2rem 0 .7rem }
h3 { font-size: .95rem; margin: 0; line-height: 1.3 }
small { float: right; font-weight: 400; color: var(--quiet) } p { margin: .7rem 0 0;
 color: var(--quiet) }
figure { margin: 0; break-inside: avoid; min-width: 0 }
.cards { display: grid; gap: .7rem;
 grid-template-columns: repeat(auto-fill, minmax(10.5rem, 1fr)) }
.cards figure { display: flex; flex-direction: column; padding: .7rem .8rem .6rem;
 background: var(--card); border-radius: .5rem; font-size: .8rem }
.cards .wide { grid-column: 1 / -1 } .cards p { margin: .1rem 0 0; line-height: 1.3 }
.cards svg { display: block; width: 100%; height: 4rem; margin-top: auto; padding-top: .5rem;
 border-bottom: 1px solid var(--quiet) }
.cards path { fill: var(--bar) }
.cards .median { stroke: var(--mark); stroke-width: 2; vector-effect: non-scaling-stroke }
.cards div { display: flex; justify-content: space-between; gap: .4rem; margin-top: .2rem;
 font-variant-numeric: tabular-nums; color: var(--quiet) }
.cards div b { color: var(--ink) }
ul { list-style: none; margin: .5rem 0 0; padding: 0 }
.wide ul { columns: 13rem; column-gap: 1rem }
li { display: flex; justify-content: space-between; gap: .5rem; padding: .1rem .4rem;
 margin-bottom: 2px; border-radius: 3px; break-inside: avoid;
 background: linear-gradient(to right, color-mix(in srgb, var(--bar) 40%, transparent)
 var(--share), var(--track) 0) }
li b { font-weight: 600; font-variant-numeric: tabular-nums }
.pictures { display: grid; gap: .7rem; margin-top: .6rem;
 grid-template-columns: repeat(auto-fill, minmax(10.5rem, 1fr)) }
.pictures div { position: relative } .pictures img { display: block; width: 100% }
.pictures svg { position: absolute; inset: 0; width: 100%; height: 100% }
.pictures path { fill: none; stroke-linecap: round; stroke: var(--other) }
.pictures .asked { stroke: var(--mark) }
figcaption { font-size: .8rem; color: var(--quiet); overflow: hidden; white-space: nowrap;
 text-overflow: ellipsis } figcaption b { color: var(--ink) }
label { font-size: .9rem } label i { display: inline-block; width: .7em; height: .7em;
 border-radius: 50%; background: var(--other); margin-left: .3em } label .asked {
 background: var(--mark) }
#pictures:has(input:not(:checked)) svg { display: none }
details { margin-top: 2.2rem } summary { font-size: 1.2rem; font-weight: 700; cursor: pointer }
pre { overflow: auto; padding: .8rem; background: var(--card); border-radius: .5rem;
 font-size: .8rem }
</style>
</head>
<body>
{body}
</body>
</html>
"""
