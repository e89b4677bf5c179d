"""Where stacks and their true volumes come from: simulated when needed, or read from a library."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from colonnade.core.data.fill import fill_library
from colonnade.core.data.library import Entry, Library
from colonnade.core.data.source import StoredSource
from colonnade.core.data.split import Families
from colonnade.core.work.progress import Progress
from colonnade.core.work.recipe import dumps
from colonnade.sem.library.sources import MATERIAL
from colonnade.sem.simulate.stack import StackPair, StackSimulation, simulate_stack

STACK, VOLUME = "stack", "volume"
"""What a library calls the slices and the truth."""


@dataclass(frozen=True)
class StackSimulator:
    """Simulates stack number `i` of an endless library."""

    recipe: StackSimulation
    seed: int
    part: int = 0
    """Separates the stacks of one seed that serve different ends, as in training and testing."""

    @property
    def identity(self) -> str:
        """The recipe and the seed."""
        return f"{dumps(self.recipe)}seed = {self.seed}\npart = {self.part}\n"

    def __call__(self, index: int) -> StackPair:
        """Simulate one stack."""
        return simulate_stack(self.recipe, np.random.default_rng([self.seed, self.part, index]))


class StackSource(StoredSource[StackPair]):
    """Reads the stacks of a library, over and over again.

    Parameters
    ----------
    folder
        Of the library.
    part
        All stacks, or one side of a split that no material is on both sides of.
    """

    kinds = (STACK, VOLUME)
    family = "material"

    def families(self, entry: Entry) -> Families:
        """Give the material that a stack shows."""
        return frozenset({str(entry.drawn[MATERIAL])})

    def restore(self, entry: Entry, name: str) -> StackPair:
        """Make a stack of what the library keeps of it."""
        low, high = (np.asarray(entry.images[kind], np.float32) for kind in self.kinds)
        return StackPair(
            low=low,
            high=high,
            factor=high.shape[0] // low.shape[0],
            in_plane=high.shape[1] // low.shape[1],
            material=str(entry.drawn[MATERIAL]),
            drawn=entry.drawn,
        )


def write_stacks(
    source: StackSimulator,
    count: int,
    folder: Path,
    progress: Progress,
    *,
    workers: int = 1,
    scheduler: str | None = None,
) -> None:
    """Simulate a library of stacks; those that are already there are left as they are.

    Parameters
    ----------
    source
        What to simulate.
    count
        Number of stacks.
    folder
        Where the library is, or shall be.
    progress
        Called with the number of finished stacks and of all.
    workers, scheduler
        Who does it, as for `colonnade.core.data.fill.fill_library`.
    """
    recipe = source.recipe
    depth, height, width = recipe.size
    Library.create(
        folder,
        source.identity,
        size={
            STACK: (depth // recipe.factor, height // recipe.in_plane, width // recipe.in_plane),
            VOLUME: recipe.size,
        },
        count=count,
        kinds={STACK: "f4", VOLUME: "f4"},
    )
    fill_library(folder, source, entry_of, count, progress, workers=workers, scheduler=scheduler)


def entry_of(pair: StackPair) -> Entry:
    """Give what a library keeps of a stack."""
    return Entry(
        images={STACK: pair.low, VOLUME: pair.high},
        pixel_size=None,
        table={},
        drawn={**pair.drawn, MATERIAL: pair.material},
    )
