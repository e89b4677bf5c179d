"""Where the answer of a network goes, tile by tile: into the finer image and its half-widths."""

import json
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from colonnade.core.arrays import Single
from colonnade.core.files.canvas import Canvas, as_type, tile_name
from colonnade.core.images.tiles import Place, Readable
from colonnade.core.learn.card import Card
from colonnade.core.work.record import Marks
from colonnade.sem.card import SemCard
from colonnade.sem.conditions import Conditions


@dataclass(frozen=True, eq=False)
class Outputs:
    """Where the results of an image or a stack go while it is upscaled.

    Parameters
    ----------
    image, half_width
        The finer grey levels, and half the width of their intervals.
    marks
        Keeps which tiles are done, and of each the sum of the half-widths that are known, and how
        many they are.
    """

    image: Canvas
    half_width: Canvas
    marks: Marks

    def write(self, index: int, place: Place, levels: Single, half_width: Single) -> None:
        """Write what came of a tile of a slice, and put it down once it is on the disk.

        Parameters
        ----------
        index
            Of the slice.
        place
            Rows and columns of the tile.
        levels, half_width
            Of the finer image (y, x), or of all the finer slices (z, y, x) that come of the slice.
        """
        part = (place[0], place[1])
        planes = levels.reshape(-1, *levels.shape[-2:])
        widths = half_width.reshape(planes.shape)
        first = index * len(planes)
        for plane, (one, width) in enumerate(zip(planes, widths, strict=True), start=first):
            self.image.write(plane, part, as_type(one, self.image.dtype))
            self.half_width.write(plane, part, width)
        self.image.flush()
        self.half_width.flush()
        known = half_width[np.isfinite(half_width)]
        sums = [float(known.sum(dtype=np.float64)), known.size]
        self.marks.put(tile_name(index, place), json.dumps(sums))


@dataclass(frozen=True, eq=False)
class Maps:
    """Takes the answers to the tiles of one slice.

    Parameters
    ----------
    index
        Which slice.
    card
        Of the network.
    conditions
        Of the image.
    outputs
        Where it all goes.
    advance
        Called after each tile.
    unknown
        Which pixels of the image had no number, if any: nobody knows how far off the answer is
        there.
    """

    index: int
    card: Card
    conditions: Conditions
    outputs: Outputs
    advance: Callable[[], None]
    unknown: Readable | None = None

    @property
    def shape(self) -> tuple[int, ...]:
        """Maps, rows and columns."""
        return (self.card.output_channels, *self.outputs.image.shape[1:])

    def is_done(self, place: Place) -> bool:
        """Whether a tile is done."""
        return self.outputs.marks.has(tile_name(self.index, place))

    def __setitem__(self, key: Place, maps: Single) -> None:
        """Take the answer to a tile (map, y, x)."""
        part = SemCard.of(self.card)
        images, logarithms = np.split(maps[: 2 * part.thinner], 2)
        half_width = np.exp(logarithms)
        half_width *= part.interval_factor * self.conditions.scale
        if self.unknown is not None:
            half_width[..., self._finer(self.unknown, key[1:])] = np.nan
        levels = self.conditions.restore(images)
        self.outputs.write(self.index, key[1:], levels, half_width)
        self.advance()

    def _finer(self, unknown: Readable, place: Place) -> NDArray[np.bool_]:
        """Which pixels of a tile lie where the image had no number."""
        factor = self.card.factor
        rows, columns = (slice(one.start // factor, one.stop // factor) for one in place)
        return np.asarray(unknown[rows, columns].repeat(factor, 0).repeat(factor, 1))
