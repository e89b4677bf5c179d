"""Read a table from the first sheet of an Excel workbook, however it was made."""

import re
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

LARGEST_PART = 16 * 2**20
"""A sheet, or its texts, may be as large as this once it is unpacked [bytes]."""

MOST_CELLS = 1_000_000
"""So many cells may a sheet have, those that are empty included."""

LONGEST_TEXT = 1000
"""So long may the text of a cell be [characters]."""

SHEET, STRINGS = "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml"
NAMESPACE = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"

ERRORS = (
    *(OSError, EOFError, ValueError, LookupError, RuntimeError),
    *(zipfile.BadZipFile, zlib.error, ElementTree.ParseError),
)
"""What `read_sheet` raises where a file is damaged, or larger than any table that we want."""

_REFERENCE = re.compile(r"([A-Z]{1,3})[0-9]+")


class _NoEntities(ElementTree.TreeBuilder):
    """Builds a tree; refuses what only XML that is made to harm us has."""

    def doctype(self, name: str, pubid: str | None, system: str | None) -> None:
        raise ValueError("it declares a document type, which no spreadsheet does")


def read_sheet(path: Path) -> Iterator[list[str]]:
    """Rows of the first sheet, as text.

    Raises
    ------
    One of `ERRORS`
        If the file is no such workbook, or is larger than `LARGEST_PART`, `MOST_CELLS` and
        `LONGEST_TEXT` allow.
    """
    with zipfile.ZipFile(path) as book:
        shared = []
        if STRINGS in book.namelist():
            items = _tree(book, STRINGS).iter(f"{NAMESPACE}si")
            shared = [_joined(item) for item in items]
        sheet = _tree(book, SHEET)
    left = MOST_CELLS
    for row in sheet.iter(f"{NAMESPACE}row"):
        cells = _cells(row, shared, left)
        left -= len(cells)
        yield cells


def _tree(book: zipfile.ZipFile, part: str) -> ElementTree.Element:
    with book.open(part) as file:
        # The size that the file states may be a lie.
        content = file.read(LARGEST_PART + 1)
    if len(content) > LARGEST_PART:
        raise ValueError(f"its {part} is larger than {LARGEST_PART // 2**20} MiB")
    return ElementTree.fromstring(content, ElementTree.XMLParser(target=_NoEntities()))


def _cells(row: ElementTree.Element, shared: list[str], most: int) -> list[str]:
    """Texts of a row; cells that are left out are empty."""
    cells: list[str] = []
    for cell in row:
        place = _column(cell.get("r"), len(cells))
        if place >= most:
            raise ValueError(f"it has more than {MOST_CELLS} cells")
        cells += [""] * (place - len(cells))
        value = cell.findtext(f"{NAMESPACE}v")
        if value is None:
            cells.append(_joined(cell))
        else:
            cells.append(shared[int(value)] if cell.get("t") == "s" else _short(value))
    return cells


def _column(reference: str | None, following: int) -> int:
    """Number of the column of a cell such as B12, from 0; without a reference the next one."""
    if reference is None:
        return following
    found = _REFERENCE.fullmatch(reference)
    if found is None:
        raise ValueError(f"it has a cell {reference[:20]}, and no spreadsheet is so wide")
    number = 0
    for letter in found[1]:
        number = 26 * number + ord(letter) - ord("A") + 1
    return number - 1


def _joined(item: ElementTree.Element) -> str:
    return _short("".join(text.text or "" for text in item.iter(f"{NAMESPACE}t")))


def _short(text: str) -> str:
    if len(text) > LONGEST_TEXT:
        raise ValueError(f"it has a cell of more than {LONGEST_TEXT} characters")
    return text
