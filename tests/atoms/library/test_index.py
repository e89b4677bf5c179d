"""Crystals are told from their orientations, and indices are read as they come."""

from pathlib import Path

import pytest

from colonnade.atoms.library.index import crystal_families, read_families
from colonnade.core.errors import FileError

HEADER = "ID,Morphology,Mineral name,Structure name,Elements contained,Orientation"


@pytest.mark.parametrize(
    ("crystal", "families"),
    [
        ("Si [110]", {"si"}),
        ("SI [1 0 -12] ", {"si"}),
        ("perovskite, ABO3, Sr, Ti, O [001]", {"perovskite, abo3, sr, ti, o"}),
        ("Si [110] | Au [100]", {"si", "au"}),
        ("Si [110] | Si [100]", {"si"}),
        ("Si [110] | invented", {"si"}),
        ("none", set()),
        ("invented", set()),
        ("[Fe4S4] cluster", {"[fe4s4] cluster"}),
    ],
)
def test_however_it_is_turned_a_crystal_is_one_family(crystal: str, families: set[str]) -> None:
    assert crystal_families(crystal) == families


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
