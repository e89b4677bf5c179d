"""All columns of all frames of a film: in memory while they are few, and else on the disk."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import SpooledTemporaryFile
from typing import Any
from weakref import finalize

import numpy as np
from numpy.typing import NDArray

from colonnade.atoms.columns import MEASURED, Columns
from colonnade.core.arrays import Array, Indices

NONE = -1
"""Number of the track of a column that was found in one frame alone."""

FIELDS = ("y", "x", *MEASURED)
"""What is kept of each column, in this order."""

IN_MEMORY = 2**26
"""More than this goes to the disk [bytes]."""

AT_ONCE = 2**19
"""About so many columns are looked at together; more only where a frame has more."""


@dataclass(frozen=True, eq=False)
class Sightings:
    """Columns of a frame, or of several.

    Parameters
    ----------
    frame
        In which frame each was found; the first is 0, whatever its number in the film.
    track
        Which column of the specimen it is.
    measured
        A row of the `FIELDS` for each.
    """

    frame: Indices
    track: Indices
    measured: Array

    @property
    def position(self) -> Array:
        """Rows of (y, x) [px]."""
        return self.measured[:, :2]

    @property
    def sigma(self) -> Array:
        """Standard errors along (y, x) [px]; NaN where they are not known."""
        return self.measured[:, 2:4]

    @property
    def followed(self) -> "Sightings":
        """Those that were found in other frames too."""
        chosen = self.track != NONE
        return Sightings(self.frame[chosen], self.track[chosen], self.measured[chosen])


class Sighted:
    """What was found in every frame, and what is the same in several of them.

    Parameters
    ----------
    folder
        Where a file may grow that is removed at the end; that of the system for such files if
        None.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self._measured = _Rows(np.dtype((np.float64, len(FIELDS))), folder)
        self._sites = _Rows(np.dtype(np.intp), folder)
        self._track_of = np.empty(0, np.intp)
        self.ends = [0]

    def __len__(self) -> int:
        """Count the frames."""
        return len(self.ends) - 1

    @property
    def count(self) -> int:
        """How many columns there are in all frames."""
        return self.ends[-1]

    @property
    def tracks(self) -> int:
        """How many columns were found in several frames."""
        return int(self._track_of.max(initial=NONE)) + 1

    def add(self, columns: Columns) -> None:
        """Take down what was found in the next frame."""
        self._measured.append(np.stack([getattr(columns, name) for name in FIELDS], axis=1))
        self.ends.append(self.count + len(columns))

    def positions(self, frame: int) -> Array:
        """Where columns were found in one frame, rows of (y, x) [px]."""
        return np.asarray(self._measured.between(*self.ends[frame : frame + 2])[:, :2])

    def number(self, sites: Iterable[Indices]) -> None:
        """Say for every frame at which site each column is; tracks are numbered from 0.

        A site that is seen once alone gets none.
        """
        many = np.empty(0, np.intp)
        for of_frame in sites:
            self._sites.append(of_frame)
            new = int(of_frame.max(initial=NONE)) + 1 - len(many)
            many = np.pad(many, (0, max(0, new)))
            many[of_frame] += 1
        lasting = many > 1
        self._track_of = np.where(lasting, np.cumsum(lasting) - 1, NONE)

    def each(self) -> Iterator[Sightings]:
        """Give the columns of each frame."""
        for frame in range(len(self)):
            yield self._between(frame, frame + 1)

    def together(self) -> Iterator[Sightings]:
        """Give those columns that were found in several frames, many at once."""
        first = 0
        for frame in range(1, len(self) + 1):
            if frame == len(self) or self.ends[frame + 1] - self.ends[first] > AT_ONCE:
                yield self._between(first, frame).followed
                first = frame

    def _between(self, first: int, end: int) -> Sightings:
        part = self.ends[first], self.ends[end]
        frame = np.repeat(np.arange(first, end), np.diff(self.ends[first : end + 1]))
        track = self._track_of[self._sites.between(*part)]
        return Sightings(frame, track, self._measured.between(*part))


class _Rows:
    """Rows that are appended, and read again."""

    def __init__(self, kind: "np.dtype[Any]", folder: Path | None) -> None:
        self._kind = kind
        where = None if folder is None else str(folder)
        self._file = SpooledTemporaryFile(IN_MEMORY, dir=where)  # noqa: SIM115
        finalize(self, self._file.close)

    def append(self, rows: NDArray[Any]) -> None:
        self._file.seek(0, 2)
        self._file.write(np.ascontiguousarray(rows).tobytes())

    def between(self, first: int, end: int) -> NDArray[Any]:
        size = self._kind.itemsize
        self._file.seek(first * size)
        return np.frombuffer(self._file.read((end - first) * size), self._kind)


def sums_over(group: Indices, values: NDArray[Any], count: int) -> Array:
    """Sum rows over each group.

    Parameters
    ----------
    group
        To which each row belongs.
    values
        The rows.
    count
        How many groups there are.
    """
    return np.stack([np.bincount(group, column, count) for column in values.T], axis=1)
