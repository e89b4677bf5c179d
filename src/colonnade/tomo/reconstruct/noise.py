"""How noisy the views of a series are.

Neighbouring views show nearly the same, and so do neighbouring pixels, whatever the specimen: what
it shows in a window of some views and some pixels is a mixture of a few patterns. What is left in
the directions in which windows differ least is noise, which is the same in all directions. That
holds where no view has a flat place, as in small views that are full of edges.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from scipy.optimize import nnls

from colonnade.core.arrays import Array, Single
from colonnade.core.errors import ImageError
from colonnade.core.images.series.threads import in_threads
from colonnade.tomo.reconstruct.moved import Move, Moved
from colonnade.tomo.tilts import TiltSeries

LEAST_SIDE = 16
"""Views with fewer rows or columns do not tell their noise [px]."""


@dataclass(frozen=True)
class NoiseSettings:
    """How the noise of views is measured.

    Parameters
    ----------
    views, pixels
        Of a window: neighbouring views, and pixels along one axis.
    directions
        In so many directions in which windows differ least there is noise alone.
    groups
        The windows of neighbouring views are grouped by their grey level into so many.
    strip
        Across the windows, strips so wide go to one half of them and to the other in turn [px].
    most
        Of a larger view a part of this many pixels around the middle is looked at.
    """

    views: int = 5
    pixels: int = 5
    directions: int = 2
    groups: int = 6
    strip: int = 8
    most: int = 1 << 15


def measure_view_noise(series: TiltSeries, settings: NoiseSettings | None = None) -> Array:
    """Standard deviation of the noise of each view, averaged over its pixels [grey levels].

    Views are taken to be recorded alike, so that the variance of their noise is a straight line in
    the grey level. It may be correlated along one axis of the views. Views that were resampled are
    measured as they were recorded, shifted by whole pixels.

    Raises
    ------
    ImageError
        If the views are too small to tell.
    """
    _, height, width = series.shape
    if min(height, width) < LEAST_SIDE:
        raise ImageError(
            f"views of {height} x {width} px do not tell how noisy they are; they should be at "
            f"least {LEAST_SIDE} px high and wide"
        )
    wanted = settings or NoiseSettings()
    if not isinstance(series.views, Moved):
        return _measured(series, wanted)
    move = series.views.move
    shifted = Moved(series.views.views, Move(0.0, np.round(move.shifts)))
    return _measured(replace(series, views=shifted), wanted) * _left_of_white_noise(
        move, height, width
    )


def _measured(series: TiltSeries, wanted: NoiseSettings) -> Array:
    """Noise of views whose pixels are those that were recorded."""
    means, middles = [], []
    for number in range(series.shape[0]):
        view = series.view(number)
        means.append(view.mean(dtype=np.float64))
        middles.append(_middle(view, wanted.most))
    middles = [middles[number] for number in np.argsort(series.degrees, kind="stable")]
    along_y, along_x = in_threads(partial(_law, middles, wanted), (0, 1))
    return np.sqrt(np.maximum(along_y(np.array(means)), along_x(np.array(means))))


@dataclass(frozen=True)
class _Law:
    """Variance of noise: a straight line in the grey level above the darkest."""

    darkest: float
    constant: float
    slope: float

    def __call__(self, levels: Array) -> Array:
        return self.constant + self.slope * np.maximum(levels - self.darkest, 0)


@dataclass(frozen=True, eq=False)
class _Windows:
    """Groups of windows: how many there are, their grey levels, and their mean products."""

    counts: Array
    levels: Array
    products: Array

    @classmethod
    def of(cls, windows: Single, groups: int) -> "_Windows":
        """Group windows (window, pixel) by their grey level."""
        level = windows.mean(1)
        order = np.array_split(np.argsort(level, kind="stable"), groups)
        parts = [windows[chosen].astype(np.float64) for chosen in order]
        return cls(
            np.array([len(part) for part in parts], float),
            np.array([part.mean() for part in parts]),
            np.array([part.T @ part / len(part) for part in parts]),
        )


def _law(views: Sequence[Single], wanted: NoiseSettings, axis: int) -> _Law:
    """Law of the noise, by windows along one axis of the views, which follow each other in tilt.

    The directions of one half of the windows are judged by the other half: the least variance of
    many directions is too small where it is found.
    """
    found = list(zip(*_halves(views, wanted, axis), strict=True))
    halves = [
        [np.concatenate([getattr(one, name) for one in half]) for name in FIELDS] for half in found
    ]
    variances = []
    for (counts, _, products), (_, _, others) in (halves, halves[::-1]):
        _, directions = np.linalg.eigh(np.average(products, axis=0, weights=counts))
        least = directions[:, : wanted.directions]
        variances.append(np.einsum("id,gij,jd->g", least, others, least) / wanted.directions)
    counts, levels, _ = (np.concatenate(both) for both in zip(*halves[::-1], strict=True))
    return _through(levels, np.concatenate(variances), counts)


FIELDS = ("counts", "levels", "products")
"""What is known of groups of windows."""


def _halves(
    views: Sequence[Single], wanted: NoiseSettings, axis: int
) -> Iterator[tuple[_Windows, _Windows]]:
    """Windows of neighbouring views in two halves, one set of views after the other."""
    several = min(wanted.views, len(views))
    for first in range(len(views) - several + 1):
        together = np.stack(views[first : first + several])
        windows = sliding_window_view(together, wanted.pixels, axis=1 + axis)
        windows = np.moveaxis(windows, (1 + axis, 2 - axis, 0), (0, 1, 2))
        strip = np.arange(windows.shape[1]) // wanted.strip % 2
        one, other = (
            _Windows.of(
                windows[:, strip == half].reshape(-1, several * wanted.pixels), wanted.groups
            )
            for half in (0, 1)
        )
        yield one, other


def _through(levels: Array, variance: Array, counts: Array) -> _Law:
    """Straight line through the variances of groups, not falling; right on average."""
    darkest = float(levels.min())
    terms = np.stack([np.ones_like(levels), levels - darkest], axis=1)
    weights = np.sqrt(counts)
    (constant, slope), _ = nnls(terms * weights[:, None], variance * weights)
    return _Law(darkest, float(constant), float(slope))


def _middle(view: Single, most: int) -> Single:
    """The middle rows of a view, as many as are looked at."""
    rows = min(len(view), max(LEAST_SIDE, most // view.shape[1]))
    first = (len(view) - rows) // 2
    return np.asarray(view[first : first + rows], np.float32)


def _left_of_white_noise(move: Move, height: int, width: int) -> Array:
    """Standard deviation of white noise of unit deviation in each view that is moved."""
    shape = min(height, PATTERN), min(width, PATTERN)
    noise = np.random.default_rng(0).standard_normal((1, *shape)).astype(np.float32)
    views = np.broadcast_to(noise, (len(move.shifts), *shape))
    moved = Moved(views, Move(move.angle, move.shifts % 1))
    left = [moved.band(view, slice(0, shape[0])).std() for view in range(len(views))]
    return np.asarray(np.array(left) / noise.std())


PATTERN = 256
"""Largest side of the noise that is moved to see what resampling leaves of it [px]."""
