"""What is written is whole or not there."""

import errno
from pathlib import Path

import pytest

from colonnade.core.errors import FileError
from colonnade.core.work.writing import atomic


def write_and_fail(path: Path, error: BaseException) -> None:
    with atomic(path) as temporary:
        temporary.write_text("half")
        raise error


def test_a_file_is_replaced_only_when_it_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("old")
    with atomic(path) as temporary:
        temporary.write_text("new")
        assert temporary.suffix == ".csv"
        assert path.read_text() == "old"
    assert path.read_text() == "new"
    with pytest.raises(KeyboardInterrupt):
        write_and_fail(path, KeyboardInterrupt())
    assert path.read_text() == "new"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize(
    ("code", "advice"),
    [
        (errno.ENOSPC, "no space left on device; free some space"),
        (errno.EACCES, "permission denied; choose a folder that you may write to"),
        (errno.EIO, "check the disk"),
    ],
)
def test_a_failure_to_write_says_what_to_do(tmp_path: Path, code: int, advice: str) -> None:
    with pytest.raises(FileError, match=advice):
        write_and_fail(tmp_path / "a.csv", OSError(code, "why"))
    assert not list(tmp_path.iterdir())


def test_a_missing_folder_and_a_folder_in_the_way(tmp_path: Path) -> None:
    with (
        pytest.raises(FileError, match="make that folder first"),
        atomic(tmp_path / "none" / "a.txt") as temporary,
    ):
        temporary.write_text("new")
    (tmp_path / "a.txt").mkdir()
    with (
        pytest.raises(FileError, match="a folder has that name"),
        atomic(tmp_path / "a.txt") as temporary,
    ):
        temporary.write_text("new")
    assert list(tmp_path.iterdir()) == [tmp_path / "a.txt"]
