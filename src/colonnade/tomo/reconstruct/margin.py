"""What lies beside the views: a film, or anything that reaches beyond their ends, is seen there.

A tilted view sees the specimen along slanted lines, so that at its ends it shows what lies beside
the volume. Without room for that it ends up in the volume, where it is not.
"""

from dataclasses import dataclass

import numpy as np

from colonnade.core.arrays import Array, Single
from colonnade.tomo.tilts import TiltSeries


@dataclass(frozen=True)
class MarginSettings:
    """When a specimen is taken to go on beyond the views.

    Parameters
    ----------
    columns
        So many at either end of a view show whether it does [px].
    rows
        So many of them are judged together [px].
    deviations
        Their mean stands out of the noise by more than this [standard deviations of it].
    least
        Their mean is more than this share of what is bright in the views.
    views
        It does so in more than this share of the views.
    """

    columns: int = 3
    rows: int = 8
    deviations: float = 8.0
    least: float = 0.05
    views: float = 0.1


BRIGHT = 99.0
"""Percentile of the grey levels of views that stands for what is bright in them."""

SETTINGS = MarginSettings()


def find_margin(series: TiltSeries, depth: int, noise: Array) -> int:
    """Find how many voxels a volume needs on either side of its views along x.

    Parameters
    ----------
    series
        Views, aligned, with nothing where there is no specimen.
    depth
        Of the volume along z [px].
    noise
        Standard deviation of the noise of each view [grey levels].
    """
    count, height, width = series.shape
    ends, bright = np.empty(count), np.empty(count)
    for number in range(count):
        view = series.view(number)
        ends[number], bright[number] = _highest_end(view), np.percentile(view, BRIGHT)
    pixels = min(SETTINGS.rows, height) * min(SETTINGS.columns, width)
    least = np.maximum(
        SETTINGS.deviations * noise / np.sqrt(pixels), SETTINGS.least * float(bright.max())
    )
    if float(np.mean(ends > least)) <= SETTINGS.views:
        return 0
    return beside(series.degrees, depth, width)


def beside(degrees: Array, depth: int, width: int) -> int:
    """How far the most tilted views see beside a volume as wide as they are, on each side [px].

    Parameters
    ----------
    degrees
        Tilt of each view.
    depth, width
        Voxels along z, and pixels of the views along x.
    """
    tilts = np.deg2rad(np.minimum(np.abs(degrees), STEEPEST))
    seen = width / np.cos(tilts) + depth * np.tan(tilts)
    return int(np.ceil((float(seen.max()) - width) / 2))


STEEPEST = 80.0
"""Views that are tilted more see so far that what is beside the volume is cut there [degrees]."""


def _highest_end(view: Single) -> float:
    """Mean of the brightest group of rows at either end of a view (y, x)."""
    ends = np.stack(
        [view[:, : SETTINGS.columns].mean(1), view[:, -SETTINGS.columns :].mean(1)]
    ).astype(np.float64)
    rows = min(SETTINGS.rows, len(view))
    groups = ends[:, : len(view) // rows * rows].reshape(2, -1, rows).mean(2)
    return float(groups.max())
