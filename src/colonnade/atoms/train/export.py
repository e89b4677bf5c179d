"""Make a model file of a trained network: calibrated, scored, and with its card."""

from pathlib import Path

import torch
from torch import Tensor, nn

from colonnade.atoms.card import WING, AtomsCard, SingleAtoms
from colonnade.atoms.network import NETWORK_ALONE, NETWORK_DEFAULTS
from colonnade.atoms.train.recalibration import calibrated
from colonnade.atoms.train.task import CHANNELS, AtomsTask
from colonnade.core.learn.card import Card
from colonnade.core.learn.onnx_export import export, exported
from colonnade.core.learn.origin import card_of


class Maps(nn.Module):
    """The network with its mask brought to 0..1, as model files hold it."""

    def __init__(self, network: nn.Module) -> None:
        super().__init__()
        self.network = network

    def forward(self, image: Tensor) -> Tensor:
        """Map images (n, 1, y, x) to mask, dy and dx (n, 3, y, x)."""
        output = self.network(image)
        return torch.cat([torch.sigmoid(output[:, :1]), output[:, 1:]], dim=1)


def export_model(task: AtomsTask, network: nn.Module, folder: Path) -> Path:
    """Save the model file into the folder.

    The probabilities and the threshold are made right on some of the images that were held out,
    and the scores of the card are of the others.
    """
    maps = Maps(network)
    with exported(maps, _card(task, _uncalibrated(task), {})) as model:
        part, scores = calibrated(model, task.held_out, task.recipe.seed)
    path = folder / f"{task.recipe.name}.onnx"
    export(maps, _card(task, part, scores), path)
    return path


def _uncalibrated(task: AtomsTask) -> AtomsCard:
    """Give a card with which a model takes its own confidence for a probability."""
    labels = task.recipe.labels
    return AtomsCard(
        pixel_size=task.recipe.simulation.imaging.pixel_size,
        threshold=labels.threshold,
        background=labels.background,
        calibration=NETWORK_ALONE.crystal,
        network=NETWORK_DEFAULTS,
        single_atoms=SingleAtoms(NETWORK_ALONE.single, labels.threshold),
    )


def _card(task: AtomsTask, part: AtomsCard, scores: dict[str, float]) -> Card:
    return card_of(
        task,
        wing=WING,
        samples="images",
        input_channels=1,
        output_channels=CHANNELS,
        factor=1,
        scores=scores,
        part=part.to_part(),
    )
