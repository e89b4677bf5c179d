"""A recipe that trains in a moment."""

import pytest

from colonnade.core.learn.training import TrainingRecipe
from colonnade.sem.simulate.image import Simulation
from colonnade.sem.train.networks import SrRecipe
from colonnade.sem.train.task import SemRecipe


@pytest.fixture(scope="session")
def recipe() -> SemRecipe:
    return SemRecipe(
        name="tiny",
        simulation=Simulation(factor=2, size=(64, 64)),
        network=SrRecipe(width=16, blocks=2, coarse_blocks=1, interval_width=4),
        training=TrainingRecipe(
            steps=2, batch=2, learning_rate=1e-3, warmup=0, save_every=2, workers=0
        ),
        exposures=2,
        validation_images=3,
        failures="knows nothing",
    )
