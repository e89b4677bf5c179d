"""Prepare the views of a series: what detectors break, what surrounds the specimen, how bright."""

from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from colonnade.core.arrays import Array, Indices, Single
from colonnade.core.errors import ImageError
from colonnade.core.images.repair import as_single, mend
from colonnade.core.images.series.threads import in_threads
from colonnade.core.images.volume import Voxels
from colonnade.tomo.reconstruct.background import find_background
from colonnade.tomo.reconstruct.looks import Look, doubts, narrow
from colonnade.tomo.reconstruct.views import LazyViews
from colonnade.tomo.tilts import TiltSeries

WINDOW = 5
"""Side of the neighbourhood in which a pixel's deviation is judged [px]."""

LARGEST_SPOT = 2
"""A larger spot is no hot pixel, but something sharp [px]."""

AROUND = np.array([[1, 1, 1], [1, 0, 1], [1, 1, 1]], bool)
"""The neighbours of a pixel."""

USUAL = 0.99
"""Quantile of the deviations of pixels up to which their spread is measured."""

FAINTEST = 0.01
"""The spread is at least this share of the range of grey levels, for views without noise."""

BORDER = 3
"""Rows and columns at the borders by which a specimen is judged to end within the views [px]."""

EMPTY = 0.03
"""They are empty if their level is below this share of the mean one."""


LEAST_TRANSMITTED = 0.01
"""Where less of the beam comes through a specimen, no more than that can be told of it [share]."""

BRIGHT = 0.99
"""Quantile of a bright-field view that stands for the level of the beam beside the specimen."""

MOST_BELOW_ZERO = 0.1
"""If a bright-field view is darker than minus this share of that level, zero is not its dark
level."""


@dataclass(frozen=True)
class Preparation:
    """How views are prepared.

    Parameters
    ----------
    hot_pixels
        Pixels that deviate from their neighbours by more, and stand alone, are replaced [robust
        standard deviations of the neighbourhood]; 0 keeps them.
    background
        Whether the level of the empty surroundings is taken off, where there are any.
    bright_field
        Whether the specimen is dark, so that grey levels become attenuation: minus their
        logarithm, which adds up along the beam.
    normalise
        Whether the views are made equally bright; None does so where the specimen is seen whole.
    binning
        Rows and columns that become one.
    """

    hot_pixels: float = 8.0
    background: bool = True
    bright_field: bool = False
    normalise: bool | None = None
    binning: int = 1

    def __post_init__(self) -> None:
        if self.binning < 1:
            raise ImageError(f"views are binned by 1 or more, not by {self.binning}")


def prepare(series: TiltSeries, preparation: Preparation | None = None) -> TiltSeries:
    """Prepare a series; its views are read once to be measured, and again when they are needed.

    Parameters
    ----------
    series
        As it was recorded.
    preparation
        How it is done.

    Returns
    -------
    TiltSeries
        Its views in their order; ``metadata["notes"]`` adds sentences on what was done.

    Raises
    ------
    ImageError
        If a view has no number in it, shows nothing, or is smaller than the binning.
    """
    wanted = preparation or Preparation()
    count, height, width = series.shape
    if min(height, width) < wanted.binning:
        raise ImageError(f"views of {height} x {width} px cannot be binned by {wanted.binning}")
    mended = MendedViews(series.views, wanted.hot_pixels)
    notes = [*mended.notes, *doubts(mended.looks), *narrow(series.angles)]
    views: LazyViews = mended
    if wanted.bright_field:
        views = Attenuation(mended, series.name)
        notes.append("grey levels became attenuation, as the specimen is dark in bright field")
    grey = replace(series, views=views)
    levels = np.zeros(count)
    found = find_background(grey) if wanted.background else None
    if found is not None:
        levels = found
        notes.append(f"the level of the surroundings, {np.median(found):.5g}, was taken off")
    elif wanted.background:
        notes.append("the specimen fills the views, so that no background was taken off")
    gains, sentence = _gains(grey, levels, wanted.normalise, found is not None)
    views = ScaledViews(views, gains, gains * levels)
    sizes = series.pixel_size
    return replace(
        series,
        views=BinnedViews(views, wanted.binning) if wanted.binning > 1 else views,
        pixel_size=sizes and (wanted.binning * sizes[0], wanted.binning * sizes[1]),
        metadata={
            **series.metadata,
            "notes": [*series.metadata.get("notes", ()), *notes, *sentence],
        },
    )


