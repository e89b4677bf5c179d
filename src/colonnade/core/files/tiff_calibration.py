"""Decide which of the many calibrations of a TIFF to believe.

RosettaSciIO's reader drops every ImageJ unit but the micron and exchanges the two pixel sizes
of some vendors, so tags are read here; it still reads JEOL's, whose pixels are square.
"""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from colonnade.core.files.guard import import_reader

Calibration = tuple[float, float, str, str]
"""Scale along y and x, and their units."""

_PRINTING = ("inch", "in", "cm")


def plane_spacing(tiff: Any, unit: str) -> tuple[float, float, str]:
    """Scale, offset and unit of the axis z, as ImageJ says them."""
    spacing = (tiff.imagej_metadata or {}).get("spacing")
    return (float(spacing), 0.0, unit) if spacing else (1.0, 0.0, "")


def calibration(tiff: Any, page: Any, path: Path) -> Calibration | None:
    """Find the size of a pixel in the tags of whoever wrote the file."""
    found = (read(tiff, page, path) for read in _CALIBRATIONS)
    return next((calibration for calibration in found if calibration), None)


def _sis(tiff: Any, page: Any, path: Path) -> Calibration | None:
    found = tiff.sis_metadata or {}
    if "pixelsizex" not in found or "pixelsizey" not in found:
        return None
    return float(found["pixelsizey"]), float(found["pixelsizex"]), "m", "m"


def _tvips(tiff: Any, page: Any, path: Path) -> Calibration | None:
    found = tiff.tvips_metadata or {}
    if "PixelSizeX" not in found or "PixelSizeY" not in found:
        return None
    return float(found["PixelSizeY"]), float(found["PixelSizeX"]), "nm", "nm"


def _jeol(tiff: Any, page: Any, path: Path) -> Calibration | None:
    maker = page.tags.get("Make")
    if maker is None or maker.value != "JEOL Ltd.":
        return None
    y, x = import_reader("rsciio.tiff").file_reader(str(path))[0]["axes"][-2:]
    return y["scale"], x["scale"], y["units"] or "", x["units"] or ""


def _gatan(tiff: Any, page: Any, path: Path) -> Calibration | None:
    unit_x, unit_y, scale_x, scale_y = (
        page.tags.get(code) for code in (65003, 65004, 65009, 65010)
    )
    if None in (unit_x, unit_y, scale_x, scale_y):
        return None
    return float(scale_y.value), float(scale_x.value), str(unit_y.value), str(unit_x.value)


def _imagej(tiff: Any, page: Any, path: Path) -> Calibration | None:
    found = tiff.imagej_metadata or {}
    unit_x = _unescaped(found.get("unit", ""))
    # ImageJ turns the dots per inch of any picture into these, so they say nothing of a specimen.
    if not unit_x or unit_x in _PRINTING:
        return None
    unit_y = _unescaped(found.get("yunit", "")) or unit_x
    (pixels_y, length_y), (pixels_x, length_x) = (
        page.tags[name].value for name in ("YResolution", "XResolution")
    )
    if not pixels_y or not pixels_x:
        return None
    return length_y / pixels_y, length_x / pixels_x, unit_y, unit_x


def _ome(tiff: Any, page: Any, path: Path) -> Calibration | None:
    found = dict(re.findall(r'\b(PhysicalSize[XY](?:Unit)?)="([^"]*)"', tiff.ome_metadata or ""))
    if "PhysicalSizeX" not in found or "PhysicalSizeY" not in found:
        return None
    unit_y, unit_x = (found.get(f"PhysicalSize{axis}Unit", "µm") for axis in "YX")
    return float(found["PhysicalSizeY"]), float(found["PhysicalSizeX"]), unit_y, unit_x


def _unescaped(unit: object) -> str:
    return re.sub(r"\\u([0-9A-Fa-f]{4})", lambda code: chr(int(code[1], 16)), str(unit))


_CALIBRATIONS: tuple[Callable[[Any, Any, Path], Calibration | None], ...] = (
    _sis,
    _tvips,
    _jeol,
    _gatan,
    _imagej,
    _ome,
)
