"""The drift of every frame, from the columns that are the same in several of them."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from colonnade.atoms.locate.films.settings import FollowSettings
from colonnade.atoms.locate.films.sightings import Sighted, Sightings, sums_over
from colonnade.core.arrays import Array, Indices

MEDIAN_SQUARE = 0.4549
"""Median of the square of a normally distributed number."""

TOLERANCE = 1e-7
"""What remains of the equations when they count as solved, relative to what was there."""

SAMPLE = 2**20
"""Of no more columns than about so many the median is taken."""


def common_shifts(
    seen: Sighted, start: Array, settings: FollowSettings
) -> tuple[Array, Array, Indices]:
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
    many
        How many of a frame's columns were found in others too.
    """
    errors, many = np.full_like(start, np.nan), np.zeros(len(start), np.intp)
    if not seen.tracks:
        return start, errors, many
    often, places = np.zeros(seen.tracks, np.intp), np.zeros((seen.tracks, 2))
    for part in seen.together():
        many += np.bincount(part.frame, minlength=len(many))
        often += np.bincount(part.track, minlength=len(often))
        places += sums_over(part.track, part.position - start[part.frame], len(often))
    fit = _Fit(start, places / often[:, None])
    free = max(int(many.sum()) - len(many) - len(often), 1) / int(many.sum())
    for _ in range(settings.rounds):
        equations = _Equations(seen, fit, fit.excess(seen, free), settings.outlying)
        fit = equations.solved()
    with np.errstate(divide="ignore"):
        information = equations.of_frames
        errors = np.where(information > 0, 1 / np.sqrt(information), np.nan)
    return fit.shifts, errors, many


@dataclass(frozen=True, eq=False)
class _Fit:
    """Shifts of frames and places of columns, rows of (y, x) [px]."""

    shifts: Array
    places: Array

    def rest(self, part: Sightings) -> Array:
        """What it does not explain of positions, rows of (y, x) [px]."""
        return np.asarray(part.position - self.shifts[part.frame] - self.places[part.track])

    def excess(self, seen: Sighted, free: float) -> Array:
        """By how much positions scatter more than their errors say, variances along (y, x) [px²].

        Parameters
        ----------
        seen
            The positions.
        free
            The fit follows them a little: so large is the part of their scatter that is left.
        """
        every = -(-seen.count // SAMPLE)
        squares = [
            np.stack([self.rest(part)[::every] ** 2, _stated(part)[::every]])
            for part in seen.together()
        ]
        scatter, stated = np.median(np.concatenate(squares, axis=1), axis=1)
        scatter = scatter / MEDIAN_SQUARE / free
        return np.asarray(np.maximum(np.maximum(scatter - stated, 1e-3 * scatter), 1e-12))


class _Equations:
    """What shifts and places have to satisfy for the weighted squares to be least.

    Where the places are left to follow the shifts, there is an equation for each shift alone.
    Columns are gone through, and never all in memory.
    """

    def __init__(self, seen: Sighted, fit: _Fit, excess: Array, outlying: float) -> None:
        self.seen, self.fit, self.excess, self.outlying = seen, fit, excess, outlying
        self.of_frames, pull_of_frames = (np.zeros_like(fit.shifts) for _ in range(2))
        of_tracks, pull_of_tracks = (np.zeros_like(fit.places) for _ in range(2))
        for part in seen.together():
            weight, rest = self._weight(part), fit.rest(part)
            for sums, values in ((self.of_frames, weight), (pull_of_frames, weight * rest)):
                sums += sums_over(part.frame, values, len(sums))
            for sums, values in ((of_tracks, weight), (pull_of_tracks, weight * rest)):
                sums += sums_over(part.track, values, len(sums))
        self._of_tracks = np.maximum(of_tracks, 1e-12)
        self._steps_alone = pull_of_tracks / self._of_tracks
        self._pull = pull_of_frames - self._on_frames(self._steps_alone)

    def solved(self) -> _Fit:
        """Give the shifts and places that do."""
        step = _solve(self._apply, self._pull, np.maximum(self.of_frames, 1e-12))
        places = self.fit.places + self._steps_alone - self._on_tracks(step)
        return _Fit(self.fit.shifts + step, places)

    def _apply(self, step: Array) -> Array:
        """What a step of the shifts, which places follow, changes in what pulls at frames."""
        return np.asarray(self.of_frames * step - self._on_frames(self._on_tracks(step)))

    def _on_tracks(self, step: Array) -> Array:
        """By how much places are moved by a step of the shifts [px]."""
        moved = np.zeros_like(self._of_tracks)
        for part in self.seen.together():
            moved += sums_over(part.track, self._weight(part) * step[part.frame], len(moved))
        return moved / self._of_tracks

    def _on_frames(self, step: Array) -> Array:
        """What pulls at frames less when places make a step."""
        pull = np.zeros_like(self.of_frames)
        for part in self.seen.together():
            pull += sums_over(part.frame, self._weight(part) * step[part.track], len(pull))
        return pull

    def _weight(self, part: Sightings) -> Array:
        variance = _stated(part) + self.excess
        far = np.abs(self.fit.rest(part)) / np.sqrt(variance) / self.outlying
        return np.asarray(1 / (1 + far**2) / variance)


def _stated(part: Sightings) -> Array:
    """Variances of positions as their standard errors say them, rows of (y, x) [px²]."""
    return np.where(np.isfinite(part.sigma), part.sigma, 0.0) ** 2


def _solve(apply: Callable[[Array], Array], aim: Array, scale: Array) -> Array:
    """Solve linear equations for each column by conjugate gradients.

    Parameters
    ----------
    apply
        The symmetric matrix of each column.
    aim
        What it is to give.
    scale
        About its diagonal.
    """
    found, rest = np.zeros_like(aim), aim.copy()
    across = ahead = rest / scale
    length = np.sum(rest * across, axis=0)
    enough = TOLERANCE**2 * length
    for _ in range(len(aim)):  # so many steps would reach the end but for rounding
        if (length <= enough).all():
            break
        bent = apply(ahead)
        step = _ratio(length, np.sum(ahead * bent, axis=0))
        found += step * ahead
        rest -= step * bent
        across = rest / scale
        before, length = length, np.sum(rest * across, axis=0)
        ahead = across + _ratio(length, before) * ahead
    return found


def _ratio(one: Array, other: Array) -> Array:
    return np.divide(one, other, out=np.zeros_like(one), where=other > 0)
