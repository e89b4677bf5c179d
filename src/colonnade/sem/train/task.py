"""Train a network for super-resolution, alone or against a discriminator."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from colonnade.core.data.held_out import HeldOut
from colonnade.core.data.source import Collection, Source
from colonnade.core.errors import RecipeError
from colonnade.core.learn.losses import decibel_loss, interval_loss
from colonnade.core.learn.model import read_card
from colonnade.core.learn.origin import identity_of
from colonnade.core.learn.trained import Trained
from colonnade.core.learn.training import Sample, Scores, TrainingRecipe, with_adamw
from colonnade.core.learn.warm_start import warm_start
from colonnade.sem.conditions import Conditions
from colonnade.sem.library.sources import Simulator
from colonnade.sem.pair import Pair
from colonnade.sem.simulate.image import Simulation
from colonnade.sem.train.exposures import Exposures
from colonnade.sem.train.losses import adversarial_loss, content_loss
from colonnade.sem.train.networks import Discriminator, SrRecipe, SuperResolution, enlarged

GENERATOR, DISCRIMINATOR = "generator", "discriminator"
"""What the networks of a training are called."""

WARM_START_PAIRS = 16
"""Training pairs from which a network that begins with a model takes its statistics."""

SEEN_PAIRS = 64
"""So many training pairs are asked what materials there are."""

FLIP_PART = 2
"""Part of a seed from which it is drawn which samples are flipped."""


@dataclass(frozen=True)
class Losses:
    """What counts beside the error of the image, and how much."""

    adversarial: float = 0.0
    """Weight of seeming sharp to a discriminator; 0 trains without one, for the smallest error."""
    content: float = 0.0
    """Weight of the distance between features of image and truth in the discriminator."""
    discriminator_width: int = 32
    """Channels of the discriminator's first layer."""
    head_start: int = 0
    """Steps in which the discriminator learns alone."""

    def __post_init__(self) -> None:
        if self.content and not self.adversarial:
            raise RecipeError("losses.content needs a discriminator; set losses.adversarial too")