def _gains(
    series: TiltSeries, levels: Array, wanted: bool | None, has_surroundings: bool
) -> tuple[Array, list[str]]:
    """Factors that make views equally bright, and a sentence where they are used."""
    means, borders = np.empty((2, series.shape[0]))
    for view, level in enumerate(levels):
        grey = series.view(view) - level
        inner = grey[BORDER:-BORDER, BORDER:-BORDER]
        means[view] = grey.mean(dtype=np.float64)
        borders[view] = (grey.sum(dtype=np.float64) - inner.sum(dtype=np.float64)) / (
            grey.size - inner.size
        )
    whole = has_surroundings and bool((np.abs(borders) < EMPTY * means).all())
    if not (whole if wanted is None else wanted):
        return np.ones(len(means)), []
    if (means <= 0).any():
        raise ImageError(
            f"a view of {series.name} is empty or darker than its surroundings, so that views "
            "cannot be made equally bright; leave it out"
        )
    gains = np.median(means) / means
    change = 100 * float(np.abs(gains - 1).max())
    return gains, [f"the views were made equally bright, by {change:.2g} % at most"]


class MendedViews(LazyViews):
    """Views without hot pixels, broken pixels and dead lines; read once to find them.

    Parameters
    ----------
    views
        Axes (view, y, x).
    limit
        Of hot pixels [robust standard deviations]; 0 keeps them.
    """

    def __init__(self, views: Voxels, limit: float) -> None:
        count, height, width = views.shape
        super().__init__((count, height, width))
        self._views = views
        read = (views[slice(view, view + 1), slice(None), slice(None)][0] for view in range(count))
        found = list(in_threads(partial(_find, limit), enumerate(read)))
        self.looks = [look for look, _ in found]
        self._mended = [mended for _, mended in found]

    def band(self, view: int, rows: slice) -> Single:
        """Read some rows of a view, and mend them."""
        grey: Single = as_single(self._views[slice(view, view + 1), rows, slice(None)])[0].copy()
        mended = self._mended[view]
        inside = (mended.rows >= rows.start) & (mended.rows < rows.stop)
        grey[mended.rows[inside] - rows.start, mended.columns[inside]] = mended.grey[inside]
        return grey

    @property
    def notes(self) -> list[str]:
        """Sentences on what is mended in all views."""
        counts = np.sum([mended.counts for mended in self._mended], axis=0)
        sentences = (
            "hot pixels were replaced by the median of their neighbours",
            "pixels were NaN or infinite and were filled from their neighbours",
            "dead rows and columns were filled from their neighbours",
        )
        return [f"{count} {what}" for count, what in zip(counts, sentences, strict=True) if count]


@dataclass(frozen=True, eq=False)
class _Mended:
    """The pixels of a view that are mended: where, their grey levels, and how many of each kind.

    The kinds are hot pixels, broken pixels and dead lines.
    """

    rows: Indices
    columns: Indices
    grey: Single
    counts: tuple[int, int, int]


def _find(limit: float, numbered: tuple[int, NDArray[Any]]) -> tuple[Look, "_Mended"]:
    """Look at a view, and find what of it is to be mended."""
    view, grey = numbered
    if not np.isfinite(grey).any():
        raise ImageError(f"no pixel of view {view} is a finite number; leave it out")
    filled, faults = mend(grey)
    look = Look.of(filled, view)  # refuses what cannot be calculated with
    step = 1.0 if np.asarray(grey).dtype.kind in "iu" else 0.0
    hot = hot_pixels(filled, limit, step) if limit else np.zeros(filled.shape, bool)
    mended = np.where(hot, _neighbours(filled), filled)
    rows, columns = np.nonzero(mended != as_single(grey))
    lines = faults.rows.size + faults.columns.size
    counts = (int(hot.sum()) + faults.hot.size, faults.pixels, lines)
    return look, _Mended(rows, columns, mended[rows, columns], counts)


