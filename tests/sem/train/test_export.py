"""A model file says what its network says, and begins another training."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from colonnade.core.learn.model import Model
from colonnade.core.work.recipe import loads
from colonnade.sem.card import SemCard
from colonnade.sem.conditions import CHANNELS
from colonnade.sem.train.export import export_model
from colonnade.sem.train.networks import SrRecipe, SuperResolution
from colonnade.sem.train.task import GENERATOR, SemRecipe, SemTask


def exported(recipe: SemRecipe, folder: Path) -> tuple[SuperResolution, Model]:
    """A network whose every weight counts, and its model file."""
    task = SemTask(recipe)
    network = task.networks[GENERATOR].network
    torch.manual_seed(1)
    with torch.no_grad():
        for weights in network.parameters():
            weights.normal_(0, 0.1)
    assert isinstance(network, SuperResolution)
    return network.eval(), Model(export_model(task, network, folder))


@pytest.mark.parametrize("factor", [2, 8])
@torch.no_grad()
def test_the_model_answers_as_the_network(recipe: SemRecipe, factor: int, tmp_path: Path) -> None:
    simulation = replace(recipe.simulation, factor=factor, size=(32 * factor, 32 * factor))
    network, model = exported(replace(recipe, simulation=simulation), tmp_path)
    image = np.random.default_rng(0).standard_normal((2, CHANNELS, 12, 16)).astype(np.float32)
    maps = model(image)
    assert maps.shape[1] == model.card.output_channels
    expected = network(torch.from_numpy(image)).numpy()
    np.testing.assert_allclose(maps, expected, atol=1e-4)


def test_the_card_says_what_was_trained(recipe: SemRecipe, tmp_path: Path) -> None:
    _, model = exported(recipe, tmp_path)
    card, part = model.card, SemCard.of(model.card)
    assert (card.name, card.wing, card.factor) == ("tiny", "sem", 2)
    assert card.training == "2 steps of 2 pairs, float32"
    assert card.output_channels == 2
    assert loads(SemRecipe, card.recipe, "card") == recipe
    assert part.interval_factor > 0
    assert "rock" in part.materials
    assert 0 <= card.scores["lowest_coverage"] <= card.scores["coverage"] <= 1


@pytest.mark.parametrize("kind", ["light", "paper"])
@torch.no_grad()
def test_a_training_begins_with_a_model(recipe: SemRecipe, kind: str, tmp_path: Path) -> None:
    shape = recipe.network if kind == "light" else SrRecipe("paper", 16, 2, interval_width=4)
    chosen = replace(recipe, network=shape)
    network, model = exported(chosen, tmp_path)
    begun = SemTask(chosen, start=model.path).networks[GENERATOR].network.eval()
    samples = [SemTask(chosen).samples(number)["image"] for number in range(4)]
    images = torch.stack(samples)
    torch.testing.assert_close(begun(images)[:, 0], network(images)[:, 0], rtol=0.02, atol=0.02)


@torch.no_grad()
def test_of_another_factor_a_training_takes_the_features(
    recipe: SemRecipe, tmp_path: Path
) -> None:
    network, model = exported(recipe, tmp_path)
    finer = replace(recipe, simulation=replace(recipe.simulation, factor=4, size=(64, 64)))
    begun = SemTask(finer, start=model.path).networks[GENERATOR].network
    assert isinstance(begun, SuperResolution)
    image = torch.randn(1, CHANNELS, 16, 16)
    torch.testing.assert_close(begun.trunk(image), network.trunk(image))
