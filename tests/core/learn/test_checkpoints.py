"""A checkpoint is whole and of the training that goes on, or it is not used."""

import errno
import os
import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from safetensors.torch import load_file, save_file
from torch import Tensor

from colonnade.core.errors import ColonnadeWarning, FileError
from colonnade.core.learn.checkpoints import BEFORE, CHECKPOINT, Checkpoints

IDENTITY = {"recipe": "steps = 3", "seed": "7", "data": "simulated"}


def tensors(step: int) -> dict[str, Tensor]:
    generator = torch.Generator().manual_seed(step)
    return {
        "weights": torch.randn(3, 4, generator=generator),
        "half": torch.randn(5, generator=generator).to(torch.bfloat16),
        "turned": torch.randn(2, 3, generator=generator).T,
        "step": torch.tensor(step),
    }


def same(one: dict[str, Tensor], other: dict[str, Tensor]) -> bool:
    return one.keys() == other.keys() and all(torch.equal(one[name], other[name]) for name in one)


@pytest.fixture
def begun(tmp_path: Path) -> Checkpoints:
    """Save two checkpoints."""
    checkpoints = Checkpoints(tmp_path, IDENTITY)
    for step in (1, 2):
        checkpoints.save(tensors(step))
    return checkpoints


@pytest.fixture
def no_warnings() -> Iterator[None]:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        yield


@pytest.mark.usefixtures("no_warnings")
def test_the_newest_comes_back_and_the_one_before_is_kept(
    begun: Checkpoints, tmp_path: Path
) -> None:
    assert same(begun.load(), tensors(2))
    kept = load_file(tmp_path / BEFORE)
    assert same(kept, tensors(1))
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted([BEFORE, CHECKPOINT])


def test_a_folder_without_checkpoints_holds_no_training(tmp_path: Path) -> None:
    checkpoints = Checkpoints(tmp_path, IDENTITY)
    assert not checkpoints.exist()
    checkpoints.save(tensors(1))
    assert checkpoints.exist()


def test_the_same_state_is_the_same_file(tmp_path: Path) -> None:
    for folder in ("one", "other"):
        (tmp_path / folder).mkdir()
        Checkpoints(tmp_path / folder, IDENTITY).save(tensors(3))
    first, second = (tmp_path / folder / CHECKPOINT for folder in ("one", "other"))
    assert first.read_bytes() == second.read_bytes()


@pytest.mark.parametrize("share", [0.0, 0.3, 0.9, 0.999])
def test_a_truncated_checkpoint_gives_way_to_the_one_before(
    share: float, begun: Checkpoints, tmp_path: Path
) -> None:
    whole = (tmp_path / CHECKPOINT).read_bytes()
    (tmp_path / CHECKPOINT).write_bytes(whole[: int(share * len(whole))])
    with pytest.warns(ColonnadeWarning, match="damaged or missing, and the training goes on"):
        assert same(begun.load(), tensors(1))


