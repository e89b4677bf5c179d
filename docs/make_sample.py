"""Make the micrograph that the package carries for upscaling: ``python docs/make_sample.py``."""

from pathlib import Path

import numpy as np

from colonnade.core.files.batch import sample
from colonnade.core.files.write import write_tiff
from colonnade.core.work.recipe import load, named_recipe
from colonnade.sem.library.sources import Simulator
from colonnade.sem.pair import Pair
from colonnade.sem.simulate.image import Simulation

SEED = 1

PIXEL_SIZE = 5.0
"""Of the coarse image [nm]."""


def simulate_sample() -> Pair:
    """Simulate the sample, and the sharp image that is its truth."""
    return Simulator(load(Simulation, named_recipe("sample", "sem")), SEED)(0)


def make_sample(path: Path) -> None:
    """Write the coarse image as an instrument would, in 8 bit and with its calibration."""
    write_tiff(path, simulate_sample().low.astype(np.uint8), (PIXEL_SIZE, PIXEL_SIZE))


if __name__ == "__main__":
    make_sample(sample("sem"))
