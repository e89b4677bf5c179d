"""The table, the summary and the picture of one file, made frame by frame."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import repeat
from pathlib import Path
from typing import TYPE_CHECKING, Any, overload

import numpy as np
from numpy.typing import NDArray

from colonnade.atoms.columns import Columns, table_cells, write_table
from colonnade.atoms.locate.locate import Result
from colonnade.atoms.locate.overlay import draw_overlay, sentence
from colonnade.core.errors import FileError
from colonnade.core.files.batch_run import report_lines
from colonnade.core.files.write import write_tiff
from colonnade.core.images.micrograph import Micrograph
from colonnade.core.work.contents import write_text
from colonnade.core.work.record import Record
from colonnade.core.work.writing import atomic

if TYPE_CHECKING:
    from colonnade.atoms.locate.films.average import Averaged
    from colonnade.atoms.locate.films.film import Film
    from colonnade.core.images.series.drift import Drift

WHOLE = "whole"
"""The part of a record that says that all frames of the file are done."""

FILM, AVERAGE = "film", "average"
"""The parts of a record that say that columns were followed from frame to frame, and that frames
were averaged."""

Follow = Callable[[Sequence[Columns], Sequence[int], Path], "Film"]
"""Follows the columns of frames, which have these numbers, from one to the next; what it keeps
meanwhile may lie in a folder."""


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
    with_candidates
        Whether what did not reach the threshold is written too.
    """

    def __init__(
        self, out: Path, name: str, record: Record, with_candidates: bool = False
    ) -> None:
        self.name, self.record, self.with_candidates = name, record, with_candidates
        self.table, self.picture, self.summary = (
            out / f"{name}.columns.{kind}" for kind in ("csv", "png", "json")
        )
        self.tracks, self.drift = (out / f"{name}.{kind}.csv" for kind in ("tracks", "drift"))
        self.candidates = out / f"{name}.candidates.csv"
        self.image = out / f"{name}.tif"
        self._done_before = 0

    def are_whole(self) -> bool:
        """Whether all frames are done, and the results still there."""
        return self.record.has(WHOLE) and all(path.exists() for _, path in self._written())

    def has(self, number: int) -> bool:
        """Whether a frame is done."""
        return self.record.has(_part(number))

    def begin(self, count: int) -> None:
        """Begin to keep what is found in so many frames, or go on."""
        self.record.begin()
        self._done_before = len(self.done(count))

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
        if number == 0:
            draw_overlay(found.image, found.columns, self.picture, found.atomic)
        self.record.begin()
        self._labelled(found.columns, number, labelled).to_csv(self._frame_table(number))
        if self.with_candidates:
            candidates = self._labelled(found.candidates, number, labelled)
            candidates.to_csv(self._frame_candidates(number))
        write_text(self._frame_summary(number), json.dumps(_summary(number, found)))
        said = sentence(found.columns, found.image.name, found.atomic)
        report = report_lines(said, found.notes)
        self.record.put(_part(number), json.dumps(report))

    @staticmethod
    def _labelled(columns: Columns, number: int, labelled: bool) -> Columns:
        return columns.with_labels(frame=number) if labelled else columns

    def add_average(self, found: "Averaged", numbers: Sequence[int]) -> None:
        """Keep the average of frames that have these numbers, and what was found in it."""
        result = replace(found.result, image=replace(found.result.image, name=self.name))
        self.add(0, result, labelled=False)
        pixel_size = result.image.pixel_size
        write_tiff(self.image, result.image.pixels, pixel_size)
        self._write_drift(found.average.drift, numbers, pixel_size)
        self.record.put(AVERAGE)

    def lines(self, number: int) -> list[str]:
        """What is to be said of a frame that is done: what was found, and notes."""
        return _read(self.record, _part(number))

    def done(self, count: int) -> list[int]:
        """Which of so many frames are done."""
        return [number for number in range(count) if self.has(number)]

    def draw(self, number: int, image: Micrograph) -> None:
        """Draw a frame that is done, where the first could not be."""
        columns = Columns.from_csv(self._frame_table(number))
        summary = json.loads(self._frame_summary(number).read_text("utf-8"))
        draw_overlay(image, columns, self.picture, summary["probability_of_atom_columns"])

    def finish(self, count: int, follow: Follow | None) -> list[str]:
        """Write the table and the summary of all frames that are done.

        Parameters
        ----------
        count
            How many frames the file has.
        follow
            Follows their columns, if the frames are those of a film.

        Returns
        -------
        lines
            What is to be said of the file: the notes on all frames, and where the results are.
        """
        done = self.done(count)
        if not done:
            self.record.sweep()
            return []
        tables = [self._frame_table(number) for number in done]
        if follow is None or len(done) < 2:
            _join(tables, self.table, repeat({}))
        else:
            self._follow(tables, done, follow)
        if self.with_candidates:
            candidates = [self._frame_candidates(number) for number in done]
            _join(candidates, self.candidates, repeat({}))
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
                self._frame_candidates(number).unlink(missing_ok=True)
        before = f"  already done: {self._done_before} of {count} frames"
        return [*notes, *self._places(), *([before] if self._done_before else [])]

    def all_lines(self) -> list[str]:
        """What was said of a file that is done."""
        return [*_read(self.record, WHOLE), *self._places()]

    def _follow(self, tables: Sequence[Path], done: Sequence[int], follow: Follow) -> None:
        """Write the table with what the frames say together, and that beside it."""
        film = follow(_Tables(tables), done, self.record.folder)
        _join(tables, self.table, film.labels())
        self._write_drift(film.drift, done, film.tracks.pixel_size)
        film.tracks.to_csv(self.tracks)
        self.record.put(FILM)

    def _write_drift(
        self, drift: "Drift", numbers: Sequence[int], pixel_size: tuple[float, float] | None
    ) -> None:
        write_table({"frame": np.array(numbers), **drift.table(pixel_size)}, self.drift)

    def _places(self) -> list[str]:
        return [f"  {name:7} {path}" for name, path in self._written()]

    def _written(self) -> list[tuple[str, Path]]:
        """What is written, and where."""
        written = [("table", self.table), ("picture", self.picture), ("summary", self.summary)]
        if self.with_candidates:
            written.append(("all", self.candidates))
        if self.record.has(FILM):
            written += [("tracks", self.tracks), ("drift", self.drift)]
        if self.record.has(AVERAGE):
            written += [("average", self.image), ("drift", self.drift)]
        return written

    def _frame_table(self, number: int) -> Path:
        return self.record.folder / f"{_part(number)}.csv"

    def _frame_candidates(self, number: int) -> Path:
        return self.record.folder / f"{_part(number)}.candidates.csv"

    def _frame_summary(self, number: int) -> Path:
        return self.record.folder / f"{_part(number)}.json"


