"""Refine shifts and axis by reprojection, until the views move no more."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from colonnade.tomo.reconstruct.align.reprojection import Comparison, Reprojection
from colonnade.tomo.reconstruct.align.settings import AlignSettings
from colonnade.tomo.reconstruct.align.window import stretched_windows
from colonnade.tomo.reconstruct.align.working import Working
from colonnade.tomo.reconstruct.moved import Move
from colonnade.tomo.reconstruct.noise import measure_view_noise
from colonnade.tomo.tilts import TiltSeries

LEAST_NOISE = 5e-3
"""Noise is taken to be at least this share of the brightest grey level."""


LEAST = 1e-30
"""Divides what may be nothing."""


@dataclass(frozen=True, eq=False)
class Refined:
    """What a refinement found; lengths are in pixels of the series.

    Parameters
    ----------
    move
        Where each view is to be looked at.
    residual
        Root mean square of what a reconstruction leaves of the views [noise].
    share
        The same, as a share of that of the views.
    error
        Standard error of the shifts across the axis [px].
    last_step
        Root mean square by which the last round moved the views [px].
    """

    move: Move
    residual: float
    share: float
    error: float
    last_step: float


class Refinement:
    """Refines the alignment of views.

    Parameters
    ----------
    working
        The views.
    settings
        How it is done.
    bands
        Most bands that are reconstructed in each round.
    whole
        Whether the specimen is seen whole across the axis; then what is true of it in every view
        settles the axis and the shifts along it better than reprojection, and they are left.
    """

    def __init__(self, working: Working, settings: AlignSettings, bands: int, whole: bool) -> None:
        self._working, self._settings, self._whole = working, settings, whole
        views = working.views
        series = TiltSeries(views, tuple(working.angles.tolist()))
        noise = float(np.sqrt(np.square(measure_view_noise(series)).mean()))
        self._noise = max(noise, LEAST_NOISE * float(np.percentile(views, 99.9)))
        around = (0,) if whole else (-1, 0, 1)
        self._reprojection = Reprojection(
            working.angles, views.shape[2], self._noise, bands, around
        )

    def residual(self, move: Move) -> float:
        """Root mean square of what a reconstruction leaves of moved views [noise]."""
        return self._compare(move).residual / self._noise

    def refine(self, move: Move, rounds: int) -> Refined:
        """Move views until they move no more, and give what left the smallest residual.

        Parameters
        ----------
        move
            To begin with.
        rounds
            Most rounds.
        """
        wanted, binning = self._settings, self._working.binning
        turning = _Turning(wanted.longer, wanted.farthest_turn)
        tried: list[Refined] = []
        for _ in range(rounds):
            found = self._compare(move)
            steps = np.stack([found.along_y, found.along_x.shifts], 1)
            steps = np.clip(steps, -wanted.farthest, wanted.farthest)
            slope = float(np.rad2deg(np.arctan(found.along_x.slope)))
            turn = 0.0 if self._whole else turning.step(slope)
            step = float(np.sqrt(np.square(steps).sum(1).mean()))
            tried.append(self._refined(move, found, step))
            move = Move(turn, steps * binning).after(move)
            edge = np.deg2rad(abs(turn)) * self._working.views.shape[1] / 2
            if max(step, edge) < wanted.settled or self._is_over(tried):
                break
        tried.append(self._refined(move, self._compare(move), step))
        best = min(tried, key=lambda one: one.residual)
        return replace(best, last_step=step * binning)

    def _is_over(self, tried: Sequence[Refined]) -> bool:
        """Whether the last rounds left no smaller residual."""
        residuals = [one.residual for one in tried]
        return len(tried) - 1 - int(np.argmin(residuals)) >= self._settings.patience

    def _compare(self, move: Move) -> Comparison:
        views = self._working.moved(move)
        if not self._whole:
            views *= stretched_windows(self._working.angles, views.shape[2])[:, None]
        return self._reprojection.compare(views)

    def _refined(self, move: Move, found: Comparison, step: float) -> Refined:
        error = found.error * self._working.binning
        share = found.residual / max(found.level, LEAST)
        return Refined(
            move, found.residual / self._noise, share, error, step * self._working.binning
        )


class _Turning:
    """Makes steps of the angle longer where each is a share of the last one (Aitken).

    Parameters
    ----------
    longer
        A step is made longer at most so many times.
    farthest
        No step is longer [degrees].
    """

    def __init__(self, longer: float, farthest: float) -> None:
        self._longer, self._farthest = longer, farthest
        self._last: tuple[float, float] | None = None

    def step(self, wanted: float) -> float:
        """Give the step to be taken where one of this size seems to be wanted."""
        taken = wanted
        if self._last is not None:
            last_wanted, last_taken = self._last
            gained = last_wanted - wanted
            if gained * last_taken > 0:
                most = self._longer * abs(wanted)
                taken = float(np.clip(wanted * last_taken / gained, -most, most))
        taken = float(np.clip(taken, -self._farthest, self._farthest))
        self._last = (wanted, taken)
        return taken
