"""The recipes of the networks of the study (torch)."""

from dataclasses import replace

from colonnade.core.learn.training import TrainingRecipe
from colonnade.sem.bench.test_images import one_material
from colonnade.sem.bench.training.plan import ACROSS, Plan, Training
from colonnade.sem.simulate.image import Simulation
from colonnade.sem.simulate.instrument import GOOD
from colonnade.sem.train.networks import SrRecipe
from colonnade.sem.train.task import Losses, SemRecipe

SEED = 20137
"""Of the training images; not that of the test images."""

HEAD_START = 0.02
"""Share of the steps in which a discriminator learns alone."""


def recipe_of(plan: Plan, training: Training) -> SemRecipe:
    """Give the recipe of a network."""
    side = plan.patch * training.factor
    return SemRecipe(
        name=training.name,
        seed=SEED,
        simulation=replace(images_of(plan, training), size=(side, side)),
        network=SrRecipe(width=plan.width, blocks=plan.blocks, coarse_blocks=plan.blocks // 2),
        losses=_losses(plan) if training.adversarial else Losses(),
        training=TrainingRecipe(
            steps=plan.steps,
            batch=plan.batch,
            learning_rate=2e-3,
            warmup=max(1, plan.steps // 20),
            average=0.98,
            save_every=max(1, plan.steps // 4),
            workers=0,
        ),
        validation_images=plan.test_images,
        failures="trained for a study of training, not for use",
    )


def _losses(plan: Plan) -> Losses:
    """How SRGAN is trained: by content and against a discriminator, beside the image's error."""
    return Losses(
        adversarial=0.02,
        content=1.0,
        discriminator_width=plan.width // 2,
        head_start=round(HEAD_START * plan.steps),
    )


def images_of(plan: Plan, training: Training) -> Simulation:
    """Give the recipe of its training images."""
    side = plan.patch * training.factor * ACROSS
    return Simulation(
        factor=training.factor,
        size=(side, side),
        materials=one_material(training.material),
        instrument=GOOD,
        faint=0.0,
    )
