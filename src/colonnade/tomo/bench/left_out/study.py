"""What is compared where the truth is not known: views that were left out, and how it is said."""

from collections.abc import Mapping, Sequence
from importlib.resources import files
from pathlib import Path

import numpy as np
from matplotlib.figure import Figure

from colonnade.core.arrays import Array, Single
from colonnade.core.bench.case import Axis, Series
from colonnade.core.bench.runs import output_folder
from colonnade.core.bench.scores import Row
from colonnade.core.bench.study import Limit, Pictures, Study, Task, Total, Wording
from colonnade.core.bench.style import number
from colonnade.core.figures.plots import save_figure
from colonnade.tomo.bench import outputs
from colonnade.tomo.bench.case import Reconstructed
from colonnade.tomo.bench.left_out.views import SERIES, LeftOut, read_left_out
from colonnade.tomo.bench.measure import median_of_known, projected, residual_over_noise

ACROSS = 3
"""Slices side by side on a sheet."""

BRIGHTEST = 0.999
"""Quantile of the grey levels of a slice that is shown white."""


def scores_of(test: LeftOut, output: Reconstructed) -> dict[str, float]:
    """Score what a method gave for one series."""
    wrong = projected(output.volume, test.angles) - test.sinograms
    squares = [
        float(np.mean(np.square(each, dtype=np.float64))) for each in (wrong, test.sinograms)
    ]
    return {
        "misfit": float(np.sqrt(squares[0] / squares[1])),
        "residual": residual_over_noise(test.input, output.volume),
    }


def pool(columns: Mapping[str, Array]) -> dict[str, Array]:
    """Scores of several series together: the median of each."""
    return {name: median_of_known(values) for name, values in columns.items()}


def no_output(test: LeftOut) -> Reconstructed:
    """Stand for what a method that failed gives: nothing at all."""
    return Reconstructed(np.zeros(test.input.shape, np.float32))


def draw_sheet(folder: Path, rows: Sequence[Row], path: Path) -> None:
    """Draw the middle slice of what a method gave for some series.

    Parameters
    ----------
    folder
        Of a run.
    rows
        Scores of one method on them.
    path
        The PNG file.
    """
    down = -(-len(rows) // ACROSS)
    figure = Figure(figsize=(11.5, 4.0 * down), layout="constrained")
    panels = figure.subplots(down, ACROSS, squeeze=False)
    for axes in panels.flat:
        axes.set_axis_off()
    for axes, row in zip(panels.flat, rows, strict=False):
        found = outputs.kept_output(output_folder(folder, row.method), row.case.name).volume
        slice_ = _middle(found)
        bright = max(float(np.quantile(slice_, BRIGHTEST)), 1e-12)
        axes.imshow(slice_, cmap="gray", vmin=0, vmax=bright, interpolation="nearest")
        axes.set_title(f"{row.case.axis}: misses {number(row.scores['misfit'])}", fontsize=9.5)
    save_figure(figure, path, dpi=90)


def _middle(volume: Single) -> Single:
    return volume[:, volume.shape[1] // 2]


def draw_nothing(folder: Path, rows: Sequence[Row], axis: Axis, path: Path) -> None:
    """Stand for examples along an axis, as nothing varies here."""


STUDY = Study(
    wing="tomo",
    model_method="network",
    task=Task(
        read=read_left_out,
        measure=scores_of,
        failed=no_output,
        write=outputs.write_output,
        suffix=outputs.SUFFIX,
        columns=("misfit", "residual"),
    ),
    series=(Series(SERIES, "Views that were left out", shown=True),),
    limits=(Limit("misfit", "share of views missed", "", 0.2, upper=True, span=(0.0, 0.5)),),
    pool=pool,
    totals=(
        Total("misfit", "left-out views<small>share that is missed</small>"),
        Total("residual", "residual<small>noise</small>"),
    ),
    published=(),
    wording=Wording(
        title="Benchmark of methods that reconstruct tilt series: real ones",
        comparison=(
            "Root mean square of what the volume, projected at the tilts of the views that were "
            "left out, misses of them, as a share of their own."
        ),
        totals="Medians over all series and all kinds of left-out views.",
        method=(files("colonnade.tomo.bench.left_out") / "method.html").read_text(
            encoding="utf-8"
        ),
    ),
    pictures=Pictures(draw_examples=draw_nothing, draw_sheet=draw_sheet, sheet_size=6),
)
