"""Simulated stacks to learn from: several of each solid, as drawing one takes longest."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from colonnade.core.data.turns import AT_HAND, number_at
from colonnade.core.work.recipe import dumps
from colonnade.sem.simulate.stack import Block, StackPair, StackSimulation, draw_block
from colonnade.sem.train.exposures import EXPOSURE_PART


@dataclass(frozen=True)
class StackExposures:
    """Simulates stack number `i`; stacks that lie `AT_HAND` apart may show the same solid.

    Parameters
    ----------
    recipe
        Of the stacks.
    seed
        Every draw follows from it.
    count
        Stacks of each solid, each with another milling, instrument, dose and noise.
    """

    recipe: StackSimulation
    seed: int
    count: int

    @property
    def identity(self) -> str:
        """The recipe, the seed and the number of stacks of each solid."""
        return f"{dumps(self.recipe)}seed = {self.seed}\nexposures = {self.count}\n"

    def __call__(self, index: int) -> StackPair:
        """Simulate one stack."""
        block = _block(self.recipe, self.seed, number_at(index, self.count))
        rng = np.random.default_rng([self.seed, EXPOSURE_PART, index])
        return block.slice_up(self.recipe, rng)


@lru_cache(maxsize=AT_HAND)
def _block(recipe: StackSimulation, seed: int, number: int) -> Block:
    return draw_block(recipe, np.random.default_rng([seed, 0, number]))
