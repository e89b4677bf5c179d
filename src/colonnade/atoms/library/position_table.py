"""Read positions of columns from tables as people write them."""

import csv
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from colonnade.core.arrays import Array
from colonnade.core.errors import FileError
from colonnade.core.work.texts import read_text


def read_positions(path: Path) -> Array:
    """Read the columns ``y_px`` and ``x_px``, or ``y`` and ``x``, of a table.

    The cells are separated by commas, semicolons, tabs or blanks; what else the table holds is
    not read.

    Returns
    -------
    positions
        Rows of (y, x) [px].
    """
    try:
        text = read_text(path, "utf-8-sig")
        header, *rows = [row for row in _cells(text.removeprefix("#")) if any(row)] or [[]]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise FileError(f"the table {path} cannot be read: {error}") from error
    names = [name.strip().casefold() for name in header]
    if header and all(_is_number(name) for name in names):
        raise FileError(
            f"{path} has numbers in its first line and no header, so that nobody can know which "
            "is x: write y_px,x_px or x_px,y_px above them"
        )
    place = [
        next((names.index(n) for n in (f"{axis}_px", axis) if n in names), -1) for axis in "yx"
    ]
    if -1 in place:
        raise FileError(f"{path} needs the columns y_px and x_px, or y and x, in its first line")
    try:
        positions = np.array([[_number(row[i]) for i in place] for row in rows]).reshape(-1, 2)
    except (ValueError, IndexError) as error:
        raise FileError(f"{path} is not a table of positions: {error}") from error
    if not np.isfinite(positions).all():
        raise FileError(f"{path} has a position that is missing or infinite")
    return positions


def _cells(text: str) -> Iterator[list[str]]:
    lines = text.splitlines()
    first = next((line for line in lines if line.strip()), "")
    separator = next((mark for mark in "\t;," if mark in first), None)
    if separator is None:
        return (line.split() for line in lines)
    return csv.reader(lines, delimiter=separator, skipinitialspace=True)


def _number(cell: str) -> float:
    return float(cell.replace(",", "."))


def _is_number(cell: str) -> bool:
    try:
        _number(cell)
    except ValueError:
        return False
    return True
