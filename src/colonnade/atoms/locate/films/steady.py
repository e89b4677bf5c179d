"""The drift of every frame, from the columns that are the same in several of them."""

from dataclasses import dataclass

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.linalg import lsmr

from colonnade.atoms.locate.films.settings import FollowSettings
from colonnade.core.arrays import Array, Indices

MEDIAN_SQUARE = 0.4549
"""Median of the square of a normally distributed number."""

TOLERANCE = 1e-7
"""What remains of the equations when they count as solved, relative to what was there."""


@dataclass(frozen=True, eq=False)
class Sightings:
    """Every time that a column was found that was found more than once.

    Parameters
    ----------
    frame, track
        In which frame, and which column.
    position
        Rows of (y, x) [px].
    sigma
        Standard errors along (y, x) [px]; NaN where they are not known.
    """

    frame: Indices
    track: Indices
    position: Array
    sigma: Array


def common_shifts(seen: Sightings, start: Array, settings: FollowSettings) -> tuple[Array, Array]:
    """Find the shifts of frames and the places of columns that explain the positions best.

    Columns that move by themselves count less. What columns scatter more than their standard
    errors say, as row jitter makes them, counts as an error of each position.

    Parameters
    ----------
    seen
        What was found.
    start
        Rough shift of each frame, rows of (y, x) [px].
    settings
        What counts less.

    Returns
    -------
    shifts
        Of every frame along (y, x) [px].
    errors
        Their standard errors [px].
    """
    shifts, errors = start.copy(), np.full_like(start, np.nan)
    if not len(seen.frame):
        return shifts, errors
    for axis in (0, 1):
        shifts[:, axis], errors[:, axis] = _along(
            seen, seen.position[:, axis], seen.sigma[:, axis], start[:, axis], settings
        )
    return shifts, errors


def _along(
    seen: Sightings, position: Array, sigma: Array, start: Array, settings: FollowSettings
) -> tuple[Array, Array]:
    """Shift of each frame along an axis, and its standard error [px]."""
    frames, tracks = len(start), int(seen.track.max()) + 1
    number = np.arange(len(position))
    which = np.concatenate([seen.frame, frames + seen.track])
    ones = np.ones(2 * len(position))
    design = coo_array((ones, (np.tile(number, 2), which)), (len(number), frames + tracks)).tocsr()
    many = np.bincount(seen.track, minlength=tracks)
    known = np.concatenate([start, _sums(seen.track, position - start[seen.frame], tracks) / many])
    stated = np.where(np.isfinite(sigma), sigma, 0.0) ** 2
    free = max(len(position) - frames - tracks, 1) / len(position)
    variance, weight = stated, np.ones(len(position))
    for _ in range(settings.rounds):
        rest = position - design @ known
        # The fit follows the positions a little.
        scatter = float(np.median(rest**2)) / MEDIAN_SQUARE / free
        excess = max(scatter - float(np.median(stated)), 1e-3 * scatter, 1e-12)
        variance = stated + excess
        far = np.abs(rest) / np.sqrt(variance) / settings.outlying
        weight = 1 / (1 + far**2) / variance
        root = np.sqrt(weight)
        scaled = design.multiply(root[:, None]).tocsr()
        size = 1 / np.sqrt(np.maximum(scaled.multiply(scaled).sum(0), 1e-12))
        solved = lsmr(scaled.multiply(size).tocsr(), root * rest, atol=TOLERANCE, btol=TOLERANCE)
        known = known + size * solved[0]
    information = _sums(seen.frame, weight, frames)
    with np.errstate(divide="ignore"):
        errors = np.where(information > 0, 1 / np.sqrt(information), np.nan)
    return known[:frames], errors


def _sums(group: Indices, values: Array, count: int) -> Array:
    return np.bincount(group, values, count).astype(np.float64)
