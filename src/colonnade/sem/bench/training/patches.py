"""Parts of so many training images and no more, all of them in each epoch."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from colonnade.core.arrays import Indices
from colonnade.core.work.recipe import dumps
from colonnade.sem.pair import Pair
from colonnade.sem.simulate.image import Simulation, simulate

GROUP = 128
"""Images whose parts are shuffled together, and which are kept in memory."""


@dataclass(frozen=True)
class Patches:
    """Gives part number `i` of the training images, in another order in each epoch.

    Parameters
    ----------
    recipe
        Of the images.
    seed
        Decides what they show, and the order.
    images
        How many there are.
    across
        Parts along each side of an image.
    """

    recipe: Simulation
    seed: int
    images: int
    across: int

    @property
    def identity(self) -> str:
        """Text that determines every part."""
        return (
            f"{dumps(self.recipe)}seed = {self.seed}\nimages = {self.images}\n"
            f"across = {self.across}\n"
        )

    def __call__(self, index: int) -> Pair:
        """Give one part."""
        count = self.across**2
        epoch, place = divmod(index, self.images * count)
        group, place = divmod(place, GROUP * count)
        images = self._shuffled(self.images, epoch, -1)[group * GROUP : (group + 1) * GROUP]
        chosen = self._shuffled(len(images) * count, epoch, group)[place]
        image, part = divmod(int(chosen), count)
        return self.part(int(images[image]), part)

    def part(self, image: int, number: int) -> Pair:
        """Give a part of an image."""
        whole = _image(self.recipe, self.seed, image)
        y, x = divmod(number, self.across)
        low, high = (
            one[_within(one.shape[0] // self.across, y), _within(one.shape[1] // self.across, x)]
            for one in (whole.low, whole.high)
        )
        return Pair(low, high, whole.factor, whole.material, whole.drawn)

    def _shuffled(self, count: int, epoch: int, group: int) -> Indices:
        rng = np.random.default_rng([self.seed, epoch, group + 1])
        return rng.permutation(count)


@lru_cache(maxsize=GROUP)
def _image(recipe: Simulation, seed: int, number: int) -> Pair:
    return simulate(recipe, np.random.default_rng([seed, number]))


def _within(side: int, place: int) -> slice:
    return slice(place * side, (place + 1) * side)
