"""Where a crystal repeats a place: at the ends of the same vector from similar columns."""

from dataclasses import dataclass
from typing import Self

import numpy as np
from scipy.spatial import cKDTree

from colonnade.atoms.locate.judge.neighbourhoods import EMPTY, Neighbourhoods
from colonnade.atoms.locate.judge.settings import SublatticeSettings
from colonnade.core.arrays import Array, Indices, Single

NOTHING = -1
"""Instead of the number of a candidate, where there is none."""


@dataclass(frozen=True, eq=False)
class Repeats:
    """Where a crystal repeats some places.

    Parameters
    ----------
    places
        Axes (place, repeat, (y, x)).
    weight
        How similar the crystal is at each repeat, from 0 to 1.
    """

    places: Array
    weight: Single

    @classmethod
    def of(cls, around: Neighbourhoods, places: Array, settings: SublatticeSettings) -> Self:
        """Follow the vectors that lead to places from the columns nearest to them.

        Parameters
        ----------
        around
            The columns, and how similar their neighbourhoods are.
        places
            Rows of (y, x).
        settings
            How many columns, how near and how similar ones.
        """
        count = min(settings.references, len(around.confident))
        distance, references = around.tree.query(places, np.arange(1, count + 1))
        parts = [cls._from(around, places, one, settings) for one in references.T]
        weight = np.concatenate([part.weight for part in parts], axis=1)
        far = distance[:, 0] > settings.reach * around.spacing
        return cls(
            np.concatenate([part.places for part in parts], axis=1),
            np.where(far[:, None], np.float32(0), weight),
        )

    @classmethod
    def _from(
        cls,
        around: Neighbourhoods,
        places: Array,
        reference: Indices,
        settings: SublatticeSettings,
    ) -> Self:
        vector = places - around.confident[reference]
        repeats = around.confident[around.nearby[reference]] + vector[:, None]
        weight = around.similarity(reference, np.full(len(reference), EMPTY))
        own = np.linalg.norm(repeats - places[:, None], axis=2) < around.near
        # Columns of two kinds may have most neighbours in common, as in a honeycomb.
        alike = weight >= settings.alike * weight.max(axis=1, keepdims=True)
        return cls(repeats, np.where(own | ~alike, 0, weight).astype(np.float32))

    @property
    def total(self) -> Array:
        """Number of repeats of each place, each counted with its weight."""
        return np.asarray(self.weight.sum(1, dtype=np.float64))

    def candidates(self, positions: Array, near: float) -> Indices:
        """Numbers of the candidates at the repeats, or `NOTHING`."""
        tree = cKDTree(positions)
        number = tree.query(self.places, distance_upper_bound=near, workers=-1)[1]
        return np.where(number < len(positions), number, NOTHING)

    def mean(self, values: Array) -> Array:
        """Weighted means of values at the repeats of each place; 0 without a repeat."""
        return np.asarray((self.weight * values).sum(1) / np.maximum(self.total, 1e-9))

    def median(self, values: Array) -> Array:
        """Weighted medians of values at the repeats of each place."""
        order = np.argsort(values, axis=1)
        summed = np.cumsum(np.take_along_axis(self.weight, order, axis=1), axis=1)
        middle = (summed < summed[:, -1:] / 2).sum(1, keepdims=True)
        chosen = np.take_along_axis(order, np.minimum(middle, values.shape[1] - 1), axis=1)
        return np.asarray(np.take_along_axis(values, chosen, axis=1)[:, 0])
