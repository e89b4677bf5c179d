"""Which of the calibrations that a TIFF may have is taken, and how exactly."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import tifffile
from hypothesis import given
from hypothesis import strategies as st

from colonnade.core.files.open import read
from colonnade.core.files.tiff_calibration import calibration, plane_spacing

SIZE = (0.02, 0.05)


def tags(size_y: float, size_x: float, unit: str = "nm") -> list[tuple[int, str, int, Any, bool]]:
    """Make the tags of DigitalMicrograph."""
    return [
        (65003, "s", 0, unit, True),
        (65004, "s", 0, unit, True),
        (65009, "d", 1, size_x, True),
        (65010, "d", 1, size_y, True),
    ]


@given(st.floats(1e-2, 1e3), st.floats(0.06, 16))
def test_the_tags_of_digital_micrograph_are_exact(
    tmp_path_factory: pytest.TempPathFactory, size_y: float, times: float
) -> None:
    size_x = times * size_y
    path = tmp_path_factory.mktemp("gatan") / "a.tif"
    tifffile.imwrite(path, np.eye(9, dtype="f4"), extratags=tags(size_y, size_x))
    assert read(path).pixel_size == (size_y, size_x)


def test_exact_tags_go_before_the_resolution_that_imagej_rounds(tmp_path: Path) -> None:
    tifffile.imwrite(
        tmp_path / "a.tif",
        np.eye(9, dtype="f4"),
        imagej=True,
        resolution=(7, 11),
        metadata={"unit": "nm"},
        extratags=tags(*SIZE),
    )
    assert read(tmp_path / "a.tif").pixel_size == SIZE


def fake(**found: Any) -> Any:
    """Stand in for a file whose vendors' readers found this."""
    names = ("sis_metadata", "tvips_metadata", "imagej_metadata", "ome_metadata")
    return SimpleNamespace(**dict.fromkeys(names) | found)


NO_TAGS = SimpleNamespace(tags={})


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        ({"sis_metadata": {"pixelsizey": 2e-11, "pixelsizex": 5e-11}}, (2e-11, 5e-11, "m", "m")),
        ({"sis_metadata": {"pixelsizex": 5e-11}}, None),
        ({"tvips_metadata": {"PixelSizeY": 0.02, "PixelSizeX": 0.05}}, (0.02, 0.05, "nm", "nm")),
        ({"tvips_metadata": {"PixelSizeY": 0.02}}, None),
        (
            {"ome_metadata": '<Pixels PhysicalSizeX="5" PhysicalSizeY="2"/>'},
            (2.0, 5.0, "µm", "µm"),
        ),
        (
            {
                "ome_metadata": '<Pixels PhysicalSizeX="5" PhysicalSizeXUnit="nm" '
                'PhysicalSizeY="2" PhysicalSizeYUnit="pm"/>'
            },
            (2.0, 5.0, "pm", "nm"),
        ),
        ({"ome_metadata": '<Pixels PhysicalSizeX="5"/>'}, None),
        ({}, None),
    ],
)
def test_what_each_vendor_says(found: dict[str, Any], expected: Any) -> None:
    assert calibration(fake(**found), NO_TAGS, Path("a.tif")) == expected


@pytest.mark.parametrize(
    ("described", "resolution", "expected"),
    [
        ({"unit": "nm"}, ((50, 1), (20, 1)), (0.02, 0.05, "nm", "nm")),
        ({"unit": "\\u00B5m", "yunit": "nm"}, ((50, 1), (20, 1)), (0.02, 0.05, "nm", "µm")),
        ({"unit": "inch"}, ((50, 1), (20, 1)), None),
        ({"unit": "cm"}, ((50, 1), (20, 1)), None),
        ({}, ((50, 1), (20, 1)), None),
        ({"unit": "nm"}, ((0, 1), (20, 1)), None),
    ],
)
def test_what_imagej_says(
    described: dict[str, str], resolution: tuple[tuple[int, int], ...], expected: Any
) -> None:
    values = zip(("YResolution", "XResolution"), resolution, strict=True)
    page = SimpleNamespace(tags={name: SimpleNamespace(value=value) for name, value in values})
    assert calibration(fake(imagej_metadata=described), page, Path("a.tif")) == expected


@pytest.mark.parametrize(
    ("described", "expected"),
    [
        ({"spacing": 12.5}, (12.5, 0.0, "nm")),
        ({"spacing": 0}, (1.0, 0.0, "")),
        ({}, (1.0, 0.0, "")),
        (None, (1.0, 0.0, "")),
    ],
)
def test_the_spacing_of_planes(described: Any, expected: tuple[float, float, str]) -> None:
    assert plane_spacing(fake(imagej_metadata=described), "nm") == expected
