"""Local prominence: how far a spot stands out of the texture around it.

Where nothing repeats, a single atom is told from the grain of its support by two numbers. The
*prominence* is the response of a Laplacian of Gaussian: how much brighter a spot is than what lies
next to it. The *clearance* is its height above nearly all points of a ring around it, which edges,
ridges and slopes do not have. Both are counted in robust standard deviations of the same quantity
in the surroundings, and both are means over a few widths, as nobody knows how wide the atoms are.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np
from scipy import ndimage
from scipy.spatial import cKDTree

from colonnade.atoms.locate.find.settings import FIND_DEFAULTS, ProminenceSettings
from colonnade.core.arrays import Array, Indices, Single
from colonnade.core.images.binning import Binning

TO_STANDARD_DEVIATION = 1.4826
"""Median absolute deviations of a normal distribution in its standard deviation."""

RING = 8
"""Points of a ring."""

PEAK_SIDE = 5
"""A peak is the highest pixel of a square of this side [binned px]."""


@dataclass(frozen=True, eq=False)
class Prominence:
    """How far each place of an image stands out of its surroundings.

    Parameters
    ----------
    prominence, clearance
        Axes (y, x), in binned pixels [robust standard deviations of the surroundings].
    binning
        Blocks of pixels of the image.
    settings
        How it was measured, and which peaks may be atoms.
    """

    prominence: Single
    clearance: Single
    binning: Binning
    settings: ProminenceSettings = FIND_DEFAULTS.prominence

    @classmethod
    def of(
        cls,
        pixels: Single,
        binning: Binning,
        settings: ProminenceSettings = FIND_DEFAULTS.prominence,
    ) -> "Prominence":
        """Measure an image whose atoms are bright.

        Parameters
        ----------
        pixels
            Grey levels, axes (y, x).
        binning
            On which the network sees its atoms best.
        settings
            How wide atoms may be, and what their surroundings are.
        """
        image = binning.apply(pixels)
        rise = partial(_rise, settings=settings)
        return cls(
            _mean_over_widths(image, _curvature, settings),
            _mean_over_widths(image, rise, settings),
            binning,
            settings,
        )

    def peaks(self, least: float) -> Array:
        """Places (y, x) [px] at which the prominence has a peak of at least this height."""
        highest = ndimage.maximum_filter(self.prominence, PEAK_SIDE)
        pixel = np.argwhere((self.prominence == highest) & (highest >= least))
        padded = np.pad(self.prominence, 1, mode="edge")
        place = pixel.astype(np.float64)
        for axis, step in enumerate(np.eye(2, dtype=int)):
            before, top, after = (padded[tuple((pixel + 1 + by * step).T)] for by in (-1, 0, 1))
            bend = np.maximum(2 * top - before - after, np.finfo(np.float32).tiny)
            place[:, axis] += np.clip((after - before) / (2 * bend), -0.5, 0.5)
        return self.binning.undo(np.asarray(place))

    def peaks_apart(self, positions: Array) -> Array:
        """Peaks (y, x) [px] that may be atoms and are not at one of the positions."""
        found = self.peaks(self.settings.candidate)
        return found[self._nearest(found, positions)[0] >= self.settings.same_spot]

    def at(self, positions: Array) -> tuple[Array, Array]:
        """Prominence and clearance at places (y, x) [px].

        A peak speaks for the nearest place alone: if two lie at one spot the other has what is
        in its own pixel.
        """
        maps = self.prominence, self.clearance
        own, peaks = self._pixels(positions), self.peaks(0.0)
        found = [one[tuple(own.T)].astype(np.float64) for one in maps]
        if len(positions) and len(peaks):
            distance, owner = self._nearest(peaks, positions)
            farthest_first = np.argsort(-distance, kind="stable")
            near = farthest_first[distance[farthest_first] < self.settings.same_spot]
            top = tuple(self._pixels(peaks[near]).T)
            for values, one in zip(found, maps, strict=True):
                values[owner[near]] = ndimage.maximum_filter(one, 3)[top]
        return found[0], found[1]

    def _nearest(self, peaks: Array, positions: Array) -> tuple[Array, Indices]:
        """Distance to the nearest of the positions [binned px], and its number."""
        if not len(positions):
            return np.full(len(peaks), np.inf), np.zeros(len(peaks), np.intp)
        tree = cKDTree(self.binning.apply_to(positions))
        distance, number = tree.query(self.binning.apply_to(peaks))
        return np.asarray(distance), np.asarray(number)

    def _pixels(self, positions: Array) -> Indices:
        """Binned pixels (y, x) in which positions lie."""
        last = np.array(self.prominence.shape) - 1
        return np.clip(np.rint(self.binning.apply_to(positions)).astype(np.intp), 0, last)


Measure = Callable[[Single, float], Single]
"""What is measured at each pixel of an image, for atoms of a width [px]."""


def _mean_over_widths(image: Single, measure: Measure, settings: ProminenceSettings) -> Single:
    """Mean over the widths of what is measured, each in units of its own surroundings."""
    total = np.zeros_like(image)
    for width in settings.widths:
        total += _standardised(measure(image, width), round(settings.window * width), settings)
    return total / np.float32(len(settings.widths))


def _curvature(image: Single, width: float) -> Single:
    """How much brighter each place is than what lies next to it: a Laplacian of Gaussian."""
    return np.asarray(-ndimage.gaussian_laplace(image, width, mode="nearest"), np.float32)


def _rise(image: Single, width: float, settings: ProminenceSettings) -> Single:
    """How much higher each place is than nearly all points of the ring around it."""
    smooth = ndimage.gaussian_filter(image, settings.smoothing * width, mode="nearest")
    angle = np.arange(RING) * (2 * np.pi / RING)
    radius = settings.ring * width
    step = np.rint(radius * np.stack([np.sin(angle), np.cos(angle)])).astype(int)
    reach = int(np.abs(step).max())
    ring = np.zeros((2 * reach + 1, 2 * reach + 1), bool)
    ring[tuple(step + reach)] = True
    around = ndimage.rank_filter(smooth, -1 - settings.higher, footprint=ring, mode="nearest")
    return np.asarray(smooth - around, np.float32)


def _standardised(values: Single, window: int, settings: ProminenceSettings) -> Single:
    """Values less the median of their surroundings, in robust standard deviations of these.

    Median and deviation are those of windows that overlap by half, and change linearly from the
    middle of one to that of the next.
    """
    cuts = [_windows(size, window) for size in values.shape]
    middle, spread = np.zeros((2, len(cuts[0]), len(cuts[1])))
    for place in np.ndindex(middle.shape):
        part = values[cuts[0][place[0]], cuts[1][place[1]]]
        middle[place] = np.median(part)
        spread[place] = TO_STANDARD_DEVIATION * np.median(np.abs(part - middle[place]))
    # Where most of a window is of one grey level, as in vacuum, its own deviation would be 0.
    least = max(settings.least_spread * float(values.std()), float(np.finfo(np.float32).tiny))
    spread = np.maximum(spread, least)
    between = [
        _share_of_windows(size, along) for size, along in zip(values.shape, cuts, strict=True)
    ]
    level, unit = (between[0] @ one @ between[1].T for one in (middle, spread))
    return np.asarray((values - level) / unit, np.float32)


def _windows(size: int, window: int) -> list[slice]:
    """Windows along an axis of so many pixels; they overlap by half at least."""
    if size <= window:
        return [slice(0, size)]
    count = int(np.ceil(2 * (size - window) / window)) + 1
    first = np.rint(np.linspace(0, size - window, count)).astype(int)
    return [slice(one, one + window) for one in first.tolist()]


def _share_of_windows(size: int, windows: list[slice]) -> Array:
    """How much each window counts at each pixel of an axis: rows of weights whose sum is 1."""
    middle = np.array([(one.start + one.stop - 1) / 2 for one in windows])
    pixels = np.arange(size)
    return np.stack([np.interp(pixels, middle, row) for row in np.eye(len(windows))], axis=1)
