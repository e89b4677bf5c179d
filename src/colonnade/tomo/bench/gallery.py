"""Slices of each family as every method shows them, and how far they are off."""

from collections.abc import Iterator, Mapping, Sequence
from html import escape
from pathlib import Path

from matplotlib.figure import Figure

from colonnade.core.bench.case import Series
from colonnade.core.bench.report import FIGURES, picture
from colonnade.core.bench.results import Results
from colonnade.core.bench.scores import Row
from colonnade.core.bench.study import Section
from colonnade.core.bench.style import short_name, step_text
from colonnade.core.figures.plots import save_figure
from colonnade.tomo.bench.by_family import KINDS
from colonnade.tomo.bench.pictures import middle_slices, show_error, show_slice
from colonnade.tomo.bench.test_series import NOISE

STEP = NOISE.steps[2]
"""Of the noise, at which specimens are shown."""

MOST_METHODS = 6
"""So many methods are shown beside the truth, the first of them."""

WIDTH_INCHES = 11.5
"""Width of a picture [inch]."""


def gallery_section(results: Results) -> Iterator[Section]:
    """Make the part of the report that shows slices by every method."""
    shown = []
    for series in results.varied:
        rows = _rows(results, series)
        if rows:
            path = results.folder / FIGURES / f"slices-{series.name.replace(' ', '-')}.png"
            draw_gallery(results.folder, rows, path)
            title = f"{series.title}, {step_text(NOISE, STEP)} {NOISE.unit}"
            shown.append(f"<h3>{escape(title)}</h3>{picture(path, f'Slices, {title}', 'wide')}")
    if shown:
        note = (
            "One specimen of each family: the truth, and what each method made of the same views; "
            "below it the error, blue where the method is too dark and red where it is too bright."
        )
        yield Section("slices", "Slices by every method", f"<p>{note}</p>{''.join(shown)}")


def _rows(results: Results, series: Series) -> dict[str, list[Row]]:
    """Give the rows of one specimen of each family, one for each method."""
    found: dict[str, list[Row]] = {}
    for kind, by_method in KINDS.sort(results, series).items():
        first = [
            next((row for row in by_method.get(method.name, []) if row.case.value == STEP), None)
            for method in results.ran[:MOST_METHODS]
        ]
        if known := [row for row in first if row is not None]:
            found[kind] = known
    return found


def draw_gallery(folder: Path, kinds: Mapping[str, Sequence[Row]], path: Path) -> None:
    """Draw slices side by side, and their errors below them.

    Parameters
    ----------
    folder
        Of a run.
    kinds
        What each specimen is called, and its rows, one for each method.
    path
        The PNG file.
    """
    across = 1 + max(map(len, kinds.values()))
    side = WIDTH_INCHES / across
    figure = Figure(figsize=(WIDTH_INCHES, (2 * side + 0.3) * len(kinds)), layout="constrained")
    panels = figure.subplots(2 * len(kinds), across, squeeze=False)
    for axes in panels.flat:
        axes.set_axis_off()
    for place, (kind, rows) in enumerate(kinds.items()):
        slices, errors = panels[2 * place], panels[2 * place + 1]
        for axes, below, row in zip(slices[1:], errors[1:], rows, strict=False):
            truth, found = middle_slices(folder, row)
            peak = float(truth.max())
            show_slice(axes, found, peak)
            show_error(below, found - truth, peak)
            axes.set_title(f"{short_name(row.method)}, {row.scores['psnr']:.1f} dB", fontsize=8)
        show_slice(slices[0], truth, peak)
        slices[0].set_title(kind, fontsize=8)
    save_figure(figure, path, dpi=80)
