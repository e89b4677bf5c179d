"""The table of all scores of a run, which grows by a row for every method and image."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from colonnade.core.bench.case import Case
from colonnade.core.work.rows import GrowingTable

SCORES = "scores.csv"
KEY = ("method", "series", "axis", "value", "number")
COST = ("seconds", "peak_mb", "pixels")


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
        The file; it is begun with the first row.
    columns
        Names of the scores of one image.

    Raises
    ------
    FileError
        If the file is the table of something else.
    """

    def __init__(self, path: Path, columns: Sequence[str]) -> None:
        self._table = GrowingTable(path, (*KEY, *columns, *COST))
        self.rows = [Row.from_cells(cells) for cells in self._table.rows]
        self._done = {(row.method, row.case.name) for row in self.rows}

    def add(self, row: Row) -> None:
        """Add the scores of one image, as the file will give them back."""
        cells = row.cells()
        self._table.append(cells)
        self.rows.append(Row.from_cells(cells))
        self._done.add((row.method, row.case.name))

    def has(self, method: str, case: Case) -> bool:
        """Whether a method has done an image."""
        return (method, case.name) in self._done

    def of(self, method: str, cases: Sequence[Case]) -> list[Row]:
        """Rows of one method on these images."""
        names = {case.name for case in cases}
        return [row for row in self.rows if row.method == method and row.case.name in names]
