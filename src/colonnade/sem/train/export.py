"""Make a model file of a trained network: calibrated, scored, and with its card."""

from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory

import torch
from torch import Tensor, nn

from colonnade.core.learn.card import Card
from colonnade.core.learn.model import Model, read_card
from colonnade.core.learn.onnx_export import export
from colonnade.core.work.recipe import dumps
from colonnade.sem.card import FEATURES, WING, Familiarity, SemCard
from colonnade.sem.conditions import CHANNELS
from colonnade.sem.train.calibration import calibrated, scored
from colonnade.sem.train.networks import SuperResolution
from colonnade.sem.train.particles import with_particles
from colonnade.sem.train.task import SEEN_PAIRS, SemTask, normalised
from colonnade.sem.upscale.predict import LOG_HALF_WIDTH


class Maps(nn.Module):
    """The network with the features of its input beside its answer, as model files hold it.

    Parameters
    ----------
    network
        Trained.
    projection
        Gives the features (n, `FEATURES`, y, x) of those of its trunk.
    """

    def __init__(self, network: SuperResolution, projection: nn.Conv2d) -> None:
        super().__init__()
        self.network, self.projection = network, projection
        self.empty = feature_maps(network.factor) * network.factor**2 - FEATURES

    def forward(self, image: Tensor) -> Tensor:
        """Map images (n, channel, y, x) to maps (n, map, factor·y, factor·x)."""
        features = self.network.features(image)
        small = nn.functional.pad(self.projection(features), (0, 0, 0, 0, 0, self.empty))
        folded = nn.functional.pixel_shuffle(small, self.network.factor)
        return torch.cat([self.network.answer(image, features), folded], dim=1)


def feature_maps(factor: int) -> int:
    """How many maps hold the features, folded to the resolution of the answer."""
    return -(-FEATURES // factor**2)


def export_model(task: SemTask, network: nn.Module, folder: Path) -> Path:
    """Save the model file into the folder.

    The intervals and the verdict are calibrated on some of the pairs that were held out, and the
    scores of the card are of the others.
    """
    assert isinstance(network, SuperResolution)
    maps = Maps(network, _projection(task, network))
    with TemporaryDirectory() as scratch:
        uncalibrated = Path(scratch) / "uncalibrated.onnx"
        export(maps, _card(task, _uncalibrated(task), {}), uncalibrated)
        model = Model(uncalibrated)
        part = with_particles(calibrated(model, task), model, task.recipe.seed, _images(task))
        scores = scored(model, part, task.held_out.scores)
    path = folder / f"{task.recipe.name}.onnx"
    export(maps, _card(task, part, scores), path)
    return path


def _images(task: SemTask) -> int:
    """How many images of particles of each size: few where a training is tried in a moment."""
    return -(-task.recipe.validation_images // 24)


@torch.no_grad()
def _projection(task: SemTask, network: SuperResolution) -> nn.Conv2d:
    """The principal components of the trunk's features over training pairs, at unit variance."""
    features = [
        network.features(normalised(task.source(number))["image"][None])[0].flatten(1)
        for number in range(SEEN_PAIRS)
    ]
    values = torch.cat(features, dim=1).double()
    mean = values.mean(1)
    variances, axes = torch.linalg.eigh(torch.cov(values))
    weights = axes[:, -FEATURES:].T / variances[-FEATURES:, None].clamp(min=1e-12).sqrt()
    projection = nn.Conv2d(len(mean), FEATURES, 1)
    projection.weight.copy_(weights[:, :, None, None])
    assert projection.bias is not None
    projection.bias.copy_(-(weights @ mean))
    return projection


def _uncalibrated(task: SemTask) -> SemCard:
    """Give a card with which the half-widths stay as the network predicts them."""
    return SemCard(
        interval_factor=1.0,
        familiarity=Familiarity(),
        companion=task.recipe.companion,
        materials=task.materials,
    )


def _card(task: SemTask, part: SemCard, scores: dict[str, float]) -> Card:
    recipe = task.recipe
    return Card(
        name=recipe.name,
        wing=WING,
        recipe=dumps(recipe),
        data_hash=sha256(task.source.identity.encode()).hexdigest(),
        input_channels=CHANNELS,
        output_channels=LOG_HALF_WIDTH + 1 + feature_maps(recipe.factor),
        input_range=None,
        factor=recipe.factor,
        stride=recipe.network.stride,
        halo=recipe.network.halo,
        scores=scores,
        training=_training(task),
        failures=recipe.failures,
        part=part.to_part(),
    )


def _training(task: SemTask) -> str:
    """How long the network was trained, in words."""
    training = task.recipe.training
    text = f"{training.steps} steps of {training.batch} pairs, {training.precision}"
    if task.recipe.losses.adversarial:
        text += ", against a discriminator"
    if task.start is not None:
        text += f", from {read_card(task.start).name}"
    return text
