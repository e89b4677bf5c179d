"""Put what a scanning microscope says of an image to use, and cut its information bar off."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from colonnade.core.files.sem import SemHeader
from colonnade.core.files.signals import Axis, Signal, make_signal

_HIGHEST_SHARE = 0.25
"""No bar takes more of the rows of an image than this."""

_FILLED_SHARE = 0.6
"""One grey level fills so much of each row of a bar, however much is written in it..."""

_FRAME_SHARE = 0.95
"""... and so much of its first, which is its frame or its background."""

_SHARE_BELOW = 0.01
"""No more of the rows than this lie below a bar."""


def described(
    title: str,
    array: Any,
    axes: Sequence[Axis],
    metadata: Mapping[str, Any],
    notes: Sequence[str],
    header: SemHeader,
) -> Signal:
    """Judge an image that a microscope says something of.

    Parameters
    ----------
    title, array, axes, metadata, notes
        As for `colonnade.core.files.signals.Signal`.
    header
        What the microscope says.
    """
    height, width = (axis.size for axis in axes[-2:])
    facts = {"vendor": header.vendor, **header.facts}
    metadata = {"microscope": facts, **metadata, "original_metadata": header.words}
    if header.columns is not None and header.columns != width:
        doubt = (
            f"{header.vendor} describes an image {header.columns} px wide and this one has "
            f"{width}, so what it says of the pixels is not used"
        )
        return make_signal(title, array, axes, metadata, (*notes, doubt))
    rows, remark = _rows(array, height, header)
    axes = [*axes[:-2], replace(axes[-2], size=rows), axes[-1]]
    if header.pixel_size is not None:
        sizes = zip(axes[-2:], header.pixel_size, strict=True)
        axes[-2:] = [replace(axis, scale=size, unit="nm") for axis, size in sizes]
    part = (slice(None),) * (len(axes) - 2) + (slice(rows),)
    return make_signal(title, array[part], axes, metadata, (*notes, *remark))


def _rows(array: Any, height: int, header: SemHeader) -> tuple[int, tuple[str, ...]]:
    """Count the rows above the bar, and say what is cut off."""
    if header.rows is not None:
        rows = min(header.rows, height)
    elif header.bar_rows is not None:
        rows = height - header.bar_rows
    elif header.vendor == "Zeiss" and len(array.shape) == 2:
        rows = bar_start(np.asarray(array))
        if rows < height:
            return rows, (
                f"the lowest {height - rows} rows look like an information bar and are cut off",
            )
    else:
        rows = height
    if not 0 < rows < height:
        return height, ()
    return rows, (f"the information bar in the lowest {height - rows} rows is cut off",)


def bar_start(pixels: NDArray[Any]) -> int:
    """Find the first row of an information bar, or the number of rows if there is none.

    A bar begins with a line of one grey level from side to side, and has a background: one grey
    level fills most of each of its rows. A few rows of the image may be left below it.
    """
    height = len(pixels)
    top = int(height * (1 - _HIGHEST_SHARE))
    shares = np.array([_commonest(row) for row in pixels[top:]])
    filled = np.flatnonzero(shares >= _FILLED_SHARE)
    if not filled.size or shares.size - 1 - filled[-1] > _SHARE_BELOW * height:
        return height
    above = np.flatnonzero(shares[: filled[-1]] < _FILLED_SHARE)
    if not above.size or shares[above[-1] + 1] < _FRAME_SHARE:
        return height
    return top + int(above[-1]) + 1


def _commonest(row: NDArray[Any]) -> float:
    """Share of a row's pixels that its commonest grey level has."""
    _, counts = np.unique(row, return_counts=True)
    return float(counts.max() / row.size)
