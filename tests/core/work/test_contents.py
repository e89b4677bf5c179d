"""A whole file at once: the same bytes everywhere, or none."""

import errno
from pathlib import Path

import pytest

from colonnade.core.errors import FileError
from colonnade.core.work.contents import write_bytes, write_text


def test_folders_are_made_and_what_stood_there_is_replaced(tmp_path: Path) -> None:
    path = tmp_path / "a" / "b" / "c"
    for content in (b"long content", b"short"):
        write_bytes(path, content)
        assert path.read_bytes() == content
    assert list(path.parent.iterdir()) == [path]


def test_text_has_unix_line_ends_and_is_utf_8(tmp_path: Path) -> None:
    write_text(tmp_path / "a.txt", "e⁻/nm²\nb\n")
    assert (tmp_path / "a.txt").read_bytes() == b"e\xe2\x81\xbb/nm\xc2\xb2\nb\n"


def test_a_full_disk_leaves_what_stood_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_text(tmp_path / "a.txt", "old")
    write = Path.write_bytes

    def full(path: Path, content: bytes) -> int:
        write(path, content[:1])
        raise OSError(errno.ENOSPC, "no")

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(FileError, match="no space left"):
        write_text(tmp_path / "a.txt", "new")
    assert (tmp_path / "a.txt").read_text() == "old"
    assert len(list(tmp_path.iterdir())) == 1


def test_a_file_in_the_way_of_a_folder_is_said(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("file")
    with pytest.raises(FileError, match=r"a cannot be made"):
        write_text(tmp_path / "a" / "b.txt", "text")
