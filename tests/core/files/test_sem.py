"""Scanning microscopes say the size of a pixel, what was set, and where the image ends."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tifffile
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image

from colonnade.core.files.infobar import bar_start
from colonnade.core.files.open import describe, read

Pixels = NDArray[Any]


def scene(height: int, width: int, bar: int = 0, code: str = "u1") -> Pixels:
    """Noise above a bar that has a line around it and words in it."""
    pixels = np.random.default_rng(height).integers(20, 220, (height, width)).astype(code)
    if bar:
        pixels[height - bar :] = 0
        pixels[height - bar] = 250
        pixels[height - bar + 4 : height - 4, width // 8 : width // 3] = 250
    return pixels


def zeiss_tag(head: float, *lines: tuple[str, str]) -> bytes:
    """Lay out the text of Zeiss: numbers, of which the fourth counts, then names and values."""
    numbers = ["0", "0", "0", repr(head), "0", "0", "500.0", *["0"] * 67]
    named = [line for name, value in lines for line in (name, value)]
    return "\r\n".join([*numbers, *named, ""]).encode("latin-1")


def write_zeiss(path: Path, pixels: Pixels, head: float, *lines: tuple[str, str]) -> None:
    lines = lines or (("DP_SEM", "Sem = Merlin"),)
    tifffile.imwrite(path, pixels, extratags=[(34118, "s", 0, zeiss_tag(head, *lines), True)])


@pytest.mark.parametrize(
    ("width", "head", "lines", "size"),
    [
        # A screen of 1024 px shows every pixel of an image of 512 px twice.
        (512, 5.825e-9, [("AP_PIXEL_SIZE", "Pixel Size = 5.825 nm")], 11.65),
        (512, 5.825e-9, [("AP_WIDTH", "Width = 5.965 \xb5m")], 11.65),
        # Four digits are printed, and the number at the head has them all.
        (1024, 7.34375e-9, [("AP_IMAGE_PIXEL_SIZE", "Image Pixel Size = 7.344 nm")], 7.34375),
        # Where they disagree, the image's own is right.
        (1024, 7e-9, [("AP_IMAGE_PIXEL_SIZE", "Image Pixel Size = 3.500 nm")], 3.5),
        (1024, 0.0, [("AP_IMAGE_PIXEL_SIZE", "Image Pixel Size = 2.615 \xb5m")], 2615.0),
    ],
)
def test_which_pixel_size_of_zeiss_is_believed(
    tmp_path: Path, width: int, head: float, lines: list[tuple[str, str]], size: float
) -> None:
    write_zeiss(tmp_path / "a.tif", scene(96, width), head, *lines)
    image = read(tmp_path / "a.tif")
    assert image.pixel_size == pytest.approx((size, size), rel=1e-9)


def test_zeiss_without_a_size_has_none(tmp_path: Path) -> None:
    write_zeiss(tmp_path / "a.tif", scene(96, 512), 0.0)
    assert read(tmp_path / "a.tif").pixel_size is None


@pytest.mark.parametrize(
    "head", [b"", b"DP_SEM\r\nSem = Merlin\r\n", b"x\r\ny\r\nz\r\nw\r\nv\r\nu\r\nt\r\n"]
)
def test_a_head_that_says_nothing_leaves_the_image_readable(tmp_path: Path, head: bytes) -> None:
    pixels = scene(96, 512)
    tag = [(34118, "s", 0, head or b" ", True)]
    tifffile.imwrite(tmp_path / "a.tif", pixels, extratags=tag)
    image = read(tmp_path / "a.tif")
    assert np.array_equal(image.pixels, pixels)
    assert image.pixel_size is None


@pytest.mark.parametrize(("voltage", "kilovolts"), [("500.0 V", 0.5), ("20.00 kV", 20.0)])
def test_what_was_set_at_a_zeiss(tmp_path: Path, voltage: str, kilovolts: float) -> None:
    write_zeiss(
        tmp_path / "a.tif",
        scene(96, 1024),
        1e-9,
        ("AP_ACTUALKV", f"EHT = {voltage}"),
        ("AP_WD", "WD =  2.8 mm"),
        ("DP_DETECTOR_TYPE", "Detector = InLens"),
        ("AP_MAG", "Mag =   50.00 K X"),
    )
    assert read(tmp_path / "a.tif").metadata["microscope"] == {
        "vendor": "Zeiss",
        "voltage_kV": kilovolts,
        "working_distance_mm": 2.8,
        "detector": "InLens",
        "magnification": 50000.0,
    }


def test_the_bar_that_zeiss_draws_is_found_and_that_is_said(tmp_path: Path) -> None:
    pixels = scene(200, 512, bar=24)
    write_zeiss(tmp_path / "a.tif", pixels, 1e-9)
    image = read(tmp_path / "a.tif")
    assert np.array_equal(image.pixels, pixels[:176])
    (note,) = image.metadata["notes"]
    assert note == "the lowest 24 rows look like an information bar and are cut off"
    write_zeiss(tmp_path / "b.tif", scene(200, 512), 1e-9)
    whole = read(tmp_path / "b.tif")
    assert whole.shape == (200, 512)
    assert whole.metadata["notes"] == []


def write_fei(path: Path, pixels: Pixels, image: str, private: str = "") -> None:
    text = (
        "[Beam]\r\nBeam=EBeam\r\n[EBeam]\r\nHV=5000\r\nWD=0.0041\r\n"
        "[Scan]\r\nPixelWidth=5e-9\r\nPixelHeight=2e-9\r\n"
        f"[Image]\r\n{image}[PrivateFei]\r\n{private}[Detectors]\r\nName=ETD\r\n"
    )
    tifffile.imwrite(path, pixels, extratags=[(34682, "s", 0, text, True)])


@pytest.mark.parametrize(
    ("image", "private"),
    [("ResolutionX=96\r\nResolutionY=80\r\n", ""), ("", "DatabarHeight=20\r\n")],
)
@pytest.mark.parametrize("code", ["u1", "u2"])
def test_fei_says_where_its_bar_begins(
    tmp_path: Path, image: str, private: str, code: str
) -> None:
    pixels = scene(100, 96, code=code)
    write_fei(tmp_path / "a.tif", pixels, image, private)
    found = read(tmp_path / "a.tif")
    assert found.pixels.dtype == code
    assert np.array_equal(found.pixels, pixels[:80])
    assert found.pixel_size == pytest.approx((2.0, 5.0))
    assert found.metadata["notes"] == ["the information bar in the lowest 20 rows is cut off"]
    facts = {"voltage_kV": 5.0, "working_distance_mm": 4.1, "detector": "ETD"}
    assert found.metadata["microscope"] == {"vendor": "FEI", **facts}


def test_an_image_that_was_resized_keeps_its_rows_and_gets_no_size(tmp_path: Path) -> None:
    write_fei(tmp_path / "a.tif", scene(50, 48), "ResolutionX=96\r\nResolutionY=80\r\n")
    found = read(tmp_path / "a.tif")
    assert found.shape == (50, 48)
    assert found.pixel_size is None
    assert found.metadata["notes"] == [
        "FEI describes an image 96 px wide and this one has 48, "
        "so what it says of the pixels is not used"
    ]


TESCAN = (
    "AccFrames=1\nImageStripSize=30\nMagnification=10.000e3\nPixelSizeX=27.500e-9\n"
    "PixelSizeY=13.750e-9\nDetector=SE\nHV=20.000e3\nWD=10.886e-3\n"
)
TESCAN_FACTS = {
    "vendor": "TESCAN",
    "voltage_kV": 20.0,
    "working_distance_mm": 10.886,
    "detector": "SE",
    "magnification": 10000.0,
}


def test_tescan_writes_behind_a_thumbnail(tmp_path: Path) -> None:
    tag = b"\x00\x0cjP  PixelSizeX=9\xff\xd9   " + TESCAN.encode()
    extra = [(50431, 1, len(tag), tag, True)]
    tifffile.imwrite(tmp_path / "a.tif", scene(100, 96), extratags=extra)
    found = read(tmp_path / "a.tif")
    assert found.shape == (70, 96)
    assert found.pixel_size == pytest.approx((13.75, 27.5))
    assert found.metadata["microscope"] == TESCAN_FACTS


@pytest.mark.parametrize("name", ["a-tif.hdr", "a.hdr"])
def test_tescan_writes_a_file_beside(tmp_path: Path, name: str) -> None:
    tifffile.imwrite(tmp_path / "a.tif", scene(100, 96))
    (tmp_path / name).write_text(f"[MAIN]\n{TESCAN}")
    found = read(tmp_path / "a.tif")
    assert found.shape == (70, 96)
    assert found.metadata["microscope"] == TESCAN_FACTS


JEOL = (
    "$CM_FORMAT JEOL/EO\r\n$CM_ACCEL_VOLT 15.00\r\n$CM_MAG 20000\r\n$CM_SIGNAL LED\r\n"
    "$CM_FULL_SIZE 96 80\r\n$$SM_MICRON_BAR 80\r\n$$SM_MICRON_MARKER 1um\r\n$$SM_WD 8.0\r\n"
)


@pytest.mark.parametrize("suffix", [".tif", ".bmp", ".png"])
def test_jeol_writes_a_text_beside(tmp_path: Path, suffix: str) -> None:
    pixels = scene(100, 96)
    Image.fromarray(pixels).save(tmp_path / f"a{suffix}")
    (tmp_path / "a.txt").write_text(JEOL)
    found = read(tmp_path / f"a{suffix}")
    assert np.array_equal(found.pixels, pixels[:80])
    assert found.pixel_size == pytest.approx((12.5, 12.5))
    assert found.metadata["microscope"] == {
        "vendor": "JEOL",
        "voltage_kV": 15.0,
        "working_distance_mm": 8.0,
        "detector": "LED",
        "magnification": 20000.0,
    }
    assert found.metadata["original_metadata"]["CM_FORMAT"] == "JEOL/EO"


HITACHI = (
    "[SemImageFile]\r\nInstructName=SU8020\r\nImageName=a.tif\r\nDataSize=96x80\r\n"
    "PixelSize=9.921875\r\nSignalName=SE(UL)\r\nAcceleratingVoltage=5000 Volt\r\n"
    "WorkingDistance=8300 um\r\nMagnification=10000\r\n"
)


@pytest.mark.parametrize("encoding", ["latin-1", "utf-16"])
@pytest.mark.parametrize("name", ["a.txt", "a.TXT"])
def test_hitachi_writes_a_text_beside(tmp_path: Path, encoding: str, name: str) -> None:
    Image.fromarray(scene(80, 96)).save(tmp_path / "a.tif")
    (tmp_path / name).write_text(HITACHI, encoding=encoding)
    found = read(tmp_path / "a.tif")
    assert found.shape == (80, 96)
    assert found.pixel_size == pytest.approx((9.921875, 9.921875))
    assert found.metadata["notes"] == []
    assert found.metadata["microscope"] == {
        "vendor": "Hitachi",
        "voltage_kV": 5.0,
        "working_distance_mm": 8.3,
        "detector": "SE(UL)",
        "magnification": 10000.0,
    }


@pytest.mark.parametrize("text", ["Dear reader,\r\n$100 = 90 euro\r\n", "", "PixelSize=3\r\n"])
def test_another_text_beside_an_image_says_nothing_of_it(tmp_path: Path, text: str) -> None:
    Image.fromarray(scene(80, 96)).save(tmp_path / "a.png")
    (tmp_path / "a.txt").write_text(text)
    found = read(tmp_path / "a.png")
    assert found.pixel_size is None
    assert "microscope" not in found.metadata


@pytest.mark.parametrize("marker", ["", "1", "px", "-1um"])
def test_a_marker_of_no_length_gives_no_size(tmp_path: Path, marker: str) -> None:
    Image.fromarray(scene(80, 96)).save(tmp_path / "a.png")
    (tmp_path / "a.txt").write_text(JEOL.replace("1um", marker))
    assert read(tmp_path / "a.png").pixel_size is None


@given(st.integers(40, 120), st.integers(24, 90), st.data())
def test_a_bar_is_found_where_it_is(height: int, width: int, data: st.DataObject) -> None:
    bar = data.draw(st.integers(9, height // 4 - 1 if height // 4 > 9 else 9))
    assert bar_start(scene(height, width)) == height
    assert bar_start(scene(height, width, bar)) == height - bar


@pytest.mark.parametrize("level", [0, 255])
def test_a_bare_specimen_is_no_bar(level: int) -> None:
    assert bar_start(np.full((90, 90), level, "u1")) == 90
    fading = scene(90, 90)
    for row in range(60, 90):  # more of each row is empty than of the one above
        fading[row, : 3 * (row - 60)] = level
    assert bar_start(fading) == 90


def test_a_row_or_two_may_be_left_below_a_bar() -> None:
    pixels = scene(300, 90, bar=40)
    pixels[-2:] = scene(2, 90)
    assert bar_start(pixels) == 260


REAL = {
    "vendor/test_tiff_Zeiss_SEM_512pix.tif": ((350, 512), 11.649976, "u1", "look like"),
    "vendor/test_tiff_Zeiss_SEM_1k.tif": ((691, 1024), 2614.514, "u1", "look like"),
    "vendor/FEI-Helios-Ebeam-8bits.tif": ((442, 512), 3372.4, "u1", "29 rows is cut off"),
    "vendor/FEI-Helios-Ebeam-16bits.tif": ((442, 512), 3372.4, "u2", "29 rows is cut off"),
    "vendor/TESCAN_1000x_center.tif": ((768, 768), 275.0, "u2", "90 rows is cut off"),
    "vendor/TESCAN_10000x_center.tif": ((768, 768), 27.5, "u2", "90 rows is cut off"),
    "tio2/1908248.tif": ((712, 1024), 7.34375, "u1", "look like"),
    "tio2/1908258.tif": ((712, 1024), 7.34375, "u1", "look like"),
}


@pytest.mark.parametrize("name", REAL)
def test_real_files_lose_their_bar_and_keep_their_size(shared_data: Path, name: str) -> None:
    shape, size, code, note = REAL[name]
    image = read(shared_data / "sem" / name)
    assert image.shape == shape
    assert image.pixels.dtype == code
    assert image.pixel_size == pytest.approx((size, size), rel=1e-6)
    assert len(image.metadata["notes"]) == 1
    assert note in image.metadata["notes"][0]
    assert {"voltage_kV", "working_distance_mm", "detector"} < image.metadata["microscope"].keys()


def test_no_bar_is_seen_where_there_is_none(shared_data: Path) -> None:
    folder = shared_data / "sem"
    for path in [*folder.glob("mixed/*.tif"), *folder.glob("rock/*.tif")]:
        (signal,) = describe(path)
        pixels, _ = signal.plane(0)
        assert bar_start(pixels) == len(pixels)
