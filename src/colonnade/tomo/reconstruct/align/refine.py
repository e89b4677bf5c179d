"""Refine shifts and axis by reprojection, until the views move no more."""

from dataclasses import dataclass, replace

import numpy as np

from colonnade.tomo.reconstruct.align.reprojection import Comparison, Reprojection
from colonnade.tomo.reconstruct.align.settings import AlignSettings
from colonnade.tomo.reconstruct.align.working import Working
from colonnade.tomo.reconstruct.moved import Move
from colonnade.tomo.reconstruct.noise import measure_view_noise
from colonnade.tomo.tilts import TiltSeries

LEAST_NOISE = 1e-3
"""Noise is taken to be at least this share of the brightest grey level."""


@dataclass(frozen=True, eq=False)
class Refined:
    """What a refinement found; lengths are in pixels of the series.

    Parameters
    ----------
    move
        Where each view is to be looked at.
    residual
        Root mean square of what a reconstruction leaves of the views [noise].
    error
        Standard error of the shifts across the axis [px].
    last_step
        Root mean square by which the last round moved the views [px].
    """

    move: Move
    residual: float
    error: float
    last_step: float


class Refinement:
    """Refines the alignment of views.

    Parameters
    ----------
    working
        The views.
    bands
        Most bands that are reconstructed in each round.
    settings
        How it is done.
    """

    def __init__(self, working: Working, bands: int, settings: AlignSettings) -> None:
        self._working, self._settings = working, settings
        views = working.views
        series = TiltSeries(views, tuple(working.angles.tolist()))
        noise = float(np.sqrt(np.square(measure_view_noise(series)).mean()))
        self._noise = max(noise, LEAST_NOISE * float(np.percentile(views, 99.9)))
        self._reprojection = Reprojection(working.angles, views.shape[2], self._noise, bands)

    def residual(self, move: Move) -> float:
        """Root mean square of what a reconstruction leaves of moved views [noise]."""
        return self._compare(move).residual / self._noise

    def refine(self, move: Move, rounds: int, turns: bool) -> Refined:
        """Move views until they move no more, and give what left the smallest residual.

        Parameters
        ----------
        move
            To begin with.
        rounds
            Most rounds.
        turns
            Whether the axis may turn.
        """
        turning = _Turning(self._settings.farthest)
        tried = []
        for _ in range(rounds):
            found = self._compare(move)
            shifts = np.stack([found.along_y, found.along_x.shifts], 1) * self._working.binning
            slope = float(np.rad2deg(np.arctan(found.along_x.slope)))
            turn = turning.step(slope) if turns else 0.0
            step = float(np.sqrt(np.square(shifts).sum(1).mean()))
            tried.append(self._refined(move, found, step))
            move = Move(turn, shifts).after(move)
            edge = np.deg2rad(abs(turn)) * self._working.views.shape[1] / 2
            if max(step / self._working.binning, edge) < self._settings.settled:
                break
        tried.append(self._refined(move, self._compare(move), step))
        best = min(tried, key=lambda one: one.residual)
        return replace(best, last_step=step)

    def _compare(self, move: Move) -> Comparison:
        return self._reprojection.compare(self._working.moved(move))

    def _refined(self, move: Move, found: Comparison, step: float) -> Refined:
        error = found.error * self._working.binning
        return Refined(move, found.residual / self._noise, error, step)


class _Turning:
    """Makes steps of the angle longer where each is a share of the last one (Aitken).

    Parameters
    ----------
    farthest
        A step is made longer at most so many times.
    """

    def __init__(self, farthest: float) -> None:
        self._farthest = farthest
        self._last: tuple[float, float] | None = None

    def step(self, wanted: float) -> float:
        """Give the step to be taken where one of this size seems to be wanted."""
        taken = wanted
        if self._last is not None:
            last_wanted, last_taken = self._last
            gained = last_wanted - wanted
            if gained * last_taken > 0:
                most = self._farthest * abs(wanted)
                taken = float(np.clip(wanted * last_taken / gained, -most, most))
        self._last = (wanted, taken)
        return taken
