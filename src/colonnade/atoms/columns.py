"""The one table of atom columns, for truth and for prediction."""

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import isnan
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from colonnade.core.arrays import Array
from colonnade.core.errors import FileError, MissingExtraError
from colonnade.core.measures.neighbours import nearest_distances
from colonnade.core.work.texts import read_text
from colonnade.core.work.writing import atomic

MEASURED = ("sigma_y", "sigma_x", "score", "intensity", "width")
"""What is known of each column beside its position."""

FARTHEST = 1e9
"""No image has so many rows or columns [px]."""

_FIELDS = {
    "y_px": "y",
    "x_px": "x",
    "sigma_y_px": "sigma_y",
    "sigma_x_px": "sigma_x",
    "score": "score",
    "intensity": "intensity",
    "width_px": "width",
}
"""Names in tables, and what they are called here."""

_IN_NM = ("y_nm", "x_nm")
"""Positions that a table may have a second time."""


@dataclass(frozen=True, eq=False)
class Columns:
    """Atom columns of one image or of the frames of a stack.

    Positions are in pixels; the origin is the centre of pixel (0, 0) and y points down. What is
    not known is NaN.

    Parameters
    ----------
    y, x
        Positions [px].
    sigma_y, sigma_x
        Standard errors of the positions [px].
    score
        Confidence that there is a column, from 0 to 1.
    intensity
        Integrated intensity above the local background [grey level px²].
    width
        Standard deviation of the peak [px].
    labels
        Whatever else is known of each column, such as its frame or its sublattice.
    pixel_size
        Size of a pixel along (y, x) [nm], or None.
    """

    y: Array
    x: Array
    sigma_y: Array = field(default_factory=lambda: np.empty(0))
    sigma_x: Array = field(default_factory=lambda: np.empty(0))
    score: Array = field(default_factory=lambda: np.empty(0))
    intensity: Array = field(default_factory=lambda: np.empty(0))
    width: Array = field(default_factory=lambda: np.empty(0))
    labels: Mapping[str, NDArray[Any]] = field(default_factory=dict)
    pixel_size: tuple[float, float] | None = None

    def __post_init__(self) -> None:
        count = np.size(self.y)
        for name in ("y", "x", *MEASURED):
            values = np.atleast_1d(np.asarray(getattr(self, name), np.float64))
            if values.size == 0 and name in MEASURED:
                values = np.full(count, np.nan)
            object.__setattr__(self, name, values)
        labels = {name: np.asarray(values) for name, values in self.labels.items()}
        object.__setattr__(self, "labels", labels)
        for name, values in {**self._measured(), **labels}.items():
            if values.shape != (count,):
                raise ValueError(f"{name} has the shape {values.shape}, not ({count},)")

    def __len__(self) -> int:
        return int(self.y.size)

    def __getitem__(self, chosen: ArrayLike | slice) -> "Columns":
        """Choose columns by a mask, indices or a slice."""
        key = chosen if isinstance(chosen, slice) else np.atleast_1d(chosen)
        if not isinstance(key, slice) and key.size == 0:
            key = np.empty(0, np.intp)
        return Columns(
            **{name: values[key] for name, values in self._measured().items()},
            labels={name: values[key] for name, values in self.labels.items()},
            pixel_size=self.pixel_size,
        )

    @property
    def positions(self) -> Array:
        """Rows of (y, x) [px]."""
        return np.stack([self.y, self.x], axis=1)

    @property
    def positions_nm(self) -> Array | None:
        """Rows of (y, x) [nm], or None without a calibration."""
        return None if self.pixel_size is None else self.positions * self.pixel_size

    def table(self) -> dict[str, NDArray[Any]]:
        """Everything that is known, by the names that files use.

        The columns ``y_nm`` and ``x_nm`` are there only where the image has a calibration.
        """
        table: dict[str, NDArray[Any]] = {"y_px": self.y, "x_px": self.x}
        if (nm := self.positions_nm) is not None:
            table |= {"y_nm": nm[:, 0], "x_nm": nm[:, 1]}
        table |= {"sigma_y_px": self.sigma_y, "sigma_x_px": self.sigma_x, "score": self.score}
        return {**table, "intensity": self.intensity, "width_px": self.width, **self.labels}

    def to_csv(self, path: Path | str) -> None:
        """Write the table; an unknown value is an empty cell."""
        write_table(self.table(), Path(path))

    @classmethod
    def from_csv(cls, path: Path | str) -> "Columns":
        """Read a table that has at least the columns ``y_px`` and ``x_px``."""
        try:
            # A spreadsheet puts a byte order mark first, and other programs blank lines last.
            text = io.StringIO(read_text(Path(path), "utf-8-sig"), newline="")
            header, *rows = [row for row in csv.reader(text) if row] or [[]]
        except (OSError, UnicodeDecodeError, csv.Error) as error:
            raise FileError(f"the table {path} cannot be read: {error}") from error
        if not {"y_px", "x_px"} <= set(header):
            raise FileError(f"{path} needs the columns y_px and x_px in its first line")
        try:
            return cls.from_cells(header, rows)
        except ValueError as error:
            raise FileError(f"{path} is not a table of columns: {error}") from error

    @classmethod
    def from_cells(cls, header: Sequence[str], rows: Sequence[Sequence[str]]) -> "Columns":
        """Make columns of the cells of a table; an empty one is an unknown value.

        Raises
        ------
        ValueError
            If they are no table of columns.
        """
        cells = dict(zip(header, _transposed(rows, len(header)), strict=True))
        return cls.from_table({name: _values(name, cells[name]) for name in cells})

    @classmethod
    def from_table(
        cls, table: Mapping[str, ArrayLike], pixel_size: tuple[float, float] | None = None
    ) -> "Columns":
        """Make columns of what `table` gives; names that are not known become labels.

        Parameters
        ----------
        table
            Has at least ``y_px`` and ``x_px``.
        pixel_size
            Size of a pixel along (y, x) [nm]; by default that on which the positions in px and in
            nm agree, where the table has both.

        Raises
        ------
        ValueError
            If there are no positions, or one of them is missing, infinite or in no image.
        """
        values = {name: np.asarray(given) for name, given in table.items()}
        if not {"y_px", "x_px"} <= values.keys():
            raise ValueError("it needs the columns y_px and x_px")
        known = {_FIELDS[name]: given for name, given in values.items() if name in _FIELDS}
        if not np.isfinite(np.array([known["y"], known["x"]], float)).all():
            raise ValueError("a position is missing or infinite")
        if (np.abs([known["y"], known["x"]]) > FARTHEST).any():
            raise ValueError(f"a position is farther than {FARTHEST:g} px, and so in no image")
        labels = {name: values[name] for name in values if name not in (*_FIELDS, *_IN_NM)}
        return cls(**known, labels=labels, pixel_size=pixel_size or _pixel_size(values))

    def to_pandas(self) -> Any:
        """Give the table as a pandas DataFrame."""
        try:
            import pandas as pd
        except ImportError as error:
            raise MissingExtraError("a DataFrame", "interop") from error
        return pd.DataFrame(self.table())

    @classmethod
    def concatenate(cls, parts: Sequence["Columns"]) -> "Columns":
        """Join tables that know the same things, such as those of a stack's frames."""
        first = parts[0]
        measured = {
            name: np.concatenate([getattr(part, name) for part in parts])
            for name in first._measured()
        }
        labels = {
            name: np.concatenate([part.labels[name] for part in parts]) for name in first.labels
        }
        return cls(**measured, labels=labels, pixel_size=first.pixel_size)

    def with_labels(self, **labels: ArrayLike) -> "Columns":
        """Add labels; a single value holds for every column."""
        added = {name: np.broadcast_to(v, len(self)).copy() for name, v in labels.items()}
        return Columns(
            **self._measured(), labels={**self.labels, **added}, pixel_size=self.pixel_size
        )

    def with_pixel_size(self, pixel_size: tuple[float, float] | None) -> "Columns":
        """The same columns with another size of a pixel along (y, x) [nm]."""
        return Columns(**self._measured(), labels=self.labels, pixel_size=pixel_size)

    def _measured(self) -> dict[str, Array]:
        return {name: getattr(self, name) for name in ("y", "x", *MEASURED)}


