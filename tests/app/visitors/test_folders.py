"""Folders of servers, and what is left of those that were killed."""

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from colonnade.app.visitors.folders import bytes_in, private_folder, sweep

KILLED = """
import os, sys
from pathlib import Path
from colonnade.app.visitors.folders import private_folder
with private_folder(Path(sys.argv[1])) as folder:
    (folder / "micrograph.tif").write_bytes(b"x")
    os._exit(9)
"""


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such modes")
def test_nobody_else_may_look_into_a_folder(tmp_path: Path) -> None:
    with private_folder(tmp_path) as folder:
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
        assert folder.parent == tmp_path


def test_a_folder_goes_with_all_that_is_in_it(tmp_path: Path) -> None:
    with private_folder(tmp_path) as folder:
        (folder / "a" / "b").mkdir(parents=True)
        (folder / "a" / "b" / "c").write_bytes(b"123")
        assert bytes_in(folder) == 3
    assert list(tmp_path.iterdir()) == []


def test_what_a_killed_server_left_is_swept_and_what_runs_is_not(tmp_path: Path) -> None:
    ended = subprocess.run([sys.executable, "-c", KILLED, str(tmp_path)], check=False)
    assert ended.returncode == 9
    (left,) = tmp_path.iterdir()
    with private_folder(tmp_path) as running:
        assert not left.exists()
        sweep(tmp_path)
        assert running.exists()


def test_links_and_folders_of_others_are_not_swept(tmp_path: Path) -> None:
    precious = tmp_path / "precious"
    precious.mkdir()
    (precious / "lock").touch()
    (tmp_path / "colonnade-serve-link").symlink_to(precious)
    sweep(tmp_path)
    assert (precious / "lock").exists()
