"""A table that grows loses no whole row, and takes no torn one for whole."""

import csv
import errno
import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from colonnade.core.errors import FileError
from colonnade.core.work.rows import GrowingTable

HEADER = ("image", "recall")
ROWS = [{"image": "a, b.tif", "recall": "0.9876"}, {"image": 'the "second"', "recall": "0.5"}]

CELLS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r\n"), max_size=8)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "scores.csv"


def fill(path: Path, rows: list[dict[str, str]]) -> bytes:
    table = GrowingTable(path, HEADER)
    for row in rows:
        table.append(row)
    return path.read_bytes()


def test_rows_are_read_by_any_program(path: Path) -> None:
    fill(path, ROWS)
    with path.open(newline="", encoding="utf-8") as file:
        assert list(csv.DictReader(file)) == ROWS
    assert list(path.parent.iterdir()) == [path]


def test_numbers_are_kept_as_their_text_and_the_order_of_a_row_does_not_matter(path: Path) -> None:
    GrowingTable(path, HEADER).append({"recall": 0.1, "image": 7})
    assert GrowingTable(path, HEADER).rows == [{"image": "7", "recall": "0.1"}]


def test_a_table_torn_at_any_byte_gives_its_whole_rows_and_goes_on(tmp_path: Path) -> None:
    content = fill(tmp_path / "whole.csv", ROWS)
    ends = [i + 1 for i, byte in enumerate(content) if byte == ord("\n")]
    for cut in range(len(content)):
        torn = tmp_path / "torn.csv"
        torn.write_bytes(content[:cut])
        table = GrowingTable(torn, HEADER)
        there = max(0, sum(end <= cut for end in ends) - 1)
        assert table.rows == ROWS[:there]
        for row in ROWS[there:]:
            table.append(row)
        assert torn.read_bytes() == content
        assert table.rows == ROWS


@given(
    rows=st.lists(st.fixed_dictionaries({"image": CELLS, "recall": CELLS}), min_size=1, max_size=5)
)
def test_any_text_comes_back(
    rows: list[dict[str, str]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("rows") / "a.csv"
    fill(path, rows)
    assert GrowingTable(path, HEADER).rows == rows


def test_a_disk_that_is_full_for_a_while_leaves_no_torn_row_between_others(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = GrowingTable(path, HEADER)
    table.append(ROWS[0])

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "full")

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        with pytest.raises(FileError, match="free some space"):
            table.append({"image": "a row that is lost", "recall": "1"})
    table.append(ROWS[1])
    assert table.rows == ROWS
    assert GrowingTable(path, HEADER).rows == ROWS


def test_a_killed_process_leaves_every_row_that_it_had_added(path: Path) -> None:
    code = (
        "import os, sys; from pathlib import Path\n"
        "from colonnade.core.work.rows import GrowingTable\n"
        "table = GrowingTable(Path(sys.argv[1]), ['image', 'recall'])\n"
        "for i in range(3): table.append({'image': i, 'recall': 1 / 3})\n"
        "os._exit(9)"
    )
    subprocess.run([sys.executable, "-c", code, str(path)], check=False)
    assert [row["image"] for row in GrowingTable(path, HEADER).rows] == ["0", "1", "2"]


@pytest.mark.parametrize("cell", ["two\nlines", "two\rlines"])
def test_a_cell_of_two_lines_is_refused_and_nothing_is_begun(path: Path, cell: str) -> None:
    with pytest.raises(ValueError, match="line break"):
        GrowingTable(path, HEADER).append({"image": cell, "recall": 1})
    assert not path.exists()


@pytest.mark.parametrize("row", [{"image": 1}, {"image": 1, "recall": 2, "precision": 3}])
def test_a_row_of_other_columns_is_refused(path: Path, row: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="columns"):
        GrowingTable(path, HEADER).append(row)


@pytest.mark.parametrize(
    "content",
    [
        b"image,precision\na,1\n",
        b"image,recall\na\n",
        b"image,recall\na,1,2\n",
        b"\xff\xfe\n",
        b'image,recall\n"a,1\n',
    ],
)
def test_a_table_of_another_kind_is_refused_and_left_alone(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    with pytest.raises(FileError, match="move it away"):
        GrowingTable(path, HEADER)
    assert path.read_bytes() == content


def test_a_folder_in_the_way_is_said(path: Path) -> None:
    path.mkdir()
    with pytest.raises(FileError, match="cannot be read"):
        GrowingTable(path, HEADER)
    with pytest.raises(FileError, match="make that folder first"):
        GrowingTable(path.parent / "none" / "a.csv", HEADER).append(ROWS[0])
