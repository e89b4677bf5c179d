"""Model files: what is written is what was trained, and what is not ours is refused."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import onnx
import pytest
import torch

from colonnade.atoms.train.task import Maps
from colonnade.core.errors import ModelError
from colonnade.core.learn.model import CARD_KEY, FORMAT_KEY, Card, Model, shipped
from colonnade.core.learn.networks import NetworkRecipe, build
from colonnade.core.learn.onnx_export import export

RECIPE = NetworkRecipe((4, 6, 8))
CARD = Card(
    name="random",
    wing="atoms",
    recipe="version = 1\n",
    data_hash="0" * 64,
    pixel_size=(0.01, 0.05),
    threshold=0.4,
    background=16.0,
    stride=RECIPE.stride,
    halo=RECIPE.halo,
    scores={"recall": 0.5},
    training="none",
    failures="everywhere",
)


@pytest.fixture(scope="module")
def network() -> torch.nn.Module:
    torch.manual_seed(1)
    return Maps(build(RECIPE, outputs=3)).eval()


@pytest.fixture(scope="module")
def model_file(network: torch.nn.Module, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("model") / "random.onnx"
    export(network, CARD, path)
    return path


@pytest.mark.parametrize("shape", [(1, 1, 8, 8), (1, 1, 64, 40), (3, 1, 24, 24)])
def test_onnx_runtime_agrees_with_torch(
    network: torch.nn.Module, model_file: Path, shape: tuple[int, ...]
) -> None:
    image = np.random.default_rng(2).standard_normal(shape).astype(np.float32)
    with torch.no_grad():
        expected = network(torch.from_numpy(image)).numpy()
    np.testing.assert_allclose(Model(model_file)(image), expected, atol=1e-4)


def test_the_card_comes_back_from_the_file(model_file: Path) -> None:
    assert Model.load(model_file).card == CARD


def test_a_truncated_model_is_refused(model_file: Path, tmp_path: Path) -> None:
    whole = model_file.read_bytes()
    for share in (0.0, 0.1, 0.5, 0.9, 0.999):
        part = tmp_path / "part.onnx"
        part.write_bytes(whole[: int(share * len(whole))])
        with pytest.raises(ModelError, match=r"part\.onnx"):
            Model(part)


def test_an_onnx_file_of_somebody_else_is_refused(model_file: Path, tmp_path: Path) -> None:
    foreign = onnx.load(model_file)
    del foreign.metadata_props[:]
    onnx.save(foreign, tmp_path / "foreign.onnx")
    with pytest.raises(ModelError, match="not a Colonnade model"):
        Model(tmp_path / "foreign.onnx")


def test_another_format_version_is_refused(model_file: Path, tmp_path: Path) -> None:
    later = onnx.load(model_file)
    onnx.helper.set_model_props(later, CARD.to_metadata() | {FORMAT_KEY: "99"})
    onnx.save(later, tmp_path / "later.onnx")
    with pytest.raises(ModelError, match="format 99"):
        Model(tmp_path / "later.onnx")


@pytest.mark.parametrize("text", ["", "{}", "not JSON", '{"pixel_size": 3}'])
def test_a_damaged_card_is_refused(text: str) -> None:
    with pytest.raises(ModelError, match="damaged"):
        Card.from_metadata(CARD.to_metadata() | {CARD_KEY: text}, "model")


def test_a_name_that_is_no_model_says_which_there_are(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="atoms"):
        Model.load(tmp_path / "missing")


def test_the_export_of_the_same_network_is_the_same_file_but_for_its_card(
    network: torch.nn.Module, model_file: Path, tmp_path: Path
) -> None:
    export(network, replace(CARD, name="other"), tmp_path / "other.onnx")
    first, second = onnx.load(model_file), onnx.load(tmp_path / "other.onnx")
    assert first.graph.initializer == second.graph.initializer
    assert Model(tmp_path / "other.onnx").card.name == "other"


@pytest.mark.parametrize("name", shipped())
def test_a_shipped_model_says_nothing_of_the_folders_it_was_made_in(name: str) -> None:
    content = Model.load(name).path.read_bytes()
    assert b"stack_trace" not in content
    assert b"site-packages" not in content


@pytest.mark.parametrize("name", shipped())
def test_shipped_models_are_whole_small_and_tell_their_scores(name: str) -> None:
    model = Model.load(name)
    assert model.card.name == name
    assert model.path.stat().st_size < 8e6
    assert 0.5 < model.card.scores["recall"] <= 1
    assert "not measured" not in model.card.failures
