"""Images whose columns a person marked: what was found of them, and the picture that shows it."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from matplotlib.figure import Figure

from colonnade import Columns, Micrograph
from colonnade.atoms.score import pair_columns
from colonnade.core.arrays import Array
from colonnade.core.figures.overlay import ORANGE
from colonnade.core.figures.plots import save_figure, show_image
from colonnade.core.measures.neighbours import nearest_distances

GATE = 0.45
"""Largest distance of a pair, and width of the border that is left out [spacing of the marks]."""

SKY, YELLOW = "#56B4E9", "#F0E442"
"""Colours that, with the orange of reports, people with any colour vision can tell apart."""


@dataclass(frozen=True, eq=False)
class Judged:
    """Columns of one image, compared with the marks by the rules of `colonnade.atoms.score`.

    Parameters
    ----------
    found, missed, false, other
        Positions (y, x) of marks that were found, of marks that were not, of found columns that
        nobody marked, and of found columns at the border, which do not count [px].
    """

    found: Array
    missed: Array
    false: Array
    other: Array

    @property
    def recall(self) -> float:
        """Share of the marked columns that were found."""
        return len(self.found) / max(len(self.found) + len(self.missed), 1)

    @property
    def precision(self) -> float:
        """Share of the found columns that are marked."""
        return len(self.found) / max(len(self.found) + len(self.false), 1)

    @property
    def f1(self) -> float:
        """Harmonic mean of recall and precision."""
        wrong = len(self.missed) + len(self.false)
        return 2 * len(self.found) / max(2 * len(self.found) + wrong, 1)


def judge(marks: Columns, found: Columns, gate: float, shape: tuple[int, int]) -> Judged:
    """Compare found columns with the marks; those nearer to the border than the gate are left out.

    Parameters
    ----------
    marks, found
        Columns of the image.
    gate
        Largest distance of a pair [px].
    shape
        Rows and columns of the image.
    """
    pairs = pair_columns(marks, found.positions, gate, shape=shape, border=gate)
    judged = np.concatenate([pairs.found, pairs.false])
    return Judged(
        found=marks.positions[pairs.true],
        missed=marks.positions[pairs.missed],
        false=found.positions[pairs.false],
        other=np.delete(found.positions, judged, axis=0),
    )


def spacing(columns: Columns) -> float:
    """Median distance to the nearest neighbour [px]."""
    if len(columns) < 2:
        return float("nan")
    return float(np.median(nearest_distances(columns.positions)))


def draw(image: Micrograph, judged: Judged, title: str, path: Path) -> None:
    """Draw an image with blue rings for found columns, orange for missed, crosses for false."""
    height, width = image.shape
    scale = 10.0 / max(height, width)
    figure = Figure(figsize=(width * scale, height * scale + 0.4), layout="constrained")
    axes = figure.subplots()
    show_image(axes, image)
    for name, places, colour, size in (
        ("found", judged.found, SKY, 40),
        ("missed", judged.missed, ORANGE, 70),
    ):
        label = f"{len(places)} {name}"
        y, x = places.T
        axes.scatter(x, y, size, label=label, facecolors="none", edgecolors=colour, lw=size / 50)
    y, x = judged.false.T
    axes.scatter(x, y, 45, label=f"{len(x)} false", c=YELLOW, marker="x", lw=1.6)
    y, x = judged.other.T
    axes.scatter(x, y, 3, label=f"{len(x)} not counted", c=SKY)
    axes.set_title(title, fontsize=9, loc="left")
    figure.legend(loc="outside lower center", ncols=4, fontsize=8, facecolor="0.6")
    save_figure(figure, path, dpi=100)
