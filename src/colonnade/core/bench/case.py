"""Where the images of a benchmark stand: in a series, on an axis, at a value."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Case:
    """Where one image stands in a benchmark.

    Parameters
    ----------
    series
        Name of the `Series` that it belongs to, such as ``"WS2 [001]"``.
    axis
        The quality that varies, such as ``"noise"``; else what the image shows.
    value
        Of that quality; NaN where nothing varies.
    number
        Which of the images at this value.
    """

    series: str
    axis: str
    value: float
    number: int

    @property
    def name(self) -> str:
        """What the image and its files are called; no two cases share a name."""
        value = "" if np.isnan(self.value) else f" {self.value:g}"
        return f"{self.series}, {self.axis}{value}, {self.number}"


@dataclass(frozen=True)
class Axis:
    """A quality of the image that varies.

    Parameters
    ----------
    name, unit
        What it is called, and what it is measured in.
    steps
        Its values, from good to bad.
    meaning
        What a value is, in one sentence.
    labels
        What figures and tables call each step; none where its value says it best.
    """

    name: str
    unit: str
    steps: tuple[float, ...]
    meaning: str
    labels: tuple[str, ...] = ()

    @property
    def title(self) -> str:
        """Name and unit."""
        return f"{self.name} [{self.unit}]" if self.unit else self.name

    def depth(self, value: float) -> float:
        """How far a value is from the first step to the last, from 0 to 1."""
        first, last = self.steps[0], self.steps[-1]
        return float(np.clip((value - first) / (last - first), 0, 1))

    def is_worse(self, value: float, other: float) -> bool:
        """Whether a value stands for a poorer image than another, so that a cut-off is farther."""
        return (value - other) * (self.steps[-1] - self.steps[0]) > 0


@dataclass(frozen=True)
class Series:
    """Images that belong together.

    Parameters
    ----------
    name
        In files.
    title
        In figures and tables.
    axes
        The qualities that vary, one at a time; none where nothing varies.
    shown
        Whether the report shows the images of a series in which nothing varies.
    """

    name: str
    title: str
    axes: tuple[Axis, ...] = ()
    shown: bool = False
