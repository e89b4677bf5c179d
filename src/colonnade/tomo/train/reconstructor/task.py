"""Train a network that reconstructs slices, through its own steps and the projections between."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Literal

import numpy as np
import torch
from torch import Tensor, nn

from colonnade.core.data.held_out import HeldOut
from colonnade.core.data.source import Collection, Source
from colonnade.core.errors import RecipeError
from colonnade.core.learn.losses import decibel_loss, interval_loss
from colonnade.core.learn.origin import identity_of
from colonnade.core.learn.trained import Trained
from colonnade.core.learn.training import Sample, Scores, TrainingRecipe, with_adamw
from colonnade.core.learn.warm_start import warm_start
from colonnade.core.work.draws import Range
from colonnade.tomo.library.sources import Simulator
from colonnade.tomo.reconstruct.evidence import CHANNELS, Evidence
from colonnade.tomo.simulate.phantoms.mixture import Phantoms, PhantomShares
from colonnade.tomo.simulate.recording import Recording
from colonnade.tomo.simulate.series import SeriesSimulation
from colonnade.tomo.simulate.stage import Stage
from colonnade.tomo.simulate.tilting import Tilts
from colonnade.tomo.train.reconstructor.network import Restorer, RestorerRecipe
from colonnade.tomo.train.reconstructor.prepared import Prepared, Slice, Slices, total_variation
from colonnade.tomo.train.reconstructor.pull import pull

RESTORER = "restorer"
"""What the network of a training is called."""

SAMPLE_PART = 2
"""Part of a seed from which it is drawn which slices are shown, and how they are flipped."""

LEVELS = (0.6, 1.4)
"""What is taken for the brightness of the volume, in that of the slice: slices differ."""


@dataclass(frozen=True)
class ReconstructorRecipe:
    """Everything that a trained network that reconstructs depends on."""

    name: str = "tomo"
    """What the model is called; its file too."""
    seed: int = 0
    """Every draw follows from it."""
    begins: Literal["tv", "sirt"] = "tv"
    """What the network begins with: total variation, or SIRT."""
    steps: int = 2
    """How often it improves a slice; between the steps it sees what the views want of it. With
    none of that, in a single step, it is shown the slice alone."""
    pulled: bool = True
    """Whether it is shown what the views want; else it sees the slice alone."""
    agrees: float = 1.0
    """Weight of the total variation with which its slices are brought to agree with the views
    [that of the total variation alone]; 0 leaves them as the network gives them."""
    slices: int = 2000
    """Slices to learn from; total variation takes a second for each."""
    weights: Range = (6.0, 24.0)
    """Of their total variation, drawn logarithmically [noise of the views]."""
    simulation: SeriesSimulation = field(
        default_factory=lambda: SeriesSimulation(
            size=(128, 1, 128),
            phantoms=Phantoms(shares=PhantomShares(catalyst=0.0, film=0.0, needle=0.0)),
            tilts=Tilts(reach=(45.0, 60.0, 70.0, 76.0), irregular=0.0),
            stage=Stage(misaligned=0.0),
            recording=Recording(clean=0.12, backed=0.0, drifting=0.0, speckled=0.0),
        )
    )
    network: RestorerRecipe = field(default_factory=RestorerRecipe)
    training: TrainingRecipe = field(
        default_factory=lambda: TrainingRecipe(steps=4000, batch=8, learning_rate=1e-3)
    )
    validation_slices: int = 48
    """Slices, none of them trained on, that the card's scores are measured on; as many others
    calibrate the intervals."""
    failures: str = "not measured"
    """Where the model is known to go wrong, in words; goes into its card."""

    def __post_init__(self) -> None:
        depth, height, width = self.simulation.size
        if height != 1 or depth % self.network.stride or width % self.network.stride:
            raise RecipeError(
                "simulation.size must be of one slice, whose sides are multiples of "
                f"{self.network.stride} px"
            )
        if self.simulation.tilts.irregular or self.simulation.stage.misaligned:
            raise RecipeError("a network learns from series that are aligned, with even tilts")
        if min(self.steps, self.slices, self.validation_slices) < 1:
            raise RecipeError("steps, slices and validation_slices must be at least 1")
        if self.steps > 1 and not self.pulled:
            raise RecipeError("a network that sees the slice alone has one step")

    @property
    def channels(self) -> int:
        """How many images and numbers the network is shown."""
        return CHANNELS if self.pulled else 1


@dataclass(frozen=True)
class Samples:
    """Slices in the brightness of their volume, with their views, by number.

    Parameters
    ----------
    seed
        Decides which slices are shown, and how they are flipped.
    source
        Gives the slices.
    slices
        How many there are.
    views
        No slice has more.
    """

    seed: int
    source: Source[Slice]
    slices: int
    views: int

    def __call__(self, index: int) -> Sample:
        """Give what a network learns from one slice.

        Turned round along z or along x, a slice has the same views at the opposite tilts.
        """
        rng = np.random.default_rng([self.seed, SAMPLE_PART, index])
        flips = rng.integers(0, 2, 2)
        level = np.exp(rng.uniform(*np.log(LEVELS)))
        return sample(self.source(int(rng.integers(self.slices))), self.views, level, *flips)


def sample(
    one: Slice, views: int, level: float = 1.0, along_z: int = 0, along_x: int = 0
) -> Sample:
    """Give the tensors of a slice.

    Parameters
    ----------
    one
        The slice.
    views
        So many rows its views get.
    level
        What is taken for the brightness of its volume, in its own.
    along_z, along_x
        Whether it is turned round.
    """
    brightness = np.float32(level * one.level)
    slices = np.stack([one.tv, one.sirt, one.truth]) / brightness
    sinogram = one.sinogram / brightness
    angles = np.array(one.angles)
    if along_z:
        slices, sinogram, angles = slices[:, ::-1], sinogram[::-1], -angles[::-1]
    if along_x:
        slices, sinogram = slices[:, :, ::-1], sinogram[::-1, ::-1]
        angles = -angles[::-1]
    missing = views - len(sinogram)
    return {
        "slices": torch.from_numpy(np.ascontiguousarray(slices)),
        "sinogram": torch.from_numpy(np.pad(sinogram, ((0, missing), (0, 0)))),
        "angles": torch.from_numpy(np.pad(angles, (0, missing), constant_values=np.nan)),
        "noise": torch.tensor(one.noise / brightness, dtype=torch.float32),
    }


class ReconstructorTask:
    """A network that reconstructs slices, for the training loop.

    Parameters
    ----------
    recipe
        What to train, on what, and how long.
    source
        Slices to learn from, prepared; by default each is made when it is needed.
    held_out
        Others to calibrate and to score on; by default they are simulated.
    start
        Model file whose weights the network begins with; by default they are random.
    """

    def __init__(
        self,
        recipe: ReconstructorRecipe,
        source: Slices | None = None,
        held_out: Collection[Slice] | None = None,
        start: Path | None = None,
    ) -> None:
        self.recipe, self.start = recipe, start
        self.source = source or prepared(recipe, 0)
        self.held_out = HeldOut.of(
            lambda part: prepared(recipe, part), recipe.validation_slices, held_out
        )
        self.samples = Samples(recipe.seed, self.source, recipe.slices, self.source.views)

    @cached_property
    def networks(self) -> Mapping[str, Trained]:
        """The network, by name."""
        return {RESTORER: with_adamw(self._untrained(), self.recipe.training)}

    @property
    def identity(self) -> dict[str, str]:
        """What the weights depend on."""
        return identity_of(self)

    def step(self, batch: Sample, step: int) -> Scores:
        """Lower the losses of a batch."""
        trained = self.networks[RESTORER]
        truth = batch["slices"][:, 2]
        found, log_half_width = restore(trained, batch, self.recipe)
        losses = {
            "image": torch.stack([decibel_loss(one, truth) for one in found]).mean(),
            "interval": interval_loss(log_half_width, found[-1], truth),
        }
        trained.descend(torch.stack(list(losses.values())).sum())
        return {name: float(value.detach()) for name, value in losses.items()}

    @torch.no_grad()
    def validate(self) -> Scores:
        """How much smaller errors are than those it begins with [dB], on other slices."""
        trained = self.networks[RESTORER]
        network = trained.averaged.eval()
        gains = []
        for one in self._shown:
            batch = {name: value[None].to(trained.device) for name, value in one.items()}
            found, _ = restore(network, batch, self.recipe)
            truth, begun = batch["slices"][:, 2], begin(batch, self.recipe)
            gains.append(20 * float(torch.log10(_rms(begun - truth) / _rms(found[-1] - truth))))
        return {"gain_db": float(np.mean(gains)), "worst_gain_db": float(np.min(gains))}

    @cached_property
    def _shown(self) -> list[Sample]:
        """Slices that the scores in the log rest on."""
        return [sample(one, len(one.angles)) for one in self.held_out.calibration]

    def _untrained(self) -> nn.Module:
        """Build the network with the weights that it begins with."""
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(self.recipe.seed)
            network = Restorer(self.recipe.network, self.recipe.channels)
        if self.start is not None:
            warm_start(network, self.start, torch.zeros(1, self.recipe.channels, 32, 32))
        return network


def prepared(recipe: ReconstructorRecipe, part: int) -> Prepared:
    """Give the slices of a part of the recipe's seed."""
    return Prepared(Simulator(recipe.simulation, recipe.seed, part), recipe.weights)


