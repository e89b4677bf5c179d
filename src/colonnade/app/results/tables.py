"""A table as a page reads it: a header, and numbers column by column."""

import csv
import json
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

ALIGNMENT = 8
"""Where the numbers begin is a multiple of it [bytes]."""


def encode_table(path: Path) -> bytes:
    """Read a table that a command has written, and give it as a page reads it.

    First comes the length of the header, 4 bytes, then the header as JSON, filled up with spaces
    so that the numbers begin at a multiple of 8 bytes; then every column, in doubles. All numbers
    are little-endian. Words are numbers too, those of the words of their column in the header; an
    unknown value is none.
    """
    with path.open(newline="", encoding="utf-8") as file:
        names, *rows = csv.reader(file)
    columns, words = [], {}
    for number, name in enumerate(names):
        cells = [row[number] for row in rows]
        try:
            columns.append(_numbers(cells))
        except ValueError:
            words[name], numbers = np.unique(np.array(cells, str), return_inverse=True)
            columns.append(numbers.astype(np.float64))
    header = {
        "rows": len(rows),
        "columns": names,
        "words": {name: each.tolist() for name, each in words.items()},
    }
    return _with_header(header, np.array(columns, "<f8").reshape(len(names), len(rows)))


def _numbers(cells: list[str]) -> NDArray[np.float64]:
    return np.array([float(cell) if cell else np.nan for cell in cells], np.float64)


def _with_header(header: dict[str, Any], numbers: NDArray[np.float64]) -> bytes:
    text = json.dumps(header).encode()
    text += b" " * (-(4 + len(text)) % ALIGNMENT)
    return len(text).to_bytes(4, "little") + text + numbers.tobytes()
