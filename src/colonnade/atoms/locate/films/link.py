"""Which columns of a film's frames are the same."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from colonnade.atoms.columns import typical_spacing
from colonnade.atoms.locate.films.settings import FOLLOW_DEFAULTS, FollowSettings
from colonnade.core.arrays import Array, Indices
from colonnade.core.images.series.drift import Drift
from colonnade.core.measures.matching import match

NONE = -1
"""Number of the track of a column that was found in one frame alone."""

AROUND = np.array([(0, 0), *((y, x) for y in (-1, 0, 1) for x in (-1, 0, 1) if y or x)])
"""Where a frame is looked for that is not where it is expected [half typical spacings]."""


@dataclass(frozen=True, eq=False)
class Links:
    """Which columns are the same, and how far each frame is shifted.

    Parameters
    ----------
    track
        Number of each column's track, one array for each frame.
    shifts
        Of each frame against the first, rows of (y, x) [px].
    gate
        Largest distance from where a column was expected [px].
    """

    track: list[Indices]
    shifts: Array
    gate: float


def link(
    frames: Sequence[Array],
    shape: tuple[int, int],
    drift: Drift | None = None,
    settings: FollowSettings = FOLLOW_DEFAULTS,
) -> Links:
    """Link the columns of each frame to those of the frames before it.

    Parameters
    ----------
    frames
        Positions of the columns of each frame, rows of (y, x) [px].
    shape
        Rows and columns of the frames [px].
    drift
        What the images say of it. Without, and where they are not sure, a frame is looked for
        where the frame before it was, and then around.
    settings
        When a column is the same.
    """
    spacing = typical_spacing(max(frames, key=len), shape)
    gate = settings.gate * spacing
    sites = _Sites(shape, gate, settings)
    shifts, numbers = np.zeros((len(frames), 2)), []
    errors = np.full((len(frames), 2), np.nan) if drift is None else drift.errors
    sure: NDArray[np.bool_] = np.all(errors < gate, axis=1)
    shift, off = np.zeros(2), np.zeros(2)
    for number, positions in enumerate(frames):
        if drift is not None and sure[number]:
            shift, pairs = sites.best_match(positions, [drift.shifts[number] + off], gate)
            off = shift - drift.shifts[number]
        else:
            shift, pairs = sites.best_match(positions, shift + spacing / 2 * AROUND, gate)
        shifts[number] = shift
        numbers.append(sites.add(positions - shift, shift, pairs))
    return Links(_numbered(numbers), shifts, gate)


def within(places: Array, shape: tuple[int, int], margin: float) -> NDArray[np.bool_]:
    """Whether places are in an image and not at its border, where columns are found unreliably.

    Parameters
    ----------
    places
        Rows of (y, x) [px].
    shape
        Rows and columns of the image [px].
    margin
        Width of the border [px].
    """
    return np.asarray(((places >= margin) & (places <= np.array(shape) - 1 - margin)).all(1))


def _numbered(numbers: list[Indices]) -> list[Indices]:
    """Number what was found more than once from 0, and call the rest `NONE`."""
    seen = np.bincount(np.concatenate(numbers))
    lasting = seen > 1
    new = np.where(lasting, np.cumsum(lasting) - 1, NONE)
    return [new[one] for one in numbers]


class _Sites:
    """Where columns are, with drift taken out, as the frames so far have shown."""

    def __init__(self, shape: tuple[int, int], margin: float, settings: FollowSettings) -> None:
        self.shape, self.margin, self.settings = shape, margin, settings
        self.places = np.empty((0, 2))
        self.found = np.empty(0, np.intp)
        self.shown = np.empty(0, np.intp)
        self.missed = np.empty(0, np.intp)

    @property
    def awaited(self) -> NDArray[np.bool_]:
        """Whether a frame may show each site again: it was not missed for longer than is usual."""
        usual = self.found / (self.shown - self.missed + 1)
        longest = np.log(self.settings.chance) / np.log1p(-usual)
        return np.asarray(self.missed <= np.maximum(longest, self.settings.gap))

    def best_match(
        self, positions: Array, guesses: Iterable[Array], gate: float
    ) -> tuple[Array, tuple[Indices, Indices]]:
        """Shift with which most columns are found again; the first if it is more than half.

        Parameters
        ----------
        positions
            Of the columns of a frame, rows of (y, x) [px].
        guesses
            Shifts of the frame, about [px].
        gate
            Largest distance from where a column is expected [px].

        Returns
        -------
        shift
            Along (y, x) [px].
        pairs
            Sites, and the columns that are found there.
        """
        awaited = np.flatnonzero(self.awaited)
        places = self.places[awaited]
        many = min(len(positions), len(places))
        best, most = (np.zeros(2), (awaited[:0], awaited[:0])), -1
        for number, shift in enumerate(guesses):
            sites, there = pairs = match(places, positions - shift, gate)
            if len(there) > many / 2:
                # Where all are shifted by nearly the gate, the nearest are the wrong ones.
                shift = shift + np.median((positions - shift)[there] - places[sites], axis=0)
                pairs = match(places, positions - shift, gate)
            if len(pairs[0]) > most:
                best, most = (shift, (awaited[pairs[0]], pairs[1])), len(pairs[0])
            if number == 0 and most > many / 2:
                break
        return best

    def add(self, places: Array, shift: Array, pairs: tuple[Indices, Indices]) -> Indices:
        """Take the columns of a frame down, and give the site of each.

        Parameters
        ----------
        places
            Of the columns, with drift taken out: rows of (y, x) [px].
        shift
            Of the frame [px].
        pairs
            Sites, and the columns that are found there.
        """
        sites, columns = pairs
        in_view = within(self.places + shift, self.shape, self.margin)
        in_view &= self.awaited
        in_view[sites] = True
        self.shown[in_view] += 1
        self.missed[in_view] += 1
        self.missed[sites] = 0
        self.found[sites] += 1
        share = np.maximum(1 / self.found[sites], 1 / self.settings.recent)[:, None]
        self.places[sites] += share * (places[columns] - self.places[sites])
        numbers = np.full(len(places), len(self.places))
        numbers[columns] = sites
        new = np.setdiff1d(np.arange(len(places)), columns)
        numbers[new] += np.arange(len(new))
        self.places = np.concatenate([self.places, places[new]])
        self.found = np.concatenate([self.found, np.ones(len(new), np.intp)])
        self.shown = np.concatenate([self.shown, np.ones(len(new), np.intp)])
        self.missed = np.concatenate([self.missed, np.zeros(len(new), np.intp)])
        return numbers
