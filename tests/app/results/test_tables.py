"""A page reads every number of a table as the command has written it."""

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from colonnade.app.results.tables import encode_table


def decode(content: bytes) -> tuple[dict[str, object], np.ndarray]:
    length = int.from_bytes(content[:4], "little")
    header = json.loads(content[4 : 4 + length])
    numbers = np.frombuffer(content, "<f8", offset=4 + length)  # fails where it is not aligned
    assert (4 + length) % 8 == 0
    return header, numbers.reshape(len(header["columns"]), header["rows"])


@given(
    rows=st.lists(st.tuples(*[st.floats(allow_infinity=False)] * 3), max_size=20),
    name=st.text("adé_ ", min_size=1, max_size=9),
)
def test_numbers_come_back(
    rows: list[tuple[float, ...]], name: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("table") / "table.csv"
    cells = [["" if np.isnan(value) else repr(value) for value in row] for row in rows]
    text = "\n".join([f"{name},b,c", *map(",".join, cells)])
    path.write_text(text + "\n", encoding="utf-8")
    header, numbers = decode(encode_table(path))
    assert header == {"rows": len(rows), "columns": [name, "b", "c"], "words": {}}
    np.testing.assert_array_equal(numbers, np.array(rows, float).reshape(-1, 3).T)


def test_words_are_numbers_of_the_words_in_the_header(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_text("y_px,measured\n1.5,yes\n,no\n3,yes\n")
    header, numbers = decode(encode_table(path))
    assert header["words"] == {"measured": ["no", "yes"]}
    np.testing.assert_array_equal(numbers, [[1.5, np.nan, 3], [1, 0, 1]])