@dataclass(frozen=True)
class SemRecipe:
    """Everything that a trained network for super-resolution depends on."""

    name: str = "light-x4"
    """What the model is called; its file too."""
    seed: int = 0
    """Every draw follows from it."""
    simulation: Simulation = field(default_factory=lambda: Simulation(size=(192, 192)))
    network: SrRecipe = field(default_factory=SrRecipe)
    losses: Losses = field(default_factory=Losses)
    training: TrainingRecipe = field(
        default_factory=lambda: TrainingRecipe(steps=6000, batch=8, learning_rate=1e-3)
    )
    exposures: int = 6
    """Pairs that are made of each simulated specimen, with other instruments."""
    validation_images: int = 48
    """Pairs, none of them trained on, that the card's scores are measured on; as many others
    calibrate the intervals and the verdict."""
    companion: str = ""
    """The model without a discriminator whose evidence the features of this one are checked
    against; empty for one that is trained without."""
    failures: str = "not measured"
    """Where the model is known to go wrong, in words; goes into its card."""

    def __post_init__(self) -> None:
        coarse = [length // self.simulation.factor for length in self.simulation.size]
        if any(length % self.network.stride for length in coarse):
            raise RecipeError(
                f"simulation.size must be multiples of {self.simulation.factor} times "
                f"{self.network.stride}"
            )
        if self.validation_images < 1 or self.exposures < 1:
            raise RecipeError("validation_images and exposures must be at least 1")

    @property
    def factor(self) -> int:
        """How many times as many pixels the network gives along each axis."""
        return self.simulation.factor


@dataclass(frozen=True)
class Samples:
    """Normalised pairs with the network's conditions, by number.

    Parameters
    ----------
    seed
        Decides which are flipped.
    source
        Gives the pairs.
    """

    seed: int
    source: Source[Pair]

    def __call__(self, index: int) -> Sample:
        """Make an input and the truth.

        The fast axis stays where it is: noise is not the same along both.
        """
        pair = self.source(index)
        down, across = np.random.default_rng([self.seed, FLIP_PART, index]).choice([1, -1], 2)
        low, high = (image[::down, ::across] for image in (pair.low, pair.high))
        return normalised(replace(pair, low=low, high=high))


class SemTask:
    """A network for super-resolution, for the training loop.

    Parameters
    ----------
    recipe
        What to train, on what, and how long.
    source
        Pairs to learn from; by default each is simulated when it is needed.
    held_out
        Others to calibrate and to score on; by default they are simulated.
    start
        Model file whose weights the network begins with; by default they are random.
    """

    def __init__(
        self,
        recipe: SemRecipe,
        source: Source[Pair] | None = None,
        held_out: Collection[Pair] | None = None,
        start: Path | None = None,
    ) -> None:
        self.recipe, self.start = recipe, start
        self.source: Source[Pair] = source or Exposures(
            recipe.simulation, recipe.seed, recipe.exposures
        )
        simulator = partial(Simulator, recipe.simulation, recipe.seed)
        self.held_out = HeldOut.of(simulator, recipe.validation_images, held_out)
        self.samples = Samples(recipe.seed, self.source)

    @cached_property
    def networks(self) -> Mapping[str, Trained]:
        """The network, and the discriminator if it has one."""
        found = {GENERATOR: self._untrained()}
        if self.recipe.losses.adversarial:
            with torch.random.fork_rng(devices=[]):
                torch.manual_seed(self.recipe.seed)
                found[DISCRIMINATOR] = Discriminator(self.recipe.losses.discriminator_width)
        return {name: with_adamw(network, self.recipe.training) for name, network in found.items()}

    @cached_property
    def materials(self) -> tuple[str, ...]:
        """What the network learns from, as far as the first pairs show it."""
        return tuple(sorted({self.source(number).material for number in range(SEEN_PAIRS)}))

    @property
    def identity(self) -> dict[str, str]:
        """What the weights depend on."""
        return identity_of(self)

    def step(self, batch: Sample, step: int) -> Scores:
        """Lower the losses of a batch."""
        answer = self.networks[GENERATOR](batch["image"]).float()
        image, log_half_width, truth = answer[:, 0], answer[:, 1], batch["truth"]
        losses = {
            "image": decibel_loss(image, truth),
            "interval": interval_loss(log_half_width, image, truth),
        }
        if self.recipe.losses.adversarial:
            losses |= self._contest(image[:, None], truth[:, None], step)
        if step >= self.recipe.losses.head_start:
            total = torch.stack([losses[name] for name in losses if name != DISCRIMINATOR]).sum()
            self.networks[GENERATOR].descend(total)
        return {name: float(value.detach()) for name, value in losses.items()}

    def _contest(self, image: Tensor, truth: Tensor, step: int) -> dict[str, Tensor]:
        """Let the discriminator learn, and say what it makes of the images."""
        weights, contestant = self.recipe.losses, self.networks[DISCRIMINATOR]
        learns = adversarial_loss(contestant(truth), sharp=True) + adversarial_loss(
            contestant(image.detach()), sharp=False
        )
        contestant.descend(learns)
        judge = contestant.network
        assert isinstance(judge, Discriminator)
        features, true_features = judge.features(image), judge.features(truth)
        return {
            "adversarial": weights.adversarial
            * adversarial_loss(judge.verdict(features[-1]), sharp=True),
            "content": weights.content * content_loss(features, true_features),
            DISCRIMINATOR: learns,
        }

    @torch.no_grad()
    def validate(self) -> Scores:
        """How much smaller errors are than those of plain enlargement [dB], on other pairs."""
        trained = self.networks[GENERATOR]
        network = trained.averaged.eval()
        gains = []
        for pair in self.held_out.calibration:
            sample = normalised(pair)
            shown, truth = (sample[name][None].to(trained.device) for name in ("image", "truth"))
            image = network(shown)[:, 0].float()
            plain = enlarged(shown[:, :1], pair.factor)[:, 0]
            gains.append(20 * float(torch.log10(_rms(plain - truth) / _rms(image - truth))))
        return {"gain_db": float(np.mean(gains))}

    def _untrained(self) -> nn.Module:
        """Build the network with the weights that it begins with.

        Of a model of another factor it takes the trunk alone.
        """
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(self.recipe.seed)
            network = SuperResolution(self.recipe.network, self.recipe.factor)
        if self.start is not None:
            images = torch.stack([self.samples(n)["image"] for n in range(WARM_START_PAIRS)])
            if read_card(self.start).factor == self.recipe.factor:
                warm_start(network, self.start, images)
            else:
                warm_start(network.trunk, self.start, images, part="trunk.")
        return network


def _rms(error: Tensor) -> Tensor:
    return error.square().mean().sqrt()


def normalised(pair: Pair) -> Sample:
    """Give the network's input for a pair, and the truth on the same scale."""
    conditions = Conditions.of(pair.low)
    image = conditions.channels(conditions.normalise(pair.low)[None, None])[0]
    tensors = {"image": image, "truth": conditions.normalise(pair.high)}
    return {name: torch.from_numpy(np.ascontiguousarray(v)) for name, v in tensors.items()}
