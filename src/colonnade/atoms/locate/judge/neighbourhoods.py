"""Which columns of an image have similar neighbourhoods.

Columns of the same kind have the same neighbours at the same vectors, wherever they are in a
crystal. So two neighbourhoods are compared by looking, at the end of each vector of the one, for
something beside the centre of the other.
"""

from collections import deque
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from colonnade.atoms.locate.judge.settings import NeighbourhoodSettings
from colonnade.core.arrays import Array, Indices, Single
from colonnade.core.work.processors import available_cpus

EMPTY, OUTSIDE = -1, -2
"""Instead of the number of a candidate: none is near, and none could be found there."""


AT_ONCE = 1 << 14
"""So many columns are compared with those nearby together, by each thread, in some 20 MB."""


def together(count: int) -> Iterator[slice]:
    """Give which of so many columns are compared together."""
    for first in range(0, count, AT_ONCE):
        yield slice(first, min(first + AT_ONCE, count))


class Neighbourhoods:
    """Confident candidates, what is visible beside them, and how similar their neighbours are.

    Parameters
    ----------
    confident
        Positions (y, x) of confident candidates: two at least, along both axes in the same unit.
    visible
        Positions of all candidates that count as neighbours, confident ones among them.
    settings
        How neighbourhoods are compared.
    """

    def __init__(self, confident: Array, visible: Array, settings: NeighbourhoodSettings) -> None:
        self.confident = confident
        self.tree = cKDTree(confident)
        self.spacing = float(np.median(self.tree.query(confident, 2)[0][:, 1]))
        self.near = max(settings.match_distance * self.spacing, 1e-9)
        self.low, high = visible.min(0) - self.near, visible.max(0) + self.near
        self.extent = high - self.low
        area = max(float(np.prod(self.extent)), 1e-30)
        self.chance = min(1.0, len(visible) * np.pi * self.near**2 / area)
        self.smallest_cell = float(np.sqrt(area / settings.most_cells))
        self._cell = max(self.near / settings.cells_per_distance, self.smallest_cell)
        self._owner = self._grid(visible)
        count = min(settings.compared + 1, len(confident))
        self.nearby = self.tree.query(confident, count, workers=-1)[1][:, 1:]
        cells = ((confident - self.low) / self._cell + 1.5).astype(np.float32)
        self._cells = [along[self.nearby] for along in cells.T]
        self.neighbours = self.nearby[:, : settings.neighbours]
        self._compare()

    def _compare(self) -> None:
        """Count the neighbours of each column that the columns nearby have, and could have."""
        count = self.neighbours.shape[1]
        self._each = np.empty((count, 2, *self.nearby.shape), np.int8)

        def compare(number: int) -> None:
            vector = self.vectors(number)
            for some in together(len(vector)):
                found = self.found_at(np.arange(some.start, some.stop), vector[some])
                self._each[number, :, some] = found >= 0, found != OUTSIDE

        with ThreadPoolExecutor(available_cpus()) as pool:
            deque(pool.map(compare, range(count)), maxlen=0)
        self._all = self._each.sum(0, dtype=np.float32)

    def vectors(self, number: int) -> Array:
        """From each confident candidate to one of its neighbours, counted from the nearest."""
        return np.asarray(self.confident[self.neighbours[:, number]] - self.confident)

    def found_at(self, reference: Indices, vector: Array) -> Indices:
        """What lies at the ends of vectors that start from each of the columns nearby.

        Parameters
        ----------
        reference
            Numbers of confident candidates.
        vector
            One for each of them.

        Returns
        -------
        found
            Numbers of visible candidates, or `EMPTY`, or `OUTSIDE`; a row for each reference.
        """
        step = (vector / self._cell).astype(np.float32)
        last = np.array(self._owner.shape) - 1
        flat = np.zeros((len(reference), self.nearby.shape[1]), np.int32)
        for axis in (0, 1):
            place = self._cells[axis][reference]
            place += step[:, axis, None]
            flat *= np.int32(self._owner.shape[axis])
            flat += np.clip(place, 0, last[axis], out=place).astype(np.int32)
        return np.asarray(self._owner.ravel().take(flat))

    def similarity(self, reference: Indices, without: Indices) -> Single:
        """How similar the columns nearby are to some confident candidates, from 0 to 1.

        Parameters
        ----------
        reference
            Numbers of confident candidates.
        without
            Numbers of confident candidates that do not count as neighbours: one for each, or a
            negative number.
        """
        found, possible = self._all[:, reference]
        row, which = np.nonzero(self.neighbours[reference] == without[:, None])
        found[row] -= self._each[which, 0, reference[row]]
        possible[row] -= self._each[which, 1, reference[row]]
        share = (found + np.float32(self.chance)) / (possible + 1)
        beyond = np.clip((share - self.chance) / max(1 - self.chance, 1e-6), 0, 1)
        # The power lets the most similar ones count by far the most.
        return np.asarray(beyond**2 * np.sqrt(beyond), np.float32)

    def _grid(self, visible: Array) -> NDArray[np.int32]:
        """Give each cell the number of the nearest candidate within the match distance."""
        reach = int(np.ceil(self.near / self._cell))
        height, width = np.ceil(self.extent / self._cell).astype(int) + 1 + 2 * reach
        place = (visible - self.low) / self._cell + reach
        middle = np.rint(place).astype(np.intp)
        steps = np.arange(-reach, reach + 1)[:, None]
        squared = [(along + steps - at) ** 2 for along, at in zip(middle.T, place.T, strict=True)]
        owner = np.full(height * width, EMPTY, np.int32)
        nearest = np.full(height * width, (self.near / self._cell) ** 2, np.float32)
        first = (middle[:, 0] - reach) * width + middle[:, 1] - reach
        for row, column in np.ndindex(2 * reach + 1, 2 * reach + 1):
            cell, distance = first + (row * width + column), squared[0][row] + squared[1][column]
            number = np.flatnonzero(distance < nearest[cell])
            nearest[cell[number]] = distance[number]
            owner[cell[number]] = number
        inner = slice(reach, -reach or None)
        # A rim stands for everything outside.
        owner = owner.reshape(height, width)[inner, inner]
        return np.pad(owner, 1, constant_values=OUTSIDE)
