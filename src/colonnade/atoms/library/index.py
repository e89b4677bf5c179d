"""Which crystals an image shows, and the tables that say so."""

import csv
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from colonnade.atoms.library import spreadsheet
from colonnade.core.data.split import Families
from colonnade.core.errors import FileError

BESIDE = " | "
"""Stands between the crystals of an image that shows several."""

NO_FAMILY = frozenset({"none", "invented"})
"""Names for no crystal, and for a lattice that is another one in every image."""

_CRYSTAL = ("mineral name", "structure name", "elements contained")
_ORIENTATION = re.compile(r"\s*\[[^\[\]]*\]$")


def crystal_families(crystal: str) -> Families:
    """Name the crystals of an image without their orientations.

    However it is turned, a crystal is one family: ``Si [110]`` and ``Si [100]`` belong together.

    Parameters
    ----------
    crystal
        Name of the crystal of an image, or several joined by `BESIDE`.
    """
    names = (_ORIENTATION.sub("", name.strip()) for name in crystal.split(BESIDE))
    return frozenset(name.casefold() for name in names) - NO_FAMILY


def read_families(path: Path) -> dict[str, str]:
    """Read which crystal each image of a TEM-ImageNet folder shows.

    Parameters
    ----------
    path
        ``IMAGE INDEX.xlsx`` of TEM-ImageNet, the same saved as CSV, or an ``index.csv`` of ours.

    Returns
    -------
    families
        By the five digits of the image.
    """
    read = spreadsheet.read_sheet if path.suffix.lower() == ".xlsx" else _read_csv
    try:
        rows = list(read(path))
    except (csv.Error, *spreadsheet.ERRORS) as error:
        raise FileError(f"the index {path} cannot be read: {error}; save it as CSV") from error
    header = [_text(cell).casefold() for cell in rows[0]] if rows else []
    if "id" not in header or not {"family", *_CRYSTAL} & set(header):
        raise FileError(
            f"the index {path} needs the columns ID and Family, or those of TEM-ImageNet's index: "
            "ID, Mineral name, Structure name, Elements contained, Orientation"
        )
    named = (dict(zip(header, map(_text, row), strict=False)) for row in rows[1:])
    return {row["id"].zfill(5): _family(row) for row in named if row.get("id")}


def _family(row: Mapping[str, str]) -> str:
    if "family" in row:
        return row["family"]
    crystal = ", ".join(row[name] for name in _CRYSTAL if row.get(name))
    orientation = row.get("orientation", "")
    return f"{crystal} [{orientation}]" if orientation else crystal


def _text(cell: str) -> str:
    text = cell.strip()
    return "" if text == "NULL" else text


def _read_csv(path: Path) -> Iterator[list[str]]:
    with path.open(newline="", encoding="utf-8-sig") as file:
        yield from csv.reader(file)
