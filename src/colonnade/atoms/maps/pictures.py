"""Figures of maps: values painted around columns, arrows, and what the colours mean."""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import ListedColormap
from matplotlib.figure import Figure
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from colonnade.atoms.columns import Columns
from colonnade.atoms.maps.curves import Curve
from colonnade.core.arrays import Array, Indices
from colonnade.core.figures.overlay import BLUE, ORANGE
from colonnade.core.figures.plots import add_scale_bar, show_image
from colonnade.core.images.micrograph import Micrograph
from colonnade.core.measures.neighbours import nearest_distances

CATEGORIES = ("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00", "#F0E442")
"""Colours of what has no order, which all people can tell apart (Okabe and Ito)."""

PAINTED_NEIGHBOURS = 4
"""Colours of a column go most of the way to the neighbour of this number."""

PAINTED_PX = 600
"""Longer side of a painted map [px of the picture]."""

DOT = 0.3
"""Width of a column's dot, in distances between the columns, on a panel five inches wide."""

SIGNIFICANT = 2.0
"""Standard errors from which a value is called more than noise."""

DIVERGING, SEQUENTIAL, CYCLIC = "RdBu_r", "cividis", "twilight"
"""Colours of what has two directions, of what has one, and of angles; all perceptual."""

CATEGORIES = ("#E69F00", "#56B4E9", "#009E73", "#CC79A7", "#F0E442", "#D55E00", "#0072B2")
"""Colours of kinds that people with any colour vision can tell apart (Okabe and Ito)."""


def mark_kinds(axes: Axes, columns: Columns, kinds: Indices, names: Mapping[int, str]) -> None:
    """Put a dot on every column, in the colour of its kind, and name the kinds below.

    Parameters
    ----------
    axes
        What is drawn into, which shows the image.
    columns, kinds
        The columns, and the number of each one's kind; what is below 0 is black.
    names
        Of the kinds, in the order in which they are named.
    """
    height, width = (abs(np.diff(limits).item()) for limits in (axes.get_ylim(), axes.get_xlim()))
    size = DOT * 72 * 5 * _spacing(columns) / max(height, width)
    for kind, name in names.items():
        if not (members := kinds == kind).any():
            continue
        colour = "black" if kind < 0 else CATEGORIES[kind % len(CATEGORIES)]
        y, x = columns.y[members], columns.x[members]
        axes.scatter(x, y, s=size**2, c=colour, ec="white", lw=0.3, label=name, zorder=3)
    axes.legend(
        loc="upper center", bbox_to_anchor=(0.5, -0.01), ncols=4, fontsize=8, frameon=False
    )


def canvas(columns: Columns, image: Micrograph | None) -> Micrograph:
    """Give the image that a map is drawn on: a black one without an image."""
    if image is not None:
        size = image.pixel_size or columns.pixel_size
        return Micrograph(image.pixels, size, image.name)
    height, width = np.ceil(columns.positions.max(axis=0) + _spacing(columns)).astype(int) + 1
    return Micrograph(np.zeros((height, width), np.uint8), columns.pixel_size)


def paint(
    axes: Axes, columns: Columns, values: Array, field: Micrograph, **colours: object
) -> None:
    """Colour the surroundings of each column by its value; what is far from all stays as it is.

    Parameters
    ----------
    axes
        What is drawn into.
    columns, values
        Where a value was measured, and the value.
    field
        The image, whose size and calibration the map has.
    colours
        Handed to `Axes.imshow`.
    """
    height, width = field.shape
    step = max(1.0, max(height, width) / PAINTED_PX)
    y, x = np.arange(0, height, step), np.arange(0, width, step)
    places = np.stack(np.meshgrid(y, x, indexing="ij"), axis=-1).reshape(-1, 2)
    distance, nearest = cKDTree(columns.positions).query(places, workers=-1)
    shown = np.where(distance <= _around(columns), values[nearest], np.nan)
    axes.imshow(
        shown.reshape(len(y), len(x)),
        extent=(-0.5, x[-1] + step - 0.5, y[-1] + step - 0.5, -0.5),
        interpolation="nearest",
        **colours,  # type: ignore[arg-type]
    )


