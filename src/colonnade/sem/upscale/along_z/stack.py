"""A stack that is made finer along z: some slices are seen together for each that comes of one."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from colonnade.core.arrays import Single
from colonnade.core.errors import ColonnadeError, ImageError
from colonnade.core.files.canvas import Canvas
from colonnade.core.files.source import Source
from colonnade.core.images.repaired import Repaired
from colonnade.core.images.tiles import Readable
from colonnade.sem.card import SemCard
from colonnade.sem.upscale.along_z.neighbours import neighbours
from colonnade.sem.upscale.maps import Outputs
from colonnade.sem.upscale.shown import Shown


class Stack:
    """The slices of a stack, as a network for stacks sees them.

    Parameters
    ----------
    source
        Gives the slices; as many as are seen together are kept in memory.
    part
        Of the network's card.

    Raises
    ------
    ImageError
        If it is an image, or has fewer slices than are seen together.
    """

    def __init__(self, source: Source, part: SemCard) -> None:
        _check(source, part.slices)
        self.source, self.part = source, part
        self._read = lru_cache(maxsize=part.slices)(self._repaired)

    def seen(self, index: int) -> tuple["Together", tuple[str, ...]]:
        """Give the slices around one, and say in sentences what was done to it.

        In place of a slice in which nothing can be seen, that next to it stands which lies nearer
        to the middle.

        Raises
        ------
        ImageError
            If nothing can be seen in the one in the middle.
        """
        middle, remarks = self._read(index)
        around = neighbours(index, self.source.count, self.part.slices)
        half = self.part.slices // 2
        seen, missing = {half: middle}, set()
        for step in (-1, 1):
            for place in range(half + step, half + step * (half + 1), step):
                try:
                    seen[place] = self._read(around[place])[0]
                except ColonnadeError:
                    seen[place] = seen[place - step]
                    missing.add(around[place])
        notes = [*remarks, *middle.notes]
        notes += [f"slice {one} shows nothing, so its neighbour stood for it" for one in missing]
        return Together([seen[place] for place in range(self.part.slices)]), tuple(notes)

    def shown(self, outputs: Outputs) -> Shown:
        """Give what is to be shown: a section along z and x, through the middle of y."""
        height = self.source.shape[1]
        row = slice(height // 2, height // 2 + 1)
        measured = np.concatenate([self._line(index, row) for index in range(self.source.count)])
        thickness, _, size_x = self.source.finer(1, self.part.thinner).voxel_size
        return Shown(
            np.repeat(measured, self.part.thinner, axis=0),
            Section(outputs.image, row),
            Section(outputs.half_width, row),
            factor=1,
            aspect=thickness / size_x if thickness and size_x else 1.0,
            title=f"{self.part.thinner} times finer along z",
        )

    def _repaired(self, index: int) -> tuple[Repaired, tuple[str, ...]]:
        levels, remarks = self.source.grey(index)
        return Repaired(levels), remarks

    def _line(self, index: int, row: slice) -> Single:
        """Read a row of a slice; where nothing can be seen it is black."""
        columns = slice(0, self.source.shape[-1])
        try:
            return np.asarray(self._read(index)[0][row, columns], np.float32)
        except ColonnadeError:
            return np.zeros((1, columns.stop), np.float32)


def _check(source: Source, slices: int) -> None:
    """Refuse what has no slices, or too few."""
    if len(source.shape) == 2:
        raise ImageError(
            f"{source.name} is a single image and has no slices along z; give a stack, or make it "
            "finer in its plane"
        )
    if source.count < slices:
        raise ImageError(
            f"{source.name} has {source.count} slices, and the network sees {slices} together; "
            "give a larger stack, or make it finer in the planes of its slices"
        )


@dataclass(frozen=True, eq=False)
class Together:
    """Slices that are read together, part by part.

    Parameters
    ----------
    slices
        Grey levels of each, axes (y, x).
    """

    slices: Sequence[Readable]

    @property
    def shape(self) -> tuple[int, ...]:
        """Slices, rows and columns."""
        return (len(self.slices), *self.slices[0].shape)

    def __getitem__(self, key: tuple[slice, slice, slice]) -> Any:
        """Read a part of all of them."""
        return np.stack([one[key[1:]] for one in self.slices[key[0]]])


@dataclass(frozen=True, eq=False)
class Section:
    """A section along z and x of a canvas, for reading.

    Parameters
    ----------
    canvas
        Slices, rows and columns.
    row
        The one row that it goes through.
    """

    canvas: Canvas
    row: slice

    @property
    def shape(self) -> tuple[int, int]:
        """Slices and columns."""
        depth, _, width = self.canvas.shape
        return depth, width

    def __getitem__(self, key: tuple[slice, slice]) -> Any:
        """Read a part."""
        planes = range(*key[0].indices(self.canvas.shape[0]))
        return np.concatenate([self.canvas.read(plane, (self.row, key[1])) for plane in planes])
