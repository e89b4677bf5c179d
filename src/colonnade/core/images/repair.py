"""Grey levels: what they are like, and how to mend those that a detector or a scan broke."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from colonnade.core.arrays import Array, Indices, Single
from colonnade.core.errors import ImageError

NO_NUMBER = "no pixel of the image is a finite number below 3.4e38; measure another image"
"""Said of an image of which nothing can be made."""

HOT = 100.0
"""A pixel that stands alone is hot beyond this distance from the mean of the image [standard
deviations, itself counted in]: what is less hardly changes them."""

MOST_HOT = 8
"""In a small image so many that are equally hot are found."""

ALONE = 0.1
"""It stands alone if all around it are nearer to the mean than this share of its distance: no
probe, and no lens, draws so sharp a point."""

_WINDOW = 5
_SHORTEST_LINE = 16
_WIDEST_GAP = 3
_STRAYS = 0.01
_TAIL = 0.05


def repair(pixels: ArrayLike) -> tuple[NDArray[np.float32], list[str]]:
    """Fill NaN and infinite pixels, hot ones, and rows and columns that are dead.

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
    mended, faults = mend(image)
    check_not_flat(float(mended.min()), float(mended.max()))
    return mended, faults.notes


def check_not_flat(low: float, high: float) -> None:
    """Refuse an image with these lowest and highest grey levels if they are the same."""
    if low == high:
        raise ImageError(f"every pixel of the image is {low:g}; there is nothing on it")


@dataclass(frozen=True, eq=False)
class Faults:
    """What was broken in an image.

    Parameters
    ----------
    pixels
        How many pixels were NaN or infinite.
    hot
        Rows of the hot pixels, one for each.
    rows, columns
        Which were dead.
    """

    pixels: int
    hot: Indices
    rows: Indices
    columns: Indices

    def __bool__(self) -> bool:
        """Whether there is any."""
        return bool(self.pixels or self.hot.size or self.rows.size or self.columns.size)

    @property
    def notes(self) -> list[str]:
        """A sentence on each kind."""
        notes = [_pixel_note(self.pixels)] if self.pixels else []
        if self.hot.size:
            notes.append(_hot_note(self.hot.size))
        for name, dead in (("row", self.rows), ("column", self.columns)):
            if dead.size:
                notes.append(_line_note(name, dead))
        return notes


def mend(pixels: ArrayLike) -> tuple[Single, Faults]:
    """Fill what is broken in an image that has at least one finite pixel; see `repair`."""
    image = as_single(pixels)
    finite = np.isfinite(image)
    hot = _hot_pixels(image, finite)
    known = finite & ~hot
    if not known.all():
        image = _fill_pixels(image, known)
    dead = []
    for view in (np.asarray, np.transpose):
        lines = _dead_rows(view(image))
        if lines.size:
            image = view(_fill_rows(view(image), lines))
        dead.append(lines)
    faults = Faults(int(np.count_nonzero(~finite)), np.nonzero(hot)[0], *dead)
    return np.ascontiguousarray(image), faults


def as_single(pixels: ArrayLike) -> Single:
    """Give grey levels in single precision."""
    with np.errstate(over="ignore"):  # what no float32 holds becomes infinite, and is filled
        return np.asarray(pixels).astype(np.float32, copy=False)


def _hot_pixels(image: Single, finite: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Find pixels that stand alone, so far from all others that they would hide these."""
    known = image if finite.all() else image[finite]
    mean, spread = (float(of(known, dtype=np.float64)) for of in (np.mean, np.std))
    # Nothing is farther from the mean of a small image than the root of its number of pixels.
    limit = min(HOT, np.sqrt(known.size / MOST_HOT)) * spread
    hot = np.zeros(image.shape, bool)
    if not spread or max(mean - float(known.min()), float(known.max()) - mean) <= limit:
        return hot
    distance = np.abs(np.where(finite, image, mean) - mean)
    around = np.pad(distance, 1)
    for y, x in np.argwhere(distance > limit):
        window = around[y : y + 3, x : x + 3].copy()
        window[1, 1] = 0
        hot[y, x] = window.max() < ALONE * distance[y, x]
    return hot


def _fill_pixels(image: NDArray[np.float32], known: NDArray[np.bool_]) -> NDArray[np.float32]:
    """Give each unknown pixel the mean of the known ones round it."""
    total = np.where(known, image, 0).astype(np.float64)
    mean = _means_around(total, known.astype(np.float64))
    filled: NDArray[np.float32] = np.where(known, image, mean).astype(np.float32)
    return filled


def _means_around(total: Array, count: Array) -> Array:
    """Mean of the known pixels in a window, and where there is none in wider and wider ones.

    Parameters
    ----------
    total, count
        Sum and number of the known ones of those that each pixel stands for.
    """
    from scipy import ndimage

    window = np.ones((_WINDOW, _WINDOW))
    sums, counts = (ndimage.convolve(each, window, mode="constant") for each in (total, count))
    near = counts > 0.5
    if near.all():
        return np.asarray(sums / counts)
    height, width = total.shape
    coarse = _means_around(_halved(total), _halved(count))
    wide = ndimage.zoom(coarse, 2, order=1, mode="nearest", grid_mode=True)[:height, :width]
    return np.asarray(np.divide(sums, counts, out=np.ascontiguousarray(wide), where=near))


def _halved(sums: Array) -> Array:
    """Add up squares of two by two."""
    height, width = sums.shape
    padded = np.pad(sums, ((0, height % 2), (0, width % 2)))
    rows = padded[::2] + padded[1::2]
    return np.asarray(rows[:, ::2] + rows[:, 1::2])


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


def _hot_note(count: int) -> str:
    if count == 1:
        return "1 pixel was hot, far beyond all others, and was filled from its neighbours"
    return f"{count} pixels were hot, far beyond all others, and were filled from their neighbours"


def _line_note(name: str, lines: NDArray[np.intp]) -> str:
    if lines.size == 1:
        return f"{name} {lines[0]} was dead and was filled from its neighbours"
    listed = ", ".join(map(str, lines[:8])) + (" and more" if lines.size > 8 else "")
    return f"{name}s {listed} were dead and were filled from their neighbours"
