"""What the places of a specimen in all views say of the views' shifts and of the tilt axis.

A point of the specimen at (x, z) from the tilt axis is seen at x·cos(tilt) + z·sin(tilt). What
else moves it is the shift of the view, or an axis that does not run along y.
"""

from dataclasses import dataclass

import numpy as np

from colonnade.core.arrays import Array

LEAST_WEIGHT = 1e-9
"""Of what no place settles, beside the mean weight of what they do."""


@dataclass(frozen=True, eq=False)
class Paths:
    """What moves the slices of a specimen beside its tilt.

    Parameters
    ----------
    shifts
        Of each view along x [px].
    slope
        Of the tilt axis: so far it moves along x in a step along y.
    """

    shifts: Array
    slope: float


def fit_paths(places: Array, weights: Array, heights: Array, angles: Array) -> Paths:
    """Fit shifts and slope to where slices are seen, each slice being anywhere.

    Parameters
    ----------
    places
        Of slices along x in each view, axes (slice, view) [px].
    weights
        Inverse variances of the places.
    heights
        Of the slices along y [px], from the middle of the views.
    angles
        Tilt of each view [degrees].
    """
    count = len(angles)
    tilts = np.deg2rad(angles)
    own = np.stack([np.cos(tilts), np.sin(tilts)], axis=1)
    matrix, wanted = np.zeros((count + 1, count + 1)), np.zeros(count + 1)
    for place, weight, height in zip(places, weights, heights, strict=True):
        terms = np.column_stack([np.eye(count), np.full(count, height)])
        # What the slice's own place explains is taken out of everything else.
        weighted = own * weight[:, None]
        known = weighted @ np.linalg.pinv(own.T @ weighted) @ weighted.T
        information = np.diag(weight) - known
        matrix += terms.T @ information @ terms
        wanted += terms.T @ information @ place
    matrix += LEAST_WEIGHT * np.trace(matrix) / (count + 1) * np.eye(count + 1)
    solved: Array = np.linalg.solve(matrix, wanted).astype(np.float64)
    return Paths(solved[:count], float(solved[count]))


def path_rests(places: Array, weights: Array, angles: Array) -> Array:
    """Weighted squares of what no path of a point explains of places (slice, view)."""
    tilts = np.deg2rad(angles)
    own = np.stack([np.cos(tilts), np.sin(tilts)], axis=1)
    rests = np.empty(len(places))
    for number, (place, weight) in enumerate(zip(places, weights, strict=True)):
        weighted = own * weight[:, None]
        point = np.linalg.pinv(own.T @ weighted) @ (weighted.T @ place)
        rests[number] = weight @ np.square(place - own @ point)
    return rests


def least_moving(shifts: Array, angles: Array, likely: float) -> tuple[Array, float]:
    """Place the specimen so that views move least, and tell the axis from what is left.

    Where the tilts hardly tell the axis from the specimen's place, it is near the middle.

    Parameters
    ----------
    shifts
        Of each view along x [px].
    angles
        Tilt of each view [degrees].
    likely
        Standard deviation of where the axis is expected, from the middle of the views [px].

    Returns
    -------
    ndarray
        Shifts beside that of the axis [px].
    float
        Where the axis is, from the middle of the views [px].
    """
    tilts = np.deg2rad(angles)
    terms = np.stack([np.ones_like(tilts), np.cos(tilts), np.sin(tilts)], axis=1)
    free, *_ = np.linalg.lstsq(terms, shifts, rcond=None)
    spread = float((shifts - terms @ free).std())
    held = np.vstack([terms, [spread / likely, 0, 0]])
    fitted, *_ = np.linalg.lstsq(held, np.append(shifts, 0), rcond=None)
    return shifts - terms @ fitted, float(fitted[0])
