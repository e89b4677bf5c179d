"""The mean of each column over the frames of a film."""

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from colonnade.atoms.columns import Columns
from colonnade.atoms.locate.films.link import NONE, within
from colonnade.atoms.locate.films.settings import FollowSettings
from colonnade.core.arrays import Array, Indices
from colonnade.core.images.series.drift import Drift


def mean_columns(
    columns: Columns, drift: Drift, shape: tuple[int, int], gate: float, settings: FollowSettings
) -> Columns:
    """Give the mean of each column over the frames in which it was found.

    Beside its own labels, ``track``, ``frames``, ``in_view``, ``first_frame``, ``last_frame``,
    ``spread_y_px``, ``spread_x_px``, ``spread_intensity`` and ``hopped_to``, each has what all
    columns have. The standard error is that of the mean, by those of the positions.

    Parameters
    ----------
    columns
        Of all frames, with the labels ``frame``, ``track``, ``y_aligned_px``, ``x_aligned_px``.
    drift
        Of the frames.
    shape
        Rows and columns of the frames [px].
    gate
        Largest distance from where a column was expected [px].
    settings
        How far an atom may hop.
    """
    seen = columns[columns.labels["track"] != NONE]
    track, frame = seen.labels["track"], seen.labels["frame"]
    means = _Means(track)
    y, x = (means.of(seen.labels[f"{axis}_aligned_px"]) for axis in "yx")
    first, last = means.extremes(frame)
    spacing = gate / settings.gate
    labels = {
        "track": np.arange(means.count),
        "frames": means.many,
        "in_view": _in_view(np.stack([y, x], axis=1), drift, shape),
        "first_frame": first,
        "last_frame": last,
        "spread_y_px": means.spread(seen.labels["y_aligned_px"]),
        "spread_x_px": means.spread(seen.labels["x_aligned_px"]),
        "spread_intensity": means.spread(seen.intensity),
        "hopped_to": _hops(seen, first, last, spacing, settings, means),
    }
    return Columns(
        y=y,
        x=x,
        sigma_y=means.error(seen.sigma_y),
        sigma_x=means.error(seen.sigma_x),
        score=means.of(seen.score),
        intensity=means.of(seen.intensity),
        width=means.of(seen.width),
        labels=labels,
        pixel_size=columns.pixel_size,
    )


class _Means:
    """Means over what belongs to the same track."""

    def __init__(self, track: Indices) -> None:
        self.track = track
        self.count = int(track.max()) + 1 if len(track) else 0
        self.many = np.bincount(track, minlength=self.count)

    def of(self, values: Array) -> Array:
        """Mean of each track, without what is not known."""
        known = np.isfinite(values)
        with np.errstate(invalid="ignore"):
            return np.asarray(self._sum(np.where(known, values, 0)) / self._sum(known))

    def spread(self, values: Array) -> Array:
        """Standard deviation of each track about its mean."""
        rest = values - self.of(values)[self.track]
        return np.asarray(np.sqrt(self._sum(rest**2) / (self.many - 1)))

    def error(self, errors: Array) -> Array:
        """Standard error of the mean, where that of every value is independent."""
        return np.asarray(np.sqrt(self.of(errors**2) / self.many))

    def extremes(self, frame: Indices) -> tuple[Indices, Indices]:
        """First and last frame of each track."""
        order = np.lexsort([frame, self.track])
        ends = np.cumsum(self.many)
        return frame[order][ends - self.many], frame[order][ends - 1]

    def _sum(self, values: NDArray[np.float64] | NDArray[np.bool_]) -> Array:
        return np.bincount(self.track, values, self.count).astype(np.float64)


def _in_view(places: Array, drift: Drift, shape: tuple[int, int]) -> Indices:
    """In how many frames each place lies within the image."""
    count = np.zeros(len(places), np.intp)
    for shift in drift.shifts:
        count += within(places + shift, shape, -0.5)
    return count


def _hops(
    seen: Columns,
    first: Indices,
    last: Indices,
    spacing: float,
    settings: FollowSettings,
    means: _Means,
) -> Indices:
    """Track in which each goes on elsewhere, because its atom hopped; `NONE` where it does not.

    One that ends and one that begins soon after are one atom if each is the nearest to the other.
    """
    onward = np.full(means.count, NONE)
    ended = np.flatnonzero((means.many >= settings.lasting) & (last < last.max(initial=0)))
    begun = np.flatnonzero((means.many >= settings.lasting) & (first > first.min(initial=0)))
    if not len(ended) or not len(begun):
        return onward
    pairs = cKDTree(_places(seen, last)[ended]).sparse_distance_matrix(
        cKDTree(_places(seen, first)[begun]), settings.hop * spacing, output_type="ndarray"
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


def _places(seen: Columns, frame: Indices) -> Array:
    """Where each track was in one frame, rows of (y, x) [px]."""
    track = seen.labels["track"]
    there = np.flatnonzero(seen.labels["frame"] == frame[track])
    places = np.empty((len(frame), 2))
    for axis, name in enumerate(("y_aligned_px", "x_aligned_px")):
        places[track[there], axis] = seen.labels[name][there]
    return places
