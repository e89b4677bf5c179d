"""Images of the benchmark: what methods are given, what one made of it, and the truth."""

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
from colonnade.core.figures.overlay import grey_range
from colonnade.core.figures.plots import save_few_colours
from colonnade.sem.bench.by_material import material_title
from colonnade.sem.bench.cases import read_image
from colonnade.sem.bench.outputs import kept_output

SHOWN = 192
"""Rows and columns of the sharp image that an example shows [px]."""

WIDTH_INCHES = 11.5
"""Width of a picture [inch]."""


def draw_examples(folder: Path, rows: Sequence[Row], axis: Axis, path: Path) -> None:
    """Draw images along one axis: the input, what a method made of it, and the truth.

    Parameters
    ----------
    folder
        Of a run.
    rows
        Scores of one method on a few images.
    axis
        Which quality varies.
    path
        The PNG file.
    """
    side = WIDTH_INCHES / 3
    figure = Figure(figsize=(WIDTH_INCHES, (side + 0.25) * len(rows)), layout="constrained")
    panels = figure.subplots(len(rows), 3, squeeze=False)
    for places, row in zip(panels, rows, strict=True):
        titles = (f"{material_title(row)}, {_step(axis, row)}", _scores(row), "truth")
        _draw_row(places, _parts(folder, row), titles)
    save_few_colours(figure, path, dpi=90)


def _step(axis: Axis, row: Row) -> str:
    """Say where on an axis an image stands; a name has no unit."""
    step = step_text(axis, row.case.value)
    return f"{axis.name} {step} {axis.unit}".rstrip() if step[0].isdigit() else step


def _parts(folder: Path, row: Row) -> tuple[Single, Single, Single]:
    """Give the middle of the input, of the output and of the truth."""
    name = row.case.name
    try:
        test = read_image(folder, row.case)
    except (OSError, ValueError, KeyError) as error:
        raise FileError(
            f"the image {name!r} in {folder} cannot be read ({error}); run it again"
        ) from error
    output = kept_output(output_folder(folder, row.method), name)
    low, high, factor = test.pair.low, test.pair.high, test.pair.factor
    return middle(low, SHOWN // factor), middle(output.image, SHOWN), middle(high, SHOWN)


def middle(image: Single, side: int) -> Single:
    """Give the middle of an image, at most so many pixels high and wide."""
    y, x = (max(0, (length - side) // 2) for length in image.shape)
    return image[y : y + side, x : x + side]


def _draw_row(panels: Sequence[Axes], parts: Sequence[Single], titles: Sequence[str]) -> None:
    """Draw images side by side on the grey scale of the last."""
    low, high = grey_range(parts[-1])
    for axes, part, title in zip(panels, parts, titles, strict=True):
        axes.imshow(part, cmap="gray", vmin=low, vmax=high, interpolation="nearest")
        axes.set_title(title, fontsize=9.5)
        axes.set_axis_off()


def _scores(row: Row) -> str:
    scores = row.scores
    return (
        f"{short_name(row.method)}: {number(scores['psnr'])} dB, "
        f"SSIM {number(scores['ssim'])}, {number(scores['gain_db'])} dB over bicubic"
    )