def hot_pixels(view: Single, limit: float, step: float) -> NDArray[np.bool_]:
    """Find pixels that lie beyond nearly all around them, as nothing sharp in a specimen does.

    Parameters
    ----------
    view
        Grey levels (y, x).
    limit
        Least distance beyond them [robust standard deviations of the neighbourhood].
    step
        Of the grey levels; the spread is no smaller.
    """
    lower, upper = (
        ndimage.rank_filter(view, rank, footprint=AROUND, mode="nearest")
        for rank in (LARGEST_SPOT - 1, -LARGEST_SPOT)
    )
    beyond = np.maximum(view - upper, lower - view)
    deviation = np.abs(view - _neighbours(view))
    local = 1.4826 * ndimage.median_filter(deviation, WINDOW, mode="nearest")
    usual = deviation[deviation <= np.quantile(deviation, USUAL)]
    low, high = np.quantile(view, [1 - USUAL, USUAL])
    least = max(float(np.sqrt(np.square(usual).mean())), FAINTEST * float(high - low), step)
    return np.asarray(beyond > limit * np.maximum(local, least))


def _neighbours(view: Single) -> Single:
    return np.asarray(ndimage.median_filter(view, 3, mode="nearest"))


class Attenuation(LazyViews):
    """Views as minus the logarithm of their grey levels, by the law of Beer and Lambert.

    It is only that of the specimen once the level of its surroundings is taken off.

    Parameters
    ----------
    views
        Axes (view, y, x), zero where no electron comes.
    name
        Of the series, for sentences.

    Raises
    ------
    ImageError
        If many pixels are darker than no electrons.
    """

    def __init__(self, views: LazyViews, name: str) -> None:
        super().__init__(views.shape)
        self._views = views
        count, height, _ = views.shape
        every = slice(0, height)
        ends = [
            np.quantile(views.band(view, every), [1 - BRIGHT, BRIGHT]) for view in range(count)
        ]
        dark, bright = np.array(ends).T
        if (bright <= 0).any() or (dark < -MOST_BELOW_ZERO * bright).any():
            raise ImageError(
                f"grey levels of {name} are below zero, so that they cannot become attenuation; "
                "take the dark level of the detector off first"
            )
        self._least = LEAST_TRANSMITTED * bright

    def band(self, view: int, rows: slice) -> Single:
        """Take the logarithm of some rows."""
        grey = np.maximum(self._views.band(view, rows), np.float32(self._least[view]))
        return np.asarray(-np.log(grey))


class ScaledViews(LazyViews):
    """Views times a factor, less a level, each with its own.

    Parameters
    ----------
    views
        Axes (view, y, x).
    factors, levels
        One for each view.
    """

    def __init__(self, views: LazyViews, factors: Array, levels: Array) -> None:
        super().__init__(views.shape)
        self._views, self._factors, self._levels = views, factors, levels

    def band(self, view: int, rows: slice) -> Single:
        """Scale some rows."""
        factor, level = np.float32(self._factors[view]), np.float32(self._levels[view])
        return np.asarray(factor * self._views.band(view, rows) - level)


class BinnedViews(LazyViews):
    """Views of which blocks of pixels become one; rows and columns left over are left out.

    Parameters
    ----------
    views
        Axes (view, y, x).
    side
        Of a block [px].
    """

    def __init__(self, views: LazyViews, side: int) -> None:
        count, height, width = views.shape
        super().__init__((count, height // side, width // side))
        self._views, self._side = views, side

    def band(self, view: int, rows: slice) -> Single:
        """Bin the rows that become these."""
        fine = self._views.band(view, slice(rows.start * self._side, rows.stop * self._side))
        width = self.shape[2]
        blocks = fine[:, : width * self._side].reshape(-1, self._side, width, self._side)
        return np.asarray(blocks.mean((1, 3), dtype=np.float32))
