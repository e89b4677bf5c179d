"""The figure of the guide to tomography, for ``draw_images.py``."""

from pathlib import Path

import numpy as np
from make_sample import simulate_series
from matplotlib.figure import Figure

from colonnade.core.figures.plots import save_figure
from colonnade.tomo.reconstruct.reconstruct import Options, reconstruct

METHODS = {"wbp": "weighted back-projection", "sirt": "SIRT", "tv": "total variation"}
"""What is shown, and its names."""

SLICE = 24
"""Of the packaged series, through some of its particles."""


def draw_reconstructions(path: Path) -> None:
    """Draw a slice of the packaged series by every method, beside the truth."""
    made = simulate_series()
    sections = {
        name: reconstruct(made.series, Options(method)).volume.block(
            (slice(None), slice(SLICE, SLICE + 1), slice(None))
        )[:, 0]
        for method, name in METHODS.items()
    }
    sections["truth"] = made.truth[:, SLICE]
    figure = Figure(figsize=(11.6, 3.2), layout="constrained")
    for axes, (name, section) in zip(figure.subplots(1, 4), sections.items(), strict=True):
        axes.imshow(section, "gray", vmin=0, vmax=float(np.quantile(made.truth, 0.9995)))
        axes.set_title(name, loc="left", fontsize=11)
        axes.set_axis_off()
    save_figure(figure, path, dpi=100)
