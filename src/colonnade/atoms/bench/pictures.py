"""Images of the benchmark with what a method found, missed and invented."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from numpy.typing import NDArray

from colonnade.atoms.bench.case import TestImage
from colonnade.atoms.bench.cases import read_image
from colonnade.atoms.bench.measure import gate
from colonnade.atoms.columns import Columns
from colonnade.atoms.score import pair_columns
from colonnade.core.arrays import Array
from colonnade.core.bench.case import Axis
from colonnade.core.bench.runs import output_folder
from colonnade.core.bench.scores import Row
from colonnade.core.bench.style import number, short_name
from colonnade.core.errors import FileError
from colonnade.core.figures.plots import add_scale_bar, save_few_colours, show_image
from colonnade.core.images.micrograph import Micrograph

Window = tuple[NDArray[np.int_], NDArray[np.int_]]
"""Lowest and highest corner of a part of an image, (y, x) [px]."""

SUFFIX = ".columns.csv"
"""Of the tables of what methods found."""

MARKS = {
    "found": ("o", "#00D68F"),
    "missed": ("s", "#FF3B30"),
    "false": ("^", "#FFE600"),
}
"""Marker and colour: the shape tells them apart where the colour does not."""

EXAMPLE_SPACINGS = 16.0
"""Width of what an example shows, in distances of neighbouring columns."""

WIDTH_INCHES = 11.5
"""Width of a picture [inch]."""

EXAMPLES = 3
"""Images side by side along an axis."""

SHEET = (3, 4)
"""Rows and columns of images on one contact sheet."""


@dataclass(frozen=True, eq=False)
class MarkedImage:
    """An image, its truth, and what a method found in it.

    Parameters
    ----------
    test_image
        What was searched.
    found
        Where the method says columns are, rows of (y, x) [px].
    """

    test_image: TestImage
    found: Array

    @property
    def marks(self) -> dict[str, Array]:
        """Positions of what was found, missed and false, as the score counts them."""
        truth, reach = self.test_image.truth, gate(self.test_image)
        shape = self.test_image.image.shape
        pairs = pair_columns(truth, self.found, reach, shape=shape, border=reach)
        return {
            "found": self.found[pairs.found],
            "missed": truth.positions[pairs.missed],
            "false": self.found[pairs.false],
        }


def read_marked(folder: Path, row: Row) -> MarkedImage:
    """Read an image of a run and what a method found in it.

    Raises
    ------
    FileError
        If a file is missing or is not what a run writes.
    """
    name = row.case.name
    try:
        image = read_image(folder, row.case)
    except (OSError, ValueError, KeyError) as error:
        raise FileError(
            f"the image {name!r} in {folder} cannot be read ({error}); run it again"
        ) from error
    table = output_folder(folder, row.method) / f"{name}{SUFFIX}"
    return MarkedImage(image, Columns.from_csv(table).positions)


def draw_examples(folder: Path, rows: Sequence[Row], axis: Axis, path: Path) -> None:
    """Draw images along one axis with what a method found, missed and invented.

    Parameters
    ----------
    folder
        Of a run.
    rows
        Scores of one method on at most `EXAMPLES` images.
    axis
        Which quality varies.
    path
        The PNG file.
    """
    figure = Figure(figsize=(WIDTH_INCHES, 4.5), layout="constrained")
    panels = figure.subplots(1, EXAMPLES)
    for axes in panels[len(rows) :]:
        axes.set_axis_off()
    for axes, row in zip(panels, rows, strict=False):
        marked = read_marked(folder, row)
        _draw_panel(axes, marked, _middle(marked), WIDTH_INCHES / EXAMPLES)
        title = f"{axis.name} {number(row.case.value)} {axis.unit}".rstrip()
        axes.set_title(f"{title}\n{_scores(row)}", fontsize=10.5)
    _save_with_legend(figure, rows[0].method, path)


def draw_sheet(folder: Path, rows: Sequence[Row], path: Path) -> None:
    """Draw images of all kinds side by side with the marks of one method.

    Parameters
    ----------
    folder
        Of a run.
    rows
        Scores of one method on the images to draw, at most as many as `SHEET` has room for.
    path
        The PNG file.
    """
    down, across = -(-len(rows) // SHEET[1]), SHEET[1]
    figure = Figure(figsize=(WIDTH_INCHES, 3.35 * down + 0.3), layout="constrained")
    panels = figure.subplots(down, across, squeeze=False).flat
    for axes in panels[len(rows) :]:
        axes.set_axis_off()
    for axes, row in zip(panels, rows, strict=False):
        marked = read_marked(folder, row)
        whole = (np.zeros(2, int), np.array(marked.test_image.image.shape))
        _draw_panel(axes, marked, whole, WIDTH_INCHES / across)
        axes.set_title(f"{_shortened(row.case.axis)}\n{_scores(row)}", fontsize=8.5)
    _save_with_legend(figure, rows[0].method, path)


def _middle(marked: MarkedImage) -> Window:
    """Give the part in the middle in which columns can be told apart."""
    size = np.array(marked.test_image.image.shape)
    side = int(np.clip(EXAMPLE_SPACINGS * marked.test_image.spacing, 32, size.max()))
    low = np.maximum((size - side) // 2, 0)
    return low, np.minimum(low + side, size)


def _draw_panel(axes: Axes, marked: MarkedImage, window: Window, inches: float) -> None:
    """Show a part of an image with its marks, in a panel of this width [inch]."""
    low, high = window
    test_image = marked.test_image
    pixels = test_image.image.pixels[low[0] : high[0], low[1] : high[1]]
    image = Micrograph(pixels, test_image.image.pixel_size)
    show_image(axes, image)
    add_scale_bar(axes, image)
    size = float(np.clip(0.42 * 72 * inches * test_image.spacing / max(image.shape), 1.8, 11))
    width = min(0.13 * size + 0.35, 1.4)
    for kind, points in marked.marks.items():
        marker, colour = MARKS[kind]
        inside = ((points > low - 0.5) & (points < high - 0.5)).all(axis=1)
        y, x = (points[inside] - low).T
        larger = 1.0 if kind == "found" else 1.2
        style: dict[str, Any] = {"mec": colour, "mfc": "none", "zorder": 2 + larger}
        axes.plot(x, y, marker, ms=larger * size, mew=larger * width, **style)


def _scores(row: Row) -> str:
    recall, precision, rms = (row.scores[name] for name in ("recall", "precision", "rms_pm"))
    text = f"recall {_share(recall)}, precision {_share(precision)}"
    return f"{text}, {number(rms)} pm" if np.isfinite(rms) else text


def _share(value: float) -> str:
    return "\u2013" if np.isnan(value) else f"{value:.3f}".rstrip("0").rstrip(".")


def _shortened(text: str, width: int = 36) -> str:
    return text if len(text) <= width else text[: width - 1] + "…"


def _save_with_legend(figure: Figure, method: str, path: Path) -> None:
    handles = [
        Line2D([], [], ls="none", marker=marker, mec=colour, mfc="none", mew=1.6, ms=8, label=name)
        for name, (marker, colour) in MARKS.items()
    ]
    legend = figure.legend(
        handles=handles,
        loc="outside lower center",
        ncols=3,
        title=f"{short_name(method)}:",
        fontsize=9.5,
        labelcolor="white",
    )
    legend.get_frame().set(facecolor="#404040", linewidth=0, alpha=1)
    legend.get_title().set(color="white", fontsize=9.5)
    # The layout forgets the titles of images in the first row.
    top = 0.15 / figure.get_figheight()
    figure.get_layout_engine().set(rect=(0, 0, 1, 1 - top))  # type: ignore[union-attr, call-arg]
    save_few_colours(figure, path, dpi=110, palette=_palette())


@lru_cache(maxsize=1)
def _palette() -> tuple[int, ...]:
    """Greys, and the colours of the marks as they blend with them.

    Noise in many grey levels makes a file large, and nobody can see more than 64 of them.
    """
    greys = np.linspace(0, 255, 64)[:, None] * np.ones(3)
    levels = np.linspace(0, 255, 8)[:, None, None] * np.ones(3)
    shares = np.linspace(0.125, 1, 8)[:, None]
    colours = [np.array(to_rgb(colour)) * 255 for _, colour in MARKS.values()]
    blends = [(shares * colour + (1 - shares) * levels).reshape(-1, 3) for colour in colours]
    return tuple(np.concatenate([greys, *blends]).round().astype(int).ravel().tolist())
