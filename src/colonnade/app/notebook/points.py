"""Positions in an image and what is known at each, as a viewer shows them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from colonnade.atoms.columns import Columns
from colonnade.core.arrays import Array
from colonnade.core.errors import ImageError
from colonnade.interop import from_pandas

_FIRST = (
    "e_xx",
    "magnitude",
    "length",
    "atoms",
    "tilt",
    "grain",
    "coordination",
    "spacing",
    "kind",
    "dx",
    "sublattice",
)
"""How the column begins that colours a map, until another is chosen."""

_VECTORS = (("dy_nm", "dx_nm"), ("dy_px", "dx_px"))
"""What arrows are drawn of, where a table has it."""


@dataclass(frozen=True, eq=False)
class Points:
    """Positions, and the name of what colours them.

    Parameters
    ----------
    columns
        Positions, and what is known at each.
    colour_by
        Name of a column of their table; None for one colour.
    editable
        Whether a person may add, delete and move them: what was computed of columns they may not.
    """

    columns: Columns
    colour_by: str | None = None
    editable: bool = True

    @classmethod
    def of(cls, result: Any, colour_by: str | None = None) -> "Points":
        """Take columns, a map of them, or a DataFrame of pandas.

        Raises
        ------
        ImageError
            If it has no positions, or no such column.
        """
        computed = not isinstance(result, Columns) and callable(getattr(result, "table", None))
        if isinstance(result, Columns):
            columns = result
        elif computed:
            columns = _of_map(result)
            colour_by = colour_by or _first(columns.table())
        else:
            columns = from_pandas(result)
        if colour_by is not None and colour_by not in columns.table():
            known = ", ".join(columns.table())
            raise ImageError(f"there is no column {colour_by} to colour by; there are {known}")
        return cls(columns, colour_by, not computed)

    def values(self) -> dict[str, Array]:
        """Give all that is known in numbers, of words their place among `words`."""
        return {name: _numbers(given) for name, given in self.columns.table().items()}

    def words(self) -> dict[str, list[str]]:
        """Give the words of each column of words, once each, in the order of the alphabet."""
        table = self.columns.table()
        return {name: np.unique(table[name]).tolist() for name in table if _is_text(table[name])}

    def options(self) -> dict[str, Any]:
        """Say how a viewer shows them."""
        table = self.columns.table()
        options: dict[str, Any] = {"colourBy": self.colour_by, "editable": self.editable}
        if self.colour_by and "direction" in self.colour_by:
            options |= {"colourMap": "cyclic", "range": [-180, 180]}
        for y, x in _VECTORS:
            if {y, x} <= table.keys():
                options["vectors"] = {"y": y, "x": x}
        return options


def _of_map(result: Any) -> Columns:
    """Take the table of a map; what lies between two columns is in the middle of them."""
    table: dict[str, NDArray[Any]] = {
        name: np.asarray(given) for name, given in result.table().items()
    }
    if {"y1_px", "x1_px", "y2_px", "x2_px"} <= table.keys():
        middle = {f"{axis}_px": (table[f"{axis}1_px"] + table[f"{axis}2_px"]) / 2 for axis in "yx"}
        table = {**middle, **table}
    if not {"y_px", "x_px"} <= table.keys():
        name = type(result).__name__
        raise ImageError(f"{name} says nothing of places in the image; draw its figure instead")
    size = getattr(getattr(result, "columns", None), "pixel_size", None)
    return Columns.from_table(table, size)


def _first(table: Mapping[str, NDArray[Any]]) -> str | None:
    for beginning in _FIRST:
        for name in table:
            if name.startswith(beginning):
                return name
    return None


def _numbers(values: NDArray[Any]) -> Array:
    if _is_text(values):
        _, values = np.unique(values, return_inverse=True)
    return np.asarray(values, np.float64)


def _is_text(values: NDArray[Any]) -> bool:
    return values.dtype.kind == "U"
