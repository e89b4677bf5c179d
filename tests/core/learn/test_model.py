"""Model files: what is written is what was trained, and what is not ours is refused."""

import pickle
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import pytest
import torch
from onnx import helper

from colonnade.core.errors import ModelError
from colonnade.core.learn.card import FORMAT_KEY, Card
from colonnade.core.learn.model import LARGEST_FILE, Model, find_model, read_card, shipped
from colonnade.core.learn.networks import NetworkRecipe, build
from colonnade.core.learn.onnx_export import export, exported


@pytest.mark.parametrize("shape", [(1, 1, 8, 8), (1, 1, 64, 40), (3, 1, 24, 24)])
def test_onnx_runtime_agrees_with_torch(
    network: torch.nn.Module, model_file: Path, shape: tuple[int, ...]
) -> None:
    image = np.random.default_rng(2).standard_normal(shape).astype(np.float32)
    with torch.no_grad():
        expected = network(torch.from_numpy(image)).numpy()
    np.testing.assert_allclose(Model(model_file)(image), expected, atol=1e-4)


def test_a_network_of_several_channels_becomes_a_model(card: Card, tmp_path: Path) -> None:
    torch.manual_seed(2)
    recipe = NetworkRecipe((4, 6))
    network = build(recipe, inputs=3, outputs=2).eval()
    made = replace(card, input_channels=3, output_channels=2, stride=recipe.stride, halo=10)
    export(network, made, tmp_path / "three.onnx")
    images = np.random.default_rng(3).standard_normal((2, 3, 12, 18)).astype(np.float32)
    with torch.no_grad():
        expected = network(torch.from_numpy(images)).numpy()
    model = Model(tmp_path / "three.onnx")
    assert model.card == made
    np.testing.assert_allclose(model(images), expected, atol=1e-4)


def test_a_model_that_is_to_be_calibrated_is_there_while_it_is(
    network: torch.nn.Module, card: Card
) -> None:
    with exported(network, card) as model:
        assert model.card == card
        assert model.path.is_file()
    assert not model.path.exists()


def test_the_card_comes_back_from_the_file(model_file: Path, card: Card) -> None:
    assert Model.load(model_file).card == card
    assert read_card(model_file) == card


