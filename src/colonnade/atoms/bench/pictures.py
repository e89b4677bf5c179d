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

from colonnade.atoms.bench.case import Axis, Place, Plate
from colonnade.atoms.bench.cases import read_plate
from colonnade.atoms.bench.figures import label, number, save_small
from colonnade.atoms.bench.measure import gate
from colonnade.atoms.bench.results import Results, Row
from colonnade.atoms.bench.runs import found_folder
from colonnade.atoms.columns import Columns
from colonnade.atoms.score import pair_columns
from colonnade.core.arrays import Array
from colonnade.core.errors import FileError
from colonnade.core.figures.plots import add_scale_bar, show_image
from colonnade.core.images.micrograph import Micrograph

Window = tuple[NDArray[np.int_], NDArray[np.int_]]

KINDS = {
    "found": ("o", "#00D68F"),
    "missed": ("s", "#FF3B30"),
    "false": ("^", "#FFE600"),
}
"""Marker and colour: the shape tells them apart where the colour does not."""

ACROSS = 16.0
"""An example shows so many columns across [spacings]."""

PAGE = 11.5
"""Width of a picture [inch]."""

SHEET = (3, 4)
"""Rows and columns of images on one contact sheet."""


@dataclass(frozen=True, eq=False)
class Seen:
    """An image, its truth, and what a method found in it.

    Parameters
    ----------
    plate
        What was searched.
    found
        Where the method says columns are, rows of (y, x) [px].
    """

    plate: Plate
    found: Array

    def marks(self, reach: float) -> dict[str, Array]:
        """Give the positions of what was found, missed and false, as the score counts them.

        Parameters
        ----------
        reach
            Largest distance of a pair, and width of the border where nothing counts [px].
        """
        truth = self.plate.truth
        pairs = pair_columns(truth, self.found, reach, shape=self.plate.image.shape, border=reach)
        return {
            "found": self.found[pairs.found],
            "missed": truth.positions[pairs.missed],
            "false": self.found[pairs.false],
        }


def see(folder: Path, place: Place, contestant: str) -> Seen:
    """Read an image of a run and what a method found in it.

    Raises
    ------
    FileError
        If a file is missing or is not what a run writes.
    """
    try:
        plate = read_plate(folder, place)
    except (OSError, ValueError, KeyError) as error:
        raise FileError(
            f"the image {place.name!r} in {folder} cannot be read ({error}); run it again"
        ) from error
    table = found_folder(folder, contestant) / f"{place.name}.columns.csv"
    return Seen(plate, Columns.from_csv(table).positions)


