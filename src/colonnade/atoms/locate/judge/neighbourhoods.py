"""What lies around the columns of an image, and which of them have the like around them."""

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from colonnade.core.arrays import Array, Indices, Single

NOTHING, BEYOND = -1, -2
"""Instead of a number: nothing is near, and nothing can be seen there."""

NEAR = 0.2
"""Something is found where it is looked for within this distance, in typical spacings."""

NEIGHBOURS, AROUND = 10, 40
"""So many neighbours are the surroundings of a column, and among so many columns around it those
like it are sought."""

FINE, MOST = 3, 20_000_000
"""What is near to a place is looked up on a grid that is so many times finer, of at most so many
cells."""


class Neighbourhoods:
    """Plain columns, what else is seen, and how like the plain columns are each other.

    Parameters
    ----------
    plain
        Positions (y, x) of plain columns: two at least, along both axes in the same unit.
    seen
        Positions of whatever may be found, plain columns among them.
    """

    def __init__(self, plain: Array, seen: Array) -> None:
        self.plain = plain
        self.tree = cKDTree(plain)
        self.spacing = float(np.median(self.tree.query(plain, 2)[0][:, 1]))
        self.near = max(NEAR * self.spacing, 1e-9)
        self.low, high = seen.min(0) - self.near, seen.max(0) + self.near
        self.extent = high - self.low
        area = max(float(np.prod(self.extent)), 1e-30)
        self.chance = min(1.0, len(seen) * np.pi * self.near**2 / area)
        self.finest = float(np.sqrt(area / MOST))
        self._cell = max(self.near / FINE, self.finest)
        self._owner = self._grid(seen)
        self._cells = ((plain - self.low) / self._cell + 1.5).astype(np.float32)
        others = self.tree.query(plain, min(AROUND + 1, len(plain)), workers=-1)[1][:, 1:]
        self.around = others
        self.neighbours = others[:, :NEIGHBOURS]
        compared = [
            self.ends(np.arange(len(plain)), self.vectors(number))
            for number in range(self.neighbours.shape[1])
        ]
        # What is found, and what can be: for each neighbour, and for all of them.
        self._each = np.array([[ends >= 0, ends != BEYOND] for ends in compared], np.int8)
        self._all = self._each.sum(0, dtype=np.float32)

    def vectors(self, number: int) -> Array:
        """From each plain column to one of its neighbours, counted from the nearest."""
        return np.asarray(self.plain[self.neighbours[:, number]] - self.plain)

    def ends(self, reference: Indices, vector: Array) -> Indices:
        """What lies where vectors lead from each of the columns around plain ones.

        Parameters
        ----------
        reference
            Numbers of plain columns.
        vector
            One for each of them.

        Returns
        -------
        ends
            Numbers of what is seen there, or `NOTHING`, or `BEYOND`.
        """
        step = (vector / self._cell).astype(np.float32)
        last = np.array(self._owner.shape) - 1
        flat = np.zeros((len(reference), self.around.shape[1]), np.int32)
        for axis in (0, 1):
            place = self._cells[:, axis][self.around[reference]] + step[:, axis, None]
            cell = np.clip(place, 0, last[axis]).astype(np.int32)
            flat = flat * np.int32(self._owner.shape[axis]) + cell
        return np.asarray(self._owner.ravel().take(flat))

    def similarity(self, reference: Indices, without: Indices) -> Single:
        """How like each column around some plain columns is to them, from 0 to 1.

        Parameters
        ----------
        reference
            Numbers of plain columns.
        without
            Numbers of plain columns that do not count as neighbours: one for each, or -1.
        """
        found, asked = self._all[:, reference]
        row, which = np.nonzero(self.neighbours[reference] == without[:, None])
        found[row] -= self._each[which, 0, reference[row]]
        asked[row] -= self._each[which, 1, reference[row]]
        share = (found + np.float32(self.chance)) / (asked + 1)
        beyond = np.clip((share - self.chance) / max(1 - self.chance, 1e-6), 0, 1)
        # Those that are much alike count by far the most.
        return np.asarray(beyond**2 * np.sqrt(beyond), np.float32)

    def _grid(self, seen: Array) -> NDArray[np.int32]:
        """Number of what is nearest to each cell."""
        height, width = np.ceil(self.extent / self._cell).astype(int) + 1
        place = (seen - self.low) / self._cell
        owner = np.full((height, width), NOTHING, np.int32)
        nearest = np.full((height, width), (self.near / self._cell) ** 2, np.float32)
        reach = int(np.ceil(self.near / self._cell))
        for step in np.ndindex(2 * reach + 1, 2 * reach + 1):
            row, column = (np.rint(place).astype(np.intp) + step - reach).T
            distance = (row - place[:, 0]) ** 2 + (column - place[:, 1]) ** 2
            inside = (row >= 0) & (row < height) & (column >= 0) & (column < width)
            number = np.flatnonzero(inside)
            number = number[distance[number] < nearest[row[number], column[number]]]
            nearest[row[number], column[number]] = distance[number]
            owner[row[number], column[number]] = number
        # A rim around the whole stands for all that is beyond.
        return np.pad(owner, 1, constant_values=BEYOND)
