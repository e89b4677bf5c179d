"""The views of a series in memory, small enough to be aligned in a short time."""

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from scipy import ndimage

from colonnade.core.arrays import Array, Single
from colonnade.core.images.binning import Binning
from colonnade.tomo.reconstruct.background import find_background
from colonnade.tomo.reconstruct.moved import ORDER, Move
from colonnade.tomo.tilts import TiltSeries


@dataclass(frozen=True, eq=False)
class Working:
    """Views that were binned.

    Parameters
    ----------
    views
        Grey levels, axes (view, y, x).
    angles
        Tilt of each view [degrees].
    binning
        Pixels of the series along one of them.
    middle
        Where the middle (y, x) of the series' views is in them [px]: not in their own, where
        binning added to a side.
    has_surroundings
        Whether something empty, whose level is zero, is seen beside the specimen.
    """

    views: Single
    angles: Array
    binning: int
    middle: Array
    has_surroundings: bool

    @classmethod
    def of(cls, series: TiltSeries, longest: int) -> "Working":
        """Bin the views of a series until no side is longer than so many pixels.

        Their surroundings become zero, where they have any.
        """
        block = -(-max(series.shape[1:]) // longest)
        binned = Binning(block, block)
        views = np.stack([binned.apply(series.view(view)) for view in range(series.shape[0])])
        levels = find_background(replace(series, views=views))
        if levels is not None:
            views -= levels[:, None, None].astype(np.float32)
        middle = binned.apply_to((np.array(series.shape[1:]) - 1) / 2)
        return cls(views, series.degrees, block, middle, levels is not None)

    @cached_property
    def _splines(self) -> Single:
        splines = [ndimage.spline_filter(view, ORDER, np.float32) for view in self.views]
        return np.stack(splines)

    def moved(self, move: Move) -> Single:
        """Show the views as a move says, the axis in the middle; it is in px of the series."""
        sides = np.array(self.views.shape[1:])[:, None, None]
        grid = np.indices(self.views.shape[1:], float) - (sides - 1) / 2
        turned = np.tensordot(move.turn, grid, 1) + self.middle[:, None, None]
        seen = np.empty_like(self.views)
        for view, shift in enumerate(move.shifts / self.binning):
            places = np.clip(turned + shift[:, None, None], 0, sides - 1)
            ndimage.map_coordinates(
                self._splines[view], places, seen[view], ORDER, "mirror", prefilter=False
            )
        return seen
