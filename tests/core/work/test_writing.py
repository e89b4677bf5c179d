"""What is written is whole or not there."""

import errno
import os
import stat
from pathlib import Path

import pytest

from colonnade.core.errors import FileError
from colonnade.core.work.writing import atomic, make_folder


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


def test_a_file_is_on_the_disk_before_it_has_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The content is flushed under the temporary name, then the folder that holds the new one."""
    path, flushed = tmp_path / "a.csv", []

    def flush(opened: int) -> None:
        is_folder = stat.S_ISDIR(os.fstat(opened).st_mode)
        flushed.append(
            (is_folder, os.fstat(opened).st_size if not is_folder else 0, path.exists())
        )

    monkeypatch.setattr(os, "fsync", flush)
    with atomic(path) as temporary:
        temporary.write_text("whole")
    assert flushed == [(False, 5, False), (True, 0, True)]


def test_a_disk_that_cannot_flush_folders_is_written_to_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def flush(opened: int) -> None:
        if stat.S_ISDIR(os.fstat(opened).st_mode):
            raise OSError(errno.EINVAL, "not for folders")

    monkeypatch.setattr(os, "fsync", flush)
    with atomic(tmp_path / "a.csv") as temporary:
        temporary.write_text("whole")
    assert (tmp_path / "a.csv").read_text() == "whole"


def test_a_disk_that_cannot_keep_the_content_leaves_what_was_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a.csv").write_text("old")

    def fail(_: int) -> None:
        raise OSError(errno.EIO, "broken")

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(FileError, match="check the disk"), atomic(tmp_path / "a.csv") as temporary:
        temporary.write_text("new")
    assert [path.read_text() for path in tmp_path.iterdir()] == ["old"]


def test_a_folder_is_made_with_those_above_it(tmp_path: Path) -> None:
    make_folder(tmp_path / "a" / "b")
    make_folder(tmp_path / "a" / "b")
    assert (tmp_path / "a" / "b").is_dir()
    (tmp_path / "file").touch()
    with pytest.raises(FileError, match="cannot be made: not a directory; part of that path"):
        make_folder(tmp_path / "file" / "b")


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
