"""Find where the pixels of a coarse image lie in a finer one of the same field."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import product

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from colonnade.core.arrays import Single
from colonnade.core.errors import ImageError
from colonnade.core.images.binning import Binning
from colonnade.core.images.registration import (
    LocalShifts,
    flattened,
    local_shifts,
    phase_correlation,
    window_peaks,
)
from colonnade.core.images.shift_field import (
    OUTLYING,
    ShiftField,
    fit_linear,
    fit_shifts,
    fitting_weights,
    inside,
)

PIXEL = 0.4
"""Standard deviation of a Gaussian that smooths as the area of a pixel does, or more [px]."""


FITTING = 0.5
"""A window fits in if its weight in the fit is larger, as it is within three standard errors."""


@dataclass(frozen=True)
class Search:
    """How a coarse and a fine image are brought together; lengths are in coarse pixels."""

    rotation: float = 10.0
    """Largest rotation that is tried [degrees]."""
    rotation_step: float = 1.0
    """Step of the rotations [degrees]; half of it moves the border of a thumbnail by a pixel."""
    scale: float = 0.1
    """Largest deviation from the expected scale that is tried, as a share of it."""
    scale_step: float = 0.02
    """Step of the scales; half of it moves the border of a thumbnail by a pixel."""
    thumbnail: int = 256
    """Rotation and scale are searched in images whose longer side has at most so many pixels."""
    height: float = 10.0
    """Two images fit if the peak of their phase correlation is so high [standard deviations].
    Different fields were seen to reach 8, at the best of all rotations and scales."""
    window: int = 64
    """Side of the windows that are correlated to follow distortions of several pixels [px]."""
    window_height: float = 6.0
    """A window fits if the peak of its phase correlation is so high [standard deviations]."""
    side: int = 16
    """Side of the windows in which slopes measure small shifts [px]; half of it in images whose
    shorter side has fewer than eight such windows."""
    known: float = 0.5
    """A window has edges in both directions if its shift has no larger standard error [px]."""
    windows: int = 12
    """So many of them are there at least, or the images are refused."""
    linear: int = 3
    """Rounds in which shift, rotation and scale alone are fitted, with each kind of windows."""
    rounds: int = 12
    """Most rounds in which a smooth field of shifts is fitted."""
    settled: float = 0.005
    """They end when the root mean square of what the shifts change is less [px]."""
    steps: tuple[float, ...] = (0.01, 0.02, 0.05, 0.1, 0.2, 0.4, 0.8)
    """Differences that may be expected between the shifts of windows beside each other [px]: that
    is taken with which half of the windows tell the other half's shifts best."""


class NoFitError(ImageError):
    """Two images do not show the same field, or not enough of it."""

    def __init__(self, why: str, *, begun: bool) -> None:
        super().__init__(why)
        self.begun = begun
        """Whether a place was found where they may fit."""


@dataclass(frozen=True, eq=False)
class Alignment:
    """Where the pixels of a coarse image lie in a finer one; lengths are in coarse pixels.

    Parameters
    ----------
    where
        Maps positions in the coarse image to the fine one.
    height
        Of the peak of the correlation that began it [standard deviations].
    error
        Root mean square error of the shifts where there are edges, rather too large: it is that
        of shifts told from every other window, and its own standard error is added [px].
    fitting
        Share of the windows that fit in.
    """

    where: ShiftField
    height: float
    error: float
    fitting: float


def align(coarse: Single, fine: Single, scale: float, search: Search | None = None) -> Alignment:
    """Find where the pixels of a coarse image lie in a finer one.

    Parameters
    ----------
    coarse, fine
        Grey levels of the same field, or of parts of it, axes (y, x).
    scale
        About so many fine pixels lie along a coarse one.
    search
        How it is done.

    Raises
    ------
    NoFitError
        If no place is found where they fit.
    """
    search = search or Search()
    start, height = begin(coarse, fine, scale, search)
    pair = _Pair(coarse, fine, scale)
    where = _follow(pair, start, search)
    return _settle(pair, where, height, search)


