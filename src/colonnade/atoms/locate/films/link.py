"""Which columns of a film's frames are the same."""

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from colonnade.atoms.locate.films.settings import FOLLOW_DEFAULTS, FollowSettings
from colonnade.core.arrays import Array, Indices
from colonnade.core.images.series.drift import Drift
from colonnade.core.measures.matching import match

AROUND = np.array([(0, 0), *((y, x) for y in (-1, 0, 1) for x in (-1, 0, 1) if y or x)])
"""Where a frame is looked for that is not where it is expected [half typical spacings]."""


class Linker:
    """Links the columns of each frame to those of the frames before it.

    Parameters
    ----------
    spacing
        Typical distance of neighbouring columns [px].
    shape
        Rows and columns of the frames [px].
    drift
        What the images say of it. Without, and where they are not sure, a frame is looked for
        where the frame before it was, and then around.
    settings
        When a column is the same.
    """

    def __init__(
        self,
        spacing: float,
        shape: tuple[int, int],
        drift: Drift | None = None,
        settings: FollowSettings = FOLLOW_DEFAULTS,
    ) -> None:
        self.gate = settings.gate * spacing  # from where a column was expected, at most [px]
        self._around = spacing / 2 * AROUND
        self._sites = _Sites(shape, self.gate, settings)
        self._drift = drift
        self._off = np.zeros(2)
        self._shifts = [np.zeros(2)]  # before the first frame, and of each so far

    @property
    def shifts(self) -> Array:
        """Of each frame so far against the first, rows of (y, x) [px]."""
        return np.array(self._shifts[1:]).reshape(-1, 2)

    def add(self, positions: Array) -> Indices:
        """Link the columns of the next frame, and give the site of each.

        Parameters
        ----------
        positions
            Rows of (y, x) [px].
        """
        expected = self._expected()
        if expected is None:
            shift, pairs = self._sites.best_match(
                positions, self._shifts[-1] + self._around, self.gate
            )
        else:
            shift, pairs = self._sites.best_match(positions, [expected + self._off], self.gate)
            self._off = shift - expected
        self._shifts.append(shift)
        return self._sites.add(positions - shift, shift, pairs)

    def _expected(self) -> Array | None:
        """Shift of the next frame as the images say it, if they are sure [px]."""
        number = len(self._shifts) - 1
        if self._drift is None or not (self._drift.errors[number] < self.gate).all():
            return None
        return np.asarray(self._drift.shifts[number])


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
