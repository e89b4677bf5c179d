"""Compare each view with what slices of the reconstruction show there."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from colonnade.core.arrays import Array, Indices, Single
from colonnade.tomo.reconstruct.align.paths import Paths, fit_paths
from colonnade.tomo.reconstruct.projector import Projector
from colonnade.tomo.reconstruct.sirt import Sirt, sirt
from colonnade.tomo.reconstruct.tv import TotalVariation, TvSettings

WEIGHT = 2.0
"""Weight of the total variation [standard deviations of a pixel's noise]: enough to keep each
view's own noise out of what it is compared with."""

START = Sirt(most=10)
"""What the total variation begins with."""

SETTINGS = TvSettings(iterations=15)
"""Its iterations settle what moves slices as a whole, which SIRT leaves for last."""

LEAST_DETAIL = 0.03
"""Bands of rows with less than this share of the detail of the best one do not count."""

LITTLE = 0.02
"""No band is taken to tell less than this share of what they tell in the mean."""

FARTHEST = 4.0
"""Slopes tell no larger shifts [px]."""

LEAST = 1e-30
"""Divides what may be nothing."""


@dataclass(frozen=True, eq=False)
class Comparison:
    """How far views are shifted against the reconstruction.

    Parameters
    ----------
    along_y
        Shift of each view along y [px]; zero where only single rows were compared.
    along_x
        Of each view along x, and the slope of the axis.
    error
        Standard error of the shifts along x, by two halves of the slices [px].
    residual
        Root mean square of what the reconstruction leaves of the views [grey levels].
    level
        Root mean square of the views there [grey levels].
    """

    along_y: Array
    along_x: Paths
    error: float
    residual: float
    level: float


class Reprojection:
    """Compares views with the reconstruction of some of their rows.

    Parameters
    ----------
    angles
        Tilt of each view [degrees].
    width
        Of the views [px].
    noise
        Standard deviation of a pixel [grey levels].
    bands
        Most bands of rows that are reconstructed.
    around
        Rows of a band, from its middle: of three rows their shifts along y are told too.
    """

    def __init__(
        self,
        angles: Array,
        width: int,
        noise: float,
        bands: int,
        around: Sequence[int] = (-1, 0, 1),
    ) -> None:
        projector = Projector(tuple(angles.tolist()), width, width)
        self._reconstruct = TotalVariation(projector, SETTINGS)
        self._angles, self._noise = angles, noise
        self._bands, self._around = bands, np.array(around)

    def compare(self, views: Single) -> Comparison:
        """Reconstruct bands of views (view, y, x), project them, and compare the middle rows."""
        projector = self._reconstruct.projector
        rows = choose_rows(views, self._bands)
        around = (rows[:, None] + self._around).ravel()
        measured = np.ascontiguousarray(views[:, around].transpose(1, 0, 2))
        start = sirt(projector, measured, START)
        slices = self._reconstruct(measured, WEIGHT * self._noise, start)
        shown = projector.project(slices)
        bands = (len(rows), -1, *measured.shape[1:])
        found = _local_shifts(measured.reshape(bands), shown.reshape(bands))
        heights = rows - (views.shape[1] - 1) / 2
        along_y = (found.weight_y * found.y).sum(0) / np.maximum(found.weight_y.sum(0), LEAST)
        return Comparison(
            along_y - along_y.mean(),
            self._paths(found, heights, slice(None)),
            self._error(found, heights),
            _rms(measured - shown),
            _rms(measured),
        )

    def _paths(self, found: "_Local", heights: Array, part: slice) -> Paths:
        return fit_paths(found.x[part], found.weight_x[part], heights[part], self._angles)

    def _error(self, found: "_Local", heights: Array) -> float:
        """Standard error by which two halves of the bands differ."""
        even, odd = (self._paths(found, heights, slice(half, None, 2)).shifts for half in (0, 1))
        return float(np.std(even - odd) / 2)


def _rms(values: Single) -> float:
    return float(np.sqrt(np.square(values, dtype=np.float64).mean()))


def choose_rows(views: Single, bands: int) -> Indices:
    """Of each of so many parts of the views, the row with most detail."""
    detail = np.square(np.diff(views, axis=2), dtype=np.float64).mean((0, 2))
    parts = np.array_split(np.arange(1, len(detail) - 1), bands)
    rows: Indices = np.array([part[np.argmax(detail[part])] for part in parts if part.size])
    chosen: Indices = rows[detail[rows] >= LEAST_DETAIL * detail[rows].max()]
    return chosen


@dataclass(frozen=True, eq=False)
class _Local:
    """Shifts of each band in each view, axes (band, view), and their inverse variances."""

    y: Array
    x: Array
    weight_y: Array
    weight_x: Array


def _local_shifts(measured: Single, shown: Single) -> _Local:
    """Shifts at which views differ from what is shown by nothing like its slopes.

    Both have the axes (band, row, view, x), with one row to a band, or three. Noise makes views
    steeper than they are, so that slopes of both are multiplied, which are independent.
    """
    middle = measured.shape[1] // 2
    slopes, expected = (
        np.stack([(rows[:, -1] - rows[:, 0]) / 2, np.gradient(rows[:, middle], axis=2)])
        for rows in (measured, shown)
    )
    gain = (measured * shown).sum((0, 1, 3)) / np.maximum(np.square(shown).sum((0, 1, 3)), LEAST)
    rest = gain[:, None] * shown[:, middle] - measured[:, middle]
    pull = np.einsum("ikvx,kvx->ikv", expected, rest, dtype=float)
    across = np.einsum("ikvx,jkvx->ijkv", expected, slopes, dtype=float)
    information = _positive((across + across.swapaxes(0, 1)).transpose(2, 3, 0, 1) / 2)
    found = np.linalg.solve(information, pull.transpose(1, 2, 0)[..., None])[..., 0]
    y, x = np.clip(found, -FARTHEST, FARTHEST).transpose(2, 0, 1)
    yy, xx, yx = information[..., 0, 0], information[..., 1, 1], information[..., 0, 1]
    return _Local(y, x, yy - yx**2 / xx, xx - yx**2 / yy)


def _positive(matrices: Array) -> Array:
    """Raise the eigenvalues of matrices (band, view, 2, 2) that are too small to tell anything."""
    values, vectors = np.linalg.eigh(matrices)
    least = LITTLE * float(values[..., 1].mean()) + LEAST
    raised = vectors * np.maximum(values, least)[..., None, :]
    return np.asarray(raised @ vectors.swapaxes(-2, -1))