def fits(coarse: Single, fine: Single, scale: float, search: Search | None = None) -> bool:
    """Whether two images can be aligned at about this scale."""
    try:
        align(coarse, fine, scale, search)
    except NoFitError:
        return False
    return True


def begin(coarse: Single, fine: Single, scale: float, search: Search) -> tuple[ShiftField, float]:
    """Find shift, rotation and scale in thumbnails.

    Where the images fit as they are, only rotations and scales nearby are tried.

    Returns
    -------
    ShiftField
        The map.
    float
        Height of the peak of the correlation [standard deviations].
    """
    thumbnails = _Thumbnails(coarse, fine, scale, search.thumbnail)
    turns = round(search.rotation / search.rotation_step)
    sizes = round(search.scale / search.scale_step)

    @cache
    def fit(turn: int, size: int) -> tuple[float, ShiftField]:
        return thumbnails.fit(turn * search.rotation_step, 1 + size * search.scale_step)

    def height(place: tuple[int, int]) -> float:
        return fit(*place)[0]

    best = (0, 0)
    if height(best) < search.height:
        best = max(product(range(-turns, turns + 1), range(-sizes, sizes + 1)), key=height)
    if height(best) < search.height:
        raise NoFitError("no place was found where the two images fit", begun=False)
    while (better := max(_around(best), key=height)) != best:
        best = better
    reached, where = fit(*best)
    return where, reached


def _around(place: tuple[int, int]) -> Iterator[tuple[int, int]]:
    """Neighbours of a place on a grid, itself first."""
    for down, across in product((0, -1, 1), (0, -1, 1)):
        yield place[0] + down, place[1] + across


class _Thumbnails:
    """Both images, small, at about one scale."""

    def __init__(self, coarse: Single, fine: Single, scale: float, longest: int) -> None:
        sides = [*coarse.shape, *(side / scale for side in fine.shape)]
        block = max(1, int(np.ceil(max(sides) / longest)))
        self.size = coarse.shape
        self.binning = Binning(block, block)
        self.pixel = scale * block
        self.coarse = flattened(self.binning.apply(coarse))
        self.fine = ndimage.gaussian_filter(fine, PIXEL * self.pixel, mode="reflect")

    def fit(self, rotation: float, change: float) -> tuple[float, ShiftField]:
        """Correlate them, with the coarse one turned and its pixels larger than expected.

        Parameters
        ----------
        rotation
            Of the x axis of the coarse image towards the y axis of the fine one [degrees].
        change
            How much larger than expected its pixels are, as a factor.
        """
        height, width = (max(1, round(side / self.pixel)) for side in self.fine.shape)
        angle = np.radians(rotation)
        turned = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
        middle = (np.array(self.fine.shape) - 1) / 2
        grid = ShiftField.linear((height, width), self.pixel * change * turned, middle)
        fine = ndimage.map_coordinates(self.fine, grid.grid(), np.float32, order=1, mode="mirror")
        peak = phase_correlation(self.coarse, flattened(fine))
        centre = self.binning.apply_to((np.array([self.size]) - 1) / 2)
        centre += np.array([peak.y, peak.x])
        jacobian = grid.jacobian / self.binning.factors
        rows, columns = self.size
        return peak.height, ShiftField.linear((rows, columns), jacobian, grid(centre)[0])


class _Pair:
    """A coarse image, and a finer one smoothed by the coarse one's pixel."""

    def __init__(self, coarse: Single, fine: Single, scale: float) -> None:
        self.coarse = flattened(coarse)
        smooth = ndimage.gaussian_filter(fine, PIXEL * scale, mode="reflect")
        self.fine = ndimage.spline_filter(smooth, 3, np.float32, mode="mirror")

    @property
    def size(self) -> tuple[int, int]:
        """Rows and columns of the coarse image."""
        rows, columns = self.coarse.shape
        return rows, columns

    def moved(self, where: ShiftField) -> tuple[Single, NDArray[np.bool_]]:
        """Show the finer image as a map says, and where it does not reach."""
        places = where.grid()
        moved = ndimage.map_coordinates(
            self.fine, places, np.float32, order=3, mode="mirror", prefilter=False
        )
        return flattened(moved), ~inside(places, self.fine.shape)

    def shifts(self, where: ShiftField, search: Search) -> LocalShifts:
        """Measure by slopes the shifts that a map leaves."""
        moved, outside = self.moved(where)
        found = local_shifts(self.coarse, moved, self._side(search), ~outside).clear_of(outside)
        if np.count_nonzero(found.errors < search.known) < search.windows:
            raise NoFitError("the two images have too few edges in common", begun=True)
        return found

    def halves(self, where: ShiftField, search: Search) -> list[LocalShifts]:
        """Measure them in even rows and in odd ones, which have noise of their own."""
        moved, outside = self.moved(where)
        odd = np.arange(len(moved))[:, None] % 2 == 1
        side = self._side(search)
        found = [local_shifts(self.coarse, moved, side, rows & ~outside) for rows in (~odd, odd)]
        return [half.clear_of(outside) for half in found]

    def _side(self, search: Search) -> int:
        return search.side if min(self.size) >= 8 * search.side else search.side // 2


