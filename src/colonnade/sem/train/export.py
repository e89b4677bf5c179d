"""Make a model file of a trained network: calibrated, scored, and with its card."""

from pathlib import Path

from torch import nn

from colonnade.core.learn.card import Card
from colonnade.core.learn.onnx_export import Named, export, exported
from colonnade.core.learn.origin import card_of
from colonnade.sem.card import WING, ByHeart, Familiarity, SemCard
from colonnade.sem.conditions import CHANNELS
from colonnade.sem.train.calibration import calibrated, scored
from colonnade.sem.train.particles import with_particles
from colonnade.sem.train.task import SemTask
from colonnade.sem.upscale.predict import LOG_HALF_WIDTH


def export_model(task: SemTask, network: nn.Module, folder: Path) -> Path:
    """Save the model file into the folder.

    The intervals and the verdict are calibrated on some of the pairs that were held out, and the
    scores of the card are of the others.
    """
    named = Named(network)
    with exported(named, _card(task, _uncalibrated(task), {})) as model:
        part = with_particles(calibrated(model, task), model, task.recipe.seed, _images(task))
        scores = scored(model, part, task.held_out.scores)
    path = folder / f"{task.recipe.name}.onnx"
    export(named, _card(task, part, scores), path)
    return path


def _images(task: SemTask) -> int:
    """How many images of particles of each size: few where a training is tried in a moment."""
    return -(-task.recipe.validation_images // 24)


def _uncalibrated(task: SemTask) -> SemCard:
    """Give a card with which the half-widths stay as the network predicts them."""
    return SemCard(
        interval_factor=1.0,
        familiarity=Familiarity(),
        by_heart=ByHeart(),
        companion=task.recipe.companion,
        materials=task.materials,
    )


def _card(task: SemTask, part: SemCard, scores: dict[str, float]) -> Card:
    contest = " against a discriminator" if task.recipe.losses.adversarial else ""
    return card_of(
        task,
        wing=WING,
        samples=f"pairs{contest}",
        input_channels=CHANNELS,
        output_channels=LOG_HALF_WIDTH + 1,
        factor=task.recipe.factor,
        scores=scores,
        part=part.to_part(),
    )
