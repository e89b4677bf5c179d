"""A specimen with depth, and what parts of it have in common."""

from typing import Protocol

import numpy as np

from colonnade.sem.scene import SampledScene
from colonnade.sem.simulate.materials.parts import Spots
from colonnade.sem.simulate.texture import Field, Waves


class Solid(Protocol):
    """A specimen with depth."""

    @property
    def material(self) -> str:
        """What it is."""

    def section(self, z: float) -> SampledScene:
        """Give what is seen of the plane at a depth [px]."""


SPACE = 3
"""Dimensions of a solid."""

NO_SPOTS = Spots(np.empty((0, 2)), np.empty((0, 2)), np.empty(0), np.empty(0))
"""What a solid's section fills in."""


def section_of(waves: Field, z: float) -> Waves:
    """Give a field in a plane; those of a solid are waves in space."""
    assert isinstance(waves, Waves)
    return waves.section(z)
