"""Tables of columns: pandas, and Parquet, which keeps every digit, type and the calibration."""

import json
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from colonnade.atoms.columns import Columns
from colonnade.core.errors import FileError
from colonnade.core.work.writing import atomic
from colonnade.interop.extras import optional

_PIXEL_SIZE = b"colonnade.pixel_size_nm"


def from_pandas(frame: Any, pixel_size: tuple[float, float] | None = None) -> Columns:
    """Take a table of pandas, such as `colonnade.Columns.to_pandas` gives.

    Parameters
    ----------
    frame
        A DataFrame with at least the columns ``y_px`` and ``x_px``; those that are not known
        become labels.
    pixel_size
        Size of a pixel along (y, x) [nm]; by default that on which the positions in px and in nm
        agree, where the table has both.

    Raises
    ------
    ValueError
        If there are no positions, or one of them is missing.
    """
    table = {str(name): _plain(frame[name].to_numpy()) for name in frame.columns}
    return Columns.from_table(table, pixel_size)


def to_parquet(columns: Columns, path: str | Path) -> None:
    """Write a table as Parquet, with every digit, and the size of a pixel beside it.

    Raises
    ------
    MissingExtraError
        If pyarrow is not installed.
    FileError
        If the file cannot be written.
    """
    arrow = optional("pyarrow", "Parquet", "parquet")
    parquet = optional("pyarrow.parquet", "Parquet", "parquet")
    size = json.dumps(columns.pixel_size).encode()
    table = arrow.table({name: arrow.array(given) for name, given in columns.table().items()})
    with atomic(path) as temporary:
        parquet.write_table(table.replace_schema_metadata({_PIXEL_SIZE: size}), temporary)


def from_parquet(path: str | Path) -> Columns:
    """Read a table of columns from Parquet, whoever wrote it.

    Raises
    ------
    MissingExtraError
        If pyarrow is not installed.
    FileError
        If the file cannot be read, or is no table of columns.
    """
    arrow = optional("pyarrow", "Parquet", "parquet")
    parquet = optional("pyarrow.parquet", "Parquet", "parquet")
    try:
        table = parquet.read_table(path)
        found = {name: _plain(table[name].to_numpy()) for name in table.column_names}
        size = json.loads((table.schema.metadata or {}).get(_PIXEL_SIZE, b"null"))
        return Columns.from_table(found, None if size is None else (size[0], size[1]))
    except (OSError, ValueError, arrow.ArrowException) as error:
        raise FileError(f"{path} is not a table of columns: {error}") from error


def _plain(values: NDArray[Any]) -> NDArray[Any]:
    """Text as NumPy has it, where others keep Python's own."""
    return values.astype(str) if values.dtype.kind == "O" else np.array(values)