def _summary(number: int, found: Result) -> dict[str, object]:
    """What a program wants to know of a frame beside its table."""
    return {
        "frame": number,
        "columns": len(found.columns),
        "shows_atom_columns": found.shows_columns,
        "probability_of_atom_columns": round(found.atomic, 4),
        "threshold": found.threshold,
        "notes": list(found.notes),
    }


def _part(number: int) -> str:
    return f"{number:06d}"


def _read(record: Record, part: str) -> list[str]:
    return [str(line) for line in json.loads(record.read(part))]


class _Tables(Sequence[Columns]):
    """Columns of frames, each table read when it is needed, without its labels."""

    def __init__(self, paths: Sequence[Path]) -> None:
        self._paths = paths

    def __len__(self) -> int:
        return len(self._paths)

    @overload
    def __getitem__(self, index: int) -> Columns: ...

    @overload
    def __getitem__(self, index: slice) -> "_Tables": ...

    def __getitem__(self, index: int | slice) -> "Columns | _Tables":
        if isinstance(index, slice):
            return _Tables(self._paths[index])
        return replace(Columns.from_csv(self._paths[index]), labels={})


def _join(
    tables: Sequence[Path], target: Path, added: Iterable[Mapping[str, NDArray[Any]]]
) -> None:
    """Put tables of the same columns below each other.

    Parameters
    ----------
    tables
        The tables, in order.
    target
        What they make.
    added
        Further columns for each table: names, and a value for each row.
    """
    with atomic(target) as temporary, temporary.open("w", encoding="utf-8") as whole:
        first = ""
        for table, more in zip(tables, added, strict=False):
            with table.open(encoding="utf-8") as part:
                header = part.readline()
                if not first:
                    first = header
                    whole.write(",".join([header.rstrip("\n"), *more]) + "\n")
                if header != first:
                    raise FileError(f"{table} and the frames before it differ in their columns")
                cells = zip(*map(_cells, more.values()), strict=True) if more else repeat(())
                for row, behind in zip(part, cells, strict=False):
                    whole.write(",".join([row.rstrip("\n"), *behind]) + "\n")


AT_ONCE = 10_000
"""So many values are held as text at once: all those of a large frame would need much room."""


def _cells(values: NDArray[Any]) -> Iterator[str]:
    """Write values as the cells of a table, some of them at a time."""
    for first in range(0, len(values), AT_ONCE):
        yield from table_cells(values[first : first + AT_ONCE])
