"""Simulated pairs to learn from: several of each specimen, as drawing one takes longest."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from colonnade.core.data.turns import AT_HAND, number_at
from colonnade.core.work.recipe import dumps
from colonnade.sem.pair import Pair
from colonnade.sem.simulate.image import Simulation, Specimen, draw_specimen

EXPOSURE_PART = 5
"""Part of a seed from which the instruments are drawn."""


@dataclass(frozen=True)
class Exposures:
    """Simulates pair number `i`; pairs that lie `AT_HAND` apart may show the same specimen.

    Parameters
    ----------
    recipe
        Of the pairs.
    seed
        Every draw follows from it.
    count
        Pairs of each specimen, each with another instrument, dose and noise.
    """

    recipe: Simulation
    seed: int
    count: int

    @property
    def identity(self) -> str:
        """The recipe, the seed and the number of pairs of each specimen."""
        return f"{dumps(self.recipe)}seed = {self.seed}\nexposures = {self.count}\n"

    def __call__(self, index: int) -> Pair:
        """Simulate one pair."""
        specimen = _specimen(self.recipe, self.seed, number_at(index, self.count))
        rng = np.random.default_rng([self.seed, EXPOSURE_PART, index])
        return specimen.take(self.recipe, rng)


@lru_cache(maxsize=AT_HAND)
def _specimen(recipe: Simulation, seed: int, number: int) -> Specimen:
    return draw_specimen(recipe, np.random.default_rng([seed, 0, number]))
