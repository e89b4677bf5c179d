"""The columns of a film, followed from frame to frame, with the drift taken out."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from colonnade.atoms.columns import Columns
from colonnade.atoms.locate.films.images import Images
from colonnade.atoms.locate.films.link import NONE, Links, link
from colonnade.atoms.locate.films.settings import FOLLOW_DEFAULTS, FollowSettings
from colonnade.atoms.locate.films.steady import Sightings, common_shifts
from colonnade.atoms.locate.films.tracks import mean_columns
from colonnade.core.images.micrograph import Micrograph
from colonnade.core.images.series.drift import Drift
from colonnade.core.images.series.register import register


@dataclass(frozen=True, eq=False)
class Film:
    """What the frames of a film say together.

    Parameters
    ----------
    columns
        The columns of all frames, with the labels ``frame``, ``track``, and ``y_aligned_px`` and
        ``x_aligned_px``, where they would be in the first frame.
    drift
        Shift of every frame against the first.
    tracks
        The mean of each column over the frames, where it is in the first frame.
    """

    columns: Columns
    drift: Drift
    tracks: Columns


def follow_frames(
    frames: Sequence[Micrograph], columns: Sequence[Columns], numbers: Sequence[int]
) -> Film:
    """Register the frames of a film, and follow their columns.

    Parameters
    ----------
    frames
        The film; only one frame at a time is in memory.
    columns
        Of those frames that could be searched.
    numbers
        Which these are.
    """
    images = Images(frames, numbers)
    return follow(columns, (images[0].shape[0], images[0].shape[1]), register(images), numbers)


def follow(
    frames: Sequence[Columns],
    shape: tuple[int, int],
    drift: Drift | None = None,
    numbers: Sequence[int] | None = None,
    settings: FollowSettings = FOLLOW_DEFAULTS,
) -> Film:
    """Follow the columns of a film, and take the drift out.

    Parameters
    ----------
    frames
        The columns of each frame.
    shape
        Rows and columns of the frames [px].
    drift
        What the images say of it; without, it is taken to be less than a third of a spacing from
        one frame to the next, and is told by the columns alone.
    numbers
        Of the frames; from 0 by default.
    settings
        When a column is the same.
    """
    numbers = range(len(frames)) if numbers is None else numbers
    links = link([one.positions for one in frames], shape, drift, settings)
    measured = _measured_drift(frames, links, drift, settings)
    moved = [
        columns.with_labels(
            frame=number,
            track=track,
            y_aligned_px=columns.y - shift[0],
            x_aligned_px=columns.x - shift[1],
        )
        for number, columns, track, shift in zip(
            numbers, frames, links.track, measured.shifts, strict=True
        )
    ]
    pixel_size = next((one.pixel_size for one in frames if one.pixel_size is not None), None)
    columns = replace(Columns.concatenate(moved), pixel_size=pixel_size)
    return Film(columns, measured, mean_columns(columns, measured, shape, links.gate, settings))


def _measured_drift(
    frames: Sequence[Columns], links: Links, drift: Drift | None, settings: FollowSettings
) -> Drift:
    """Drift by the columns, or by the images where those are few or less sure."""
    track = np.concatenate(links.track)
    followed = track != NONE
    count = [len(one) for one in frames]
    frame = np.repeat(np.arange(len(frames)), count)
    position = np.concatenate([one.positions for one in frames])
    sigma = np.concatenate([np.stack([one.sigma_y, one.sigma_x], axis=1) for one in frames])
    seen = Sightings(frame[followed], track[followed], position[followed], sigma[followed])
    shifts, errors = common_shifts(seen, links.shifts, settings)
    if drift is not None:
        many = np.bincount(seen.frame, minlength=len(frames)) >= settings.few
        known = many[:, None] & ~(errors > drift.errors)
        away = shifts[many] - drift.shifts[many]
        offset = np.median(away, axis=0) if many.any() else np.zeros(2)
        shifts = np.where(known, shifts, drift.shifts + offset)
        errors = np.where(known, errors, drift.errors)
    return Drift(shifts, errors).from_frame(0)
