"""How far apart points are."""

import numpy as np
from scipy.spatial import cKDTree

from colonnade.core.arrays import Array


def nearest_distances(points: Array) -> Array:
    """Distance of each point to its nearest neighbour; empty where there are fewer than two.

    Parameters
    ----------
    points
        Rows of coordinates.
    """
    if len(points) < 2:
        return np.empty(0)
    return np.asarray(cKDTree(points).query(points, 2)[0][:, 1])
