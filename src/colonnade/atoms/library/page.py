"""The page of a library: some of its images, and how everything that was drawn is spread."""

from collections.abc import Sequence
from html import escape
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from colonnade.atoms.simulate.image import Simulation
from colonnade.core.arrays import Array
from colonnade.core.data.library import Entry, Library
from colonnade.core.errors import FileError
from colonnade.core.figures.distributions import Quantity, drawn_sections, percent, section
from colonnade.core.figures.page import jpeg_address, write_page
from colonnade.core.measures.neighbours import nearest_distances

MOST_TABLES = 2000
"""In a larger library the columns of only so many images are measured, evenly chosen."""

MOST_PICTURES = 24
"""Pictures on the page, at most."""

ROOM_FOR_PICTURES = 700_000
"""Once they take so much of the page, there are no more [characters]."""

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


def write_library_page(library: Library, path: Path) -> None:
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
        section("Columns", _measured(records)),
        *drawn_sections(drawn, len(there), Simulation, HEADINGS),
        "<details><summary>Recipe and seed</summary>",
        f"<pre>{escape(library.identity)}</pre></details>",
    ]
    write_page(path, title, body)


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
        f"{text}, {percent(float(detectable.mean()))} of them detectable."
        if len(detectable)
        else text
    )


def _measured(records: Sequence[Entry]) -> list[Quantity]:
    """Measure what nobody drew: how many columns there are, how near, and how clear."""
    tables = [record.table for record in records]
    detectable = [
        float(table["detectable"].mean()) for table in tables if len(table["detectable"])
    ]
    nearest = np.concatenate([_nearest(record) for record in records])
    quantities = [
        Quantity("number in an image", [float(len(table["y"])) for table in tables]),
        Quantity("detectable", detectable, "Share of the columns that are detectable."),
        Quantity("nearest neighbour [px]", nearest, "Of every column."),
    ]
    # Libraries from elsewhere may have no calibration, and nobody knows how clear a column is.
    in_nm = [_nearest(one, one.pixel_size) for one in records if one.pixel_size is not None]
    if len(in_nm) == len(records):
        nearest = np.concatenate(in_nm)
        quantities.append(Quantity("nearest neighbour [nm]", nearest, "Of every column."))
    if all("snr" in table for table in tables):
        snr = np.concatenate([table["snr"] for table in tables])
        quantities.append(Quantity("signal to noise", snr, "Of every column."))
    return quantities


def _nearest(record: Entry, scale: Sequence[float] = (1.0, 1.0)) -> Array:
    """Distance of each column to its nearest neighbour, in pixels times a scale along (y, x)."""
    positions = np.stack([record.table["y"], record.table["x"]], axis=1)
    return nearest_distances(positions * scale).round(9)


def _pictures(library: Library, there: Sequence[int]) -> str:
    """Show images with their columns marked, as many as there is room for."""
    figures: list[str] = []
    room = ROOM_FOR_PICTURES
    for index in there[:MOST_PICTURES]:
        figures.append(_picture(library.read(index, ("image",)), index))
        room -= len(figures[-1])
        if room < 0:
            break
    return (
        '<section id="pictures"><h2>Some of them</h2>'
        '<label><input type="checkbox" checked> columns: <i class="mark"></i> detectable, '
        "<i></i> not</label>"
        f'<div class="pictures">{"".join(figures)}</div></section>'
    )


def _picture(entry: Entry, index: int) -> str:
    """Show an image with a dot on every column."""
    pixels = entry.images["image"]
    height, width = pixels.shape
    detectable = entry.table["detectable"] > 0
    spacing = np.median(_nearest(entry)) if len(detectable) > 1 else width
    dot = 10 * min(0.3 * spacing, 0.012 * width)
    marks = [
        f'<path class="{kind}" d="{_places(entry, chosen)}"/>'
        for kind, chosen in (("mark", detectable), ("other", ~detectable))
        if chosen.any()
    ]
    # Tenths of a pixel; the corner of the image is half a pixel off the centre of pixel (0, 0).
    frame = f'viewBox="-5 -5 {10 * width} {10 * height}" stroke-width="{dot:.0f}"'
    name = escape(str(entry.drawn.get("crystal", index)))
    size = 1000 * np.sqrt(np.prod(entry.pixel_size or (np.nan,)))
    return (
        f'<figure><div><img src="{jpeg_address(pixels)}" alt="{name}">'
        f"<svg {frame}>{''.join(marks)}</svg></div>"
        f"<figcaption><b>{name}</b> {size:.3g} pm/px</figcaption></figure>"
    )


def _places(entry: Entry, chosen: NDArray[np.bool_]) -> str:
    """Give a point at each column, as a path, in tenths of a pixel."""
    y, x = (np.round(10 * entry.table[axis][chosen]).astype(int).tolist() for axis in "yx")
    return "".join(f"M{at_x} {at_y}h0" for at_y, at_x in zip(y, x, strict=True))
