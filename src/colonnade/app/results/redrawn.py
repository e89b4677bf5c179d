"""The table, the sentence and the picture of columns at another threshold, or with corrections.

Without corrections they are what the command writes and says at that threshold.
"""

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from colonnade.app.results.edited import ADDED, AS_FOUND, Edit, edited
from colonnade.atoms.columns import Columns, table_cells
from colonnade.atoms.locate.films.film import follow_frames
from colonnade.atoms.locate.locate import calibrated
from colonnade.atoms.locate.overlay import draw_overlay, sentence
from colonnade.core.files.open import read_frames
from colonnade.core.files.units import parse_length
from colonnade.core.images.micrograph import Micrograph
from colonnade.core.work.contents import write_text

FOLLOWED = ("track", "y_aligned_px", "x_aligned_px")
"""Labels of the columns of a film, which depend on all its columns."""


@dataclass(frozen=True)
class Cells:
    """A table as its file has it."""

    header: list[str]
    rows: list[list[str]]

    @classmethod
    def read(cls, path: Path) -> "Cells":
        """Read a table that a command has written."""
        with path.open(newline="", encoding="utf-8") as file:
            header, *rows = csv.reader(file)
        return cls(header, rows)

    @classmethod
    def of(cls, columns: Columns) -> "Cells":
        """Write columns down."""
        table = {name: table_cells(values) for name, values in columns.table().items()}
        return cls(list(table), [list(row) for row in zip(*table.values(), strict=True)])

    @cached_property
    def columns(self) -> Columns:
        """What it says."""
        return Columns.from_cells(self.header, self.rows)

    def chosen(self, rows: NDArray[Any]) -> "Cells":
        """Take rows, by a mask or their numbers."""
        return Cells(self.header, [self.rows[row] for row in np.arange(len(self.rows))[rows]])

    def with_columns(self, added: Mapping[str, Sequence[str]]) -> "Cells":
        """Add columns."""
        more = zip(*added.values(), strict=True)
        rows = [[*row, *cells] for row, cells in zip(self.rows, more, strict=True)]
        return Cells([*self.header, *added], rows)

    def text(self) -> str:
        """Give it as CSV."""
        text = io.StringIO()
        csv.writer(text, lineterminator="\n").writerows([self.header, *self.rows])
        return text.getvalue()


@dataclass(frozen=True)
class Searched:
    """The image in which columns were found.

    Parameters
    ----------
    path
        Its file.
    name
        What the command calls it; by default what the file says.
    signal, frame, pixel_size
        As the command was told.
    frames
        Which frames were searched.
    is_film
        Whether their columns were followed.
    atomic
        Probability that the first of them shows atom columns at all.
    """

    path: str
    name: str | None
    signal: str | None
    frame: int | None
    pixel_size: str | None
    frames: list[int]
    is_film: bool
    atomic: float

    def read(self) -> Sequence[Micrograph]:
        """Open the image."""
        return read_frames(Path(self.path), signal=self.signal, frame=self.frame)

    def first(self) -> Micrograph:
        """Read the first frame that was searched."""
        image = self.read()[self.frames[0]]
        size = None if self.pixel_size is None else parse_length(self.pixel_size)
        named = image if self.name is None else replace(image, name=self.name)
        return calibrated(named, size)


def redraw(
    candidates: str,
    searched: Mapping[str, Any],
    threshold: float,
    edits: Sequence[Edit],
    table: str | None = None,
    picture: str | None = None,
) -> dict[str, Any]:
    """Say what is found at a threshold, and write its table and picture if they are wanted.

    Parameters
    ----------
    candidates
        The table of everything that may be a column.
    searched
        What `Searched` holds.
    threshold
        Score from which a candidate counts as a column; those that were added or moved by hand
        always do.
    edits
        Corrections by hand.
    table, picture
        Where to write.
    """
    image = Searched(**searched)
    cells = table_at(Cells.read(Path(candidates)), threshold, edits)
    if table is not None:
        write_text(Path(table), (_followed(cells, image) if image.is_film else cells).text())
    columns, first = cells.columns, image.first()
    if "frame" in columns.labels:
        columns = columns[columns.labels["frame"] == image.frames[0]]
    if picture is not None:
        draw_overlay(first, columns, Path(picture), image.atomic)
    said = sentence(columns, first.name, image.atomic)
    return {"sentence": said, "columns": len(cells.rows), "threshold": threshold}


def table_at(candidates: Cells, threshold: float, edits: Sequence[Edit]) -> Cells:
    """Choose the candidates that count as columns."""
    if not edits:
        return candidates.chosen(candidates.columns.score >= threshold)
    columns = _edited(candidates.columns, edits)
    by_hand = columns.labels["edited"] != AS_FOUND
    return Cells.of(columns[by_hand | (columns.score >= threshold)])


def _edited(columns: Columns, edits: Sequence[Edit]) -> Columns:
    """Correct columns, and put those that were added into their frames."""
    corrected = edited(columns, edits)
    if "frame" not in corrected.labels:
        return corrected
    frame = corrected.labels["frame"].copy()
    added = corrected.labels["edited"] == ADDED
    frame[added] = [edit.get("frame", 0) for edit in edits if edit["op"] == "add"]
    return corrected.with_labels(frame=frame)[np.argsort(frame, kind="stable")]


def _followed(cells: Cells, image: Searched) -> Cells:
    """Follow the columns of a film from frame to frame."""
    columns = replace(cells.columns, labels={})
    frame = cells.columns.labels["frame"]
    parts = [columns[frame == number] for number in image.frames]
    labels = follow_frames(image.read(), parts, image.frames).columns.labels
    return cells.with_columns({name: table_cells(labels[name]) for name in FOLLOWED})