@given(at=st.integers(0), bit=st.integers(0, 7))
def test_no_flipped_bit_goes_unseen(
    at: int, bit: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("flipped")
    checkpoints = Checkpoints(folder, IDENTITY)
    checkpoints.save(tensors(1))
    checkpoints.save(tensors(2))
    content = bytearray((folder / CHECKPOINT).read_bytes())
    content[at % len(content)] ^= 1 << bit
    (folder / CHECKPOINT).write_bytes(content)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        loaded = checkpoints.load()
    # Unseen is only what changes nothing, as in the white space of the header.
    assert same(loaded, tensors(1 if caught else 2))


def test_a_missing_checkpoint_gives_way_to_the_one_before(
    begun: Checkpoints, tmp_path: Path
) -> None:
    (tmp_path / CHECKPOINT).unlink()
    assert begun.exist()
    with pytest.warns(ColonnadeWarning, match=BEFORE):
        assert same(begun.load(), tensors(1))


def test_a_damaged_checkpoint_never_takes_the_place_of_the_whole_one(
    begun: Checkpoints, tmp_path: Path
) -> None:
    (tmp_path / CHECKPOINT).write_bytes(b"damaged")
    with pytest.warns(ColonnadeWarning):
        begun.load()
    begun.save(tensors(5))
    assert same(load_file(tmp_path / BEFORE), tensors(1))
    assert same(begun.load(), tensors(5))
    begun.save(tensors(6))
    assert same(load_file(tmp_path / BEFORE), tensors(5))


class Killed(BaseException):
    """Stands for the end of a process."""


def ends_at(monkeypatch: pytest.MonkeyPatch, step: int, error: BaseException) -> list[str]:
    """Let an error come instead of this one of all steps of writing; gives their names."""
    taken: list[str] = []

    def watched(place: object, name: str) -> None:
        once = getattr(place, name)

        def take(*arguments: object) -> object:
            taken.append(name)
            if len(taken) == step + 1:
                raise error
            return once(*arguments)

        monkeypatch.setattr(place, name, take)

    for name in ("write_bytes", "replace"):
        watched(Path, name)
    watched(os, "fsync")
    return taken


STEPS = ["write_bytes", "fsync", "replace", "fsync", "replace", "fsync"]
"""How a checkpoint is written: the last `fsync` is of the folder."""


@pytest.mark.parametrize("step", range(len(STEPS)))
def test_a_kill_at_any_step_of_writing_leaves_a_whole_one_and_the_next_save_works(
    begun: Checkpoints, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: int
) -> None:
    with monkeypatch.context() as patched:
        taken = ends_at(patched, step, Killed())
        with pytest.raises(Killed):
            begun.save(tensors(3))
    assert taken == STEPS[: step + 1]
    again = Checkpoints(tmp_path, IDENTITY)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it may have died between two names
        assert int(again.load()["step"]) == (2 if step < len(STEPS) - 1 else 3)
    again.save(tensors(4))
    assert same(again.load(), tensors(4))


@pytest.mark.parametrize("step", [0, 1], ids=["as it is written", "as it is flushed"])
@pytest.mark.usefixtures("no_warnings")
def test_a_full_disk_costs_no_checkpoint(
    begun: Checkpoints, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: int
) -> None:
    with monkeypatch.context() as patched:
        ends_at(patched, step, OSError(errno.ENOSPC, "full"))
        with pytest.raises(FileError, match="no space left on device; free some space"):
            begun.save(tensors(3))
    assert same(begun.load(), tensors(2))
    assert same(load_file(tmp_path / BEFORE), tensors(1))
    assert len(list(tmp_path.iterdir())) == 2


def test_where_none_is_whole_it_is_said(begun: Checkpoints, tmp_path: Path) -> None:
    for name in (CHECKPOINT, BEFORE):
        (tmp_path / name).write_bytes(b"damaged")
    with pytest.raises(FileError, match=r"no checkpoint in .* is whole; begin anew"):
        begun.load()


def test_tensors_without_a_checksum_are_no_checkpoint(tmp_path: Path) -> None:
    save_file(tensors(1) | {"turned": torch.zeros(1)}, tmp_path / CHECKPOINT)
    with pytest.raises(FileError, match="is whole"):
        Checkpoints(tmp_path, IDENTITY).load()


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"seed": "8"}, "another seed;"),
        ({"recipe": "steps = 4"}, "another recipe;"),
        ({"data": "a library", "seed": "8"}, "another data and seed;"),
        ({"more": "x"}, "another more;"),
    ],
)
@pytest.mark.usefixtures("begun")
def test_the_checkpoint_of_another_training_is_refused(
    changes: dict[str, str], named: str, tmp_path: Path
) -> None:
    with pytest.raises(FileError, match=named) as refused:
        Checkpoints(tmp_path, IDENTITY | changes).load()
    assert "\n" not in str(refused.value)


@pytest.mark.usefixtures("begun")
def test_so_is_the_one_before_if_the_newest_is_damaged(tmp_path: Path) -> None:
    (tmp_path / CHECKPOINT).write_bytes(b"damaged")
    with pytest.raises(FileError, match="another seed"):
        Checkpoints(tmp_path, IDENTITY | {"seed": "8"}).load()
