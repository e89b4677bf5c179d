"""The mean of each column over the frames of a film."""

import numpy as np
from scipy.spatial import cKDTree

from colonnade.atoms.columns import Columns
from colonnade.atoms.locate.films.link import within
from colonnade.atoms.locate.films.settings import FollowSettings
from colonnade.atoms.locate.films.sightings import FIELDS, NONE, Sighted, Sightings, sums_over
from colonnade.core.arrays import Array, Indices
from colonnade.core.images.series.drift import Drift

SIGMAS = slice(2, 4)
"""Which of the fields are standard errors."""


def mean_columns(
    seen: Sighted,
    drift: Drift,
    shape: tuple[int, int],
    spacing: float,
    numbers: Indices,
    settings: FollowSettings,
) -> Columns:
    """Give the mean of each column over the frames in which it was found.

    Beside its own labels, ``track``, ``frames``, ``in_view``, ``first_frame``, ``last_frame``,
    ``spread_y_px``, ``spread_x_px``, ``spread_intensity`` and ``hopped_to``, each has what all
    columns have. The standard error is that of the mean, by those of the positions.

    Parameters
    ----------
    seen
        What was found in all frames.
    drift
        Of the frames.
    shape
        Rows and columns of the frames [px].
    spacing
        Typical distance of neighbouring columns [px].
    numbers
        Of the frames.
    settings
        How far an atom may hop.
    """
    over = _OverFrames(seen, drift)
    mean, spread = over.mean, over.spread()
    sigma = np.sqrt(mean[:, SIGMAS] / over.many[:, None])
    first, last = numbers[over.first], numbers[over.last]
    labels = {
        "track": np.arange(seen.tracks),
        "frames": over.many,
        "in_view": _in_view(mean[:, :2], drift, shape),
        "first_frame": first,
        "last_frame": last,
        "spread_y_px": spread[:, FIELDS.index("y")],
        "spread_x_px": spread[:, FIELDS.index("x")],
        "spread_intensity": spread[:, FIELDS.index("intensity")],
        "hopped_to": _hops(over, first, last, spacing, settings),
    }
    means = dict(zip(FIELDS, mean.T, strict=True))
    return Columns(**means | {"sigma_y": sigma[:, 0], "sigma_x": sigma[:, 1]}, labels=labels)


class _OverFrames:
    """What the frames say together of each track, with the drift taken out.

    Parameters
    ----------
    seen
        What was found in them.
    drift
        Of the frames.
    """

    def __init__(self, seen: Sighted, drift: Drift) -> None:
        self._seen, self._drift = seen, drift
        self.many = np.zeros(seen.tracks, np.intp)
        self.first, self.last = np.full_like(self.many, NONE), np.full_like(self.many, NONE)
        self.begins, self.ends = np.empty((seen.tracks, 2)), np.empty((seen.tracks, 2))
        sums, known = (np.zeros((seen.tracks, len(FIELDS))) for _ in range(2))
        for part in seen.together():
            values = self._values(part)
            self._note_ends(part, values[:, :2])
            self.many += np.bincount(part.track, minlength=seen.tracks)
            there = np.isfinite(values)
            sums += sums_over(part.track, np.where(there, values, 0), seen.tracks)
            known += sums_over(part.track, there, seen.tracks)
        with np.errstate(invalid="ignore"):
            self.mean = sums / known

    def spread(self) -> Array:
        """Standard deviation of each of the fields about its mean."""
        squares, unit = np.zeros_like(self.mean), np.maximum(np.abs(self.mean), 1.0)
        for part in self._seen.together():
            rest = (self._values(part) - self.mean[part.track]) / unit[part.track]
            squares += sums_over(part.track, rest**2, len(squares))
        return np.asarray(unit * np.sqrt(squares / (self.many - 1)[:, None]))

    def _values(self, part: Sightings) -> Array:
        """What is averaged: the fields without the drift, variances instead of errors."""
        values = part.measured.copy()
        values[:, :2] -= self._drift.shifts[part.frame]
        values[:, SIGMAS] **= 2
        return values

    def _note_ends(self, part: Sightings, places: Array) -> None:
        """Keep where and when each was found first and last; later frames come later."""
        self.last[part.track], self.ends[part.track] = part.frame, places
        new = np.flatnonzero(self.first[part.track] == NONE)[::-1]
        self.first[part.track[new]], self.begins[part.track[new]] = part.frame[new], places[new]


def _in_view(places: Array, drift: Drift, shape: tuple[int, int]) -> Indices:
    """In how many frames each place lies within the image."""
    count = np.zeros(len(places), np.intp)
    for shift in drift.shifts:
        count += within(places + shift, shape, -0.5)
    return count


def _hops(
    over: _OverFrames, first: Indices, last: Indices, spacing: float, settings: FollowSettings
) -> Indices:
    """Track in which each goes on elsewhere, because its atom hopped; `NONE` where it does not.

    One that ends and one that begins soon after are one atom if each is the nearest to the other.
    """
    onward = np.full(len(first), NONE)
    lasting = over.many >= settings.lasting
    ended = np.flatnonzero(lasting & (last < last.max(initial=0)))
    begun = np.flatnonzero(lasting & (first > first.min(initial=0)))
    if not len(ended) or not len(begun):
        return onward
    pairs = cKDTree(over.ends[ended]).sparse_distance_matrix(
        cKDTree(over.begins[begun]), settings.hop * spacing, output_type="ndarray"
    )
    before, after = ended[pairs["i"]], begun[pairs["j"]]
    wait = first[after] - last[before]
    soon = (wait > 0) & (wait <= settings.pause)
    before, after, distance = before[soon], after[soon], pairs["v"][soon]
    nearest = (distance == _least(before, distance)) & (distance == _least(after, distance))
    onward[before[nearest]] = after[nearest]
    return onward


def _least(group: Indices, values: Array) -> Array:
    """Least value of the group that each belongs to."""
    least = np.full(int(group.max(initial=-1)) + 1, np.inf)
    np.minimum.at(least, group, values)
    return least[group]
