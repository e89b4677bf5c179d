"""Let methods find the columns of every image, each method in a process of its own.

A run that was stopped goes on where it was: what a method found in an image is kept, with its
scores.
"""

import csv
import json
import sys
import time
from collections.abc import Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import fields
from functools import cache
from multiprocessing import get_context
from pathlib import Path

import numpy as np

from colonnade.atoms.bench.case import Place
from colonnade.atoms.bench.cases import read_plate
from colonnade.atoms.bench.measure import Measured, measure
from colonnade.atoms.bench.methods import Contestant, Shown, contestant
from colonnade.atoms.columns import Columns
from colonnade.core.errors import ColonnadeError, FileError
from colonnade.core.work.processes import start_worker
from colonnade.core.work.progress import Progress
from colonnade.core.work.writing import atomic, make_folder

SCORES = "scores.csv"
FOUND = "found"
PLACE = ("series", "axis", "value", "number")
COST = ("seconds", "peak_mb", "pixels")
HEADER = ("contestant", *PLACE, *(item.name for item in fields(Measured)), *COST)

Row = dict[str, str]


class Scores:
    """The table of every score of a run; a line that was not written to its end is dropped.

    Parameters
    ----------
    path
        The file; it is begun if it is not there.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.rows: list[Row] = []
        if path.exists():
            with path.open(newline="", encoding="utf-8") as file:
                reader = csv.DictReader(file)
                if tuple(reader.fieldnames or ()) != HEADER:
                    raise FileError(f"{path} is not the table of a run; name another folder")
                self.rows = [row for row in reader if None not in row.values()]
        self._done = {self._key(row) for row in self.rows}
        self.write(self.rows)

    @staticmethod
    def _key(row: Row) -> tuple[str, ...]:
        return tuple(row[name] for name in ("contestant", *PLACE))

    def write(self, rows: Iterable[Row]) -> None:
        """Write the whole table anew."""
        self.rows = list(rows)
        with atomic(self.path) as temporary, temporary.open("w", newline="") as file:
            writer = csv.DictWriter(file, HEADER, lineterminator="\n")
            writer.writeheader()
            writer.writerows(self.rows)

    def add(self, row: Row) -> None:
        """Add the scores of one image."""
        self.rows.append(row)
        self._done.add(self._key(row))
        with self.path.open("a", newline="", encoding="utf-8") as file:
            csv.DictWriter(file, HEADER, lineterminator="\n").writerow(row)

    def has(self, wanted: str, place: Place) -> bool:
        """Whether a method has done an image."""
        return (wanted, *_cells(place).values()) in self._done

    def of(self, wanted: str, places: Sequence[Place]) -> list[Row]:
        """Rows of one method on these images."""
        keys = {(wanted, *_cells(place).values()) for place in places}
        return [row for row in self.rows if self._key(row) in keys]


def _cells(place: Place) -> Row:
    value = "" if np.isnan(place.value) else f"{place.value:g}"
    values = (place.series, place.axis, value, str(place.number))
    return dict(zip(PLACE, values, strict=True))


def take_part(
    wanted: str, places: Sequence[Place], folder: Path, scores: Scores, progress: Progress
) -> str:
    """Let one method find the columns of all images that it has not done.

    Returns
    -------
    status
        ``"ran"``, or a sentence that says why the method is missing.
    """
    make_folder(found_folder(folder, wanted))
    missing = [place for place in places if not scores.has(wanted, place)]
    done = len(places) - len(missing)
    progress(done, len(places))
    if not missing:
        return "ran"
    with ProcessPoolExecutor(1, get_context("spawn"), start_worker) as process:
        try:
            reason = process.submit(_ready, wanted).result()
            if reason:
                return f"missing: {reason}"
            for place in missing:
                row = process.submit(_do, wanted, folder, place).result()
                scores.add(row)
                done += 1
                progress(done, len(places))
        except BrokenProcessPool:
            return "missing: its process died, perhaps for want of memory"
        finally:
            process.shutdown(cancel_futures=True)
    return "ran"


@cache
def _made(wanted: str) -> Contestant:
    return contestant(wanted)


def _ready(wanted: str) -> str:
    """Make the method ready in its process, or say why it cannot be."""
    try:
        _made(wanted)
    except ColonnadeError as error:
        return str(error)
    return ""


def _do(wanted: str, folder: Path, place: Place) -> Row:
    """Find the columns of one image, keep and score them; a method that fails finds none."""
    plate = read_plate(folder, place)
    target = found_folder(folder, wanted) / f"{place.name}.columns.csv"
    shown = Shown(plate.image, place.name, plate.spacing)
    start = time.perf_counter()
    try:
        found = _made(wanted).find(shown)
    except Exception as error:
        # Other people's methods fail in any way they like.
        found = Columns(np.empty(0), np.empty(0))
        target.with_suffix(".error.txt").write_text(f"{type(error).__name__}: {error}\n")
    seconds = time.perf_counter() - start
    found.to_csv(target)
    cost = dict(zip(COST, (seconds, _peak_mb(), plate.image.pixels.size), strict=True))
    numbers = {**measure(plate, found).cells(), **cost}
    cells = {k: "" if np.isnan(v) else f"{v:.6g}" for k, v in numbers.items()}
    return {"contestant": wanted, **_cells(place), **cells}


def _peak_mb() -> float:
    """Most memory that this process ever had [MB]; NaN where the system does not say."""
    try:
        import resource
    except ImportError:
        return np.nan
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 1e6


def found_folder(folder: Path, wanted: str) -> Path:
    """Where the tables are that a method found."""
    return folder / FOUND / wanted.replace(":", "-").replace("/", "-")


def failures(folder: Path, wanted: str) -> dict[str, str]:
    """Images on which a method failed, and how."""
    errors = sorted(found_folder(folder, wanted).glob("*.error.txt"))
    return {
        path.name.removesuffix(".columns.error.txt"): path.read_text().strip() for path in errors
    }


def write_summary(summary: dict[str, object], folder: Path) -> None:
    """Write ``summary.json``."""
    with atomic(folder / "summary.json") as temporary:
        temporary.write_text(json.dumps(summary, indent=1, allow_nan=False), encoding="utf-8")
