"""Which crystals an image shows, and which images to keep aside so that no crystal is in both."""

import csv
import hashlib
import re
import zipfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Literal
from xml.etree import ElementTree

import numpy as np
from numpy.typing import NDArray

from colonnade.core.errors import ColonnadeError, FileError

Part = Literal["all", "train", "test"]

TEST_SHARE = 0.1
"""The test side holds at least this share of the images."""

BESIDE = " | "
"""Stands between the crystals of an image that shows several."""

NO_FAMILY = frozenset({"none", "invented"})
"""Names for no crystal, and for a lattice that is another one in every image."""

_CRYSTAL = ("mineral name", "structure name", "elements contained")
_ORIENTATION = re.compile(r"\s*\[[^\[\]]*\]$")
_SHEET = "xl/worksheets/sheet1.xml"
_STRINGS = "xl/sharedStrings.xml"
_NAMESPACE = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


class FewCrystalsError(ColonnadeError):
    """The images show too few crystals to keep some of them aside."""


def split_by_family(families: Sequence[str], part: Part) -> NDArray[np.intp]:
    """Choose the images of one side of a split that no crystal is on both sides of.

    However it is turned, a crystal is one family: ``Si [110]`` and ``Si [100]`` stay together.
    The crystals are put in an order that is as good as random and always the same; the first of
    them, until they fill a tenth of the images, are for testing. An image that shows a crystal of
    each side is on neither. Of images that show no crystal every tenth is for testing.

    Parameters
    ----------
    families
        For each image the name of its crystal, or several joined by `BESIDE`.
    part
        Which side, or all images.

    Returns
    -------
    indices
        Of the images, ascending.

    Raises
    ------
    FewCrystalsError
        If there are too few crystals to split.
    """
    if part == "all":
        return np.arange(len(families))
    shown = [_crystals(family) for family in families]
    free = [index for index, crystals in enumerate(shown) if not crystals]
    tested = set(free[:: round(1 / TEST_SHARE)])
    test = _test_crystals(Counter(crystals for crystals in shown if crystals))
    if part == "test":
        chosen = [i in tested or (bool(c) and c <= test) for i, c in enumerate(shown)]
    else:
        chosen = [i not in tested and not c & test for i, c in enumerate(shown)]
    if len(tested) == len(families):
        raise FewCrystalsError(
            "at least two images are needed to train on one and test on another"
        )
    return np.flatnonzero(chosen)


def _crystals(family: str) -> frozenset[str]:
    names = (_ORIENTATION.sub("", name.strip()) for name in family.split(BESIDE))
    return frozenset(name.casefold() for name in names) - NO_FAMILY


def _test_crystals(images: Mapping[frozenset[str], int]) -> frozenset[str]:
    """Take crystals until the test side is large enough, but leave some images to train on."""
    names = sorted(frozenset().union(*images), key=_digest)
    wanted = TEST_SHARE * sum(images.values())
    test: frozenset[str] = frozenset()
    held = 0
    for name in names:
        more = test | {name}
        if all(shown & more for shown in images):
            continue
        test = more
        held = sum(count for shown, count in images.items() if shown <= test)
        if held >= wanted:
            break
    if names and not held:
        raise FewCrystalsError(
            "the images cannot be split so that no crystal is on both sides: they show "
            f"{' and '.join(names[:3])} only; use all of them, or more crystals"
        )
    return test


def _digest(name: str) -> bytes:
    return hashlib.sha256(name.encode()).digest()


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
    try:
        rows = list(_xlsx(path) if path.suffix.lower() == ".xlsx" else _csv(path))
    except (OSError, ValueError, LookupError, csv.Error, zipfile.BadZipFile) as error:
        raise FileError(f"the index {path} cannot be read: {error}; save it as CSV") from error
    except ElementTree.ParseError as error:
        raise FileError(f"the index {path} is damaged: {error}; save it as CSV") from error
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


def _csv(path: Path) -> Iterator[list[str]]:
    with path.open(newline="", encoding="utf-8-sig") as file:
        yield from csv.reader(file)


def _xlsx(path: Path) -> Iterator[list[str]]:
    """Rows of the first sheet, as text."""
    with zipfile.ZipFile(path) as book:
        shared = []
        if _STRINGS in book.namelist():
            strings = ElementTree.fromstring(book.read(_STRINGS))
            shared = [_joined(item) for item in strings.iter(f"{_NAMESPACE}si")]
        sheet = ElementTree.fromstring(book.read(_SHEET))
    for row in sheet.iter(f"{_NAMESPACE}row"):
        cells: list[str] = []
        for cell in row:
            cells += [""] * (_column(cell.get("r", "")) - len(cells))
            value = cell.findtext(f"{_NAMESPACE}v")
            if cell.get("t") == "s" and value is not None:
                cells.append(shared[int(value)])
            else:
                cells.append(_joined(cell) if value is None else value)
        yield cells


def _joined(item: ElementTree.Element) -> str:
    return "".join(text.text or "" for text in item.iter(f"{_NAMESPACE}t"))


def _column(reference: str) -> int:
    """Number of the column of a cell such as B12, from 0."""
    number = 0
    for letter in reference.rstrip("0123456789"):
        number = 26 * number + ord(letter) - ord("A") + 1
    return number - 1