def test_a_card_is_read_without_the_runtime(
    model_file: Path, card: Card, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr(onnxruntime, "InferenceSession")
    assert read_card(model_file) == card
    assert read_card("atoms").name == "atoms"


def test_a_truncated_model_is_refused(model_file: Path, tmp_path: Path) -> None:
    whole = model_file.read_bytes()
    for share in (0.0, 0.1, 0.5, 0.9, 0.999):
        part = tmp_path / "part.onnx"
        part.write_bytes(whole[: int(share * len(whole))])
        with pytest.raises(ModelError, match=r"part\.onnx"):
            Model(part)


def without_card(model: onnx.ModelProto, card: Card) -> None:
    del model.metadata_props[:]


def of_another_format(model: onnx.ModelProto, card: Card) -> None:
    helper.set_model_props(model, card.to_metadata() | {FORMAT_KEY: "99"})


def with_a_stride_of_zero(model: onnx.ModelProto, card: Card) -> None:
    helper.set_model_props(model, replace(card, stride=0).to_metadata())


def with_other_outputs(model: onnx.ModelProto, card: Card) -> None:
    helper.set_model_props(model, replace(card, output_channels=4).to_metadata())


def with_other_inputs(model: onnx.ModelProto, card: Card) -> None:
    helper.set_model_props(model, replace(card, input_channels=2).to_metadata())


def with_two_outputs(model: onnx.ModelProto, card: Card) -> None:
    model.graph.output.append(model.graph.output[0])


def with_two_inputs(model: onnx.ModelProto, card: Card) -> None:
    model.graph.input.append(model.graph.input[0])


def of_unknown_channels(model: onnx.ModelProto, card: Card) -> None:
    model.graph.output[0].type.tensor_type.ClearField("shape")


def with_weights_elsewhere(model: onnx.ModelProto, card: Card) -> None:
    model.graph.initializer[0].external_data.add(key="location", value="weights.bin")


def with_operators_of_its_own(model: onnx.ModelProto, card: Card) -> None:
    model.graph.node[0].domain = "mine"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (without_card, "not a Colonnade model"),
        (of_another_format, "format 99"),
        (with_a_stride_of_zero, "stride must be a whole number from 1"),
        (with_other_outputs, "the output of .* has 3 channels, and its card says 4"),
        (with_other_inputs, "the input of .* has 1 channels, and its card says 2"),
        (with_two_outputs, "has 2 outputs, and a model has one"),
        (with_two_inputs, "has 2 inputs, and a model has one"),
        (of_unknown_channels, "an unknown number of channels"),
        (with_weights_elsewhere, "keeps weights in other files"),
        (with_operators_of_its_own, "operators of 'mine'"),
    ],
)
def test_what_is_not_ours_is_refused_before_the_runtime_sees_it(
    change: Callable[[onnx.ModelProto, Card], None],
    said: str,
    model_file: Path,
    card: Card,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def never(*_: object, **__: object) -> None:
        raise AssertionError("the runtime was given the file")

    monkeypatch.setattr(onnxruntime, "InferenceSession", never)
    model = onnx.load(model_file)
    change(model, card)
    onnx.save(model, tmp_path / "foreign.onnx")
    with pytest.raises(ModelError, match=said) as refused:
        Model(tmp_path / "foreign.onnx")
    assert "\n" not in str(refused.value)


def test_a_file_that_is_too_large_is_not_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    large = tmp_path / "large.onnx"
    with large.open("wb") as file:
        file.truncate(LARGEST_FILE + 1)  # a sparse file
    monkeypatch.delattr(Path, "read_bytes")
    with pytest.raises(ModelError, match="more than the 64 MiB that a model has at most"):
        Model(large)


def test_what_the_runtime_cannot_run_is_refused_in_one_sentence(
    model_file: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    model = onnx.load(model_file)
    model.graph.node[0].op_type = "Concat"
    onnx.save(model, tmp_path / "wrong.onnx")
    with pytest.raises(ModelError, match=r"wrong\.onnx is not a model") as refused:
        Model(tmp_path / "wrong.onnx")
    assert "\n" not in str(refused.value)
    assert capfd.readouterr() == ("", "")


def test_a_name_that_is_no_model_says_which_there_are(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="atoms"):
        Model.load(tmp_path / "missing")


def test_a_network_that_is_not_as_its_card_says_is_not_written(
    network: torch.nn.Module, card: Card, tmp_path: Path
) -> None:
    for wrong in (replace(card, output_channels=2), replace(card, halo=card.halo + 1)):
        with pytest.raises(ModelError):
            export(network, wrong, tmp_path / "wrong.onnx")
    assert not list(tmp_path.iterdir())


def test_the_export_of_the_same_network_is_the_same_file_but_for_its_card(
    network: torch.nn.Module, model_file: Path, card: Card, tmp_path: Path
) -> None:
    export(network, replace(card, name="other"), tmp_path / "other.onnx")
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
    assert model.card.scores
    assert "not measured" not in model.card.failures


def test_a_model_goes_to_another_process_by_its_file(model_file: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy.onnx"
    copy.write_bytes(model_file.read_bytes())
    sent = pickle.dumps(Model(copy))
    assert len(sent) < 1000
    assert pickle.loads(sent) is pickle.loads(sent)  # loaded once
    assert pickle.loads(sent).digest == Model(copy).digest


def test_a_model_whose_file_was_changed_on_the_way_is_refused(
    model_file: Path, tmp_path: Path
) -> None:
    copy = tmp_path / "copy.onnx"
    copy.write_bytes(model_file.read_bytes())
    sent = pickle.dumps(Model(copy))
    copy.write_bytes(find_model("tomo-seed").read_bytes())
    with pytest.raises(ModelError, match="another file here"):
        pickle.loads(sent)
