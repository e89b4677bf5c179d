"""The command line shows, checks and converts model files."""

import dataclasses
import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from colonnade.core.learn.card import CARD_KEY, FORMAT_KEY, Card
from colonnade.core.learn.model import find_model, read_card
from colonnade.core.learn.onnx_file import with_metadata

ADDED = ("input_channels", "output_channels", "input_range", "factor", "part")
"""Fields that cards of format 2 did not have."""


def colonnade(*words: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "colonnade", *map(str, words)]
    return subprocess.run(command, capture_output=True, text=True)


@pytest.fixture(scope="module")
def content() -> bytes:
    return find_model("atoms").read_bytes()


@pytest.fixture
def old(content: bytes, tmp_path: Path) -> Path:
    """Write the packaged model as format 2 had it."""
    card = dataclasses.asdict(read_card("atoms"))
    older = {k: v for k, v in card.items() if k not in ADDED} | card["part"]
    path = tmp_path / "old.onnx"
    path.write_bytes(with_metadata(content, {FORMAT_KEY: "2", CARD_KEY: json.dumps(older)}))
    return path


def write(path: Path, content: bytes, card: Card) -> None:
    path.write_bytes(with_metadata(content, card.to_metadata()))


def test_a_model_of_the_format_before_is_upgraded_in_place(old: Path) -> None:
    refused = colonnade("models", "check", old)
    assert refused.returncode == 2
    assert f"colonnade models upgrade {old}" in refused.stderr
    done = colonnade("models", "upgrade", old)
    assert done.returncode == 0, done.stderr
    assert colonnade("models", "check", old).returncode == 0
    assert read_card(old) == read_card("atoms")


def test_or_beside_the_one_before(old: Path, content: bytes, tmp_path: Path) -> None:
    before = old.read_bytes()
    done = colonnade("models", "upgrade", old, "--out", tmp_path / "new.onnx")
    assert done.returncode == 0, done.stderr
    assert old.read_bytes() == before
    new = tmp_path / "new.onnx"
    assert read_card(new) == read_card("atoms")
    assert with_metadata(new.read_bytes(), {}) == with_metadata(content, {})


def test_what_has_this_format_is_not_upgraded() -> None:
    done = colonnade("models", "upgrade", find_model("atoms"))
    assert done.returncode == 2
    assert "needs no upgrade" in done.stderr


def test_show_prints_both_parts_of_a_card() -> None:
    shown = colonnade("models", "show", "atoms").stdout.splitlines()
    for line in ("wing: atoms", "stride: 8", "factor: 1", "threshold: 0.55", "background: 16.0"):
        assert line in shown


def test_list_names_the_wing_of_each_model() -> None:
    listed = colonnade("models", "list").stdout.splitlines()
    assert [line.split()[:2] for line in listed] == [
        ["atoms", "atoms,"],
        ["denoiser", "tomo,"],
        ["encoder-decoder", "atoms,"],
        *([name, "sem,"] for name in ("gan-x4", "light-x2", "light-x4", "light-x8", "light-z4")),
        *([name, "tomo,"] for name in ("tomo", "tomo-seed")),
    ]


def test_check_refuses_the_part_of_a_wing_that_is_wrong(content: bytes, tmp_path: Path) -> None:
    card = read_card("atoms")
    write(tmp_path / "wrong.onnx", content, replace(card, part=card.part | {"background": -1}))
    done = colonnade("models", "check", tmp_path / "wrong.onnx")
    assert done.returncode == 2
    assert "background must be above 0" in done.stderr


def test_check_refuses_a_wing_that_is_not_here(content: bytes, tmp_path: Path) -> None:
    write(tmp_path / "other.onnx", content, replace(read_card("atoms"), wing="spectra"))
    done = colonnade("models", "check", tmp_path / "other.onnx")
    assert done.returncode == 2
    assert "is for spectra, which this Colonnade does not know" in done.stderr


def test_locate_refuses_a_model_of_another_wing(content: bytes, tmp_path: Path) -> None:
    write(tmp_path / "other.onnx", content, replace(read_card("atoms"), wing="sem"))
    done = colonnade("locate", "--model", tmp_path / "other.onnx", "--out", tmp_path)
    assert done.returncode == 2
    assert "is for sem, not for atom columns" in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


def test_a_model_of_a_wing_that_is_not_calibrated_so_is_refused(tmp_path: Path) -> None:
    refused = colonnade("models", "calibrate", "light-x2", "--out", tmp_path / "new.onnx")
    assert refused.returncode == 2
    assert "there is no sem to calibrate; choose one of: atoms" in refused.stderr
    assert not list(tmp_path.iterdir())
