"""Train a network that makes the slices of a stack finer along z."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from pathlib import Path
from typing import Literal

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
from colonnade.sem.card import SemCard
from colonnade.sem.conditions import CHANNELS, Conditions
from colonnade.sem.library.stacks import StackSimulator
from colonnade.sem.simulate.stack import StackPair, StackSimulation
from colonnade.sem.train.networks import COARSEST, LightTrunk, SrRecipe
from colonnade.sem.train.stacks.exposures import StackExposures
from colonnade.sem.train.stacks.losses import change_loss
from colonnade.sem.train.stacks.network import AlongZ, channels
from colonnade.sem.train.task import FLIP_PART, GENERATOR
from colonnade.sem.upscale.along_z.neighbours import windows

SEEN_STACKS = 16
"""So many training stacks are asked what materials there are; each of three is missed by one
choice in 600."""


@dataclass(frozen=True)
class StackLosses:
    """What counts beside the error of the slices, and how much."""

    change: float = 2.0
    """Weight of how far changes from slice to slice are from being as strong as in truth."""


@dataclass(frozen=True)
class StackRecipe:
    """Everything that a trained network for stacks depends on."""

    kind: Literal["stack"] = "stack"
    """What tells the recipe of a network for stacks from that of one for images."""
    name: str = "light-z4"
    """What the model is called; its file too."""
    seed: int = 0
    """Every draw follows from it."""
    slices: int = 5
    """How many slices the network sees to make finer ones of the middle one."""
    simulation: StackSimulation = field(default_factory=lambda: StackSimulation(size=(32, 48, 48)))
    network: SrRecipe = field(default_factory=SrRecipe)
    losses: StackLosses = field(default_factory=StackLosses)
    training: TrainingRecipe = field(
        default_factory=lambda: TrainingRecipe(steps=4000, batch=4, learning_rate=1e-3)
    )
    exposures: int = 8
    """Stacks that are made of each simulated solid, with other millings and instruments."""
    validation_stacks: int = 36
    """Stacks, none of them trained on, that the card's scores are measured on; as many others
    calibrate the intervals."""
    failures: str = "not measured"
    """Where the model is known to go wrong, in words; goes into its card."""

    def __post_init__(self) -> None:
        if self.slices < 3 or self.slices % 2 == 0:
            raise RecipeError(f"slices must be an odd number of 3 or more, not {self.slices}")
        if self.network.kind != "light":
            raise RecipeError("network.kind must be light; there is no other one for stacks")
        if self.simulation.in_plane != 1:
            raise RecipeError("simulation.in_plane must be 1, as the planes of slices stay")
        if self.simulation.slices < self.slices:
            raise RecipeError(
                f"simulation.size has {self.simulation.slices} slices, and the network is to see "
                f"{self.slices}"
            )
        if any(length % self.network.stride for length in self.simulation.size[1:]):
            raise RecipeError(
                f"rows and columns of simulation.size must be multiples of {self.network.stride}"
            )
        if self.validation_stacks < 1 or self.exposures < 1:
            raise RecipeError("validation_stacks and exposures must be at least 1")


@dataclass(frozen=True)
class StackSamples:
    """Normalised parts of stacks with the network's conditions, by number.

    Parameters
    ----------
    seed
        Decides which are flipped, and which part of a stack is shown.
    slices
        How many slices the network sees.
    source
        Gives the stacks.
    """

    seed: int
    slices: int
    source: Source[StackPair]

    def __call__(self, index: int) -> Sample:
        """Make inputs and the truth of slices in a row.

        Most are from the middle of the stack, as in large stacks most are. Neither the fast axis
        nor z is turned round: noise and depth are not the same along them.
        """
        pair = self.source(index)
        rng = np.random.default_rng([self.seed, FLIP_PART, index])
        down, across = rng.choice([1, -1], 2)
        low, high = (volume[:, ::down, ::across] for volume in (pair.low, pair.high))
        half = self.slices // 2
        first = int(rng.choice([0, half, 2 * half], p=SHOWN))
        part = slice(first, first + len(low) - 2 * half)
        sample = normalised(replace(pair, low=low, high=high), self.slices)
        fine = slice(part.start * pair.factor, part.stop * pair.factor)
        return {"image": sample["image"][part], "truth": sample["truth"][fine]}


SHOWN = (1 / 8, 3 / 4, 1 / 8)
"""How often the beginning, the middle and the end of a stack are shown."""


class StackTask:
    """A network for stacks, for the training loop.

    Parameters
    ----------
    recipe
        What to train, on what, and how long.
    source
        Stacks to learn from; by default each is simulated when it is needed.
    held_out
        Others to calibrate and to score on; by default they are simulated.
    start
        File of a model whose weights the network begins with; of one for images it takes the
        features alone. By default they are random.
    """

    def __init__(
        self,
        recipe: StackRecipe,
        source: Source[StackPair] | None = None,
        held_out: Collection[StackPair] | None = None,
        start: Path | None = None,
    ) -> None:
        self.recipe, self.start = recipe, start
        self.source: Source[StackPair] = source or StackExposures(
            recipe.simulation, recipe.seed, recipe.exposures
        )
        simulator = partial(StackSimulator, recipe.simulation, recipe.seed)
        self.held_out = HeldOut.of(simulator, recipe.validation_stacks, held_out)
        self.samples = StackSamples(recipe.seed, recipe.slices, self.source)

    @cached_property
    def networks(self) -> Mapping[str, Trained]:
        """The network."""
        return {GENERATOR: with_adamw(self._untrained(), self.recipe.training)}

    @cached_property
    def materials(self) -> tuple[str, ...]:
        """What the network learns from, as far as the first stacks show it."""
        return tuple(sorted({self.source(number).material for number in range(SEEN_STACKS)}))

    @property
    def identity(self) -> dict[str, str]:
        """What the weights depend on."""
        return identity_of(self)

    def step(self, batch: Sample, step: int) -> Scores:
        """Lower the losses of a batch."""
        image, log_half_width = self._answer(batch["image"])
        truth = batch["truth"]
        losses = {
            "image": decibel_loss(image.flatten(1, 2), truth.flatten(1, 2)),
            "interval": interval_loss(log_half_width, image, truth),
            "change": self.recipe.losses.change * change_loss(image, truth),
        }
        self.networks[GENERATOR].descend(torch.stack(list(losses.values())).sum())
        return {name: float(value.detach()) for name, value in losses.items()}

    def _answer(self, shown: Tensor) -> tuple[Tensor, Tensor]:
        """Give finer slices and the logarithm of their half-widths (n, z, y, x)."""
        count, middles = shown.shape[:2]
        answer = self.networks[GENERATOR](shown.flatten(0, 1)).float()
        image, log_half_width = (
            part.reshape(count, -1, *part.shape[2:]) for part in answer.chunk(2, dim=1)
        )
        assert image.shape[1] == middles * self.recipe.simulation.factor
        return image, log_half_width

    @torch.no_grad()
    def validate(self) -> Scores:
        """Gain over linear interpolation [dB], and strength of changes, on other stacks."""
        trained = self.networks[GENERATOR]
        network = trained.averaged.eval()
        assert isinstance(network, AlongZ)
        gains, ratios = [], []
        for sample in self._validation:
            shown, truth = (sample[name].to(trained.device) for name in ("image", "truth"))
            image = network(shown)[:, : network.factor].float().flatten(0, 1)
            plain = network.interpolated(shown).flatten(0, 1)
            gains.append(10 * float(torch.log10(_power(plain - truth) / _power(image - truth))))
            ratios.append(float(_power(image.diff(dim=0)) / _power(truth.diff(dim=0))))
        return {"gain_db": float(np.mean(gains)), "changes": float(np.median(ratios))}

    @cached_property
    def _validation(self) -> list[Sample]:
        return [normalised(pair, self.recipe.slices) for pair in self.held_out.calibration]

    def _untrained(self) -> nn.Module:
        """Build the network with the weights that it begins with."""
        recipe = self.recipe
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(recipe.seed)
            network = AlongZ(recipe.network, recipe.simulation.factor, recipe.slices)
        if self.start is not None:
            if SemCard.of(read_card(self.start)).is_along_z:
                warm_start(network, self.start, _nothing(channels(recipe.slices)))
            else:
                _begin_trunk(network, recipe.network, self.start)
        return network


def _nothing(count: int) -> Tensor:
    """Give an image of so many channels for networks whose layers need no statistics of it."""
    return torch.zeros(1, count, COARSEST, COARSEST)


def _begin_trunk(network: AlongZ, recipe: SrRecipe, start: Path) -> None:
    """Give a trunk the features of a model for images, which it sees in its middle slice."""
    trunk = LightTrunk(recipe)
    warm_start(trunk, start, _nothing(CHANNELS), part="trunk.")
    state = trunk.state_dict()
    seen = torch.zeros_like(network.trunk.first.image.weight)
    seen[:, network.slices // 2] = state["first.image.weight"][:, 0]
    network.trunk.load_state_dict({**state, "first.image.weight": seen})


def _power(values: Tensor) -> Tensor:
    return values.square().mean()


def normalised(pair: StackPair, slices: int) -> Sample:
    """Give the network's input for each slice of a stack, and the truth on the same scale."""
    conditions = Conditions.of_several(pair.low, len(pair.low))
    image = conditions.channels(windows(conditions.normalise(pair.low), slices))
    tensors = {"image": image, "truth": conditions.normalise(pair.high)}
    return {name: torch.from_numpy(np.ascontiguousarray(v)) for name, v in tensors.items()}
