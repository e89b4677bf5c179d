"""Train a network that takes noise out of images."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property, partial
from pathlib import Path
from typing import Literal

import numpy as np
import torch
from torch import Tensor, nn

from colonnade.core.arrays import Single
from colonnade.core.data.held_out import HeldOut
from colonnade.core.data.source import Source
from colonnade.core.errors import RecipeError
from colonnade.core.learn.losses import decibel_loss
from colonnade.core.learn.origin import identity_of
from colonnade.core.learn.trained import Trained
from colonnade.core.learn.training import Sample, Scores, TrainingRecipe, with_adamw
from colonnade.core.learn.warm_start import warm_start
from colonnade.tomo.denoise.conditions import Conditions
from colonnade.tomo.train.denoiser.network import Denoiser, DenoiserShape
from colonnade.tomo.train.denoiser.scenes import Noisy, Recordings, Scenes

DENOISER = "denoiser"
"""What the network of a training is called, and the kind of its recipe."""

CROP_PART = 2
"""Part of a seed from which it is drawn what part of an image a sample shows."""

WARM_START_IMAGES = 4
"""Training images that a network that begins with a model is shown first."""


@dataclass(frozen=True)
class DenoiserRecipe:
    """Everything that a trained network for denoising depends on."""

    kind: Literal["denoiser"] = "denoiser"
    """What tells the recipe of a denoiser from that of another network of the wing."""
    name: str = "denoiser"
    """What the model is called; its file too."""
    seed: int = 0
    """Every draw follows from it."""
    scenes: Scenes = field(default_factory=Scenes)
    patch: int = 96
    """Side of the part of each image that is learned from [px]; the noise is measured on all."""
    network: DenoiserShape = field(default_factory=DenoiserShape)
    training: TrainingRecipe = field(
        default_factory=lambda: TrainingRecipe(steps=4000, batch=6, learning_rate=1e-3)
    )
    validation_images: int = 64
    """Images, none of them trained on, that the card's scores are measured on."""
    failures: str = "not measured"
    """Where the model is known to go wrong, in words; goes into its card."""

    def __post_init__(self) -> None:
        if not self.network.stride <= self.patch <= self.scenes.side:
            raise RecipeError("patch must be no larger than scenes.side")
        if self.patch % self.network.stride:
            raise RecipeError(f"patch must be a multiple of {self.network.stride}")
        if self.validation_images < 1:
            raise RecipeError("validation_images must be at least 1")


@dataclass(frozen=True)
class Samples:
    """Normalised parts of images with the network's conditions, by number.

    Parameters
    ----------
    seed
        Decides which parts.
    patch
        Their side [px].
    source
        Gives the images.
    """

    seed: int
    patch: int
    source: Source[Noisy]

    def __call__(self, index: int) -> Sample:
        """Make an input and the truth."""
        noisy = self.source(index)
        rng = np.random.default_rng([self.seed, CROP_PART, index])
        free = [length - self.patch for length in noisy.image.shape]
        down, across = (int(rng.integers(most + 1)) for most in free)
        part = (slice(down, down + self.patch), slice(across, across + self.patch))
        conditions = Conditions.of([noisy.image])
        return as_sample(conditions, noisy.image[part], noisy.truth[part])


def as_sample(conditions: Conditions, image: Single, target: Single) -> Sample:
    """Give a network's input for an image, and what it is to answer, on one scale."""
    seen = conditions.channels(conditions.normalise(image)[None, None])[0]
    aim = np.ascontiguousarray(conditions.normalise(target))
    return {"image": torch.from_numpy(seen), "target": torch.from_numpy(aim)}


class DenoiserTask:
    """A network for denoising, for the training loop.

    Parameters
    ----------
    recipe
        What to train, on what, and how long.
    start
        Model file whose weights the network begins with; by default they are random.
    """

    def __init__(self, recipe: DenoiserRecipe, start: Path | None = None) -> None:
        self.recipe, self.start = recipe, start
        self.source: Source[Noisy] = Recordings(recipe.scenes, recipe.seed)
        simulator = partial(Recordings, recipe.scenes, recipe.seed)
        self.held_out = HeldOut[Noisy].of(simulator, recipe.validation_images, None)
        self.samples = Samples(recipe.seed, recipe.patch, self.source)

    @cached_property
    def networks(self) -> Mapping[str, Trained]:
        """The network."""
        images = partial(_images, self.samples)
        network = untrained(self.recipe.network, self.recipe.seed, self.start, images)
        return {DENOISER: with_adamw(network, self.recipe.training)}

    @property
    def identity(self) -> dict[str, str]:
        """What the weights depend on."""
        return identity_of(self)

    def step(self, batch: Sample, step: int) -> Scores:
        """Lower the error of a batch."""
        return descend(self.networks[DENOISER], batch)

    @torch.no_grad()
    def validate(self) -> Scores:
        """How much smaller errors are than those of the noisy images [dB], on other images."""
        trained = self.networks[DENOISER]
        network = trained.averaged.eval()
        gains = []
        for noisy in self.held_out.calibration:
            sample = as_sample(Conditions.of([noisy.image]), noisy.image, noisy.truth)
            shown, truth = (sample[name][None].to(trained.device) for name in ("image", "target"))
            before, after = _rms(shown[:, 0] - truth), _rms(network(shown)[:, 0] - truth)
            if before > 0:
                gains.append(20 * float(torch.log10(before / after)))
        return {"gain_db": float(np.mean(gains))}


def descend(trained: Trained, batch: Sample) -> Scores:
    """Lower the error of a batch; give the loss."""
    loss = decibel_loss(trained(batch["image"])[:, 0].float(), batch["target"])
    trained.descend(loss)
    return {"image": float(loss.detach())}


def untrained(
    shape: DenoiserShape, seed: int, start: Path | None, images: Callable[[], Tensor]
) -> nn.Module:
    """Build a network with the weights that it begins with.

    Parameters
    ----------
    shape
        Of the network.
    seed
        Of random weights.
    start
        Model file whose weights it begins with instead, if there is one.
    images
        Gives what it is going to be shown (n, channel, y, x).
    """
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        network = Denoiser(shape)
    if start is not None:
        warm_start(network, start, images())
    return network


def _images(samples: Callable[[int], Sample]) -> Tensor:
    return torch.stack([samples(number)["image"] for number in range(WARM_START_IMAGES)])


def _rms(error: Tensor) -> Tensor:
    return error.square().mean().sqrt()
