"""Where labelled images come from: simulated when they are needed, or read from a library."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np

from colonnade.atoms.columns import Columns
from colonnade.atoms.simulate import Simulated, Simulation, simulate
from colonnade.core.library import Entry, Library
from colonnade.core.micrograph import Micrograph
from colonnade.core.recipe import dumps


class Source(Protocol):
    """Gives labelled image number `i`, always the same."""

    @property
    def identity(self) -> str:
        """Text that determines every image."""

    def __call__(self, index: int) -> Simulated:
        """Give one labelled image."""


@dataclass(frozen=True)
class Simulator:
    """Simulates image number `i` of an endless library."""

    recipe: Simulation
    seed: int
    part: int = 0
    """Separates the images of one seed that serve different ends, as in training and testing."""

    @property
    def identity(self) -> str:
        """The recipe and the seed."""
        return f"{dumps(self.recipe)}seed = {self.seed}\npart = {self.part}\n"

    def __call__(self, index: int) -> Simulated:
        """Simulate one image."""
        return simulate(self.recipe, np.random.default_rng([self.seed, self.part, index]))


class LibrarySource:
    """Reads the images of a library, over and over again."""

    def __init__(self, folder: Path) -> None:
        self.library = Library.open(folder)

    @property
    def identity(self) -> str:
        """The text that the library was made from."""
        return self.library.identity

    def __call__(self, index: int) -> Simulated:
        """Read one image."""
        entry = self.library[index % len(self.library)]
        table = dict(entry.table)
        measured = {name: table.pop(name) for name in ("y", "x", "intensity", "width")}
        columns = Columns(**measured, labels=table, pixel_size=entry.pixel_size)
        image = Micrograph(entry.image, entry.pixel_size, f"{index:05d}")
        return Simulated(image, entry.clean.astype(np.float64), columns)


def write_library(
    recipe: Simulation, seed: int, count: int, folder: Path, progress: Callable[[int, int], None]
) -> Library:
    """Simulate a library; images that are already there are left as they are.

    Parameters
    ----------
    recipe
        What to simulate.
    seed
        The same recipe and seed give the same library.
    count
        Number of images.
    folder
        Where the library is, or shall be.
    progress
        Called with the number of finished images and of all.
    """
    source = Simulator(recipe, seed)
    library = Library.create(folder, source.identity, recipe.size, count)
    for index in range(count):
        if not library.has(index):
            made = source(index)
            columns = made.columns
            table = {name: getattr(columns, name) for name in ("y", "x", "intensity", "width")}
            assert made.image.pixel_size is not None
            entry = Entry(
                made.image.pixels,
                made.clean.astype(np.float32),
                made.image.pixel_size,
                table | dict(columns.labels),
            )
            library.put(index, entry)
        progress(index + 1, count)
    return library
