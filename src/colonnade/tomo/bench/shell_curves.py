"""Fourier shell correlation with the truth, of what was measured and of what was not."""

from collections.abc import Iterator
from html import escape
from pathlib import Path

import numpy as np
from matplotlib.figure import Figure

from colonnade.core.arrays import Array
from colonnade.core.bench.case import Series
from colonnade.core.bench.report import FIGURES, picture
from colonnade.core.bench.results import Results
from colonnade.core.bench.runs import output_folder
from colonnade.core.bench.scores import Row
from colonnade.core.bench.study import Section
from colonnade.core.bench.style import legend_handles, look, step_text
from colonnade.core.figures.plots import save_few_colours
from colonnade.core.measures.shells import shell_correlation
from colonnade.tomo.bench.cases import read_series
from colonnade.tomo.bench.gallery import STEP
from colonnade.tomo.bench.measure import median_of_known, wedge_of
from colonnade.tomo.bench.outputs import kept_output
from colonnade.tomo.bench.test_series import NOISE

MOST_SERIES = 24
"""So many specimens are correlated, at most, evenly chosen."""

HALF = 0.5
"""Where volume and truth agree no more."""

PARTS = ("in the planes that the views measure", "in the wedge that they leave out")


def shell_section(results: Results) -> Iterator[Section]:
    """Make the part of the report that shows the correlation over the frequency."""
    shown = []
    for series in results.varied:
        path = results.folder / FIGURES / f"shells-{series.name.replace(' ', '-')}.png"
        if draw_shells(results, series, path):
            title = f"{series.title}, {step_text(NOISE, STEP)} {NOISE.unit}"
            shown.append(f"<h3>{escape(title)}</h3>{picture(path, f'FSC, {title}', 'plot wide')}")
    if shown:
        note = (
            "Fourier shell correlation with the truth: medians over specimens of all families. "
            "What lies below the grey line agrees with the truth by less than a half."
        )
        yield Section("shells", "Frequency by frequency", f"<p>{note}</p>{''.join(shown)}")


def draw_shells(results: Results, series: Series, path: Path) -> bool:
    """Draw the correlation of every method in both parts of Fourier space, if there is any."""
    figure = Figure(figsize=(11.5, 3.9), layout="constrained")
    panels = figure.subplots(1, len(PARTS), sharey=True)
    found = False
    for index, method in enumerate(results.ran):
        rows = [row for row in results.rows_of(method.name, series.name) if row.case.value == STEP]
        if rows:
            found = True
            style = look(index)
            for axes, (frequency, median) in zip(panels, _curves(results, rows), strict=True):
                axes.plot(frequency, median, color=style.colour, marker=style.marker, ms=3.5)
    for axes, title in zip(panels, PARTS, strict=True):
        axes.axhline(HALF, color="#999999", lw=1)
        axes.set_title(title, fontsize=11)
        axes.set_xlabel("frequency [cycles per voxel]", fontsize=9)
        axes.set_xlim(0, 0.5)
        axes.set_ylim(-0.1, 1.02)
        axes.spines[["top", "right"]].set_visible(False)
    panels[0].set_ylabel("correlation with the truth", fontsize=9)
    handles = legend_handles(results, series.name)
    figure.legend(handles=handles, loc="outside upper center", ncols=6, frameon=False, fontsize=9)
    save_few_colours(figure, path, dpi=110)
    return found


def _curves(results: Results, rows: list[Row]) -> Iterator[tuple[Array, Array]]:
    """Give frequencies, and medians over the specimens, of both parts."""
    chosen = np.unique(np.linspace(0, len(rows) - 1, MOST_SERIES).round().astype(int))
    several: list[tuple[Array, ...]] = []
    for row in (rows[number] for number in chosen):
        test = read_series(results.folder, row.case)
        found = kept_output(output_folder(results.folder, row.method), row.case.name).volume
        wedge = wedge_of(test.series.angles)
        curves = [shell_correlation(found, test.truth, part) for part in (wedge, wedge.other)]
        several.append(tuple(one.correlation for one in curves))
        frequency = curves[0].frequency
    for part in zip(*several, strict=True):
        yield frequency, median_of_known(np.stack(part, axis=-1))
