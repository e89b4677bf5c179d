"""The table of scores: what was written whole comes back, what was torn is dropped."""

import csv
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from colonnade.core.bench.case import Case
from colonnade.core.bench.scores import SCORES, Row, Scores
from colonnade.core.errors import FileError

COLUMNS = ("error", "bias")


def row(number: int, method: str = "same", value: float = 0.25, error: float = 1.5) -> Row:
    scores = {"error": error, "bias": np.nan, "seconds": 0.125, "peak_mb": 80.0, "pixels": 4096.0}
    return Row(method, Case("WS2 [001], thin", "noise", value, number), scores)


def filled(folder: Path, *rows: Row) -> Path:
    path = folder / SCORES
    scores = Scores(path, COLUMNS)
    for one in rows:
        scores.add(one)
    return path


@given(
    error=st.floats(allow_nan=True, allow_infinity=True),
    value=st.one_of(st.just(np.nan), st.floats(-1e6, 1e6)),
    method=st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=9),
)
def test_a_row_comes_back_to_six_digits(error: float, value: float, method: str) -> None:
    before = row(3, method, value, error)
    after = Row.from_cells(before.cells())
    assert after.case.name == before.case.name
    assert after.method == method
    np.testing.assert_allclose(list(after.scores.values()), list(before.scores.values()), 1e-5)
    assert after.cells() == before.cells()


def test_rows_in_memory_are_those_of_the_file(tmp_path: Path) -> None:
    scores = Scores(tmp_path / SCORES, COLUMNS)
    scores.add(row(0, error=1 / 3))
    again = Scores(tmp_path / SCORES, COLUMNS)
    assert scores.rows[0].scores["error"] == again.rows[0].scores["error"] == 0.333333
    assert np.isnan(again.rows[0].scores["bias"])


def test_a_row_torn_anywhere_is_dropped_and_overwritten_by_the_next(tmp_path: Path) -> None:
    whole = filled(tmp_path, row(0), row(1, "métier")).read_bytes()
    first = whole[: whole[:-1].rindex(b"\n") + 1]
    for end in range(len(first), len(whole)):
        path = tmp_path / SCORES
        path.write_bytes(whole[:end])
        scores = Scores(path, COLUMNS)
        assert [one.case.number for one in scores.rows] == [0]
        assert not scores.has("métier", row(1).case)
        scores.add(row(1, "métier"))
        assert path.read_bytes() == whole


def test_a_header_that_was_torn_is_written_again(tmp_path: Path) -> None:
    whole = filled(tmp_path, row(0)).read_bytes()
    (tmp_path / SCORES).write_bytes(whole[: whole.index(b"\n")])
    scores = Scores(tmp_path / SCORES, COLUMNS)
    assert scores.rows == []
    scores.add(row(0))
    assert (tmp_path / SCORES).read_bytes() == whole


def test_a_table_of_something_else_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / SCORES).write_text("a,b\n1,2\n")
    with pytest.raises(FileError, match="is not a table that can be continued"):
        Scores(tmp_path / SCORES, COLUMNS)
    assert (tmp_path / SCORES).read_text() == "a,b\n1,2\n"


def test_rows_are_found_by_method_and_case(tmp_path: Path) -> None:
    path = filled(tmp_path, row(0), row(1), row(0, "other"), row(0, value=np.nan))
    scores = Scores(path, COLUMNS)
    assert scores.has("same", row(0, value=float("nan")).case)
    assert not scores.has("other", row(1).case)
    cases = [row(0).case, row(0, value=np.nan).case]
    assert [one.case.name for one in scores.of("same", cases)] == [case.name for case in cases]
    with path.open(newline="") as file:
        assert [cells["value"] for cells in csv.DictReader(file)] == ["0.25", "0.25", "0.25", ""]
