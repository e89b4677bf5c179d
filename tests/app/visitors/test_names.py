"""Names of visitors on the disk of the server."""

from pathlib import Path, PurePosixPath, PureWindowsPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from colonnade.app.visitors.names import clean_name, unique_name

EVIL = st.text(st.sampled_from("./\\\0\n:*?\"<>|~$`'-[]{} aé日٣\ud800\u202e\u0301"), max_size=400)

DEVICES = {"CON", "PRN", "AUX", "NUL"} | {
    f"{kind}{n}" for kind in ("COM", "LPT") for n in range(10)
}
"""What Windows takes for a device, whatever ending it has."""


@given(EVIL | st.text(max_size=400))
def test_no_name_is_a_path_or_means_anything_to_a_disk(name: str) -> None:
    clean = clean_name(name)
    assert clean not in (".", "..")
    assert PurePosixPath(clean).name == clean == PureWindowsPath(clean).name
    assert clean.partition(".")[0].rstrip().upper() not in DEVICES
    assert 0 < len(clean.encode()) <= 120
    assert not set(clean) & set('\0\n\r\t*?[]{}"<>|:;$`\\/')
    assert not clean.startswith((".", "-", " "))
    assert clean_name(clean) == clean


@pytest.mark.parametrize(
    ("name", "clean"),
    [
        ("../../etc/passwd.tif", "passwd.tif"),
        ("C:\\Users\\x\\grain 3 (µm).tif", "grain 3 (µm).tif"),
        ("日本語.dm4", "日本語.dm4"),
        ("e\u0301.tif", "é.tif"),
        ("series.mrc.mdoc", "series.mrc.mdoc"),
        ("con.tif", "_con.tif"),
        ("x.tif ", "x.tif"),
        ("ä" * 300 + ".tiff", "ä" * 57 + ".tiff"),
    ],
)
def test_what_can_stay_of_a_name_stays(name: str, clean: str) -> None:
    assert clean_name(name) == clean


def test_a_clean_name_can_be_written(tmp_path: Path) -> None:
    for name in ("a\0b.tif", "ä" * 300 + ".tif", "CON.tif", "..", "\ud800.tif"):
        (tmp_path / clean_name(name)).touch(exist_ok=False)
    assert len(list(tmp_path.iterdir())) == 5


def test_names_that_a_disk_may_take_for_one_are_numbered() -> None:
    assert unique_name("a.tif", ["b.tif"]) == "a.tif"
    assert unique_name("a.tif", ["A.TIF", "a-2.tif"]) == "a-3.tif"
    assert unique_name("e\u0301.tif", ["É.tif"]) == "e\u0301-2.tif"
