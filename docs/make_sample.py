"""Make the samples that the package carries for its verbs: ``python docs/make_sample.py``."""

from pathlib import Path

import numpy as np

from colonnade.core.files.batch import sample
from colonnade.core.files.write import write_mrc, write_tiff
from colonnade.core.work.recipe import load, named_recipe
from colonnade.sem.library.sources import Simulator
from colonnade.sem.pair import Pair
from colonnade.sem.simulate.image import Simulation
from colonnade.tomo.simulate.series import SeriesSimulation, SimulatedSeries, simulate

SEED = 1

PIXEL_SIZE = 5.0
"""Of the coarse image [nm]."""


def simulate_sample() -> Pair:
    """Simulate the sample, and the sharp image that is its truth."""
    return Simulator(load(Simulation, named_recipe("sample", "sem")), SEED)(0)


def make_sample(path: Path) -> None:
    """Write the coarse image as an instrument would, in 8 bit and with its calibration."""
    write_tiff(path, simulate_sample().low.astype(np.uint8), (PIXEL_SIZE, PIXEL_SIZE))


SERIES_SEED = 2

SERIES_PIXEL_SIZE = 0.5
"""Of the views [nm]."""


def simulate_series() -> SimulatedSeries:
    """Simulate the tilt series, and the volume that is its truth."""
    recipe = load(SeriesSimulation, named_recipe("sample", "tomo"))
    return simulate(recipe, np.random.default_rng(SERIES_SEED))


def make_series(path: Path) -> None:
    """Write the views as a detector counts them, and their angles beside them."""
    series = simulate_series().series
    views = series.rows(slice(None)).transpose(1, 0, 2)
    counts = np.round(MOST_COUNTS * views / views.max()).clip(0, None).astype(np.uint16)
    write_mrc(path, counts, (None, SERIES_PIXEL_SIZE, SERIES_PIXEL_SIZE))
    angles = "".join(f"{angle:g}\n" for angle in series.angles)
    path.with_suffix(".rawtlt").write_text(angles, encoding="utf-8")


MOST_COUNTS = 2000
"""What the brightest pixel of the views is written as."""


if __name__ == "__main__":
    make_sample(sample("sem.tif"))
    make_series(sample("tomo.mrc"))
