"""How methods do on images of each kind by themselves, along one axis."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from colonnade.core.arrays import Array
from colonnade.core.bench.case import Axis, Series
from colonnade.core.bench.curves import median_interval
from colonnade.core.bench.results import Results
from colonnade.core.bench.scores import Row
from colonnade.core.bench.style import legend_handles, look, step_text
from colonnade.core.figures.plots import save_few_colours

PANELS = 4
"""Kinds side by side in a figure."""

ByMethod = dict[str, list[Row]]
"""Rows by the name of their method."""

ALL = "all"
"""Stands for the images of all kinds together."""


@dataclass(frozen=True)
class Kinds:
    """How the images of a study are told apart.

    Parameters
    ----------
    axis
        Along which they are shown.
    score, label
        Which score is drawn, and what the figure calls it.
    kind_of
        What the image of a row shows, in words.
    baseline
        A score to be marked in the figure; none by default.
    """

    axis: Axis
    score: str
    label: str
    kind_of: Callable[[Row], str]
    baseline: float | None = None

    def sort(self, results: Results, series: Series) -> dict[str, ByMethod]:
        """Sort the rows of the axis by what the images show, then by method."""
        found: dict[str, ByMethod] = {}
        for method in results.ran:
            for row in results.rows_of(method.name, series.name, self.axis.name):
                of_kind = found.setdefault(self.kind_of(row), {})
                of_kind.setdefault(method.name, []).append(row)
        return found

    def steps(self, sorted_rows: dict[str, ByMethod]) -> Iterator[tuple[str, float, ByMethod]]:
        """Give kind, step of the axis, and the rows of each method there; all kinds last."""
        together: ByMethod = {}
        for by_method in sorted_rows.values():
            for method, rows in by_method.items():
                together.setdefault(method, []).extend(rows)
        for name, by_method in {**sorted_rows, ALL: together}.items():
            for value in self.axis.steps:
                chosen = {
                    method: [row for row in rows if row.case.value == value]
                    for method, rows in by_method.items()
                }
                yield name, value, chosen

    def values(self, rows: Sequence[Row]) -> Array:
        """The score of some rows."""
        return np.array([row.scores[self.score] for row in rows])

    def draw(self, results: Results, series: Series, path: Path) -> None:
        """Draw the score of every method along the axis, a panel for each kind."""
        kinds = self.sort(results, series)
        down = -(-len(kinds) // PANELS)
        figure = Figure(figsize=(11.5, 2.4 * down + 0.7), layout="constrained")
        panels = figure.subplots(down, PANELS, squeeze=False, sharex=True)
        for axes in panels.flat[len(kinds) :]:
            axes.set_axis_off()
        for axes, (name, by_method) in zip(panels.flat, kinds.items(), strict=False):
            self._draw_panel(axes, results, by_method)
            axes.set_title(name, fontsize=11)
        for axes in panels[:, 0]:
            axes.set_ylabel(self.label, fontsize=9)
        for axes in panels[-1]:
            axes.set_xlabel(self.axis.unit, fontsize=9)
        handles = legend_handles(results, series.name)
        figure.legend(
            handles=handles, loc="outside upper center", ncols=4, frameon=False, fontsize=9
        )
        save_few_colours(figure, path, dpi=120)

    def _draw_panel(self, axes: Axes, results: Results, by_method: ByMethod) -> None:
        if self.baseline is not None:
            axes.axhline(self.baseline, color="#999999", lw=1)
        places = range(len(self.axis.steps))
        for index, method in reversed(list(enumerate(results.ran))):
            rows = by_method.get(method.name, [])
            medians = [
                median_interval(self.values([row for row in rows if row.case.value == step]))[0]
                for step in self.axis.steps
            ]
            style = look(index)
            axes.plot(places, medians, color=style.colour, marker=style.marker, ms=4, lw=1.5)
        axes.set_xticks(places, [step_text(self.axis, step) for step in self.axis.steps])
        axes.tick_params(labelsize=8.5)
        axes.grid(axis="y", color="#EBEBEB", lw=0.7)
        axes.set_axisbelow(True)
        axes.spines[["top", "right"]].set_visible(False)