def begin(batch: Sample, recipe: ReconstructorRecipe) -> Tensor:
    """Give the slices that the network begins with."""
    return batch["slices"][:, 0 if recipe.begins == "tv" else 1]


def restore(
    network: "nn.Module | Trained", batch: Sample, recipe: ReconstructorRecipe
) -> tuple[list[Tensor], Tensor]:
    """Improve slices step by step; give those of each step, and their half-widths' logarithm."""
    slices, found = begin(batch, recipe), []
    log_half_width = torch.zeros_like(slices)
    for _ in range(recipe.steps):
        shown = _channels(batch, slices) if recipe.pulled else slices[:, None]
        answer = network(shown).float()
        slices, log_half_width = slices + answer[:, 0], answer[:, 1]
        found.append(slices)
    return found, log_half_width


def _channels(batch: Sample, slices: Tensor) -> Tensor:
    """Give what the network is shown, as `Evidence.channels` does."""
    several = list(_evidence(batch))
    pulls = [
        pull(one, sinogram[: evidence.projector.views], evidence)
        for one, sinogram, evidence in zip(slices, batch["sinogram"], several, strict=True)
    ]
    numbers = torch.tensor([one.numbers for one in several]).to(slices)
    same = numbers[:, :, None, None].expand(-1, -1, *slices.shape[1:])
    images = [slices[:, None], batch["slices"][:, :2], torch.stack(pulls)[:, None]]
    return torch.cat([*images, same], dim=1)


def _evidence(batch: Sample) -> "list[Evidence]":
    shape = batch["slices"].shape[-2:]
    angles = [tuple(one[~one.isnan()].tolist()) for one in batch["angles"]]
    solvers = [total_variation(one, int(shape[0]), int(shape[1])) for one in angles]
    return [Evidence(s, float(n)) for s, n in zip(solvers, batch["noise"], strict=True)]


def _rms(error: Tensor) -> Tensor:
    return error.square().mean().sqrt()
