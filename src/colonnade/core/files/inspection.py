"""What is in a file, for people to read."""

from collections.abc import Iterator
from itertools import chain
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.table import Table
from rich.text import Text

from colonnade.core.errors import visible
from colonnade.core.files.open import Signal, describe
from colonnade.core.files.signals import READABLE, SEVERAL
from colonnade.core.files.tiff_tags import flat
from colonnade.core.images.levels import grey_summary

_VENDOR = ("original_metadata.", "tags.")

_LONGEST = 100
"""Longest metadata value that a terminal shows whole."""

_UNLIMITED = 1_000_000
"""Width where there is no terminal: a pipe or a file gets every word."""


def report_file(path: Path, console: Console) -> None:
    """Print every signal of a file: shape, type, calibration, metadata and grey levels."""
    longest = _LONGEST
    if not console.is_terminal:
        console, longest = Console(file=console.file, width=_UNLIMITED), _UNLIMITED
    for signal in describe(path):
        console.print(_table(signal, longest))


def _table(signal: Signal, longest: int) -> Table:
    table = Table(
        title=Text(visible(f"{signal.index}  {signal.title}")),
        title_justify="left",
        show_header=False,
        box=None,
    )
    table.add_column(style="dim")
    table.add_column(overflow="fold")
    for name, value in chain(rows(signal), _grey_levels(signal)):
        shown = value if len(value) <= longest else f"{value[:longest]} …"
        table.add_row(Text(visible(name)), Text(visible(shown, but="\n")))
    return table


def rows(signal: Signal) -> Iterator[tuple[str, str]]:
    """Say what a signal is, line by line, by what its file says of it; no pixel is read."""
    shape = " x ".join(str(n) for n in signal.shape)
    yield "kind", signal.kind
    yield "shape", f"{shape} of {signal.dtype}"
    yield "pixel size", _calibration(signal)
    if signal.tilts is not None:
        first, last = signal.tilts[0], signal.tilts[-1]
        yield "tilts", f"{first:g}° to {last:g}°, {signal.frames} of them"
    if signal.slice_thickness is not None:
        yield "slice thickness", f"{signal.slice_thickness:.6g} nm"
    for note in signal.notes:
        yield "note", note
    entries = list(flat(signal.metadata))
    for name, value in entries:
        if value and not name.startswith(_VENDOR):
            yield name, value
    own = sum(name.startswith(_VENDOR) for name, _ in entries)
    if own:
        yield "", f"and {own} entries in the vendor's own words, in Micrograph.metadata"


def _calibration(signal: Signal) -> str:
    if signal.pixel_size is not None:
        height, width = signal.shape[-2:]
        y, x = signal.pixel_size
        field = f"field of view {height * y:.4g} x {width * x:.4g} nm"
        return f"{y:.6g} nm, {field}" if y == x else f"y {y:.6g} nm, x {x:.6g} nm, {field}"
    scales = [f"{axis.name} {axis.scale:g} {axis.unit}" for axis in signal.axes if axis.unit]
    return f"none in nm ({', '.join(scales)})" if scales else "none"


def _grey_levels(signal: Signal) -> Iterator[tuple[str, str]]:
    if signal.kind not in READABLE:
        return
    pixels, _ = signal.plane(0)
    which = " of frame 0" if signal.kind in SEVERAL else ""
    summary = grey_summary(np.asarray(pixels))
    broken = f"{summary.nans} NaN, {summary.infinities} infinite"
    if not summary.histogram:
        yield f"grey levels{which}", f"none that is a finite number: {broken}"
        return
    yield (
        f"grey levels{which}",
        f"{summary.minimum:g} to {summary.maximum:g}, median {summary.median:g}, "
        f"mean {summary.mean:.4g} ± {summary.std:.4g}",
    )
    if summary.nans or summary.infinities:
        yield "not finite", broken
    yield "histogram", summary.histogram
