"""The figures of the guide to tomography, for ``draw_images.py``."""

from pathlib import Path

import numpy as np
from make_sample import simulate_series
from matplotlib.figure import Figure

from colonnade.core.figures.plots import save_figure
from colonnade.tomo.bench.adapters.ours import AS_GIVEN
from colonnade.tomo.bench.test_series import Geometry, recipe_of
from colonnade.tomo.reconstruct.reconstruct import Options, reconstruct
from colonnade.tomo.simulate.series import simulate

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


NOISY = 200.0
"""Electrons in the brightest pixel of the views of a porous network."""

NETWORK_SEED = 5
"""Of that specimen, which no training has seen."""


def draw_network(path: Path) -> None:
    """Draw a slice by total variation and by the network, with its intervals, beside the truth."""
    recipe = recipe_of("porous", Geometry(128, 60.0), NOISY)
    made = simulate(recipe, np.random.default_rng(NETWORK_SEED))
    plain, network = (
        reconstruct(made.series, Options(method), preparation=AS_GIVEN, noise=made.noise)
        for method in ("tv", "network")
    )
    assert network.errors is not None
    brightest = float(np.quantile(made.truth, 0.9995))
    shown = {
        "truth": (made.truth, brightest, "gray"),
        "total variation": (plain.volume.voxels, brightest, "gray"),
        "a network": (network.volume.voxels, brightest, "gray"),
        "half-width of its 90 % intervals": (network.errors.voxels, brightest / 2, "magma"),
    }
    figure = Figure(figsize=(11.6, 3.2), layout="constrained")
    for axes, (name, (voxels, high, colours)) in zip(
        figure.subplots(1, 4), shown.items(), strict=True
    ):
        axes.imshow(voxels[:, 1], colours, vmin=0, vmax=high)
        axes.set_title(name, loc="left", fontsize=11)
        axes.set_axis_off()
    save_figure(figure, path, dpi=100)
