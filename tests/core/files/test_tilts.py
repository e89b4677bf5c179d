"""Angles are read from the files that lie beside a tilt series."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from colonnade.core.errors import FileError
from colonnade.core.files.open import describe, read_frames, read_volume
from colonnade.core.files.tilts import read_tilts, stage_tilt

MDOC = """PixelSpacing = 7.88
[T = SerialEM: Tilt axis angle = -90.0]

[ZValue = 1]
StagePosition = 3 4
TiltAngle = 2.5
[ZValue = 0]
TiltAngle = -0.000488
RotationAngle = 7
[ZValue = 10]
TiltAngle = 60
"""


@given(st.lists(st.floats(-90, 90), min_size=1, max_size=99))
def test_one_angle_a_line(tmp_path_factory: pytest.TempPathFactory, tilts: list[float]) -> None:
    path = tmp_path_factory.mktemp("tilts") / "a.rawtlt"
    path.write_text("".join(f" {tilt!r}\r\n" for tilt in tilts))
    assert read_tilts(path) == tuple(tilts)


def test_the_sections_of_serialem_are_sorted_by_frame(tmp_path: Path) -> None:
    (tmp_path / "a.mrc.mdoc").write_text(MDOC)
    assert read_tilts(tmp_path / "a.mrc.mdoc") == (-0.000488, 2.5, 60.0)


@pytest.mark.parametrize(
    ("name", "text", "why"),
    [
        ("a.tlt", "", "holds no tilts"),
        ("a.tlt", "1\n400\n", "between -180 and 180"),
        ("a.tlt", "1\nnan\n", "between -180 and 180"),
        ("a.tlt", "angle\n1\n", "something else than angles: .*'angle'"),
        ("a.mdoc", "Voltage = 300\n", "holds no tilts"),
        ("a.mdoc", "[ZValue = 0]\nDefocus = 1\n", "something else than angles"),
    ],
)
def test_what_holds_no_angles_is_refused(tmp_path: Path, name: str, text: str, why: str) -> None:
    (tmp_path / name).write_text(text)
    with pytest.raises(FileError, match=why):
        read_tilts(tmp_path / name)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(FileError, match="No such file or directory; check its name"):
        read_tilts(tmp_path / "a.tlt")


def test_the_header_of_a_real_series_agrees_with_its_list(shared_data: Path) -> None:
    folder = shared_data / "tomo" / "needle"
    (signal,) = describe(folder / "HAADF.mrc")
    listed = read_tilts(folder / "HAADF.rawtlt")
    assert signal.tilts == pytest.approx(listed)
    assert listed == tuple(np.arange(-76.0, 77, 2))
    frame = read_frames(folder / "HAADF.mrc")[3]
    assert frame.metadata["frame"] == {"index": 3, "position": -70.0, "unit": "deg"}
    volume = read_volume(folder / "HAADF.mrc")
    assert volume.metadata["tilts"][-1] == 76.0
    assert volume.voxel_size == pytest.approx((None, 3.36, 3.36))


def test_a_field_seen_twice_is_no_series(shared_data: Path) -> None:
    folder = shared_data / "repeats" / "serialem"
    assert describe(folder / "test_000.mrc")[0].kind == "stack"
    assert len(read_tilts(folder / "test_000.mrc.mdoc")) == 2


@pytest.mark.parametrize(
    ("metadata", "tilt"),
    [
        ({"Acquisition_instrument": {"TEM": {"Stage": {"tilt_alpha": -12.5}}}}, -12.5),
        ({"Acquisition_instrument": {"TEM": {"Stage": {"tilt_alpha": "unknown"}}}}, None),
        ({"Acquisition_instrument": {"TEM": None}}, None),
        ({}, None),
    ],
)
def test_the_stage_says_the_tilt_of_one_image(
    metadata: dict[str, object], tilt: float | None
) -> None:
    assert stage_tilt(metadata) == tilt


def test_a_single_view_knows_the_tilt_of_its_stage(shared_data: Path) -> None:
    view = read_frames(shared_data / "tomo" / "dm-series" / "BF_002.dm3")[0]
    assert stage_tilt(view.metadata) == pytest.approx(-69.0, abs=0.01)
