"""Train the network that finds atom columns."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property, partial
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from colonnade.atoms.columns import Columns
from colonnade.atoms.library.sources import Simulator
from colonnade.atoms.locate.find.positions import find
from colonnade.atoms.score import NOTHING, score
from colonnade.atoms.simulate.image import Simulated, Simulation
from colonnade.atoms.train.calibration import MATCH_DISTANCE, bright
from colonnade.atoms.train.targets import Labels, label_maps
from colonnade.core.data.held_out import HeldOut
from colonnade.core.data.source import Collection, Source
from colonnade.core.errors import RecipeError
from colonnade.core.images.binning import normalise
from colonnade.core.learn.networks import NetworkRecipe, build
from colonnade.core.learn.origin import identity_of
from colonnade.core.learn.trained import Trained
from colonnade.core.learn.training import Sample, Scores, TrainingRecipe, with_adamw
from colonnade.core.learn.warm_start import warm_start

CHANNELS = 3
"""Maps of the network: the mask, and the offset along y and along x."""

WARM_START_IMAGES = 64
"""Training images from which a network that begins with a model takes its statistics."""

GAIN_PART = 2
"""Part of a seed from which the gains of training images are drawn."""


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
    """Images, none of them trained on, that the card's scores are measured on; as many others
    make the probabilities and the threshold right."""
    failures: str = "not measured"
    """Where the model is known to go wrong, in words; goes into its card."""

    def __post_init__(self) -> None:
        _check_size(self.simulation.size, self.network.stride)
        if self.validation_images < 1:
            raise RecipeError("validation_images must be at least 1")


def _check_size(size: tuple[int, int], stride: int) -> None:
    if any(count % stride for count in size):
        raise RecipeError(f"the sides of images, {size} px, must be multiples of {stride}")


@dataclass(frozen=True)
class Samples:
    """Normalised images and their labels, by number.

    Parameters
    ----------
    recipe
        What to train.
    source
        Gives the labelled images.
    """

    recipe: AtomsRecipe
    source: Source[Simulated]

    def __call__(self, index: int) -> Sample:
        """Make a normalised image and its labels."""
        simulated = self.source(index)
        labels = self.recipe.labels
        rng = np.random.default_rng([self.recipe.seed, GAIN_PART, index])
        gain = np.exp(rng.uniform(-labels.gain, labels.gain))
        image = gain * normalise(bright(simulated), labels.background)
        maps = label_maps(simulated.columns, image.shape, labels.mask_sigma)
        tensors = {"image": image[None], **maps}
        return {k: torch.from_numpy(np.asarray(v, np.float32)) for k, v in tensors.items()}


class AtomsTask:
    """The mask and the offset of atom columns, for the training loop.

    Parameters
    ----------
    recipe
        What to train, on what, and how long.
    source
        Labelled images to learn from; by default each is simulated when it is needed.
    held_out
        Others to calibrate and to score on; by default they are simulated.
    start
        Model file whose weights the network begins with; by default they are random.
    """

    def __init__(
        self,
        recipe: AtomsRecipe,
        source: Source[Simulated] | None = None,
        held_out: Collection[Simulated] | None = None,
        start: Path | None = None,
    ) -> None:
        if source is not None:
            _check_size(source(0).image.shape, recipe.network.stride)
        self.recipe, self.start = recipe, start
        self.source: Source[Simulated] = source or Simulator(recipe.simulation, recipe.seed)
        self.samples = Samples(recipe, self.source)
        simulator = partial(Simulator, recipe.simulation, recipe.seed)
        self.held_out = HeldOut.of(simulator, recipe.validation_images, held_out)

    @cached_property
    def networks(self) -> Mapping[str, Trained]:
        """The one network."""
        return {"columns": with_adamw(self._untrained(), self.recipe.training)}

    @property
    def identity(self) -> dict[str, str]:
        """What the weights depend on."""
        return identity_of(self)

    def step(self, batch: Sample, step: int) -> Scores:
        """Lower the loss of a batch."""
        network = self.networks["columns"]
        loss = self.loss(network(batch["image"]).float(), batch)
        network.descend(loss)
        return {"loss": float(loss.detach())}

    def loss(self, output: Tensor, batch: Sample) -> Tensor:
        """Cross entropy of the mask, and error of the offset in units of what noise allows.

        Without the units, columns in much noise would drown what bright ones have to teach.

        Parameters
        ----------
        output
            Answer of the network (n, 3, y, x).
        batch
            Images and labels.
        """
        labels = self.recipe.labels
        entropy = nn.functional.binary_cross_entropy_with_logits(
            output[:, 0], batch["mask"], batch["certain"]
        )
        squared = (output[:, 1:] - batch["offset"]).square().sum(1)
        allowed = batch["variance"] + labels.offset_floor**2
        # The logarithm keeps a column that is not placed at all from outweighing all others.
        error = batch["near"] * torch.log1p(squared / allowed)
        error = error.sum() / batch["near"].sum().clamp(min=1.0)
        loss: Tensor = entropy + labels.offset_weight * error
        return loss

    @torch.no_grad()
    def validate(self) -> Scores:
        """Recall, precision and error of the mask alone, on images that are not trained on."""
        trained = self.networks["columns"]
        network, labels, total = trained.averaged.eval(), self.recipe.labels, NOTHING
        for simulated in self.held_out.calibration:
            image = normalise(bright(simulated), labels.background)
            shown = torch.from_numpy(image)[None, None].to(trained.device)
            output = network(shown)[0].float().cpu()
            mask = torch.sigmoid(output[0]).numpy()
            positions = find(mask, output[1:].numpy(), labels.threshold, "offset").positions
            found = Columns(y=positions[:, 0], x=positions[:, 1])
            total += score(
                simulated.columns,
                found,
                MATCH_DISTANCE,
                shape=simulated.image.shape,
                border=MATCH_DISTANCE,
            )
        return {"recall": total.recall, "precision": total.precision, "rms_px": total.rms}

    def _untrained(self) -> nn.Module:
        """Build the network with the weights that it begins with."""
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(self.recipe.seed)
            network = build(self.recipe.network, inputs=1, outputs=CHANNELS)
        if self.start is not None:
            numbers = range(WARM_START_IMAGES)
            images = torch.stack([self.samples(number)["image"] for number in numbers])
            warm_start(network, self.start, images)
        return network
