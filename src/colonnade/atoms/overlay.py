"""The picture of an image with its columns marked."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import EllipseCollection
from matplotlib.figure import Figure
from scipy.spatial import cKDTree

from colonnade.atoms.columns import Columns
from colonnade.atoms.simulate import Simulated
from colonnade.core.micrograph import Micrograph
from colonnade.core.report import BLUE, ORANGE, add_scale_bar, save_figure, show_image

LARGEST = 9.0
"""Longer side of the picture [inch]."""


def mean_spacing(columns: Columns) -> tuple[float, str] | None:
    """Mean distance of a column to its nearest neighbour, and the unit: nm or px."""
    if len(columns) < 2:
        return None
    nm = columns.positions_nm
    points = columns.positions if nm is None else nm
    distance = cKDTree(points).query(points, 2)[0][:, 1]
    return float(distance.mean()), "px" if nm is None else "nm"


def sentence(columns: Columns, name: str) -> str:
    """Say in a sentence what was found."""
    if not len(columns):
        return f"{name}: no columns found"
    spacing = mean_spacing(columns)
    text = f"{name}: {len(columns)} column{'s' if len(columns) > 1 else ''}"
    if spacing is None:
        return text
    return f"{text}, nearest neighbours {spacing[0]:.3g} {spacing[1]} apart on average"


def draw_overlay(image: Micrograph, columns: Columns, path: Path) -> None:
    """Draw the image with a ring around every column, a scale bar and the count.

    Parameters
    ----------
    image
        What was searched.
    columns
        What was found.
    path
        The PNG file.
    """
    height, width = image.shape
    scale = LARGEST / max(height, width)
    figure = Figure(figsize=(max(width * scale, 3.0), max(height * scale, 3.0) + 0.35))
    axes = figure.add_axes((0, 0, 1, 1 - 0.35 / figure.get_figheight()))
    show_image(axes, image)
    _mark(axes, columns, image.shape)
    add_scale_bar(axes, image)
    figure.text(0.01, 0.995, sentence(columns, image.name), va="top", fontsize=11)
    save_figure(figure, path)


def _mark(axes: Axes, columns: Columns, shape: tuple[int, int]) -> None:
    if not len(columns):
        return
    spacing = max(shape) / 12
    if len(columns) > 1:
        points = columns.positions
        spacing = float(np.median(cKDTree(points).query(points, 2)[0][:, 1]))
    diameter = np.full(len(columns), 0.6 * spacing)
    rings = EllipseCollection(
        diameter,
        diameter,
        np.zeros(len(columns)),
        units="xy",
        offsets=np.stack([columns.x, columns.y], 1),
        transOffset=axes.transData,
        facecolors="none",
        edgecolors=ORANGE,
        linewidths=0.9,
    )
    axes.add_collection(rings)
    if 0.6 * spacing / max(shape) * LARGEST > 0.05:
        axes.plot(columns.x, columns.y, ".", color=ORANGE, ms=1.5)


def draw_contact_sheet(simulated: Sequence[Simulated], path: Path) -> None:
    """Draw labelled images side by side: rings for columns that are asked for, dots for others.

    Parameters
    ----------
    simulated
        Images with their truth.
    path
        The PNG file.
    """
    across = min(6, len(simulated))
    down = -(-len(simulated) // across)
    height, width = simulated[0].image.shape
    size = (2.6 * across, (2.6 * height / width + 0.3) * down)
    figure = Figure(figsize=size, layout="constrained")
    all_axes = figure.subplots(down, across, squeeze=False).flat
    for axes in all_axes[len(simulated) :]:
        axes.set_visible(False)
    for axes, one in zip(all_axes, simulated, strict=False):
        show_image(axes, one.image)
        asked = one.columns.labels["asked"] > 0
        sure, unsure = one.columns[asked], one.columns[~asked]
        axes.plot(sure.x, sure.y, "o", mec=ORANGE, mfc="none", mew=0.6, ms=4)
        axes.plot(unsure.x, unsure.y, ".", color=BLUE, ms=2)
        pixel, brightest = one.image.pixel_size, float(one.clean.max())
        known = [] if pixel is None else [f"{1000 * pixel[0]:.3g} pm/px"]
        if np.isfinite(brightest):
            known.append(f"{brightest:.0f} e⁻ at most")
        axes.set_title(", ".join(known), fontsize=8)
    save_figure(figure, path, dpi=120)
