"""The picture of particles or pores: their outlines on the image, and how their sizes spread."""

from pathlib import Path
from textwrap import fill

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import to_rgba
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from numpy.typing import NDArray
from scipy.ndimage import maximum_filter, minimum_filter

from colonnade.core.arrays import Array
from colonnade.core.errors import visible
from colonnade.core.figures.overlay import BLUE, ORANGE
from colonnade.core.figures.plots import SHOWN_SIDE_PX, add_scale_bar, save_figure, show_image
from colonnade.core.images.micrograph import Micrograph
from colonnade.core.measures.regions.found import SEED
from colonnade.core.measures.regions.population import QUANTILES
from colonnade.core.measures.regions.results import Results
from colonnade.core.measures.regions.shapes import ball_diameter

SIZE_INCHES = (15.0, 8.0)

DOTS_PER_INCH = 110

LINE = 3
"""Width of an outline [px of what is shown]."""

BINS = 24
"""Bars of the histogram, at most."""

DRAWN_AGAIN = 400
"""So often is the histogram drawn again for its band."""


def draw_picture(results: Results, path: Path) -> None:
    """Draw outlines on the image, or on the section of a volume that shows most, and sizes."""
    figure = Figure(SIZE_INCHES, layout="constrained")
    figure.suptitle(fill(visible(results.sentence), 170), x=0.01, ha="left", fontsize=10)
    image, sizes = figure.subplots(1, 2, width_ratios=(1.5, 1))
    _draw_outlines(image, results)
    _draw_sizes(sizes, results)
    save_figure(figure, path, DOTS_PER_INCH)


def _draw_outlines(axes: Axes, results: Results) -> None:
    grey = results.regions.segmentation.levels.grey
    labels = results.regions.segmentation.labels
    if results.ndim == 3:
        plane = int(np.argmax(np.count_nonzero(labels, axis=(1, 2))))
        grey, labels = grey[plane], labels[plane]
        axes.set_title(f"section z = {plane}", fontsize=10)
    shown = grey if results.kind == "particles" else -grey
    _, size_y, size_x = results.voxel_size
    pixel_size = None if size_y is None or size_x is None else (size_y, size_x)
    image = Micrograph(shown, pixel_size)
    show_image(axes, image)
    axes.imshow(
        _outlines(labels, results.regions.measured),
        extent=axes.images[0].get_extent(),
        aspect=axes.get_aspect(),
        interpolation="nearest",
    )
    add_scale_bar(axes, image)
    kinds = {"measured": ORANGE, "a guess": BLUE}
    lines = [Line2D([], [], color=colour, label=name) for name, colour in kinds.items()]
    axes.legend(handles=lines, loc="lower right", fontsize=9)


def _outlines(labels: NDArray[np.int32], measured: NDArray[np.generic]) -> NDArray[np.float64]:
    """Colour the rim of each region."""
    step = -(-max(labels.shape) // SHOWN_SIDE_PX)
    some = labels[::step, ::step]
    times = max(1, SHOWN_SIDE_PX // (2 * max(some.shape)))
    fine = some.repeat(times, 0).repeat(times, 1)
    size = LINE if times > 1 else 2
    rim = (maximum_filter(fine, size) != minimum_filter(fine, size)) & (fine > 0)
    colours = np.array([to_rgba(ORANGE) if one else to_rgba(BLUE) for one in measured])
    painted = np.zeros((*fine.shape, 4))
    painted[rim] = colours[fine[rim] - 1]
    return painted


def _draw_sizes(axes: Axes, results: Results) -> None:
    """Draw how many of each diameter there are, and between what their number may lie."""
    regions = results.regions
    whole = regions.whole
    axes.set(xlabel=f"diameter [{results.unit}]", ylabel="share [%]")
    axes.spines[["top", "right"]].set_visible(False)
    if not whole.any():
        axes.text(0.5, 0.5, "none lies wholly in the field", ha="center", transform=axes.transAxes)
        return
    diameter = results.pixel * regions.shapes.diameter[whole]
    drawn = results.pixel * ball_diameter(regions.drawn[:, whole], results.ndim)
    weights = regions.weights[whole]
    edges = _edges(diameter)
    shares, _ = np.histogram(diameter, edges, weights=weights)
    axes.stairs(100 * shares / weights.sum(), edges, fill=True, color="0.75")
    low, high = _band(drawn, weights, edges)
    axes.stairs(high, edges, baseline=low, fill=True, color=ORANGE, alpha=0.35)
    median = results.median_diameter
    axes.axvline(median.value, color="black", linewidth=1)
    axes.axvspan(median.low, median.high, color="black", alpha=0.12)
    axes.set_title(
        "sizes by number, each interval of 90 %: of bars, and of the median", fontsize=10
    )


def _edges(diameter: Array) -> Array:
    count = int(np.clip(2 * np.sqrt(len(diameter)), 3, BINS))
    low, high = float(diameter.min()), float(diameter.max())
    rim = 0.05 * (high - low) or 0.5
    return np.linspace(max(low - rim, 0), high + rim, count + 1)


def _band(drawn: Array, weights: Array, edges: Array) -> tuple[Array, Array]:
    """Give the interval of each bar: others might have been seen, each of another size [%]."""
    rng = np.random.default_rng(SEED)
    bars = []
    for _ in range(DRAWN_AGAIN):
        some = rng.integers(len(weights), size=len(weights))
        draw = drawn[rng.integers(len(drawn))]
        counted, _ = np.histogram(draw[some], edges, weights=weights[some])
        bars.append(100 * counted / weights[some].sum())
    low, high = np.quantile(bars, QUANTILES, axis=0)
    return low, high
