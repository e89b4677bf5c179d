"""One image of the benchmark, its truth, and what methods are given of it."""

from dataclasses import dataclass

import numpy as np

from colonnade.atoms.columns import Columns
from colonnade.core.arrays import Array
from colonnade.core.bench.case import Case
from colonnade.core.images.micrograph import Micrograph
from colonnade.core.measures.neighbours import nearest_distances

USUAL_NM = 0.25
"""Distance of neighbouring columns, where an image has none [nm]."""


@dataclass(frozen=True, eq=False)
class MethodInput:
    """What a method is given.

    Parameters
    ----------
    image
        To find columns in.
    name
        What the benchmark calls the image.
    spacing
        True distance of neighbouring columns [px], for methods that have to be told.
    """

    image: Micrograph
    name: str
    spacing: float


@dataclass(frozen=True, eq=False)
class TestImage:
    """One image of the benchmark.

    Parameters
    ----------
    case
        Where it stands in the benchmark.
    image
        What a method is given; it has a pixel size unless nobody knows it.
    truth
        Every column, with the label ``detectable``: 1 for those to be found, 0 for those that are
        neither missed nor false.
    crlb
        Smallest standard errors that the electrons allow for each position, rows of (y, x) [px];
        NaN where nobody knows.
    """

    case: Case
    image: Micrograph
    truth: Columns
    crlb: Array

    @property
    def input(self) -> MethodInput:
        """What a method is given."""
        return MethodInput(self.image, self.case.name, self.spacing)

    @property
    def pixel_count(self) -> int:
        """How many pixels the image has."""
        return self.image.pixels.size

    @property
    def neighbour_distances(self) -> Array:
        """Distance of each detectable column from its nearest detectable neighbour [px].

        Where there are fewer than two, what is usual stands for it, or the shorter side of an
        image without a pixel size.
        """
        distances = nearest_distances(self.truth.positions[self.truth.labels["detectable"] > 0])
        if len(distances):
            return distances
        size = self.image.pixel_size
        return np.array([float(min(self.image.shape)) if size is None else USUAL_NM / max(size)])

    @property
    def spacing(self) -> float:
        """Median of these distances [px]."""
        return float(np.median(self.neighbour_distances))