def typical_spacing(positions: Array, shape: tuple[int, ...]) -> float:
    """Median distance of a column to its nearest neighbour [px]; a fifth of the image if alone.

    Parameters
    ----------
    positions
        Rows of (y, x) [px].
    shape
        Rows and columns of the image.
    """
    distances = nearest_distances(positions)
    return float(np.median(distances)) if len(distances) else max(shape) / 5


def write_table(table: Mapping[str, NDArray[Any]], path: Path) -> None:
    """Write a table as CSV, whole or not at all; an unknown value is an empty cell.

    Parameters
    ----------
    table
        Columns of the table, by their names.
    path
        The file.
    """
    with atomic(path) as temporary:
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(table)
        writer.writerows(zip(*(table_cells(values) for values in table.values()), strict=True))
        temporary.write_text(text.getvalue(), encoding="utf-8")


def table_cells(values: NDArray[Any]) -> list[str]:
    """Write values as the cells of a table; an unknown one is empty."""
    if values.dtype.kind == "f":
        return ["" if isnan(value) else f"{value:.11g}" for value in values.tolist()]
    if values.dtype.kind == "b":
        values = values.astype(int)
    return [str(value) for value in values]


def _transposed(rows: Sequence[Sequence[str]], width: int) -> list[list[str]]:
    for number, row in enumerate(rows, 1):
        if len(row) != width:
            raise ValueError(f"row {number} has {len(row)} cells, not {width}")
    return [[row[column] for row in rows] for column in range(width)]


def _values(name: str, cells: list[str]) -> NDArray[Any]:
    return _numbers(cells) if name in _FIELDS or name in _IN_NM else _label(cells)


def _numbers(cells: list[str]) -> Array:
    return np.array([float(cell) if cell else np.nan for cell in cells])


def _label(cells: list[str]) -> NDArray[Any]:
    text = np.array(cells, str)
    if "_" in "".join(cells):  # Python would read 1_2 as the number 12
        return text
    for read in (_whole_numbers, _numbers):
        try:
            return read(cells)
        except (ValueError, OverflowError):
            continue
    return text


def _whole_numbers(cells: list[str]) -> NDArray[np.int64]:
    return np.array([int(cell) for cell in cells], np.int64)


def _pixel_size(table: Mapping[str, NDArray[Any]]) -> tuple[float, float] | None:
    """The calibration that the two pairs of position columns agree on."""
    if not set(_IN_NM) <= table.keys():
        return None
    sizes = []
    for axis in "yx":
        px, nm = (np.abs(table[f"{axis}_{unit}"]).sum() for unit in ("px", "nm"))
        if not (px > 0 and 0 < nm < np.inf):
            return None
        sizes.append(float(nm / px))
    return sizes[0], sizes[1]
