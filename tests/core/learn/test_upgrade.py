"""A model of the format before gets a card of the present one, and keeps its network."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from onnx import helper

from colonnade.atoms.card import AtomsCard
from colonnade.core.errors import FileError, ModelError
from colonnade.core.learn.card import CARD_KEY, FORMAT_KEY, Card
from colonnade.core.learn.model import Model
from colonnade.core.learn.upgrade import upgrade

ADDED = ("input_channels", "output_channels", "input_range", "factor", "part")
"""Fields that format 2 did not have."""


class AnyCard:
    """A wing that takes any card, and lacks nothing."""

    summary = "anything"

    @classmethod
    def of(cls, card: Card) -> "AnyCard":
        """Take it."""
        return cls()

    @staticmethod
    def completed(part: dict[str, Any]) -> dict[str, Any]:
        """Add nothing."""
        return part


def accept(wing: str) -> type[AnyCard]:
    """Know every wing."""
    return AnyCard


def content_of(card: Card) -> dict[str, Any]:
    """Give what a card of format 2 held: the fields of the wing lay among the others."""
    content = json.loads(card.to_metadata()[CARD_KEY])
    return {k: v for k, v in content.items() if k not in ADDED} | content["part"]


def write(path: Path, model_file: Path, content: object, version: str = "2") -> None:
    model = onnx.load(model_file)
    helper.set_model_props(model, {FORMAT_KEY: version, CARD_KEY: json.dumps(content)})
    onnx.save(model, path)


@pytest.fixture
def old(model_file: Path, card: Card, tmp_path: Path) -> Path:
    """Write a model of format 2."""
    path = tmp_path / "old.onnx"
    write(path, model_file, content_of(card))
    return path


def test_nothing_that_the_card_said_is_lost(old: Path, card: Card, tmp_path: Path) -> None:
    upgrade(old, tmp_path / "new.onnx", accept)
    assert Model(tmp_path / "new.onnx").card == card
    assert AtomsCard.of(card).threshold == 0.4


def test_the_network_stays_the_same_to_the_bit(old: Path, tmp_path: Path) -> None:
    before = onnx.load(old)
    upgrade(old, old, accept)
    after = onnx.load(old)
    for model in (before, after):
        del model.metadata_props[:]
    assert before.SerializeToString() == after.SerializeToString()


def test_the_upgraded_model_answers_as_the_one_before(
    old: Path, model_file: Path, tmp_path: Path
) -> None:
    upgrade(old, tmp_path / "new.onnx", accept)
    image = np.random.default_rng(0).standard_normal((1, 1, 16, 24)).astype(np.float32)
    np.testing.assert_array_equal(Model(tmp_path / "new.onnx")(image), Model(model_file)(image))


def test_a_model_of_the_present_format_needs_no_upgrade(model_file: Path, tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="needs no upgrade"):
        upgrade(model_file, tmp_path / "new.onnx", accept)
    assert not (tmp_path / "new.onnx").exists()


@pytest.mark.parametrize("version", ["1", "4", "x"])
def test_other_formats_cannot_be_converted(
    version: str, model_file: Path, card: Card, tmp_path: Path
) -> None:
    write(tmp_path / "other.onnx", model_file, content_of(card), version)
    with pytest.raises(ModelError, match=f"has model format {version}, and only format 2"):
        upgrade(tmp_path / "other.onnx", tmp_path / "new.onnx", accept)


@pytest.mark.parametrize(
    "changes", [{"stride": 0}, {"halo": 3}, {"name": None}, {"scores": {"recall": "high"}}]
)
def test_a_card_that_would_be_refused_is_not_written(
    changes: dict[str, object], model_file: Path, card: Card, tmp_path: Path
) -> None:
    path = tmp_path / "old.onnx"
    write(path, model_file, content_of(card) | changes)
    before = path.read_bytes()
    with pytest.raises(ModelError, match="damaged"):
        upgrade(path, path, accept)
    assert path.read_bytes() == before


@pytest.mark.parametrize("content", [[], "text", None, {}])
def test_what_is_no_card_is_not_converted(
    content: object, model_file: Path, tmp_path: Path
) -> None:
    write(tmp_path / "old.onnx", model_file, content)
    with pytest.raises(ModelError, match="damaged"):
        upgrade(tmp_path / "old.onnx", tmp_path / "new.onnx", accept)


def test_what_the_wing_refuses_is_not_written(
    model_file: Path, card: Card, tmp_path: Path
) -> None:
    """A threshold of 2 is no matter of the common card, but of the wing's own check."""
    path = tmp_path / "old.onnx"
    write(path, model_file, content_of(card) | {"threshold": 2})
    before = path.read_bytes()
    with pytest.raises(ModelError, match="threshold must be a finite number from 0 to 1"):
        upgrade(path, path, lambda wing: AtomsCard)
    assert path.read_bytes() == before


def test_a_network_of_unknown_channels_cannot_be_converted(old: Path, tmp_path: Path) -> None:
    model = onnx.load(old)
    model.graph.input[0].type.tensor_type.shape.dim[1].dim_param = "c"
    onnx.save(model, old)
    with pytest.raises(ModelError, match="how many channels"):
        upgrade(old, tmp_path / "new.onnx", accept)


def test_a_folder_that_is_not_there_is_said(old: Path, tmp_path: Path) -> None:
    with pytest.raises(FileError, match="make that folder first"):
        upgrade(old, tmp_path / "missing" / "new.onnx", accept)


def test_the_wing_adds_what_format_2_did_not_say(
    model_file: Path, card: Card, tmp_path: Path
) -> None:
    """What a network's confidences mean stood in the code, the same for all networks."""
    content = content_of(card)
    del content["network"]
    path = tmp_path / "old.onnx"
    write(path, model_file, content)
    upgrade(path, path, lambda wing: AtomsCard)
    assert AtomsCard.of(Model(path).card) == AtomsCard.of(card)


def test_the_wing_of_the_card_is_asked_for_by_its_name(
    model_file: Path, card: Card, tmp_path: Path
) -> None:
    path = tmp_path / "old.onnx"
    write(path, model_file, content_of(card) | {"wing": "sem"})

    def known(wing: str) -> type[AtomsCard]:
        raise ModelError(f"no wing {wing}")

    with pytest.raises(ModelError, match="no wing sem"):
        upgrade(path, path, known)
