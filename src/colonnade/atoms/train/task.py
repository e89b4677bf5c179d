"""Train the network that finds atom columns."""

import hashlib
import os
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from colonnade.atoms.columns import Columns
from colonnade.atoms.library.sources import Collection, Simulator, Source
from colonnade.atoms.locate.find.positions import find
from colonnade.atoms.score import NOTHING, Score, score
from colonnade.atoms.simulate.image import Simulation
from colonnade.atoms.train.calibration import CalibrationSet, bright
from colonnade.atoms.train.targets import Labels, label_maps
from colonnade.core.errors import RecipeError
from colonnade.core.images.binning import normalise
from colonnade.core.learn.model import Card, Model
from colonnade.core.learn.networks import NetworkRecipe, build
from colonnade.core.learn.onnx_export import export
from colonnade.core.learn.training import Sample, Scores, TrainingRecipe
from colonnade.core.learn.warm_start import begin_with
from colonnade.core.work.recipe import dumps

GATE = 3.0
"""Largest distance of a found column from the true one, in validation [px]."""

BEGINNING = 64
"""Images that show how large the features of a network are that begins with given weights."""

VALIDATION_SEED = 1
"""Appended to the seed, so that no simulated image to score on was ever trained on."""


@dataclass(frozen=True)
class AtomsRecipe:
    """Everything that a trained network for atom columns depends on."""

    name: str = "atoms"
    """What the model is called; its file too."""
    seed: int = 0
    """Every draw follows from it."""
    simulation: Simulation = field(default_factory=lambda: Simulation(size=(128, 128)))
    network: NetworkRecipe = field(default_factory=NetworkRecipe)
    labels: Labels = field(default_factory=Labels)
    training: TrainingRecipe = field(default_factory=TrainingRecipe)
    validation_images: int = 64
    """Simulated images, none of them trained on, that the scores are measured on."""
    failures: str = "not measured"
    """Where the model is known to go wrong, in words; goes into its card."""

    def __post_init__(self) -> None:
        _check_size(self.simulation.size, self.network.stride)


def _check_size(size: tuple[int, int], stride: int) -> None:
    if any(count % stride for count in size):
        raise RecipeError(f"the sides of images, {size} px, must be multiples of {stride}")


class AtomsTask:
    """The mask and the offset of atom columns, for the training loop.

    Parameters
    ----------
    recipe
        What to train, on what, and how long.
    source
        Labelled images to learn from; by default each is simulated when it is needed.
    held_out
        Others to score on; by default simulated ones of a seed of their own.
    start
        Model file whose weights the network begins with; by default they are random.
    """

    def __init__(
        self,
        recipe: AtomsRecipe,
        source: Source | None = None,
        held_out: Collection | None = None,
        start: Path | None = None,
    ) -> None:
        self.recipe, self.start = recipe, start
        self.source: Source = source or Simulator(recipe.simulation, recipe.seed)
        self.count = recipe.validation_images
        self.held_out: Source = Simulator(recipe.simulation, recipe.seed, VALIDATION_SEED)
        if held_out is not None:
            self.held_out, self.count = held_out, min(self.count, len(held_out))
        if source is not None:
            _check_size(source(0).image.shape, recipe.network.stride)

    def network(self) -> nn.Module:
        """Build the untrained network."""
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(self.recipe.seed)
            network = build(self.recipe.network, outputs=3)
        if self.start is not None:
            images = torch.stack([self.sample(index)["image"] for index in range(BEGINNING)])
            begin_with(network, self.start, images)
        return network

    def sample(self, index: int) -> Sample:
        """Make a normalised image and its labels."""
        simulated = self.source(index)
        labels = self.recipe.labels
        rng = np.random.default_rng([self.recipe.seed, 2, index])
        gain = np.exp(rng.uniform(-labels.gain, labels.gain))
        image = gain * normalise(bright(simulated), labels.background)
        maps = label_maps(simulated.columns, image.shape, labels.mask_sigma)
        tensors = {"image": image[None], **maps}
        return {k: torch.from_numpy(np.asarray(v, np.float32)) for k, v in tensors.items()}

    def loss(self, network: nn.Module, batch: Sample) -> Tensor:
        """Cross entropy of the mask, and error of the offset in units of what noise allows.

        Without the units, columns in much noise would drown what bright ones have to teach.
        """
        output = network(batch["image"]).float()
        entropy = nn.functional.binary_cross_entropy_with_logits(
            output[:, 0], batch["mask"], batch["sure"]
        )
        labels = self.recipe.labels
        squared = (output[:, 1:] - batch["offset"]).square().sum(1)
        allowed = batch["variance"] + labels.offset_floor**2
        # The logarithm keeps a column that is not placed at all from outweighing all others.
        error = batch["near"] * torch.log1p(squared / allowed)
        error = error.sum() / batch["near"].sum().clamp(min=1.0)
        loss: Tensor = entropy + labels.offset_weight * error
        return loss

    def validate(self, network: nn.Module, device: torch.device) -> Scores:
        """Recall, precision and error on images that are not trained on."""
        total = self.evaluate(network, device, self.recipe.labels.threshold)
        return {"recall": total.recall, "precision": total.precision, "rms_px": total.rms}

    @torch.no_grad()
    def evaluate(self, network: nn.Module, device: torch.device, threshold: float) -> Score:
        """Score on images that are not trained on."""
        network.eval()
        total = NOTHING
        for index in range(self.count):
            simulated = self.held_out(index)
            image = normalise(bright(simulated), self.recipe.labels.background)
            output = network(torch.from_numpy(image)[None, None].to(device))[0].float().cpu()
            mask = torch.sigmoid(output[0]).numpy()
            positions = find(mask, output[1:].numpy(), threshold, "offset").positions
            found = Columns(y=positions[:, 0], x=positions[:, 1])
            shape = simulated.image.shape
            total += score(simulated.columns, found, GATE, shape=shape, border=GATE)
        return total


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
    """Save the model file into the folder, with probabilities that are right, and its card."""
    recipe = task.recipe
    best = task.evaluate(network, torch.device("cpu"), recipe.labels.threshold)
    card = Card(
        name=recipe.name,
        wing="atoms",
        recipe=dumps(recipe),
        data_hash=hashlib.sha256(task.source.identity.encode()).hexdigest(),
        pixel_size=recipe.simulation.imaging.pixel_size,
        threshold=recipe.labels.threshold,
        background=recipe.labels.background,
        stride=recipe.network.stride,
        halo=recipe.network.halo,
        scores={"recall": best.recall, "precision": best.precision, "rms_px": best.rms},
        training=_training(task),
        failures=recipe.failures,
    )
    path = folder / f"{recipe.name}.onnx"
    export(Maps(network), card, path)
    held_out = CalibrationSet.of(
        Model(path), (task.held_out(index) for index in range(task.count))
    )
    calibration = held_out.calibration()
    threshold, best = held_out.best_threshold(calibration)
    scores = {"recall": best.recall, "precision": best.precision, "rms_px": best.rms}
    card = replace(
        card,
        calibration=calibration,
        threshold=threshold,
        scores={name: round(value, 4) for name, value in scores.items()},
    )
    export(Maps(network), card, path)
    return path


def _training(task: AtomsTask) -> str:
    """How long the network was trained, in words."""
    training = task.recipe.training
    text = f"{training.steps} steps of {training.batch} images, {training.precision}"
    if task.start is not None:
        before = Model(task.start).card
        text += f", after {before.name}: {before.training}"
    return text


def is_first_process() -> bool:
    """Whether this process, of those that torchrun started, is the one that writes."""
    return os.environ.get("RANK", "0") == "0"
