"""The columns of a film, followed from frame to frame, with the drift taken out."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from colonnade.atoms.columns import Columns, typical_spacing
from colonnade.atoms.locate.films.images import Images
from colonnade.atoms.locate.films.link import Linker
from colonnade.atoms.locate.films.settings import FOLLOW_DEFAULTS, FollowSettings
from colonnade.atoms.locate.films.sightings import Sighted
from colonnade.atoms.locate.films.steady import common_shifts
from colonnade.atoms.locate.films.tracks import mean_columns
from colonnade.core.arrays import Array
from colonnade.core.images.micrograph import Micrograph
from colonnade.core.images.series.drift import Drift
from colonnade.core.images.series.register import register


@dataclass(frozen=True, eq=False)
class Film:
    """What the frames of a film say together.

    Parameters
    ----------
    frames
        The columns of each frame.
    numbers
        Of the frames.
    seen
        What of them is the same in several frames.
    drift
        Shift of every frame against the first.
    tracks
        The mean of each column over the frames, where it is in the first frame.
    """

    frames: Sequence[Columns]
    numbers: Sequence[int]
    seen: Sighted
    drift: Drift
    tracks: Columns

    def labels(self) -> Iterator[Mapping[str, NDArray[Any]]]:
        """Give what is known of the columns of each frame beside themselves.

        That is ``track``, and ``y_aligned_px`` and ``x_aligned_px``, where they would be in the
        first frame.
        """
        for seen, shift in zip(self.seen.each(), self.drift.shifts, strict=True):
            y, x = (seen.position - shift).T
            yield {"track": seen.track, "y_aligned_px": y, "x_aligned_px": x}

    @property
    def columns(self) -> Columns:
        """The columns of all frames, with these labels and ``frame``."""
        labelled = [
            columns.with_labels(frame=number, **labels)
            for columns, number, labels in zip(
                self.frames, self.numbers, self.labels(), strict=True
            )
        ]
        return Columns.concatenate(labelled).with_pixel_size(self.tracks.pixel_size)


def follow_frames(
    frames: Sequence[Micrograph],
    columns: Sequence[Columns],
    numbers: Sequence[int],
    folder: Path | None = None,
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
    folder
        As for `follow`.
    """
    images = Images(frames, numbers)
    shape = images[0].shape[0], images[0].shape[1]
    return follow(columns, shape, register(images), numbers, folder=folder)


def follow(
    frames: Sequence[Columns],
    shape: tuple[int, int],
    drift: Drift | None = None,
    numbers: Sequence[int] | None = None,
    settings: FollowSettings = FOLLOW_DEFAULTS,
    folder: Path | None = None,
) -> Film:
    """Follow the columns of a film, and take the drift out.

    Parameters
    ----------
    frames
        The columns of each frame; only one frame at a time is asked for.
    shape
        Rows and columns of the frames [px].
    drift
        What the images say of it; without, it is taken to be less than a third of a spacing from
        one frame to the next, and is told by the columns alone.
    numbers
        Of the frames; from 0 by default.
    settings
        When a column is the same.
    folder
        Where more columns than memory should hold are kept meanwhile; that of the system for such
        files by default.
    """
    numbers = range(len(frames)) if numbers is None else numbers
    seen, pixel_size = Sighted(folder), None
    for columns in frames:
        seen.add(columns)
        pixel_size = columns.pixel_size if pixel_size is None else pixel_size
    fullest = int(np.argmax(np.diff(seen.ends)))
    spacing = typical_spacing(seen.positions(fullest), shape)
    linker = Linker(spacing, shape, drift, settings)
    seen.number(linker.add(seen.positions(frame)) for frame in range(len(seen)))
    measured = _measured_drift(seen, linker.shifts, drift, settings)
    tracks = mean_columns(seen, measured, shape, spacing, np.array(numbers), settings)
    return Film(frames, numbers, seen, measured, tracks.with_pixel_size(pixel_size))


def _measured_drift(
    seen: Sighted, linked: Array, drift: Drift | None, settings: FollowSettings
) -> Drift:
    """Drift by the columns, or by the images where those are few or less sure."""
    shifts, errors, many = common_shifts(seen, linked, settings)
    if drift is not None:
        enough = many >= settings.few
        known = enough[:, None] & ~(errors > drift.errors)
        away = shifts[enough] - drift.shifts[enough]
        offset = np.median(away, axis=0) if enough.any() else np.zeros(2)
        shifts = np.where(known, shifts, drift.shifts + offset)
        errors = np.where(known, errors, drift.errors)
    return Drift(shifts, errors).from_frame(0)
