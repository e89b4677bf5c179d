"""Where pairs of images come from: simulated when they are needed, or read from a library."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from colonnade.core.data.fill import fill_library
from colonnade.core.data.library import Entry, Library
from colonnade.core.data.source import StoredSource
from colonnade.core.data.split import Families
from colonnade.core.work.progress import Progress
from colonnade.core.work.recipe import dumps
from colonnade.sem.pair import Pair
from colonnade.sem.simulate.image import Simulation, simulate

MATERIAL = "material"
"""Name under which a library keeps what a pair shows."""


@dataclass(frozen=True)
class Simulator:
    """Simulates pair number `i` of an endless library."""

    recipe: Simulation
    seed: int
    part: int = 0
    """Separates the pairs of one seed that serve different ends, as in training and testing."""

    @property
    def identity(self) -> str:
        """The recipe and the seed."""
        return f"{dumps(self.recipe)}seed = {self.seed}\npart = {self.part}\n"

    def __call__(self, index: int) -> Pair:
        """Simulate one pair."""
        return simulate(self.recipe, np.random.default_rng([self.seed, self.part, index]))


class LibrarySource(StoredSource[Pair]):
    """Reads the pairs of a library, over and over again.

    Parameters
    ----------
    folder
        Of the library.
    part
        All pairs, or one side of a split that no material is on both sides of.
    """

    kinds = ("low", "high")
    family = "material"

    def families(self, entry: Entry) -> Families:
        """Give the material that a pair shows."""
        return frozenset({str(entry.drawn[MATERIAL])})

    def restore(self, entry: Entry, name: str) -> Pair:
        """Make a pair of what the library keeps of it."""
        low, high = (np.asarray(entry.images[kind], np.float32) for kind in self.kinds)
        return Pair(
            low=low,
            high=high,
            factor=high.shape[0] // low.shape[0],
            material=str(entry.drawn[MATERIAL]),
            drawn=entry.drawn,
        )


def write_library(
    source: Simulator,
    count: int,
    folder: Path,
    progress: Progress,
    *,
    workers: int = 1,
    scheduler: str | None = None,
) -> None:
    """Simulate a library; pairs that are already there are left as they are.

    Parameters
    ----------
    source
        What to simulate.
    count
        Number of pairs.
    folder
        Where the library is, or shall be.
    progress
        Called with the number of finished pairs and of all.
    workers, scheduler
        Who does it, as for `colonnade.core.data.fill.fill_library`.
    """
    create_library(folder, source.identity, source.recipe.size, source.recipe.factor, count)
    fill_library(folder, source, entry_of, count, progress, workers=workers, scheduler=scheduler)


def create_library(
    folder: Path, identity: str, size: tuple[int, int], factor: int, count: int
) -> Library:
    """Begin a library of pairs, or go on with one of the same identity.

    Parameters
    ----------
    folder
        Where it is, or shall be.
    identity
        Text that determines every pair.
    size
        Rows and columns of the sharp images [px].
    factor
        So many times as large are the pixels of the coarse ones.
    count
        Number of pairs.
    """
    return Library.create(
        folder,
        identity,
        size={"low": (size[0] // factor, size[1] // factor), "high": size},
        count=count,
        kinds={"low": "f4", "high": "f4"},
    )


def entry_of(pair: Pair) -> Entry:
    """Give what a library keeps of a pair."""
    return Entry(
        images={"low": pair.low, "high": pair.high},
        pixel_size=None,
        table={},
        drawn={**pair.drawn, MATERIAL: pair.material},
    )
