"""Grey levels: what they are like, and what they say against an image."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from colonnade.core.arrays import Array
from colonnade.core.errors import ImageError

FEW_LEVELS = 8
"""An image of fewer grey levels is one of single electrons, or was reduced to black and white."""

SATURATED = 0.01
"""If a larger share of the pixels has the brightest grey level, they may be saturated..."""

LEAST_SATURATED = 20
"""So many pixels at the least: a few are there in any small image."""

BELOW = 0.1
"""... and are, if fewer lie below that in this share of the range."""

SEEN = 4096
"""So many pixels, evenly spread, tell first whether there are few grey levels."""

SAMPLE = 1 << 18
"""So many pixels, evenly spread, tell what is typical."""

ORDINARY = (1e-6, 1e15)
"""Single precision holds squares, and sums, of grey levels between these."""

_BLOCKS = " ▁▂▃▄▅▆▇█"
_BINS = 32


def ordinary(pixels: NDArray[Any]) -> tuple[NDArray[Any], float]:
    """Bring grey levels that are vast or tiny to such as single precision can work with.

    Parameters
    ----------
    pixels
        Grey levels of any type.

    Returns
    -------
    pixels, unit
        Grey levels in a unit that is a power of two, so that no digit changes; 1 as a rule.
    """
    typical = _typical(pixels) if pixels.dtype.kind == "f" else 1.0
    low, high = ORDINARY
    if low <= typical <= high:
        return pixels, 1.0
    unit = float(np.ldexp(1.0, np.frexp(typical)[1] - 1))
    return pixels / np.float64(unit), unit


def check_ordinary(pixels: NDArray[Any]) -> None:
    """Refuse grey levels that are too vast or too tiny to be calculated with.

    Raises
    ------
    ImageError
        If they are.
    """
    _, unit = ordinary(pixels)
    if unit != 1.0:
        what = "vast" if unit > 1 else "tiny"
        low, high = ORDINARY
        raise ImageError(
            f"the grey levels are about {unit:.0e}, too {what} to be calculated with; multiply "
            f"them, so that they lie between {low:g} and {high:g}"
        )


def _typical(pixels: NDArray[Any]) -> float:
    """Typical distance of the grey levels from zero; 1 where no pixel tells."""
    for step in (max(1, pixels.size // SAMPLE), 1):
        levels = pixels.ravel()[::step]
        levels = np.abs(levels[np.isfinite(levels) & (levels != 0)])
        if levels.size:
            return float(np.median(levels))
    return 1.0


def level_notes(pixels: NDArray[Any]) -> list[str]:
    """Say in sentences what the grey levels of an image leave unknown.

    Parameters
    ----------
    pixels
        Grey levels of any shape, every one finite, not all the same.
    """
    levels, notes = pixels.ravel(), []
    if few := few_levels(levels):
        notes.append(f"the image has {few} grey levels, so that little can be measured in it")
    if share := saturated_share(levels):
        notes.append(
            f"{100 * share:.2g} % of the pixels have the brightest grey level, {levels.max():g}, "
            "as where a detector is saturated: what was brighter is not known"
        )
    return notes


def saturated_share(pixels: NDArray[Any]) -> float:
    """Share of the pixels at the brightest grey level, if so many are there for no other reason.

    Parameters
    ----------
    pixels
        Grey levels of any shape, every one finite.
    """
    low, high = float(pixels.min()), float(pixels.max())
    highest = np.count_nonzero(pixels == pixels.max())
    below = np.count_nonzero(pixels > high - BELOW * (high - low)) - highest
    share = float(highest / pixels.size)
    piled_up = share > SATURATED and highest > below and highest > LEAST_SATURATED
    return share if piled_up else 0.0


def few_levels(levels: NDArray[Any]) -> int:
    """Count the grey levels of an image of any shape, if they are few; else 0."""
    levels = levels.ravel()
    step = max(1, levels.size // SEEN)
    if len(np.unique(levels[::step])) >= FEW_LEVELS:
        return 0
    count = len(np.unique(levels))
    return count if count < FEW_LEVELS else 0


@dataclass(frozen=True)
class GreySummary:
    """What the grey levels of an image are like; all but the counts is of its finite pixels.

    Parameters
    ----------
    minimum, median, maximum, mean, std
        Grey levels; NaN if no pixel is finite.
    nans, infinities
        Numbers of pixels that are NaN and infinite.
    histogram
        Block letters, dark to bright, as high as there are pixels; empty without a finite one.
    """

    minimum: float
    median: float
    maximum: float
    mean: float
    std: float
    nans: int
    infinities: int
    histogram: str


def grey_summary(pixels: ArrayLike) -> GreySummary:
    """Summarise the grey levels of an image of any shape, part by part."""
    levels = np.asarray(pixels).ravel()
    levels = levels.view(np.uint8) if levels.dtype == bool else levels
    nans = sum(int(np.isnan(part).sum()) for part in _parts(levels))
    known = levels if not nans and np.isfinite(levels).all() else levels[np.isfinite(levels)]
    infinities = levels.size - known.size - nans
    if not known.size:
        none = float("nan")
        return GreySummary(none, none, none, none, none, nans, infinities, "")
    low, high = float(known.min()), float(known.max())
    # Squares of what is vast are infinite; a power of two changes no digit.
    unit = float(np.ldexp(1.0, np.frexp(max(abs(low), abs(high)))[1] - 1))
    middle = [(known.size - 1) // 2, known.size // 2]
    median = (np.partition(known, middle)[middle] / np.float64(unit)).mean()
    mean = sum(float((part / unit).sum()) for part in _parts(known)) / known.size
    square = sum(float(((part / unit - mean) ** 2).sum()) for part in _parts(known)) / known.size
    span = (low / unit, high / unit)
    counts = sum(np.histogram(part / unit, bins=_BINS, range=span)[0] for part in _parts(known))
    # A pixel in a bin is always seen: only an empty bin is blank.
    heights = np.ceil(counts / np.max(counts) * (len(_BLOCKS) - 1)).astype(int)
    return GreySummary(
        minimum=low,
        median=float(median * unit),
        maximum=high,
        mean=mean * unit,
        std=float(np.sqrt(square)) * unit,
        nans=nans,
        infinities=infinities,
        histogram="".join(_BLOCKS[height] for height in heights),
    )


AT_ONCE = 1 << 20
"""So many grey levels are held in double precision at once."""


def _parts(levels: NDArray[Any]) -> Iterator[Array]:
    """Give grey levels in double precision, some at a time."""
    for first in range(0, levels.size, AT_ONCE):
        yield levels[first : first + AT_ONCE].astype(np.float64)
