"""Images of the benchmark, and what is known of them."""

from dataclasses import dataclass

import numpy as np

from colonnade.atoms.columns import Columns
from colonnade.core.arrays import Array
from colonnade.core.images.micrograph import Micrograph
from colonnade.core.measures.neighbours import nearest_distances

GENERALITY, EXPERIMENT = "generality", "experiment"
"""Series in which no quality varies."""


@dataclass(frozen=True)
class Place:
    """Where an image stands in the benchmark.

    Parameters
    ----------
    series
        What is to be seen where one quality varies, ``"WS2 [001]"``; else ``"generality"`` or
        ``"experiment"``.
    axis
        The quality that varies, such as ``"noise"``; else what the image shows.
    value
        Of that quality; NaN where nothing varies.
    number
        Which of the images of one step.
    """

    series: str
    axis: str
    value: float
    number: int

    @property
    def name(self) -> str:
        """What to call the image and its files."""
        step = "" if np.isnan(self.value) else f" {self.value:g}"
        return f"{self.series}, {self.axis}{step}, {self.number}"


@dataclass(frozen=True)
class Axis:
    """A quality that varies.

    Parameters
    ----------
    name, unit
        What it is called, and what it is measured in.
    steps
        From good to bad.
    meaning
        What a value is, in one sentence.
    """

    name: str
    unit: str
    steps: tuple[float, ...]
    meaning: str

    @property
    def title(self) -> str:
        """Name and unit."""
        return f"{self.name} [{self.unit}]" if self.unit else self.name

    def depth(self, value: float) -> float:
        """How far a value is from the first step to the last, from 0 to 1."""
        first, last = self.steps[0], self.steps[-1]
        return float(np.clip((value - first) / (last - first), 0, 1))

    def reaches(self, value: float, other: float) -> bool:
        """Say whether a value is worse than another, so that a cut-off there is farther."""
        return (value - other) * (self.steps[-1] - self.steps[0]) > 0


@dataclass(frozen=True, eq=False)
class Plate:
    """One image of the benchmark.

    Parameters
    ----------
    place
        Where it stands in the benchmark.
    image
        What a contestant is shown; it has a pixel size unless nobody knows it.
    truth
        Every column, with the label ``detectable``: 1 for those to be found, 0 for those that are
        neither missed nor false.
    bounds
        Smallest standard errors that the electrons allow for each position, rows of (y, x) [px];
        NaN where nobody knows.
    """

    place: Place
    image: Micrograph
    truth: Columns
    bounds: Array

    @property
    def spacing(self) -> float:
        """Median distance of the columns that are detectable from their nearest neighbour [px]."""
        detectable = self.truth[self.truth.labels["detectable"] > 0].positions
        if len(detectable) < 2:
            return float(min(self.image.shape))
        return float(np.median(nearest_distances(detectable)))