def _follow(pair: _Pair, where: ShiftField, search: Search) -> ShiftField:
    """Follow distortions of several pixels, by the correlation of windows."""
    side = min(search.window, *(size // 2 for size in pair.size))
    for _ in range(search.linear):
        moved, outside = pair.moved(where)
        found = window_peaks(pair.coarse, moved, side, search.window_height).clear_of(outside)
        if np.count_nonzero(found.known) < search.windows:
            break
        where, _ = fit_linear(where, found)
    return where


def _settle(pair: _Pair, where: ShiftField, height: float, search: Search) -> Alignment:
    """Fit linear map and shifts to what slopes measure, until nothing moves any more."""
    for _ in range(search.linear):
        where, _ = fit_linear(where, pair.shifts(where, search))
    wanted = pair.shifts(where, search)
    weights = np.ones(wanted.known.shape)
    steps = _best_steps(where, wanted, search)
    fitted = np.zeros(wanted.shifts.shape)
    for _ in range(search.rounds):
        where = fit_shifts(where, wanted.weighted(weights), steps)
        before, fitted = fitted, where.node_shifts
        weights = fitting_weights(wanted, fitted)
        found = pair.shifts(where, search)
        wanted = replace(found, shifts=found.shifts + fitted)
        if np.sqrt(np.mean((fitted - before) ** 2)) < search.settled:
            break
    error = _error(where, wanted.weighted(weights), pair.halves(where, search), steps)
    return Alignment(where, height, error, float((weights[wanted.known] > FITTING).mean()))


def _error(
    where: ShiftField, wanted: LocalShifts, halves: Sequence[LocalShifts], steps: float
) -> float:
    """Root mean square error of shifts that are told from every other window [px].

    Even and odd rows have noise of their own: where both find the shift that is told wrong in the
    same direction, it is wrong. Windows count by how well their edges show a shift.
    """
    even = np.indices(wanted.known.shape).sum(0) % 2
    squares, trust = np.zeros(wanted.shifts.shape), np.zeros(wanted.shifts.shape)
    for used in (even, 1 - even):
        told = fit_shifts(where, wanted.weighted(used), steps).node_shifts - where.node_shifts
        left = (1 - used)[..., None]
        squares += left * (halves[0].shifts - told) * (halves[1].shifts - told)
        trust += left * np.diagonal(wanted.information, axis1=-2, axis2=-1)
    trust /= trust.sum((0, 1))
    mean = (trust * squares).sum((0, 1))
    deviation = np.sqrt((trust**2 * (squares - mean) ** 2).sum())
    return float(np.sqrt(max(float(mean.sum()), 0.0) + deviation))


def _best_steps(where: ShiftField, wanted: LocalShifts, search: Search) -> float:
    """Choose how smooth the shifts are, by telling every other window's from the rest."""
    even = np.indices(wanted.known.shape).sum(0) % 2

    def misfit(steps: float) -> float:
        total = 0.0
        for half in (even, 1 - even):
            fitted = fit_shifts(where, wanted.weighted(half), steps)
            squares = wanted.squares(fitted.node_shifts)[half == 0]
            total += float(np.log1p(squares / OUTLYING**2).sum())
        return total

    return min(search.steps, key=misfit)
