"""What a network says of an image, in the grey levels of the image."""

from dataclasses import dataclass

import numpy as np

from colonnade.core.arrays import Single
from colonnade.core.images.tiles import Part, Readable, run_tiled
from colonnade.core.learn.model import Model
from colonnade.core.learn.slice_work import TILE, tiling
from colonnade.sem.conditions import Conditions

IMAGE, LOG_HALF_WIDTH = 0, 1
"""Where the finer image and the logarithm of its half-widths are among the maps of an answer."""


@dataclass(frozen=True, eq=False)
class Prediction:
    """What a network says of an image.

    Parameters
    ----------
    image
        The finer image [grey levels].
    half_width
        Half the width of a 90 % interval of each of its pixels, before it is calibrated
        [grey levels].
    """

    image: Single
    half_width: Single


@dataclass(frozen=True, eq=False)
class Answers:
    """What a network says of an image, worked out part by part when it is asked.

    Parameters
    ----------
    model
        Of this wing.
    image
        Grey levels, axes (y, x), without faults; it need not be in memory.
    conditions
        Of the image.
    """

    model: Model
    image: Readable
    conditions: Conditions

    @property
    def shape(self) -> tuple[int, ...]:
        """Rows and columns of the image."""
        return self.image.shape

    def part(self, part: Part, tile: int = TILE) -> Prediction:
        """Give the answer for a part of the image; it does not depend on how it is cut.

        Parameters
        ----------
        part
            Rows and columns [px].
        tile
            Largest side of a tile without its halo [px].
        """
        card = self.model.card
        seen = tuple(
            slice(max(0, one.start // card.stride * card.stride - card.halo), one.stop + card.halo)
            for one in part
        )
        maps = run_tiled(
            lambda tiles: self.model(self.conditions.channels(tiles)),
            self.conditions.normalise(self.image[seen]),
            tiling(card, tile),
        )
        own = tuple(
            slice(card.factor * (one.start - wide.start), card.factor * (one.stop - wide.start))
            for one, wide in zip(part, seen, strict=True)
        )
        maps = maps[:, *own]
        return Prediction(
            self.conditions.restore(maps[IMAGE]),
            np.exp(maps[LOG_HALF_WIDTH]) * np.float32(self.conditions.scale),
        )


def predict(model: Model, image: Single, tile: int = TILE) -> Prediction:
    """Run a network over a whole image in memory; the answer does not depend on the tiles.

    Parameters
    ----------
    model
        Of this wing.
    image
        Grey levels, axes (y, x), without faults.
    tile
        Largest side of a tile without its halo [px].
    """
    height, width = image.shape
    return Answers(model, image, Conditions.of(image)).part(
        (slice(0, height), slice(0, width)), tile
    )
