"""The list of what failed in a batch, which can be given back to the command."""

import csv
import io
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from colonnade.core.errors import FileError, visible
from colonnade.core.work.outcomes import reason
from colonnade.core.work.texts import read_text
from colonnade.core.work.writing import atomic

_HEADER = ("file", "frame", "results", "reason")

_ERRORS = "surrogateescape"
"""Names of files may be no text: their bytes go into the list and come back as they are."""


@dataclass(frozen=True, eq=False)
class Failure:
    """A file that could not be worked on, or a frame of it.

    Parameters
    ----------
    path
        The file.
    name
        What its results are, or would have been, called.
    frame
        Which frame of a stack; None for the whole file.
    error
        Why.
    """

    path: Path
    name: str
    frame: int | None
    error: Exception

    @property
    def sentence(self) -> str:
        """What failed, and why; a reason that names the file itself is enough."""
        why, path = reason(self.error), visible(str(self.path))
        if self.frame is not None:
            return f"{path}, frame {self.frame}: {why}"
        return why if why.startswith(path) else f"{path}: {why}"


def list_name(command: str) -> str:
    """What the list of a command is called, in the folder of the results.

    Each command has one of its own: what one could not do another may never have tried.
    """
    return f"failed-{command}.csv"


def read_failures(path: Path) -> dict[Path, str]:
    """Read which files a list names, and what their results are called.

    Raises
    ------
    FileError
        If it is not such a list.
    """
    return {Path(file): results for file, _, results, _ in _rows(path)}


def update_failures(path: Path, files: Collection[Path], failures: Sequence[Failure]) -> None:
    """Write down what failed of a batch; other files keep their lines, and no line is no list.

    Parameters
    ----------
    path
        The list.
    files
        Those of the batch.
    failures
        What failed of them.
    """
    again = {str(each.absolute()) for each in files}
    kept = [row for row in _rows(path) if row[0] not in again] if path.exists() else []
    new = [_row(failure) for failure in failures]
    if not kept + new:
        path.unlink(missing_ok=True)
        return
    with atomic(path) as temporary, _opened(temporary, "w") as file:
        csv.writer(file, lineterminator="\n").writerows([_HEADER, *kept, *new])


def add_failures(path: Path, failures: Sequence[Failure]) -> None:
    """Write down what has just failed, while the batch goes on."""
    rows = [_row(failure) for failure in failures]
    with _opened(path, "a") as file:
        header = [] if file.tell() else [_HEADER]
        csv.writer(file, lineterminator="\n").writerows([*header, *rows])


def _opened(path: Path, mode: str) -> IO[str]:
    return path.open(mode, newline="", encoding="utf-8", errors=_ERRORS)


def _row(failure: Failure) -> list[str]:
    frame = "" if failure.frame is None else str(failure.frame)
    return [str(failure.path.absolute()), frame, failure.name, reason(failure.error)]


def _rows(path: Path) -> list[list[str]]:
    try:
        content = read_text(path, "utf-8-sig", errors=_ERRORS)
        rows = list(csv.reader(io.StringIO(content, newline="")))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise FileError(f"the list {path} cannot be read: {error}; check its name") from error
    if len(rows) > 1 and len(rows[-1]) < len(_HEADER) and not content.endswith("\n"):
        rows.pop()  # the list grew until the disk was full or the power went
    if not rows or tuple(rows[0]) != _HEADER or any(len(row) != len(_HEADER) for row in rows):
        raise FileError(f"{path} is not a list of failed files; name images instead")
    for _, _, results, _ in rows[1:]:
        if results == ".." or "\0" in results or Path(results).name != (results or None):
            raise FileError(f"{path} names results {results[:80]!r}, which no file can be called")
    return rows[1:]
