"""What a training depends on is told from what it does not, and a card says where it began."""

from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from colonnade.core.learn.card import Card
from colonnade.core.learn.model import find_model, read_card
from colonnade.core.learn.networks import NetworkRecipe
from colonnade.core.learn.origin import card_of, identity_of
from colonnade.core.learn.training import TrainingRecipe


@dataclass(frozen=True)
class Recipe:
    """What recipes have in common."""

    name: str = "tiny"
    seed: int = 0
    network: NetworkRecipe = field(default_factory=NetworkRecipe)
    training: TrainingRecipe = field(default_factory=lambda: TrainingRecipe(steps=2, batch=3))
    failures: str = "not measured"


@dataclass(frozen=True)
class Images:
    """Something to learn from."""

    identity: str = "images of gold"

    def __call__(self, index: int) -> object:
        return index


@dataclass(frozen=True)
class Begun:
    """What a training begins with."""

    recipe: Recipe = field(default_factory=Recipe)
    source: Images = field(default_factory=Images)
    start: Path | None = None


def trained(**changes: object) -> Begun:
    """A training with another recipe for it."""
    training = replace(TrainingRecipe(steps=2, batch=3), **changes)  # type: ignore[arg-type]
    return Begun(Recipe(training=training))


def card(origin: Begun) -> Card:
    return card_of(
        origin,
        wing="atoms",
        samples="images",
        input_channels=1,
        output_channels=3,
        factor=1,
        scores={"recall": 0.5},
        part={"threshold": 0.2},
    )


@pytest.mark.parametrize(
    "other", [Begun(Recipe(failures="misses light columns")), trained(workers=4)]
)
def test_words_and_processes_do_not_change_the_weights(other: Begun) -> None:
    assert identity_of(other) == identity_of(Begun())


@pytest.mark.parametrize(
    ("other", "what"),
    [
        (trained(steps=4), "recipe"),
        (Begun(Recipe(seed=1)), "seed"),
        (Begun(source=Images("images of rutile")), "data"),
        (Begun(start=find_model("atoms")), "model to start from"),
    ],
)
def test_what_changes_the_weights_is_named(other: Begun, what: str) -> None:
    here, there = identity_of(Begun()), identity_of(other)
    assert [name for name in here if here[name] != there[name]] == [what]


def test_a_card_says_what_was_trained() -> None:
    made = card(Begun())
    assert (made.name, made.failures) == ("tiny", "not measured")
    assert (made.stride, made.halo) == (NetworkRecipe().stride, NetworkRecipe().halo)
    assert made.training == "2 steps of 3 images, float32"
    assert made.data_hash != card(Begun(source=Images("images of rutile"))).data_hash
    assert (made.scores, made.part) == ({"recall": 0.5}, {"threshold": 0.2})


def test_a_card_says_what_the_training_began_with() -> None:
    before = read_card("atoms").training
    made = card(Begun(start=find_model("atoms")))
    assert made.training == f"2 steps of 3 images, float32, after atoms: {before}"
