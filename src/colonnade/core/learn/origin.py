"""What a model comes from: what its weights depend on, and what its card says of that."""

from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any, Protocol

from colonnade.core.data.source import Source
from colonnade.core.learn.card import Card
from colonnade.core.learn.model import read_card
from colonnade.core.learn.training import TrainingRecipe
from colonnade.core.work.recipe import dumps


class Shape(Protocol):
    """What the recipes of all networks have."""

    @property
    def stride(self) -> int:
        """Images must be a multiple of this many pixels high and wide."""

    @property
    def halo(self) -> int:
        """Beyond this distance no pixel has an influence [px]."""


class ModelRecipe(Protocol):
    """What the recipes of all models have; they are frozen dataclasses."""

    @property
    def name(self) -> str:
        """What the model is called."""

    @property
    def seed(self) -> int:
        """Every draw follows from it."""

    @property
    def network(self) -> Shape:
        """Kind and shape of the network."""

    @property
    def training(self) -> TrainingRecipe:
        """How long and how fast to train."""

    @property
    def failures(self) -> str:
        """Where the model is known to go wrong, in words."""


class Origin(Protocol):
    """What a training begins with; the tasks of all wings have it."""

    @property
    def recipe(self) -> ModelRecipe:
        """What to train, on what, and how long."""

    @property
    def source(self) -> Source[object]:
        """What is learned from."""

    @property
    def start(self) -> Path | None:
        """Model file whose weights the network begins with."""


def identity_of(origin: Origin) -> dict[str, str]:
    """Give what the weights depend on; not how many processes prepare samples, nor words."""
    recipe: Any = origin.recipe
    training = replace(recipe.training, workers=0)
    start = "" if origin.start is None else sha256(origin.start.read_bytes()).hexdigest()
    return {
        "recipe": dumps(replace(recipe, seed=0, failures="", training=training)),
        "seed": str(recipe.seed),
        "data": origin.source.identity,
        "model to start from": start,
    }


def card_of(
    origin: Origin,
    *,
    wing: str,
    samples: str,
    input_channels: int,
    output_channels: int,
    factor: int,
    scores: dict[str, float],
    part: dict[str, Any],
) -> Card:
    """Make the card of a model that takes normalised images.

    Parameters
    ----------
    origin
        Of the model.
    wing
        Which part of Colonnade it serves.
    samples
        What a batch of its training holds, such as "pairs".
    input_channels, output_channels, factor, scores, part
        As in the card.
    """
    recipe = origin.recipe
    return Card(
        name=recipe.name,
        wing=wing,
        recipe=dumps(recipe),
        data_hash=sha256(origin.source.identity.encode()).hexdigest(),
        input_channels=input_channels,
        output_channels=output_channels,
        input_range=None,
        factor=factor,
        stride=recipe.network.stride,
        halo=recipe.network.halo,
        scores=scores,
        training=_training(origin, samples),
        failures=recipe.failures,
        part=part,
    )


def _training(origin: Origin, samples: str) -> str:
    """How long the network was trained, and what it began with, in words."""
    training = origin.recipe.training
    text = f"{training.steps} steps of {training.batch} {samples}, {training.precision}"
    if origin.start is not None:
        before = read_card(origin.start)
        text += f", after {before.name}: {before.training}"
    return text
