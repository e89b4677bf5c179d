"""Which columns make the spread of table 1: the worst of each method, counted and drawn."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from colonnade import Columns, Micrograph
from colonnade.core.arrays import Array
from colonnade.core.figures.plots import save_figure

WORST = 0.05
"""Share of the columns that is looked at."""

AT_BORDER = 2.0
"""Columns nearer to the border than this are cut by it [widths]."""

DIM = 15.0
"""Columns of a smaller signal to noise are dim."""

DRAWN = 8
"""So many columns are drawn of each method and picture."""

REACH = 3.0
"""Half of the side of what is drawn around each [widths]."""

WORST_HEAD = (
    "| picture | method | worst 5 % begin at, px | their share of the variance, % | "
    "at the border | dim | others | all but those at the border, px |\n"
    "|---|---|---|---|---|---|---|---|"
)


@dataclass(frozen=True, eq=False)
class Distances:
    """Columns of one picture, and where a method found them.

    Parameters
    ----------
    picture
        What the method saw.
    truth
        The columns that were found.
    found
        Where, rows of (y, x) [px].
    crlb
        Smallest standard errors, rows of (y, x) [px].
    """

    picture: Micrograph
    truth: Columns
    found: Array
    crlb: Array

    @property
    def distances(self) -> Array:
        """Of what was found from the truth [px]."""
        return np.asarray(np.linalg.norm(self.found - self.truth.positions, axis=1))

    @property
    def from_border(self) -> Array:
        """Distance of the columns from the border [widths]."""
        last = np.array(self.picture.shape) - 1
        nearest = np.minimum(self.truth.positions, last - self.truth.positions).min(axis=1)
        return np.asarray(nearest / self.truth.width)

    def at_bound(self, count: int, rng: np.random.Generator) -> "Distances":
        """Give each column so many errors as large as the electrons make them at best."""
        many = np.repeat(np.arange(len(self.truth)), count)
        truth, crlb = self.truth[many], self.crlb[many]
        errors = rng.normal(size=crlb.shape) * crlb
        return Distances(self.picture, truth, truth.positions + errors, crlb)


def worst_row(images: Sequence[Distances]) -> str:
    """Cells of a table: what the worst columns are, and what is left without the border.

    Columns that are both at the border and dim are counted at the border.
    """
    distances = np.concatenate([one.distances for one in images])
    border = np.concatenate([one.from_border for one in images]) < AT_BORDER
    dim = np.concatenate([one.truth.labels["snr"] for one in images]) < DIM
    least = np.quantile(distances, 1 - WORST)
    worst = distances >= least
    squares = (distances - distances.mean()) ** 2
    share = 100 * squares[worst].sum() / squares.sum()
    kinds = [border, dim & ~border, ~dim & ~border]
    counts = [f"{(worst & kind).sum()} of {kind.sum()}" for kind in kinds]
    inner = distances[~border]
    left = f"{inner.mean():.3f} ± {inner.std():.3f}"
    return f"{least:.2f} | {share:.0f} | {' | '.join(counts)} | {left}"


def draw_worst(results: Mapping[str, Sequence[Distances]], path: Path) -> None:
    """Draw the worst columns: the truth red, what was found blue.

    Parameters
    ----------
    results
        What was found in each image, by what stands beside a row of the picture.
    path
        Picture to write.
    """
    figure = Figure(figsize=(2 * DRAWN, 2.3 * len(results)), layout="constrained")
    axes = figure.subplots(len(results), DRAWN, squeeze=False)
    for along, (name, images) in zip(axes, results.items(), strict=True):
        columns = [(one, number) for one in images for number in range(len(one.truth))]
        distances = np.concatenate([one.distances for one in images])
        for place, worst in zip(along, np.argsort(-distances), strict=False):
            _show(place, *columns[worst])
        along[0].set_ylabel(name)
    save_figure(figure, path)


def _show(axes: Axes, one: Distances, number: int) -> None:
    """Show the surroundings of a column."""
    (y, x), (fy, fx) = one.truth.positions[number], one.found[number]
    reach = REACH * float(one.truth.width[number])
    rows = slice(max(int(y - reach), 0), int(y + reach) + 2)
    columns = slice(max(int(x - reach), 0), int(x + reach) + 2)
    part = one.picture.pixels[rows, columns]
    left, top = columns.start - 0.5, rows.start - 0.5
    extent = (left, left + part.shape[1], top + part.shape[0], top)
    axes.imshow(part, cmap="gray", extent=extent)
    axes.plot(x, y, "+", color="red", ms=10)
    axes.plot(fx, fy, "x", color="deepskyblue", ms=8)
    snr = one.truth.labels["snr"][number]
    axes.set_title(f"{one.distances[number]:.2f} px, SNR {snr:.0f}", fontsize=8)
    axes.set(xlim=(x - reach, x + reach), ylim=(y + reach, y - reach), xticks=[], yticks=[])
