"""Grey levels: what they are like, and how to mend those that a detector or a scan broke."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from colonnade.core.arrays import Indices, Single
from colonnade.core.errors import ImageError

NO_NUMBER = "no pixel of the image is a finite number; measure another image"
"""Said of an image of which nothing can be made."""

_SHORTEST_LINE = 16
_WIDEST_GAP = 3
_STRAYS = 0.01
_TAIL = 0.05
_BLOCKS = " ▁▂▃▄▅▆▇█"
_BINS = 32


def repair(pixels: ArrayLike) -> tuple[NDArray[np.float32], list[str]]:
    """Fill NaN and infinite pixels, and rows and columns that are dead.

    A row is dead if it has one value all along, and its neighbours hardly ever reach that
    value. Up to three dead rows side by side are filled; more are taken for a border or a
    data bar and are left. An image without faults is returned as it is.

    Parameters
    ----------
    pixels
        Grey levels, axes (y, x).

    Returns
    -------
    tuple of ndarray and list of str
        The image as float32, and a sentence on each fault that was repaired.

    Raises
    ------
    ImageError
        If no pixel has a number, or all have the same one.
    """
    image = as_single(pixels)
    finite = np.isfinite(image)
    if not finite.any():
        raise ImageError(NO_NUMBER)
    known = image if finite.all() else image[finite]
    if known.min() == known.max():
        raise ImageError(f"every pixel of the image is {known.flat[0]:g}; there is nothing on it")
    mended, faults = mend(image)
    return mended, faults.notes


@dataclass(frozen=True, eq=False)
class Faults:
    """What was broken in an image.

    Parameters
    ----------
    pixels
        How many pixels were NaN or infinite.
    rows, columns
        Which were dead.
    """

    pixels: int
    rows: Indices
    columns: Indices

    def __bool__(self) -> bool:
        """Whether there is any."""
        return bool(self.pixels or self.rows.size or self.columns.size)

    @property
    def notes(self) -> list[str]:
        """A sentence on each kind."""
        notes = [_pixel_note(self.pixels)] if self.pixels else []
        for name, dead in (("row", self.rows), ("column", self.columns)):
            if dead.size:
                notes.append(_line_note(name, dead))
        return notes


def mend(pixels: ArrayLike) -> tuple[Single, Faults]:
    """Fill what is broken in an image that has at least one finite pixel; see `repair`."""
    image = as_single(pixels)
    finite = np.isfinite(image)
    if not finite.all():
        image = _fill_pixels(image, finite)
    dead = []
    for view in (np.asarray, np.transpose):
        lines = _dead_rows(view(image))
        if lines.size:
            image = view(_fill_rows(view(image), lines))
        dead.append(lines)
    faults = Faults(int(np.count_nonzero(~finite)), *dead)
    return np.ascontiguousarray(image), faults


def as_single(pixels: ArrayLike) -> Single:
    """Give grey levels in single precision."""
    with np.errstate(over="ignore"):  # what no float32 holds becomes infinite, and is filled
        return np.asarray(pixels).astype(np.float32, copy=False)


def _fill_pixels(image: NDArray[np.float32], finite: NDArray[np.bool_]) -> NDArray[np.float32]:
    """Give each unknown pixel the mean of the known ones round it, or else the nearest."""
    from scipy import ndimage

    known = np.where(finite, image, 0).astype(np.float64)
    window = np.ones((5, 5))
    total = ndimage.convolve(known, window, mode="constant")
    count = ndimage.convolve(finite.astype(np.float64), window, mode="constant")
    nearest = ndimage.distance_transform_edt(~finite, return_distances=False, return_indices=True)
    mean = np.divide(total, count, out=known[tuple(nearest)], where=count > 0.5)
    filled: NDArray[np.float32] = np.where(finite, image, mean).astype(np.float32)
    return filled


def _dead_rows(image: NDArray[np.float32]) -> NDArray[np.intp]:
    """Find the rows of one value that their neighbours hardly ever reach."""
    height, width = image.shape
    if width < _SHORTEST_LINE:
        return np.array([], dtype=np.intp)
    dead = []
    for rows in _runs(_flat_rows(image)):
        beside = [row for row in (rows[0] - 1, rows[-1] + 1) if 0 <= row < height]
        if not beside or len(rows) > _WIDEST_GAP:
            continue
        if all(_is_strange(np.median(image[row]), image[beside]) for row in rows):
            dead.extend(rows)
    return np.array(dead, dtype=np.intp)


def _flat_rows(image: NDArray[np.float32]) -> NDArray[np.intp]:
    """Find the rows of one value, but for the few pixels where a dead column crosses them."""
    most = max(2, _STRAYS * image.shape[1])
    # Each stray pixel differs from two neighbours at most. Medians are slow: few rows need one.
    changes = np.count_nonzero(image[:, 1:] != image[:, :-1], axis=1)
    rows = np.flatnonzero(changes <= 2 * most)
    level = np.median(image[rows], axis=1, keepdims=True)
    flat: NDArray[np.intp] = rows[np.count_nonzero(image[rows] != level, axis=1) <= most]
    return flat


def _runs(rows: NDArray[np.intp]) -> list[list[int]]:
    if not rows.size:
        return []
    breaks = np.flatnonzero(np.diff(rows) > 1) + 1
    return [run.tolist() for run in np.split(rows, breaks)]


def _is_strange(level: np.float32, neighbours: NDArray[np.float32]) -> bool:
    at_or_below = np.count_nonzero(neighbours <= level) / neighbours.size
    at_or_above = np.count_nonzero(neighbours >= level) / neighbours.size
    varied = neighbours.min() < neighbours.max()
    return bool(varied and min(at_or_below, at_or_above) < _TAIL)


def _fill_rows(image: NDArray[np.float32], dead: NDArray[np.intp]) -> NDArray[np.float32]:
    """Interpolate between the living rows on either side."""
    filled = image.copy()
    living = np.setdiff1d(np.arange(image.shape[0]), dead)
    after = np.searchsorted(living, dead).clip(max=living.size - 1)
    below = living[after]
    above = living[np.maximum(after - 1, 0)]
    above = np.where(above > dead, below, above)
    gap = np.where(below > above, below - above, 1)
    share = ((dead - above) / gap).clip(0, 1)[:, np.newaxis].astype(np.float32)
    filled[dead] = (1 - share) * image[above] + share * image[below]
    return filled


def _pixel_note(count: int) -> str:
    if count == 1:
        return "1 pixel was NaN or infinite and was filled from its neighbours"
    return f"{count} pixels were NaN or infinite and were filled from their neighbours"


def _line_note(name: str, lines: NDArray[np.intp]) -> str:
    if lines.size == 1:
        return f"{name} {lines[0]} was dead and was filled from its neighbours"
    listed = ", ".join(map(str, lines[:8])) + (" and more" if lines.size > 8 else "")
    return f"{name}s {listed} were dead and were filled from their neighbours"


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
    """Summarise the grey levels of an image of any shape."""
    levels = np.asarray(pixels, dtype=np.float64)
    known = levels[np.isfinite(levels)]
    nans = int(np.count_nonzero(np.isnan(levels)))
    infinities = levels.size - known.size - nans
    if not known.size:
        none = float("nan")
        return GreySummary(none, none, none, none, none, nans, infinities, "")
    counts, _ = np.histogram(known, bins=_BINS)
    # A pixel in a bin is always seen: only an empty bin is blank.
    heights = np.ceil(counts / counts.max() * (len(_BLOCKS) - 1)).astype(int)
    histogram = "".join(_BLOCKS[height] for height in heights)
    return GreySummary(
        minimum=float(known.min()),
        median=float(np.median(known)),
        maximum=float(known.max()),
        mean=float(known.mean()),
        std=float(known.std()),
        nans=nans,
        infinities=infinities,
        histogram=histogram,
    )
