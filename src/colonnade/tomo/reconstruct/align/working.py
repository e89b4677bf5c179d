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
    has_surroundings
        Whether something empty, whose level is zero, is seen beside the specimen.
    """

    views: Single
    angles: Array
    binning: int
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
        return cls(views, series.degrees, block, levels is not None)

    @cached_property
    def middle(self) -> Array:
        """Middle of the views (y, x) [px]; that of the series, where binning added to a side."""
        return (np.array(self.views.shape[1:]) - 1) / 2

    @cached_property
    def _splines(self) -> Single:
        splines = [ndimage.spline_filter(view, ORDER, np.float32) for view in self.views]
        return np.stack(splines)

    def moved(self, move: Move) -> Single:
        """Show the views as a move says; its shifts are in pixels of the series."""
        grid = np.indices(self.views.shape[1:], float) - self.middle[:, None, None]
        turned = np.tensordot(move.turn, grid, 1) + self.middle[:, None, None]
        seen = np.empty_like(self.views)
        last = np.array(self.views.shape[1:])[:, None, None] - 1
        for view, shift in enumerate(move.shifts / self.binning):
            places = np.clip(turned + shift[:, None, None], 0, last)
            ndimage.map_coordinates(
                self._splines[view], places, seen[view], ORDER, "mirror", prefilter=False
            )
        return seen
