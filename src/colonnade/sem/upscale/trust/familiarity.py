"""Whether the material in an image is unlike what a model has learned.

The question is put to the measured image, not to the network: what a network makes of a material
that it does not know looks like what it knows.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from scipy.spatial.distance import cdist
from scipy.special import expit

from colonnade.core.arrays import Array
from colonnade.core.images.spread import spread_blocks
from colonnade.core.images.tiles import Readable
from colonnade.sem.card import Familiarity
from colonnade.sem.looks import QUANTITIES, SIDE, describe

MOST_BLOCKS = 64
"""So many blocks, evenly spread, stand for an image or for several."""

LEAST_BLOCKS = 4
"""Of an image among several."""

FARTHEST = 5.0
"""Numbers that lie farther from their mean count as if they lay here, in their spread."""

NEAREST = 1e-3
"""Smaller distances are rounding."""


@dataclass(frozen=True, eq=False)
class Look:
    """What one image, or several together, look like.

    Parameters
    ----------
    rows
        Description of each block.
    weights
        Variance of its grey levels: parts that show nothing do not count.
    """

    rows: Array
    weights: Array

    @classmethod
    def of(cls, images: Iterable[Readable], count: int) -> "Look":
        """Describe so many images together."""
        most = max(LEAST_BLOCKS, MOST_BLOCKS // count)
        rows, weights = [np.empty((0, QUANTITIES))], [np.empty(0)]
        for image in images:
            blocks = np.stack(list(spread_blocks(image, SIDE, SIDE, most)))
            variances = blocks.var((1, 2), dtype=np.float64)
            seen = variances > 0
            rows.append(describe(blocks[seen]))
            weights.append(variances[seen])
        return cls(np.concatenate(rows), np.concatenate(weights))

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to see."""
        return not len(self.rows)

    @property
    def mean(self) -> Array:
        """Description of all blocks together."""
        return np.asarray(np.average(self.rows, axis=0, weights=self.weights))


def unlike_training(
    familiarity: Familiarity, images: Iterable[Readable], count: int
) -> float | None:
    """Give the probability that what images show is unlike what a model has learned.

    Parameters
    ----------
    familiarity
        Of the model.
    images
        An image, or slices of a stack that stand for it.
    count
        How many they are.

    Returns
    -------
    probability
        None where the model or images of fewer than `SIDE` pixels cannot tell.
    """
    if not familiarity.can_tell:
        return None
    large = [image for image in images if min(image.shape) >= SIDE]
    look = Look.of(large, count)
    return None if look.is_empty else probability(familiarity, look)


def probability(familiarity: Familiarity, look: Look) -> float:
    """Give the probability that an image is unlike what was learned."""
    odds = familiarity.constant + familiarity.weight * log_distance(familiarity, look)
    return float(expit(odds))


def log_distance(familiarity: Familiarity, look: Look) -> float:
    """Mean logarithm, over the blocks, of the distance from what was learned."""
    places = placed(familiarity, look.rows)
    nearest = cdist(places, np.array(familiarity.references)).min(1)
    return float(np.average(np.log(np.maximum(nearest, NEAREST)), weights=look.weights))


def placed(familiarity: Familiarity, rows: Array) -> Array:
    """Give the places of descriptions along the axes."""
    middle, spread = np.array(familiarity.middle), np.array(familiarity.spread)
    normal = np.clip((rows - middle) / spread, -FARTHEST, FARTHEST)
    return np.asarray(normal @ np.array(familiarity.axes).T)
