"""What a dead process was writing goes, and nothing else does."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from left_over import half_written

from colonnade.core.work import temporary
from colonnade.core.work.temporary import ABANDONED, remove_all, remove_left, temporary_beside

posix = pytest.mark.skipif(os.name == "nt", reason="Windows tells no process of another")

WRITER = """
import os, signal, sys
from pathlib import Path
from colonnade.core.work.writing import atomic

with atomic(Path(sys.argv[1])) as temporary:
    temporary.write_text("half")
    print("writing", flush=True)
    sys.stdin.read()
"""


def writer(path: Path) -> "subprocess.Popen[str]":
    """Start a process that is in the middle of writing a file."""
    process = subprocess.Popen(
        [sys.executable, "-c", WRITER, path],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "writing\n"
    return process


@posix
def test_what_a_process_was_writing_goes_once_it_is_dead(tmp_path: Path) -> None:
    with writer(tmp_path / "a.csv") as process:
        (half,) = tmp_path.iterdir()
        remove_left(tmp_path)
        assert half.read_text() == "half"
        process.kill()
        process.wait()
        remove_left(tmp_path)
        assert not list(tmp_path.iterdir())


@posix
def test_what_another_process_writes_is_whole_though_this_one_tidies(tmp_path: Path) -> None:
    with writer(tmp_path / "a.csv") as process:
        remove_left(tmp_path)
        process.communicate("")
    assert (tmp_path / "a.csv").read_text() == "half"
    assert len(list(tmp_path.iterdir())) == 1


def left(folder: Path, monkeypatch: pytest.MonkeyPatch, machine: str, name: str = "a.csv") -> Path:
    """Write a file as a process of another machine does."""
    with monkeypatch.context() as elsewhere:
        elsewhere.setattr(temporary, "_machine", lambda: machine)
        path = temporary_beside(folder / name)
    path.write_text("half")
    return path


def test_of_another_machine_only_what_has_long_been_left_goes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fresh, old = (left(tmp_path, monkeypatch, "0123abcd") for _ in range(2))
    long_ago = time.time() - ABANDONED - 60
    os.utime(old, (long_ago, long_ago))
    remove_left(tmp_path)
    assert list(tmp_path.iterdir()) == [fresh]


def test_a_folder_is_as_old_as_the_newest_file_in_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = left(tmp_path, monkeypatch, "0123abcd", "a.zarr")
    store.unlink()
    store.mkdir()
    (store / "chunk").touch()
    long_ago = time.time() - ABANDONED - 60
    os.utime(store, (long_ago, long_ago))
    remove_left(tmp_path)
    assert store.exists()
    os.utime(store / "chunk", (long_ago, long_ago))
    remove_left(tmp_path)
    assert not store.exists()


@posix
def test_folders_inside_are_looked_into_where_that_is_wanted(tmp_path: Path) -> None:
    outer, inner = (half_written(tmp_path / name) for name in ("a.csv", "in/a.csv"))
    remove_left(tmp_path)
    assert (outer.exists(), inner.exists()) == (False, True)
    remove_left(tmp_path, inside=True)
    assert not inner.exists()
    remove_left(tmp_path / "nowhere")


@pytest.mark.parametrize(
    "name",
    [
        "a.csv",
        ".hidden.csv",
        ".a-12345678.csv",
        ".a-0123abcd-12-0123abc.csv",
        "a-0123abcd-12-0123abcd.csv",
    ],
)
def test_what_has_another_name_stays(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.touch()
    os.utime(path, (0, 0))
    remove_left(tmp_path)
    remove_all(tmp_path)
    assert path.exists()


def test_who_alone_writes_into_a_folder_may_remove_all_that_is_half_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "in").mkdir()
    left(tmp_path / "in", monkeypatch, "0123abcd")
    temporary_beside(tmp_path / "a.csv").touch()
    remove_all(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["in"]
    assert not list((tmp_path / "in").iterdir())


def test_any_name_leaves_room_for_what_is_added(tmp_path: Path) -> None:
    name = "é" * 100 + ".csv"  # two bytes each
    temporary_beside(tmp_path / name).touch()
