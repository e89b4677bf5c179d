"""Which parts of surfaces the missing wedge leaves open, and by how much it stretches shapes."""

import numpy as np
from scipy.ndimage import gaussian_filter

from colonnade.core.arrays import Array
from colonnade.core.measures.regions.segment import Segmentation
from colonnade.core.measures.wedge import Wedge, direction_of

SMOOTHED = 1.0
"""Surfaces are smoothed by this deviation before their normals are told [px]."""


def open_shares(found: Segmentation, wedge: Wedge) -> Array:
    """Share of the surface of each region whose normals no view measured.

    An edge is made of the frequencies along its normal. Where these lie in the wedge that was not
    measured, the edge is not seen, however little noise there is.

    Parameters
    ----------
    found
        Regions of a volume (z, y, x).
    wedge
        Directions that were measured.
    """
    smooth = gaussian_filter(found.cover, SMOOTHED)
    z, y, x = (
        np.gradient(smooth, axis=axis) / apart for axis, apart in enumerate(found.levels.spacing)
    )
    area = np.sqrt(z * z + y * y + x * x)
    missing = wedge.other.holds(direction_of(z, x)) & (area > 0)
    zones = found.zones.ravel()
    total = np.bincount(zones, area.ravel(), found.count + 1)[1:]
    unseen = np.bincount(zones, (area * missing).ravel(), found.count + 1)[1:]
    return unseen / np.maximum(total, np.finfo(float).tiny)


def elongation(wedge: Wedge) -> float:
    """By how much a point is longer along z than along x where nothing fills the missing wedge.

    After Radermacher and Hoppe (1980), for views at all tilts up to the outermost.
    """
    half = np.deg2rad(min(wedge.highest - wedge.lowest, 180.0)) / 2
    turned = float(np.sin(half) * np.cos(half))
    return float(np.sqrt((half + turned) / max(half - turned, 1e-6)))
