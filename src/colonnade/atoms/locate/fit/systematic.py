"""How far peaks are from their columns at any dose.

Electrons are channelled from one column to the next, neighbours that are too faint to be seen
pull, and the atoms of one column do not stand in a line. Where neighbours are alike most of this
cancels; beside a column of another height it does not.
"""

import numpy as np
from scipy.spatial import cKDTree

from colonnade.atoms.locate.fit.peaks import Peaks
from colonnade.atoms.locate.fit.settings import FIT_DEFAULTS, ErrorSettings
from colonnade.core.arrays import Array


def systematic_variance(peaks: Peaks, settings: ErrorSettings = FIT_DEFAULTS.errors) -> Array:
    """Variance of the distance of each peak from its column along an axis [px²]."""
    unlike = settings.systematic_unlike * contrast(peaks.positions, peaks.height)
    return np.asarray((settings.systematic**2 + unlike**2) * peaks.width**2)


def contrast(positions: Array, height: Array) -> Array:
    """Difference of the heights of a column and its nearest neighbour, over their sum.

    It is 0 where both are alike, 1 where one of them is nothing, and 0 without a neighbour.
    """
    if len(positions) < 2:
        return np.zeros(len(positions))
    nearest = cKDTree(positions).query(positions, 2)[1]
    own = np.arange(len(positions))
    # A column at the same place may come before a column itself.
    neighbour = np.where(nearest[:, 1] == own, nearest[:, 0], nearest[:, 1])
    both = np.abs(height) + np.abs(height[neighbour])
    apart = np.abs(height - height[neighbour])
    return np.asarray(np.divide(apart, both, out=np.zeros(len(both)), where=both > 0))