def draw_components(
    columns: Columns,
    titles: Sequence[str],
    values: Array,
    sigma: Array,
    image: Micrograph | None,
) -> Figure:
    """Draw a map of each component, and below it how far it is from noise.

    Parameters
    ----------
    columns
        Where the components were measured.
    titles
        Of the components, with their units.
    values, sigma
        Columns of components, and of their standard errors.
    image
        What they are drawn over, if there is one.
    """
    field = canvas(columns, image)
    figure = Figure(figsize=(3.4 * len(titles), 6.6), layout="constrained")
    for column, (top, bottom) in enumerate(figure.subplots(2, len(titles)).T):
        most = float(np.nanquantile(np.abs(values[:, column]), 0.98)) or 1.0
        for axes in (top, bottom):
            show_image(axes, field)
        colours = {"cmap": DIVERGING, "vmin": -most, "vmax": most, "alpha": 0.85}
        paint(top, columns, values[:, column], field, **colours)
        figure.colorbar(top.images[-1], ax=top, shrink=0.8)
        top.set_title(titles[column])
        away = np.abs(values[:, column]) / sigma[:, column]
        paint(bottom, columns, away, field, cmap=SEQUENTIAL, vmin=0, vmax=5, alpha=0.85)
        figure.colorbar(bottom.images[-1], ax=bottom, shrink=0.8, extend="max")
        share = float(np.mean(away >= SIGNIFICANT))
        bottom.set_title(f"standard errors from zero\n{share:.0%} beyond {SIGNIFICANT:g}", size=9)
        add_scale_bar(top, field)
    return figure


def draw_grains(
    columns: Columns, number: Indices, boundary: NDArray[np.bool_], image: Micrograph | None
) -> Figure:
    """Draw the image, and beside it each grain in a colour of its own and its boundaries.

    Parameters
    ----------
    columns, number, boundary
        Where columns lie, of which grain each is, and whether it touches another.
    image
        What they are drawn over, if there is one.
    """
    field = canvas(columns, image)
    figure = Figure(figsize=(10, 5.2), layout="constrained")
    left, right = figure.subplots(1, 2)
    for axes in (left, right):
        show_image(axes, field)
    shown = np.where(number >= 0, number % len(CATEGORIES), np.nan)
    colours = {"cmap": ListedColormap(CATEGORIES), "vmin": -0.5, "alpha": 0.6}
    paint(right, columns, shown, field, vmax=len(CATEGORIES) - 0.5, **colours)
    right.plot(
        columns.x[boundary], columns.y[boundary], "o", ms=3, mfc="none", mec="black", mew=0.8
    )
    for each in range(number.max() + 1):
        y, x = np.median(columns.positions[number == each], axis=0)
        right.text(x, y, str(each), ha="center", va="center", size=14, weight="bold")
    add_scale_bar(left, field)
    return figure


def draw_curves(curves: Mapping[str, Curve]) -> Figure:
    """Draw shifts along x and along y over a coordinate, with two standard errors.

    Parameters
    ----------
    curves
        By the names of their coordinates.
    """
    figure = Figure(figsize=(9, 2.8 * len(curves)), layout="constrained")
    panels = figure.subplots(len(curves), 1, squeeze=False)[:, 0]
    for axes, (name, curve) in zip(panels, curves.items(), strict=True):
        for axis, word, colour in ((1, "along x", BLUE), (0, "along y", ORANGE)):
            shift, error = curve.shift[:, axis], 2 * curve.sigma[:, axis]
            axes.plot(curve.nodes, shift, color=colour, lw=1.2, label=word)
            axes.fill_between(
                curve.nodes, shift - error, shift + error, color=colour, alpha=0.25, lw=0
            )
        axes.axhline(0, color="0.6", lw=0.6)
        axes.set(xlabel=name, ylabel="displaced by, px")
        axes.spines[["top", "right"]].set_visible(False)
        axes.legend(frameon=False)
    return figure


def draw_profiles(
    profiles: Mapping[str, tuple[Array, Array, Array]], along: str, name: str, unit: str
) -> Figure:
    """Draw values along a line, with two standard errors, and their mean.

    Parameters
    ----------
    profiles
        Places, values and standard errors, by the titles of the panels.
    along
        What the places are, with their unit.
    name, unit
        What the values are.
    """
    figure = Figure(figsize=(9, 2.8 * len(profiles)), layout="constrained")
    panels = figure.subplots(len(profiles), 1, squeeze=False)[:, 0]
    for axes, (title, (places, values, sigma)) in zip(panels, profiles.items(), strict=True):
        axes.errorbar(places, values, 2 * sigma, fmt="o-", ms=3, lw=0.8, color=BLUE)
        axes.axhline(values.mean(), color="0.6", lw=0.6)
        axes.set(title=title, xlabel=along, ylabel=f"{name}, {unit}")
        axes.spines[["top", "right"]].set_visible(False)
    return figure


def _around(columns: Columns) -> float:
    """How far around a column its colour goes, so that a crystal has no holes [px]."""
    count = min(PAINTED_NEIGHBOURS + 1, len(columns))
    distances = cKDTree(columns.positions).query(columns.positions, count)[0]
    return 0.8 * float(np.median(distances[:, -1])) if count > 1 else 10.0


def _spacing(columns: Columns) -> float:
    distances = nearest_distances(columns.positions)
    return float(np.median(distances)) if len(distances) else 10.0
