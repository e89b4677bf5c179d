"""A text is read if it can be one."""

import os
import sys
from pathlib import Path

import pytest

from colonnade.core.work.texts import read_text

only_unix = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such files")


def test_a_text_keeps_its_line_ends(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes("\ufeffy,x\r\n1,µ\n".encode())
    assert read_text(tmp_path / "a.csv", "utf-8-sig") == "y,x\r\n1,µ\n"


@only_unix
def test_a_pipe_is_refused_before_anybody_waits_for_it(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.csv")
    with pytest.raises(OSError, match="a pipe or a device"):
        read_text(tmp_path / "pipe.csv")


@only_unix
def test_a_device_without_end_is_refused(tmp_path: Path) -> None:
    (tmp_path / "zero.csv").symlink_to("/dev/zero")
    with pytest.raises(OSError, match="a pipe or a device"):
        read_text(tmp_path / "zero.csv")


def test_what_is_too_large_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b"a" * (1 << 20))
    assert len(read_text(path, largest=1 << 20)) == 1 << 20
    path.write_bytes(b"a" * ((1 << 20) + 1))
    with pytest.raises(OSError, match="more than 1 MiB"):
        read_text(path, largest=1 << 20)
