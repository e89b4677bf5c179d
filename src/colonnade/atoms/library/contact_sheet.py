"""Labelled images side by side."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from matplotlib.figure import Figure

from colonnade.atoms.simulate.image import Simulated
from colonnade.core.figures.overlay import BLUE, ORANGE
from colonnade.core.figures.plots import save_figure, show_image


def draw_contact_sheet(simulated: Sequence[Simulated], path: Path) -> None:
    """Draw labelled images side by side: rings for columns that are detectable, dots for others.

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
        detectable = one.columns.labels["detectable"] > 0
        sure, unsure = one.columns[detectable], one.columns[~detectable]
        axes.plot(sure.x, sure.y, "o", mec=ORANGE, mfc="none", mew=0.6, ms=4)
        axes.plot(unsure.x, unsure.y, ".", color=BLUE, ms=2)
        pixel, brightest = one.image.pixel_size, float(one.clean.max())
        known = [] if pixel is None else [f"{1000 * pixel[0]:.3g} pm/px"]
        if np.isfinite(brightest):
            known.append(f"{brightest:.0f} e⁻ at most")
        axes.set_title(", ".join(known), fontsize=8)
    save_figure(figure, path, dpi=120)
