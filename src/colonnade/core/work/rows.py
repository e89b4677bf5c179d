"""Tables that grow by a row at a time, and lose nothing but the row that was being written."""

import csv
import io
import os
from collections.abc import Mapping, Sequence
from pathlib import Path

from colonnade.core.errors import FileError
from colonnade.core.work.writing import atomic, explain

Row = dict[str, str]
"""The cells of a line, by the names of the columns."""


class GrowingTable:
    """A CSV file to which rows are added as they are known, each on the disk before the next.

    A line counts once the line feed at its end is there, so that one torn anywhere, in its last
    number too, is recognised. What opens the table drops it.

    Parameters
    ----------
    path
        The file; it is begun with the first row.
    header
        Names of the columns.

    Raises
    ------
    FileError
        If the file is there and is not a table of these columns.
    """

    def __init__(self, path: Path, header: Sequence[str]) -> None:
        self.path, self.header = path, tuple(header)
        whole = _whole_lines(path)
        self._size = len(whole)
        self.rows: list[Row] = _parsed(path, self.header, whole) if whole else []
        """All rows that are there, in order."""

    def append(self, row: Mapping[str, object]) -> None:
        """Add a row, and wait until it is on the disk.

        Parameters
        ----------
        row
            A value for each column; none may hold a line break.
        """
        if set(row) != set(self.header):
            raise ValueError(f"the row has the columns {', '.join(row)}, not those of the table")
        cells = [str(row[name]) for name in self.header]
        line = _line(cells)
        if not self._size:
            self._begin()
        try:
            with self.path.open("r+b") as file:
                file.seek(self._size)
                file.truncate()
                file.write(line)
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            raise FileError(f"{self.path} cannot be written: {explain(error)}") from error
        self._size += len(line)
        self.rows.append(dict(zip(self.header, cells, strict=True)))

    def _begin(self) -> None:
        first = _line(self.header)
        with atomic(self.path) as temporary:
            temporary.write_bytes(first)
        self._size = len(first)


def _line(cells: Sequence[str]) -> bytes:
    if any("\n" in cell or "\r" in cell for cell in cells):
        raise ValueError(f"a cell with a line break cannot be told from a torn line: {cells}")
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerow(cells)
    return text.getvalue().encode("utf-8")


def _whole_lines(path: Path) -> bytes:
    """Give what was written to its end, without a torn line after it."""
    try:
        content = path.read_bytes() if path.exists() else b""
    except OSError as error:
        raise FileError(f"{path} cannot be read: {explain(error)}") from error
    return content[: content.rfind(b"\n") + 1]


def _parsed(path: Path, header: tuple[str, ...], content: bytes) -> list[Row]:
    """Read the rows, and refuse a table of other columns."""
    try:
        first, *rows = csv.reader(io.StringIO(content.decode("utf-8"), newline=""), strict=True)
        if tuple(first) != header:
            raise ValueError(f"its columns are not {', '.join(header)}")
        return [dict(zip(header, row, strict=True)) for row in rows]
    except (ValueError, csv.Error) as error:
        raise FileError(
            f"{path} is not a table that can be continued: {error}; move it away, or name another "
            "folder"
        ) from error