def examples(results: Results, series: str, axis: Axis) -> list[Row]:
    """Choose images at the good end of an axis, in its middle, and at its bad end."""
    rows = results.rows_of(results.ran[0].name, series, axis.name)
    values = sorted({row.place.value for row in rows}, key=axis.depth)
    chosen = dict.fromkeys(values[place] for place in (0, len(values) // 2, -1) if values)
    return [next(row for row in rows if row.place.value == value) for value in chosen]


def draw_examples(results: Results, series: str, axis: Axis, path: Path) -> None:
    """Draw images along one axis with what the first method found, missed and invented.

    Parameters
    ----------
    results
        Of a run.
    series, axis
        Which material, and which quality.
    path
        The PNG file.
    """
    rows = examples(results, series, axis)
    figure = Figure(figsize=(PAGE, 4.5), layout="constrained")
    panels = figure.subplots(1, 3)
    for axes in panels[len(rows) :]:
        axes.set_axis_off()
    for axes, row in zip(panels, rows, strict=False):
        seen = see(results.folder, row.place, row.contestant)
        _show(axes, seen, _middle(seen), PAGE / 3)
        title = f"{axis.name} {number(row.place.value)} {axis.unit}".rstrip()
        axes.set_title(f"{title}\n{_scores(row)}", fontsize=10.5)
    _save_with_legend(figure, results.ran[0].name, path)


def draw_generality(results: Results, rows: Sequence[Row], path: Path) -> None:
    """Draw images of all kinds side by side with the marks of one method.

    Parameters
    ----------
    results
        Of a run.
    rows
        Scores of the images to draw, at most as many as `SHEET` has places.
    path
        The PNG file.
    """
    down, across = -(-len(rows) // SHEET[1]), SHEET[1]
    figure = Figure(figsize=(PAGE, 3.35 * down + 0.3), layout="constrained")
    panels = figure.subplots(down, across, squeeze=False).flat
    for axes in panels[len(rows) :]:
        axes.set_axis_off()
    for axes, row in zip(panels, rows, strict=False):
        seen = see(results.folder, row.place, row.contestant)
        _show(axes, seen, (np.zeros(2, int), np.array(seen.plate.image.shape)), PAGE / across)
        axes.set_title(f"{_wrapped(row.place.axis)}\n{_scores(row)}", fontsize=8.5)
    _save_with_legend(figure, rows[0].contestant, path)


def _middle(seen: Seen) -> Window:
    """Corners of the part in the middle in which columns are seen one by one [px]."""
    size = np.array(seen.plate.image.shape)
    side = int(np.clip(ACROSS * seen.plate.spacing, 32, size.max()))
    low = np.maximum((size - side) // 2, 0)
    return low, np.minimum(low + side, size)


def _show(axes: Axes, seen: Seen, window: Window, inches: float) -> None:
    """Show a part of an image with its marks, so many inches wide."""
    low, high = window
    pixels = seen.plate.image.pixels[low[0] : high[0], low[1] : high[1]]
    image = Micrograph(pixels, seen.plate.image.pixel_size)
    show_image(axes, image)
    add_scale_bar(axes, image)
    size = float(np.clip(0.42 * 72 * inches * seen.plate.spacing / max(image.shape), 1.8, 11))
    width = min(0.13 * size + 0.35, 1.4)
    for kind, points in seen.marks(gate(seen.plate)).items():
        marker, colour = KINDS[kind]
        inside = ((points > low - 0.5) & (points < high - 0.5)).all(axis=1)
        y, x = (points[inside] - low).T
        more = 1.0 if kind == "found" else 1.2
        style: dict[str, Any] = {
            "mec": colour,
            "mfc": "none",
            "ms": more * size,
            "mew": more * width,
        }
        axes.plot(x, y, marker, **style, zorder=2 + more)


def _scores(row: Row) -> str:
    recall, precision, rms = (row.scores[name] for name in ("recall", "precision", "rms_pm"))
    text = f"recall {_share(recall)}, precision {_share(precision)}"
    return f"{text}, {number(rms)} pm" if np.isfinite(rms) else text


def _share(value: float) -> str:
    return "\u2013" if np.isnan(value) else f"{value:.3f}".rstrip("0").rstrip(".")


def _wrapped(text: str, width: int = 36) -> str:
    return text if len(text) <= width else text[: width - 1] + "…"


def _save_with_legend(figure: Figure, contestant: str, path: Path) -> None:
    handles = [
        Line2D([], [], ls="none", marker=marker, mec=colour, mfc="none", mew=1.6, ms=8, label=name)
        for name, (marker, colour) in KINDS.items()
    ]
    legend = figure.legend(
        handles=handles,
        loc="outside lower center",
        ncols=3,
        title=f"{label(contestant)}:",
        fontsize=9.5,
        labelcolor="white",
    )
    legend.get_frame().set(facecolor="#404040", linewidth=0, alpha=1)
    legend.get_title().set(color="white", fontsize=9.5)
    # The layout forgets the titles of images in the first row.
    top = 0.15 / figure.get_figheight()
    figure.get_layout_engine().set(rect=(0, 0, 1, 1 - top))  # type: ignore[union-attr, call-arg]
    save_small(figure, path, dpi=110, palette=_palette())


@lru_cache(maxsize=1)
def _palette() -> tuple[int, ...]:
    """Greys, and the colours of the marks as they blend with them.

    Grey noise takes much room: nobody sees more than so many levels.
    """
    greys = np.linspace(0, 255, 64)[:, None] * np.ones(3)
    levels = np.linspace(0, 255, 8)[:, None, None] * np.ones(3)
    shares = np.linspace(0.125, 1, 8)[:, None]
    colours = [np.array(to_rgb(colour)) * 255 for _, colour in KINDS.values()]
    blends = [(shares * colour + (1 - shares) * levels).reshape(-1, 3) for colour in colours]
    return tuple(np.concatenate([greys, *blends]).round().astype(int).ravel().tolist())
