"""Bring the frames of a series to lie on each other: as wholes, then row by row, then summed."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from colonnade.core.arrays import Array, Single
from colonnade.core.images.registration import flattened
from colonnade.core.images.series.canvas import Canvas, Contribution
from colonnade.core.images.series.coarse import rough_shifts
from colonnade.core.images.series.drift import Drift
from colonnade.core.images.series.rows import RowLikeness, RowPulls, row_shifts
from colonnade.core.images.series.settings import REGISTRATION_DEFAULTS, RegistrationSettings
from colonnade.core.images.series.threads import in_threads

Frames = Sequence[Single]
"""Grey levels with the axes (y, x), all of one shape; each is read when it is needed."""


@dataclass(frozen=True, eq=False)
class Average:
    """The mean of frames that lie on each other.

    Parameters
    ----------
    pixels
        Mean grey levels, axes (y, x).
    drift
        Shift of every frame against this image.
    jitter
        Standard deviation of what each row shifts by itself, along (y, x) [px].
    """

    pixels: Single
    drift: Drift
    jitter: Array


def register(frames: Frames, settings: RegistrationSettings = REGISTRATION_DEFAULTS) -> Drift:
    """Find how far each frame is shifted against the first, to a small part of a pixel.

    Parameters
    ----------
    frames
        The series; only one frame at a time is in memory.
    settings
        How frames are compared.
    """
    return _Registration.rigid(frames, settings).drift.from_frame(0)


def average(frames: Frames, settings: RegistrationSettings = REGISTRATION_DEFAULTS) -> Average:
    """Register frames, as wholes and row by row, and take their mean.

    What moves rows differently in every frame is taken out; what is the same in all of them, such
    as a scan that is calibrated badly, stays.

    Parameters
    ----------
    frames
        The series; only one frame at a time is in memory.
    settings
        How frames are compared.
    """
    registration = _Registration.rigid(frames, settings)
    for _ in range(settings.row_rounds):
        registration.move_rows()
    return registration.average()


class _Registration:
    """Frames, their shifts and those of their rows, and the mean that they make."""

    def __init__(self, frames: Frames, shifts: Array, settings: RegistrationSettings) -> None:
        self.frames, self.settings = frames, settings
        self.drift = Drift(shifts, np.full_like(shifts, np.nan))
        self.shape = (frames[0].shape[0], frames[0].shape[1])
        self.rows = np.zeros((len(frames), self.shape[0], 2), np.float32)
        self.likeness = RowLikeness(settings.lags, settings.reach)
        self.canvas = Canvas.around(shifts, self.shape)
        self._sum(self.canvas, flattened)

    @classmethod
    def rigid(cls, frames: Frames, settings: RegistrationSettings) -> "_Registration":
        """Find the shifts of frames as wholes."""
        made = cls(frames, rough_shifts(frames, settings), settings)
        for _ in range(settings.rigid_rounds):
            made.move_frames()
        return made

    def move_frames(self) -> None:
        """Shift each frame to where it fits the mean of all best, and make the mean anew."""
        shifts, errors = self.drift.shifts.copy(), self.drift.errors.copy()
        self.likeness = RowLikeness(self.settings.lags, self.settings.reach)
        canvas, reach = self.canvas.empty(), self.settings.reach

        def moved(numbered: tuple[int, Single]) -> tuple[RowPulls, Array, Array, Contribution]:
            number, frame = numbered
            flat = flattened(frame)
            pulls = self._pulls(number, flat)
            step, error = pulls.common_shift()
            shift = shifts[number] + np.clip(step, -reach, reach)
            return pulls, step, error, canvas.contribution(flat, self.rows[number] + shift)

        each = in_threads(moved, enumerate(self.frames))
        for number, (pulls, step, error, part) in enumerate(each):
            self.likeness.add(pulls, -np.broadcast_to(step, self.rows[number].shape))
            shifts[number] += np.clip(step, -reach, reach)
            errors[number] = error
            canvas.add(part)
        self.drift, self.canvas = Drift(shifts, errors), canvas

    def move_rows(self) -> None:
        """Shift each row to where it most likely is, and make the mean anew."""
        jitter, step = self.likeness.spreads()
        self.likeness = RowLikeness(self.settings.lags, self.settings.reach)
        canvas, reach = self.canvas.empty(), self.settings.reach
        rows = np.empty_like(self.rows)

        def moved(numbered: tuple[int, Single]) -> tuple[RowPulls, Contribution]:
            number, frame = numbered
            flat = flattened(frame)
            pulls = self._pulls(number, flat)
            already = self.rows[number].astype(np.float64)
            found = row_shifts(pulls, already, jitter, step)
            rows[number] = np.clip(found, already - reach, already + reach)
            shifts = self.drift.shifts[number] + rows[number]
            return pulls, canvas.contribution(flat, shifts)

        for number, (pulls, part) in enumerate(in_threads(moved, enumerate(self.frames))):
            self.likeness.add(pulls, self.rows[number].astype(np.float64))
            canvas.add(part)
        self.rows = rows - rows.mean(axis=0)  # what all frames share is not known
        self.canvas = canvas

    def average(self) -> Average:
        """Take the mean of the frames where enough of them are."""
        shifts = np.array([self._shifts(number).mean(0) for number in range(len(self.frames))])
        canvas = self.canvas.empty()
        self._sum(canvas, np.asarray)
        enough = canvas.count >= self.settings.covered * canvas.count.max()
        kept = tuple(_run(enough.mean(axis=1 - axis)) for axis in (0, 1))
        corner = canvas.origin + [part.start for part in kept]
        jitter, _ = self.likeness.spreads()
        return Average(canvas.mean[kept], Drift(shifts + corner, self.drift.errors), jitter)

    def _sum(self, canvas: Canvas, look: Callable[[Single], Single]) -> None:
        """Add all frames to a canvas, each as something makes it look."""

        def part(numbered: tuple[int, Single]) -> Contribution:
            number, frame = numbered
            return canvas.contribution(look(frame), self._shifts(number))

        for one in in_threads(part, enumerate(self.frames)):
            canvas.add(one)

    def _shifts(self, number: int) -> Array:
        return np.asarray(self.drift.shifts[number] + self.rows[number], np.float64)

    def _pulls(self, number: int, flat: Single) -> RowPulls:
        """Compare a frame with the others, but tell its shifts against the mean of all."""
        seen, counted = self.canvas.seen_without(flat, self._shifts(number))
        return RowPulls.of(flat, seen, counted).scaled(1 - 1 / len(self.frames))


def _run(covered: Array) -> slice:
    """Part of an axis along which most of what is across is covered."""
    inside = np.flatnonzero(covered >= covered.max() / 2)
    return slice(int(inside[0]), int(inside[-1]) + 1)
