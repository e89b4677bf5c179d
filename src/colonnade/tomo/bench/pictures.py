"""Slices of the benchmark: the truth, what a method made of its views, and how far it is off."""

from collections.abc import Sequence
from pathlib import Path

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from colonnade.core.arrays import Single
from colonnade.core.bench.case import Axis
from colonnade.core.bench.runs import output_folder
from colonnade.core.bench.scores import Row
from colonnade.core.bench.style import number, short_name, step_text
from colonnade.core.errors import FileError
from colonnade.core.figures.plots import save_figure
from colonnade.tomo.bench.by_family import family_title
from colonnade.tomo.bench.cases import read_series
from colonnade.tomo.bench.outputs import kept_output

WIDTH_INCHES = 11.5
"""Width of a picture [inch]."""

ERROR_SHARE = 0.5
"""Errors are shown up to this share of the brightest voxel of the truth."""


def draw_examples(folder: Path, rows: Sequence[Row], axis: Axis, path: Path) -> None:
    """Draw series along one axis: the truth, what a method made of the views, and the error.

    Parameters
    ----------
    folder
        Of a run.
    rows
        Scores of one method on a few series.
    axis
        Which quality varies.
    path
        The PNG file.
    """
    side = WIDTH_INCHES / 3
    figure = Figure(figsize=(WIDTH_INCHES, (side + 0.25) * len(rows)), layout="constrained")
    panels = figure.subplots(len(rows), 3, squeeze=False)
    for places, row in zip(panels, rows, strict=True):
        truth, found = middle_slices(folder, row)
        peak = float(truth.max())
        show_slice(places[0], truth, peak)
        show_slice(places[1], found, peak)
        show_error(places[2], found - truth, peak)
        step = f"{step_text(axis, row.case.value)} {axis.unit}" if row.case.value else "no noise"
        places[0].set_title(f"truth: {family_title(row)}, {step}", fontsize=9.5)
        places[1].set_title(_scores(row), fontsize=9.5)
        places[2].set_title("error, blue too dark and red too bright", fontsize=9.5)
    save_figure(figure, path, dpi=90)


def middle_slices(folder: Path, row: Row) -> tuple[Single, Single]:
    """Give the middle slice of the truth, and of what a method gave in a run."""
    name = row.case.name
    try:
        truth = read_series(folder, row.case).truth
    except (OSError, ValueError, KeyError) as error:
        raise FileError(
            f"the series {name!r} in {folder} cannot be read ({error}); run it again"
        ) from error
    output = kept_output(output_folder(folder, row.method), name)
    middle = truth.shape[1] // 2
    return truth[:, middle], output.volume[:, middle]


def show_slice(axes: Axes, levels: Single, peak: float) -> None:
    """Draw a slice, black where nothing is and white at the peak of the truth."""
    axes.imshow(levels, cmap="gray", vmin=0, vmax=peak, interpolation="nearest")
    axes.set_axis_off()


def show_error(axes: Axes, error: Single, peak: float) -> None:
    """Draw how far a slice is off."""
    most = ERROR_SHARE * peak
    axes.imshow(error, cmap="RdBu_r", vmin=-most, vmax=most, interpolation="nearest")
    axes.set_axis_off()


def _scores(row: Row) -> str:
    scores = row.scores
    return f"{short_name(row.method)}: {number(scores['psnr'])} dB, SSIM {number(scores['ssim'])}"
