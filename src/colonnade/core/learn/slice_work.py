"""The work of a network on an image or a stack, slice by slice and tile by tile."""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator
from typing import Any, Protocol

from colonnade.core.files.canvas import tile_name
from colonnade.core.files.source import Source
from colonnade.core.images.tiles import Tiling, places
from colonnade.core.learn.card import Card
from colonnade.core.work.progress import Progress, silent
from colonnade.core.work.record import Marks

TILE = 512
"""Largest side of a tile without its halo [px of the input]."""


def tiling(card: Card, tile: int = TILE) -> Tiling:
    """How an image is cut for a network."""
    return Tiling(card.output_channels, card.stride, card.halo, card.factor, tile=tile)


class Assessed(Protocol):
    """What is to be known of an image beside its pixels."""

    @property
    def sentence(self) -> str:
        """The most important of it, in one plain sentence."""

    @property
    def notes(self) -> tuple[str, ...]:
        """What was repaired, guessed or doubted, a sentence each."""

    def to_json(self) -> dict[str, Any]:
        """Give it in numbers, text, lists and tables."""


class SliceWork(ABC):
    """What a network makes of one image or stack; it can be stopped and go on.

    Parameters
    ----------
    source
        What is worked on.
    marks
        Keeps which slices and tiles are done, and what is to be known of them.
    cut
        How each slice is cut.
    progress
        Called with the number of finished tiles and of all.
    """

    def __init__(
        self, source: Source, marks: Marks, cut: Tiling, progress: Progress = silent
    ) -> None:
        self.source, self.marks, self.cut = source, marks, cut
        self.places = list(places(source.shape[-2:], cut))
        self._progress = progress
        tiles = (tile for index in range(source.count) for tile in self.tiles(index))
        self._finished = sum(map(marks.has, tiles))

    @abstractmethod
    def make(self, index: int) -> str:
        """Do the tiles of a slice that are not done; give what is to be put down of the slice."""

    @abstractmethod
    def leave_out(self, index: int) -> None:
        """Fill the place of a slice that could not be done."""

    @abstractmethod
    def notes_on(self, index: int) -> Iterable[str]:
        """Say what was put down of a slice that is done, a sentence each."""

    @abstractmethod
    def assessment(self) -> Assessed:
        """Say what is to be known of all slices that are done."""

    def is_done(self, index: int) -> bool:
        """Whether a slice is done."""
        return self.marks.has(slice_name(index))

    def done(self) -> list[int]:
        """Which slices are done."""
        return list(filter(self.is_done, range(self.source.count)))

    def do(self, index: int) -> None:
        """Do one slice, as far as it is not done.

        Raises
        ------
        ImageError
            If nothing can be seen in it.
        """
        if not self.is_done(index):
            self.marks.put(slice_name(index), self.make(index))

    def tiles(self, index: int) -> Iterator[str]:
        """Give what the tiles of a slice are called where it is put down what is done."""
        return (tile_name(index, place) for place in self.places)

    def notes(self) -> tuple[str, ...]:
        """Say what was doubted of the source, and what of its slices, each of it once."""
        return tuple(dict.fromkeys((*self.source.notes, *self._slice_notes())))

    def advance(self) -> None:
        """Count a tile that is done."""
        self._finished += 1
        self._progress(self._finished, self.source.count * len(self.places))

    def _slice_notes(self) -> Iterator[str]:
        for index in self.done():
            where = f"slice {index}: " if self.source.count > 1 else ""
            for note in self.notes_on(index):
                yield where + note


def slice_name(index: int) -> str:
    """What a slice is called where it is put down what is done."""
    return f"{index:06d}"
