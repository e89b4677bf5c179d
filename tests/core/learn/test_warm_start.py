"""A training that begins with the packaged model begins where the model is."""

import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from colonnade import Model
from colonnade.atoms.train.export import Maps
from colonnade.atoms.train.task import AtomsRecipe, AtomsTask
from colonnade.core.errors import ModelError
from colonnade.core.learn.networks import NetworkRecipe, build
from colonnade.core.learn.warm_start import warm_start
from colonnade.core.work.recipe import load


@pytest.fixture(scope="module")
def model() -> Model:
    return Model.load("atoms")


@pytest.fixture(scope="module")
def recipe(model: Model, tmp_path_factory: pytest.TempPathFactory) -> NetworkRecipe:
    """The shape of the packaged network, as its card says."""
    path = tmp_path_factory.mktemp("card") / "atoms.toml"
    path.write_text(model.card.recipe, encoding="utf-8")
    return load(AtomsRecipe, path).network


def images(count: int, seed: int) -> torch.Tensor:
    """Columns in noise, roughly as the network is shown them."""
    rng = np.random.default_rng(seed)
    y, x = np.indices((48, 64))
    columns = np.cos(2 * np.pi * y / 12) * np.cos(2 * np.pi * x / 16)
    noisy = columns + rng.normal(0, 0.5, (count, 1, 48, 64))
    return torch.from_numpy(noisy.astype(np.float32))


def test_a_network_begun_with_the_packaged_model_answers_as_it_does(
    model: Model, recipe: NetworkRecipe
) -> None:
    network = build(recipe, inputs=1, outputs=3)
    warm_start(network, model.path, images(6, 0))
    shown = images(2, 1)
    with torch.no_grad():
        answer = Maps(network).eval()(shown).numpy()
    np.testing.assert_allclose(answer, model(shown.numpy()), atol=1e-4)


def test_what_it_goes_on_learning_from_is_normalised(model: Model, recipe: NetworkRecipe) -> None:
    """On the images that it began with, training changes the answer little: all is in scale."""
    network = build(recipe, inputs=1, outputs=3)
    shown = images(6, 0)
    warm_start(network, model.path, shown)
    with torch.no_grad():
        still = network.eval()(shown)
        moving = network.train()(shown)
    assert float((moving - still).abs().mean()) < 0.02 * float(still.abs().mean())


@pytest.mark.parametrize("more", [1, -1])
def test_a_model_of_another_shape_is_refused_in_one_sentence(
    more: int, model: Model, recipe: NetworkRecipe
) -> None:
    widths = (*recipe.widths[:-1], recipe.widths[-1] + more)
    with pytest.raises(ModelError, match="of another kind or shape than the recipe's") as refused:
        warm_start(
            build(replace(recipe, widths=widths), inputs=1, outputs=3), model.path, images(2, 0)
        )
    assert "\n" not in str(refused.value)


def test_a_training_begins_with_the_model_that_it_is_given(
    model: Model, recipe: NetworkRecipe, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("colonnade.atoms.train.task.WARM_START_IMAGES", 4)
    file = tmp_path / "before.onnx"
    shutil.copy(model.path, file)
    chosen = AtomsRecipe(network=recipe)
    simulation = replace(chosen.simulation, size=(32, 32))
    task = AtomsTask(replace(chosen, simulation=simulation), start=file)
    shown = images(1, 1)
    with torch.no_grad():
        answer = Maps(task.networks["columns"].network).eval()(shown).numpy()
    np.testing.assert_allclose(answer, model(shown.numpy()), atol=1e-4)


def test_a_model_that_is_not_whole_is_refused_before_it_is_read(
    model: Model, recipe: NetworkRecipe, tmp_path: Path
) -> None:
    part = tmp_path / "part.onnx"
    part.write_bytes(model.path.read_bytes()[:-1000])
    with pytest.raises(ModelError, match=r"part\.onnx is not a model"):
        warm_start(build(recipe, inputs=1, outputs=3), part, images(2, 0))
