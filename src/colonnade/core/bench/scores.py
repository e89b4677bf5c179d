"""The table of all scores of a run, which grows by a row for every method and image."""

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from colonnade.core.bench.case import Case
from colonnade.core.errors import FileError
from colonnade.core.work.writing import atomic

SCORES = "scores.csv"
KEY = ("method", "series", "axis", "value", "number")
COST = ("seconds", "peak_mb", "pixels")
END = "\n"
"""Every row that was written whole ends with this."""


@dataclass(frozen=True)
class Row:
    """Scores of one method on one image; NaN is unknown."""

    method: str
    case: Case
    scores: Mapping[str, float]

    def cells(self) -> dict[str, str]:
        """Give what the file holds, by the name of the column."""
        case = self.case
        key = (self.method, case.series, case.axis, _cell(case.value), str(case.number))
        scores = {name: _cell(value) for name, value in self.scores.items()}
        return dict(zip(KEY, key, strict=True)) | scores

    @classmethod
    def from_cells(cls, cells: Mapping[str, str]) -> "Row":
        """Read a row of the file."""
        case = Case(cells["series"], cells["axis"], _number(cells["value"]), int(cells["number"]))
        scores = {name: _number(cell) for name, cell in cells.items() if name not in KEY}
        return cls(cells["method"], case, scores)


def _cell(value: float) -> str:
    return "" if np.isnan(value) else f"{value:.6g}"


def _number(cell: str) -> float:
    return float(cell) if cell else np.nan


class Scores:
    """The file of all scores; a row that was not written to its end is dropped.

    Parameters
    ----------
    path
        The file; it is begun if it is not there.
    columns
        Names of the scores of one image.

    Raises
    ------
    FileError
        If the file is the table of something else.
    """

    def __init__(self, path: Path, columns: Sequence[str]) -> None:
        self._path = path
        self._header = (*KEY, *columns, *COST)
        self.rows: list[Row] = []
        if path.exists():
            self.rows = list(read_rows(path, self._header))
        self._done = {(row.method, row.case.name) for row in self.rows}
        with atomic(path) as temporary, temporary.open("w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, self._header, lineterminator=END)
            writer.writeheader()
            writer.writerows(row.cells() for row in self.rows)

    def add(self, row: Row) -> None:
        """Add the scores of one image, as the file will give them back."""
        cells = row.cells()
        with self._path.open("a", newline="", encoding="utf-8") as file:
            csv.DictWriter(file, self._header, lineterminator=END).writerow(cells)
        self.rows.append(Row.from_cells(cells))
        self._done.add((row.method, row.case.name))

    def has(self, method: str, case: Case) -> bool:
        """Whether a method has done an image."""
        return (method, case.name) in self._done

    def of(self, method: str, cases: Sequence[Case]) -> list[Row]:
        """Rows of one method on these images."""
        names = {case.name for case in cases}
        return [row for row in self.rows if row.method == method and row.case.name in names]


def read_rows(path: Path, header: Sequence[str]) -> tuple[Row, ...]:
    """Read every row of a file of scores that was written whole.

    Raises
    ------
    FileError
        If the file has other columns.
    """
    # A number that was cut off is a number too, so only the end of the line tells.
    whole, _, _ = path.read_bytes().rpartition(END.encode())
    reader = csv.DictReader(io.StringIO(whole.decode("utf-8"), newline=""))
    if tuple(reader.fieldnames or ()) != tuple(header):
        raise FileError(f"{path} is not the table of a run; name another folder")
    return tuple(Row.from_cells(cells) for cells in reader if None not in cells.values())
