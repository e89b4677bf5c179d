"""The table, the summary and the picture of one file, made frame by frame."""

import json
import shutil
from collections.abc import Sequence
from pathlib import Path

from colonnade.atoms.locate.locate import Result
from colonnade.atoms.locate.overlay import draw_overlay, sentence
from colonnade.core.errors import FileError
from colonnade.core.files.batch_run import report_lines
from colonnade.core.work.record import Record
from colonnade.core.work.writing import atomic

WHOLE = "whole"
"""The part of a record that says that all frames of the file are done."""


class FileResults:
    """What was found in one file; each frame is on the disk before the next is begun.

    Parameters
    ----------
    out
        Folder for the results.
    name
        What they are called.
    record
        Keeps the table of each frame until all of them are done.
    """

    def __init__(self, out: Path, name: str, record: Record) -> None:
        self.name, self.record = name, record
        self.table, self.picture, self.summary = (
            out / f"{name}.columns.{kind}" for kind in ("csv", "png", "json")
        )

    def are_whole(self) -> bool:
        """Whether all frames are done, and the results still there."""
        written = (self.table, self.picture, self.summary)
        return self.record.has(WHOLE) and all(path.exists() for path in written)

    def has(self, number: int) -> bool:
        """Whether a frame is done."""
        return self.record.has(_part(number))

    def add(self, number: int, found: Result, *, labelled: bool) -> None:
        """Keep what was found in a frame, and draw the first.

        Parameters
        ----------
        number
            Which frame.
        found
            What was found in it.
        labelled
            Whether its columns get the label ``frame``.
        """
        if not any(self.has(earlier) for earlier in range(number)):
            draw_overlay(found.image, found.columns, self.picture, found.atomic)
        columns = found.columns.with_labels(frame=number) if labelled else found.columns
        self.record.begin()
        columns.to_csv(self._frame_table(number))
        self._frame_summary(number).write_text(json.dumps(_summary(number, found)), "utf-8")
        said = sentence(found.columns, found.image.name, found.atomic)
        report = report_lines(said, found.notes)
        self.record.put(_part(number), json.dumps(report))

    def lines(self, number: int) -> list[str]:
        """What is to be said of a frame that is done: what was found, and notes."""
        return _read(self.record, _part(number))

    def finish(self, count: int) -> list[str]:
        """Write the table and the summary of all frames that are done.

        Parameters
        ----------
        count
            How many frames the file has.

        Returns
        -------
        lines
            What is to be said of the file: the notes on all frames, and where the results are.
        """
        done = [number for number in range(count) if self.has(number)]
        if not done:
            return []
        _join([self._frame_table(number) for number in done], self.table)
        frames = [json.loads(self._frame_summary(number).read_text("utf-8")) for number in done]
        with atomic(self.summary) as temporary:
            temporary.write_text(json.dumps({"frames": frames}, indent=1) + "\n", "utf-8")
        reports = [self.lines(number) for number in done]
        notes = list(dict.fromkeys(note for report in reports for note in report[1:]))
        if len(done) == count:
            self.record.put(WHOLE, json.dumps([*(report[0] for report in reports), *notes]))
            for number in done:
                self.record.forget(_part(number))
                self._frame_table(number).unlink()
                self._frame_summary(number).unlink()
        return [*notes, *self._places()]

    def all_lines(self) -> list[str]:
        """What was said of a file that is done."""
        return [*_read(self.record, WHOLE), *self._places()]

    def _places(self) -> list[str]:
        return [
            f"  table   {self.table}",
            f"  picture {self.picture}",
            f"  summary {self.summary}",
        ]

    def _frame_table(self, number: int) -> Path:
        return self.record.folder / f"{_part(number)}.csv"

    def _frame_summary(self, number: int) -> Path:
        return self.record.folder / f"{_part(number)}.json"


def _summary(number: int, found: Result) -> dict[str, object]:
    """What a program wants to know of a frame beside its table."""
    return {
        "frame": number,
        "columns": len(found.columns),
        "shows_atom_columns": found.shows_columns,
        "probability_of_atom_columns": round(found.atomic, 4),
        "notes": list(found.notes),
    }


def _part(number: int) -> str:
    return f"{number:06d}"


def _read(record: Record, part: str) -> list[str]:
    return [str(line) for line in json.loads(record.read(part))]


def _join(tables: Sequence[Path], target: Path) -> None:
    """Put tables of the same columns below each other."""
    with atomic(target) as temporary, temporary.open("w", encoding="utf-8") as whole:
        first = ""
        for table in tables:
            with table.open(encoding="utf-8") as part:
                header = part.readline()
                if not first:
                    whole.write(first := header)
                if header != first:
                    raise FileError(f"{table} and the frames before it differ in their columns")
                shutil.copyfileobj(part, whole)
