"""Shifts and axis of a specimen that is seen whole along x: what is true of it in every view.

Each slice has the same mass in all views (the common line), and its centre of mass moves as a
point does (Helgason and Ludwig).
"""

from dataclasses import dataclass

import numpy as np

from colonnade.core.arrays import Array, Single
from colonnade.tomo.reconstruct.align.common_line import common_line_shifts
from colonnade.tomo.reconstruct.align.paths import fit_paths, path_rests
from colonnade.tomo.reconstruct.align.working import Working
from colonnade.tomo.reconstruct.moved import Move

LEAST_MASS = 0.1
"""Slices with less than this share of the heaviest one's mass have no centre."""

EDGE = 1 / 16
"""Of the height of the views is left out at either end, where turned views show nothing new."""

BORDER = 3
"""Columns at either side by which a specimen is judged to end within the views [px]."""

EMPTY = 0.1
"""They are empty if their grey level is below this share of the mean one."""


@dataclass(frozen=True, eq=False)
class Consistent:
    """Shifts that make views of one specimen consistent, for one direction of the axis.

    Parameters
    ----------
    move
        Where each view is to be looked at.
    misfit
        What remains inconsistent, in squares of grey levels.
    """

    move: Move
    misfit: float


def is_whole(views: Single) -> bool:
    """Whether a specimen ends within the views (view, y, x) along x; its background is zero."""
    sides = np.concatenate([views[:, :, :BORDER], views[:, :, -BORDER:]], axis=2)
    level = np.abs(sides.mean((1, 2), dtype=np.float64))
    share = level / np.maximum(views.mean((1, 2), dtype=np.float64), 1e-30)
    return bool(np.median(share) < EMPTY)


def make_consistent(working: Working, start: Move) -> Consistent:
    """Shift views along the axis of a move, and then across it.

    Parameters
    ----------
    working
        The views, their background zero.
    start
        The direction of the axis, and shifts to begin with.
    """
    along = common_line_shifts(working.moved(start))
    move = Move(0, np.stack([along, 0 * along], 1) * working.binning).after(start)
    views = _without_edge(working.moved(move))
    width = views.shape[2]
    places = np.arange(width) - (width - 1) / 2
    masses = views.sum(2, dtype=np.float64)
    masses *= masses.mean() / masses.mean(1, keepdims=True)
    usual = np.median(masses, axis=0)
    heavy = usual > LEAST_MASS * usual.max()
    weights = np.maximum(masses[:, heavy].T, 0) ** 2 * 12 / width**3
    centres = (views[:, heavy] @ places).T / np.maximum(masses[:, heavy].T, 1e-30)
    paths = fit_paths(centres, weights, np.zeros(len(centres)), working.angles)
    rests = path_rests(centres - paths.shifts, weights, working.angles)
    misfit = float(np.square(masses - masses.mean(0)).sum() / width + rests.sum())
    across = np.stack([0 * paths.shifts, paths.shifts], 1) * working.binning
    return Consistent(Move(0, across).after(move), misfit)


def _without_edge(views: Single) -> Single:
    rows = round(EDGE * views.shape[1])
    return views[:, rows : views.shape[1] - rows]


def find_axis(working: Working, shifts: Array, widest: float, step: float) -> Consistent:
    """Find the direction of the axis at which the views are most consistent.

    Parameters
    ----------
    working
        The views, their background zero.
    shifts
        To begin with [px of the series].
    widest
        Largest angle that is tried [degrees].
    step
        From one that is tried to the next [degrees]; what is best is sought between them.
    """
    from scipy.optimize import minimize_scalar

    def misfit(angle: float) -> float:
        return make_consistent(working, Move(angle, shifts)).misfit

    best = min(np.arange(-widest, widest + step / 2, step).tolist(), key=misfit)
    near = minimize_scalar(
        misfit, bounds=(best - step, best + step), method="bounded", options={"xatol": SETTLED}
    )
    return make_consistent(working, Move(float(near.x), shifts))


SETTLED = 0.01
"""The direction of the axis is sought to this [degrees]."""
