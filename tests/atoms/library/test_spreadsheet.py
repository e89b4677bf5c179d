"""Spreadsheets are read as they come, and none of them takes the memory of the machine."""

import csv
import tracemalloc
import zipfile
from pathlib import Path

import pytest

from colonnade.atoms.library.index import read_families
from colonnade.atoms.library.spreadsheet import LARGEST_PART, read_sheet
from colonnade.core.errors import FileError

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
HEADER = "ID,Morphology,Mineral name,Structure name,Elements contained,Orientation"


def write_book(path: Path, sheet: str | bytes, strings: str | bytes | None = None) -> Path:
    """Write a workbook of one sheet, its XML as it is given."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as book:
        if strings is not None:
            book.writestr("xl/sharedStrings.xml", strings)
        book.writestr("xl/worksheets/sheet1.xml", sheet)
    return path


def sheet_of(rows: str) -> str:
    return f'<worksheet xmlns="{MAIN}"><sheetData>{rows}</sheetData></worksheet>'


def write_rows(path: Path, rows: list[list[str]]) -> Path:
    """Write a spreadsheet as Excel does: texts that repeat are kept once, empty cells not."""
    texts = sorted({cell for row in rows for cell in row})
    strings = "".join(f"<si><t>{text}</t></si>" for text in texts)
    lines = ""
    for number, row in enumerate(rows, 1):
        cells = "".join(
            f'<c r="{"ABCDEF"[place]}{number}" t="s"><v>{texts.index(cell)}</v></c>'
            for place, cell in enumerate(row)
            if cell
        )
        lines += f'<row r="{number}">{cells}</row>'
    return write_book(path, sheet_of(lines), f'<sst xmlns="{MAIN}">{strings}</sst>')


def test_a_spreadsheet_says_what_the_same_table_as_csv_says(tmp_path: Path) -> None:
    rows = [
        HEADER.split(","),
        ["00001", "nanoparticle", "platinum", "NULL", "Pt", "110"],
        ["00002", "crystal", "perovskite", "ABO3", "Sr, Ti, O", "001"],
        ["00003", "", "silicon", "", "Si", ""],
    ]
    book = write_rows(tmp_path / "IMAGE INDEX.xlsx", rows)
    with (tmp_path / "IMAGE INDEX.csv").open("w", newline="") as file:
        csv.writer(file).writerows(rows)
    families = read_families(book)
    assert families == read_families(tmp_path / "IMAGE INDEX.csv")
    assert families["00003"] == "silicon, Si"


def test_cells_of_every_kind_stand_in_their_columns(tmp_path: Path) -> None:
    rows = (
        '<row><c r="B1"><v>7.5</v></c><c r="D1" t="inlineStr"><is><t>a</t></is></c></row><row/>'
        "<row><c><v>1</v></c><c/></row>"
        '<row><c r="AA4" t="str"><f>A1</f><v>sum</v></c></row>'
        '<row><c t="s"><v>0</v></c></row>'
    )
    strings = f'<sst xmlns="{MAIN}"><si><r><t>in </t></r><r><t>parts</t></r></si></sst>'
    book = write_book(tmp_path / "a.xlsx", sheet_of(rows), strings)
    assert list(read_sheet(book)) == [
        ["", "7.5", "", "a"],
        [],
        ["1", ""],
        [*[""] * 26, "sum"],
        ["in parts"],
    ]


MEBIBYTE = 2**20
WIDE = '<row><c r="{}1"><v>1</v></c></row>'
LAUGHS = "".join(f'<!ENTITY e{number} "{f"&e{number - 1};" * 10}">' for number in range(1, 10))

ATTACKS: dict[str, tuple[str | bytes, str]] = {
    "a cell beyond all columns": (sheet_of(WIDE.format("ZZZZZZ")), "no spreadsheet is so wide"),
    "a reference that is none": (sheet_of(WIDE.format("b")), "no spreadsheet is so wide"),
    "many rows that are wide": (sheet_of(WIDE.format("XFD") * 100_000), "more than 1000000 cells"),
    "a sheet that unpacks to more": (sheet_of(" " * LARGEST_PART), "larger than 16 MiB"),
    "a text without end": (sheet_of(f"<row><c><v>{'1' * 1001}</v></c></row>"), "1000 characters"),
    "entities of entities": (
        f'<!DOCTYPE a [<!ENTITY e0 "ha">{LAUGHS}]>' + sheet_of("<row><c><v>&e9;</v></c></row>"),
        "document type",
    ),
    "one entity often": (
        f'<!DOCTYPE a [<!ENTITY e "{"x" * 10_000}">]>'
        + sheet_of(f"<row><c><v>{'&e;' * 10_000}</v></c></row>"),
        "document type",
    ),
    "a file of the machine": (
        '<!DOCTYPE a [<!ENTITY e SYSTEM "file:///etc/passwd">]>'
        + sheet_of("<row><c><v>&e;</v></c></row>"),
        "document type",
    ),
    "entities in another encoding": (
        (
            '<?xml version="1.0" encoding="utf-16"?><!DOCTYPE a [<!ENTITY e "x">]>' + sheet_of("")
        ).encode("utf-16"),
        "document type",
    ),
    "a shared text that is not there": (
        sheet_of('<row><c t="s"><v>3</v></c></row>'),
        "cannot be read",
    ),
    "no number of a shared text": (sheet_of('<row><c t="s"><v>x</v></c></row>'), "cannot be read"),
    "half a sheet": ("<worksheet><row>", "cannot be read"),
    "nothing": ("", "cannot be read"),
}


@pytest.mark.parametrize("attack", ATTACKS)
def test_what_no_spreadsheet_has_is_refused_in_little_memory(tmp_path: Path, attack: str) -> None:
    sheet, why = ATTACKS[attack]
    book = write_book(tmp_path / "index.xlsx", sheet)
    tracemalloc.start()
    try:
        with pytest.raises(FileError, match=f"{why}.*save it as CSV") as refused:
            read_families(book)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert "\n" not in str(refused.value)
    assert peak < 100 * MEBIBYTE


def test_shared_texts_are_bounded_too(tmp_path: Path) -> None:
    strings = f'<sst xmlns="{MAIN}">{" " * LARGEST_PART}</sst>'
    book = write_book(tmp_path / "index.xlsx", sheet_of(""), strings)
    with pytest.raises(FileError, match=r"sharedStrings\.xml is larger"):
        read_families(book)


def test_a_size_that_is_a_lie_is_not_believed(tmp_path: Path) -> None:
    """The archive says that its sheet is small."""
    size = 3 * LARGEST_PART
    book = write_book(tmp_path / "index.xlsx", b" " * size)
    content = book.read_bytes()
    true, lie = size.to_bytes(4, "little"), (100).to_bytes(4, "little")
    assert content.count(true) == 2
    book.write_bytes(content.replace(true, lie))
    with pytest.raises(FileError, match="cannot be read"):
        read_families(book)


def test_whatever_is_damaged_one_sentence_says_so(tmp_path: Path) -> None:
    book = write_rows(tmp_path / "index.xlsx", [["ID", "Family"], ["1", "Si"], ["2", "Au"]])
    content = book.read_bytes()
    refused = 0
    for place in range(0, len(content), 3):
        damaged = bytearray(content)
        damaged[place] ^= 0xFF
        book.write_bytes(damaged)
        # Times and the like may be damaged; the table is then whole.
        try:
            assert read_families(book) == {"00001": "Si", "00002": "Au"}
        except FileError:
            refused += 1
    assert refused > len(content) // 6
