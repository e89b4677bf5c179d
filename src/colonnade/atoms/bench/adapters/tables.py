"""Columns that were found elsewhere, in tables."""

import csv
from pathlib import Path

from colonnade.atoms.bench.case import MethodInput
from colonnade.atoms.columns import Columns
from colonnade.atoms.library.position_table import read_positions
from colonnade.core.bench.methods import MethodError

ENDINGS = (".csv", ".columns.csv")
"""What the table of an image may be called, after the image."""


def make(argument: str) -> "Tables":
    """Make the method ready: ``columns:FOLDER`` names the folder that holds the tables."""
    folder = Path(argument)
    if not argument or not folder.is_dir():
        raise MethodError(
            f"{argument!r} is not a folder; write columns:FOLDER, where FOLDER holds a table "
            "NAME.csv for every image"
        )
    return Tables(folder)


class Tables:
    """Tables that somebody made elsewhere, one for each image.

    Parameters
    ----------
    folder
        Holds ``NAME.csv`` or ``NAME.columns.csv`` as `Columns.from_csv` reads it. A table with
        other separators, or whose columns are called ``y`` and ``x``, gives positions alone.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def run(self, given: MethodInput) -> Columns:
        """Read the table of one image."""
        for ending in ENDINGS:
            path = self._folder / f"{given.name}{ending}"
            if path.is_file():
                return _read(path)
        raise MethodError(
            f"there is no table {self._folder / given.name}.csv; write one for every image, with "
            "no line below its header where nothing was found"
        )


def _read(path: Path) -> Columns:
    positions = read_positions(path)
    with path.open(newline="", encoding="utf-8-sig") as file:
        header = next(filter(None, csv.reader(file)), [])
    if {"y_px", "x_px"} <= set(header):
        return Columns.from_csv(path)
    return Columns(*positions.T)
