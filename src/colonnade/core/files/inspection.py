"""What is in a file, for people to read."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from rich.console import Console
from rich.table import Table

from colonnade.core.files.open import Signal, describe
from colonnade.core.files.signals import READABLE, SEVERAL
from colonnade.core.images.repair import grey_summary

_VENDOR = ("original_metadata.", "tags.")

_LONGEST = 100
"""Longest metadata value that is printed whole."""


def report_file(path: Path, console: Console) -> None:
    """Print every signal of a file: shape, type, calibration, metadata and grey levels."""
    for signal in describe(path):
        console.print(_table(signal))


def _table(signal: Signal) -> Table:
    shape = " x ".join(str(n) for n in signal.shape)
    table = Table(
        title=f"{signal.index}  {signal.title}", title_justify="left", show_header=False, box=None
    )
    table.add_column(style="dim")
    table.add_column(overflow="fold")
    table.add_row("kind", signal.kind)
    table.add_row("shape", f"{shape} of {signal.dtype}")
    table.add_row("pixel size", _calibration(signal))
    for note in signal.notes:
        table.add_row("note", note)
    for name, value in _flat(signal.metadata):
        if value and not name.startswith(_VENDOR):
            table.add_row(name, value)
    own = sum(name.startswith(_VENDOR) for name, _ in _flat(signal.metadata))
    if own:
        table.add_row("", f"and {own} entries in the vendor's own words, in Micrograph.metadata")
    if signal.kind in READABLE:
        for name, value in _grey_levels(signal):
            table.add_row(name, value)
    return table


def _calibration(signal: Signal) -> str:
    if signal.pixel_size is not None:
        height, width = signal.shape[-2:]
        y, x = signal.pixel_size
        field = f"field of view {height * y:.4g} x {width * x:.4g} nm"
        return f"{y:.6g} nm, {field}" if y == x else f"y {y:.6g} nm, x {x:.6g} nm, {field}"
    scales = [f"{axis.name} {axis.scale:g} {axis.unit}" for axis in signal.axes if axis.unit]
    return f"none in nm ({', '.join(scales)})" if scales else "none"


def _grey_levels(signal: Signal) -> Iterator[tuple[str, str]]:
    pixels, _ = signal.plane(0)
    which = " of frame 0" if signal.kind in SEVERAL else ""
    summary = grey_summary(np.asarray(pixels))
    yield (
        f"grey levels{which}",
        f"{summary.minimum:g} to {summary.maximum:g}, median {summary.median:g}, "
        f"mean {summary.mean:.4g} ± {summary.std:.4g}",
    )
    if summary.nans or summary.infinities:
        yield "not finite", f"{summary.nans} NaN, {summary.infinities} infinite"
    yield "histogram", summary.histogram


def _flat(metadata: Mapping[str, Any], above: str = "") -> Iterator[tuple[str, str]]:
    """Nested metadata as dotted names and short values."""
    for key, value in metadata.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{above}{key}.")
        else:
            text = str(value)
            yield above + str(key), text if len(text) <= _LONGEST else text[:_LONGEST] + " …"
