"""No crystal is ever on both sides of a split, and indices are read as they come."""

import csv
import re
import zipfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from colonnade.atoms.library.index import TEST_SHARE, read_families, split_by_family
from colonnade.core.errors import ColonnadeError, FileError

CRYSTALS = [f"{name} [{axis}]" for name in ("Si", "Au", "NiO", "TiO2") for axis in ("100", "110")]

HEADER = "ID,Morphology,Mineral name,Structure name,Elements contained,Orientation"


def crystals(families: list[str]) -> set[str]:
    """Name the crystals; an invented one is another in every image."""
    names = {re.sub(r" \[.*", "", name) for family in families for name in family.split(" | ")}
    return names - {"invented", "none"}


@given(st.lists(st.sampled_from([*CRYSTALS, "Si [110] | Au [100]", "invented", "none"])))
def test_no_crystal_is_on_both_sides(families: list[str]) -> None:
    single = [family for family in families if " | " not in family]
    assume(len(crystals(single)) > 1)
    train, test = (split_by_family(families, part) for part in ("train", "test"))
    assert not crystals([families[i] for i in train]) & crystals([families[i] for i in test])
    assert not set(train) & set(test)
    assert len(train)
    assert len(test)
    assert list(train) == sorted(train)


@given(st.lists(st.sampled_from(["A", "B", "C", "D", "E", "F", "none"]), min_size=12, max_size=60))
def test_the_test_side_holds_a_tenth_unless_one_crystal_is_nearly_all(families: list[str]) -> None:
    assume(len(crystals(families)) > 1)
    train, test = (split_by_family(families, part) for part in ("train", "test"))
    assert len(train) + len(test) == len(families)
    enough = len(test) >= TEST_SHARE * len(families)
    assert enough or len(crystals([families[i] for i in train])) == 1


@given(st.permutations(CRYSTALS * 3))
def test_the_sides_do_not_depend_on_the_order_of_the_images(families: list[str]) -> None:
    sides = {
        part: sorted(families[i] for i in split_by_family(families, part))
        for part in ("train", "test")
    }
    in_order = sorted(families)
    for part, side in sides.items():
        assert [in_order[i] for i in split_by_family(in_order, part)] == side


def test_the_split_is_the_same_in_every_run() -> None:
    chosen = split_by_family(CRYSTALS, "test")
    assert [CRYSTALS[i] for i in chosen] == ["Au [100]", "Au [110]"]


def test_all_images_are_not_split() -> None:
    np.testing.assert_array_equal(split_by_family(["Si", "Si", "Au"], "all"), [0, 1, 2])


def test_an_image_of_both_sides_is_on_neither() -> None:
    families = ["A", "B", "A | B"]
    sides = [*split_by_family(families, "train"), *split_by_family(families, "test")]
    assert sorted(sides) == [0, 1]


def test_images_without_a_crystal_and_of_invented_ones_are_shared_out() -> None:
    families = ["invented", "none"] * 20 + ["Si [110] | invented"] * 5 + ["Au [100]"] * 5
    train, test = (split_by_family(families, part) for part in ("train", "test"))
    assert len(train) + len(test) == len(families)
    np.testing.assert_array_equal(test[:4], [0, 10, 20, 30])
    assert len(test) == 4 + 5
    only_invented = split_by_family(["invented"] * 12, "test")
    np.testing.assert_array_equal(only_invented, [0, 10])


@pytest.mark.parametrize(
    "families", [["Si [110]", "Si [100]"], ["A | B", "B | A"], ["Si"] + ["none"] * 30]
)
def test_what_cannot_be_split_is_refused(families: list[str]) -> None:
    with pytest.raises(ColonnadeError, match="cannot be split"):
        split_by_family(families, "train")


@pytest.mark.parametrize("families", [[], ["none"]])
def test_one_image_is_too_few(families: list[str]) -> None:
    with pytest.raises(ColonnadeError, match="at least two images"):
        split_by_family(families, "test")


def test_the_index_of_temimagenet_is_read(tmp_path: Path) -> None:
    """NULL stands for nothing, blanks that do not break occur, and a spreadsheet drops zeros."""
    index = tmp_path / "IMAGE INDEX.csv"
    index.write_text(
        f"\ufeff{HEADER}\r\n00001,nanoparticle,platinum\xa0,NULL,Pt,110\r\n"
        '2,crystal,perovskite,ABO3,"Sr, Ti, O",001\r\n14364,2D,amorphous graphene,NULL,C,NULL\r\n',
        encoding="utf-8",
    )
    assert read_families(index) == {
        "00001": "platinum, Pt [110]",
        "00002": "perovskite, ABO3, Sr, Ti, O [001]",
        "14364": "amorphous graphene, C",
    }


def test_our_own_index_is_read(tmp_path: Path) -> None:
    index = tmp_path / "index.csv"
    index.write_text("ID,Family,pixel_size_nm\n00001,Si [110] | Au [100],0.02\n")
    assert read_families(index) == {"00001": "Si [110] | Au [100]"}


def workbook(path: Path, rows: list[list[str]]) -> None:
    """Write a spreadsheet as Excel does: texts that repeat are kept once, empty cells not."""
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
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
    with zipfile.ZipFile(path, "w") as book:
        book.writestr("xl/sharedStrings.xml", f'<sst xmlns="{main}">{strings}</sst>')
        sheet = f'<worksheet xmlns="{main}"><sheetData>{lines}</sheetData></worksheet>'
        book.writestr("xl/worksheets/sheet1.xml", sheet)


def test_a_spreadsheet_says_what_the_same_table_as_csv_says(tmp_path: Path) -> None:
    rows = [
        HEADER.split(","),
        ["00001", "nanoparticle", "platinum", "NULL", "Pt", "110"],
        ["00002", "crystal", "perovskite", "ABO3", "Sr, Ti, O", "001"],
        ["00003", "", "silicon", "", "Si", ""],
    ]
    workbook(tmp_path / "IMAGE INDEX.xlsx", rows)
    with (tmp_path / "IMAGE INDEX.csv").open("w", newline="") as file:
        csv.writer(file).writerows(rows)
    families = read_families(tmp_path / "IMAGE INDEX.xlsx")
    assert families == read_families(tmp_path / "IMAGE INDEX.csv")
    assert families["00003"] == "silicon, Si"


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("index.csv", b"name,family\n1,Si\n"),
        ("index.csv", b"ID,colour\n1,red\n"),
        ("index.csv", b""),
        ("index.csv", b"\xff\xfe"),
        ("index.xlsx", b"not a spreadsheet"),
        ("index.xlsx", b""),
    ],
)
def test_what_is_no_index_is_refused(tmp_path: Path, name: str, content: bytes) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(FileError, match="index"):
        read_families(tmp_path / name)


def test_a_damaged_spreadsheet_is_refused(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "index.xlsx", "w") as book:
        book.writestr("xl/worksheets/sheet1.xml", "<worksheet><row>")
    with pytest.raises(FileError, match="CSV"):
        read_families(tmp_path / "index.xlsx")
