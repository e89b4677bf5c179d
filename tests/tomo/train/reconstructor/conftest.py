"""A recipe that trains in a moment."""

from dataclasses import replace

import pytest

from colonnade.core.learn.training import TrainingRecipe
from colonnade.tomo.simulate.tilting import Tilts
from colonnade.tomo.train.reconstructor.network import RestorerRecipe
from colonnade.tomo.train.reconstructor.task import ReconstructorRecipe


@pytest.fixture(scope="session")
def recipe() -> ReconstructorRecipe:
    usual = ReconstructorRecipe()
    tilts = Tilts(reach=(60.0,), step=(6.0, 10.0), irregular=0.0)
    return ReconstructorRecipe(
        name="tiny",
        slices=3,
        simulation=replace(usual.simulation, size=(32, 1, 32), tilts=tilts),
        network=RestorerRecipe(widths=(8, 8), blocks=(1, 1), interval_width=4),
        training=TrainingRecipe(
            steps=2, batch=2, learning_rate=1e-3, warmup=0, save_every=2, workers=0
        ),
        validation_slices=5,
        failures="knows nothing",
    )
