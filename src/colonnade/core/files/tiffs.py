"""Read TIFF, and decide which of its many calibrations to believe.

RosettaSciIO's reader drops every ImageJ unit but the micron and exchanges the two pixel sizes
of some vendors, so tags are read here; it still reads the vendors whose pixels are square.
"""

import re
import struct
from collections.abc import Callable
from os import SEEK_CUR
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from colonnade.core.errors import FileError
from colonnade.core.files.signals import Axis, Signal, make_signal

Calibration = tuple[float, float, str, str]
"""Scale along y and x, and their units."""

_PRINTING = ("inch", "in", "cm")
_MIN_IS_WHITE, _PALETTE = 0, 3


def read_tiff(path: Path) -> list[Signal]:
    """List the images and stacks of a TIFF; its thumbnails are left out."""
    import tifffile

    _check_chain(path)
    with tifffile.TiffFile(path) as tiff:
        pages = [series for series in tiff.series if not series.keyframe.is_reduced]
        return [_signal(path, tiff, series, len(pages) == 1) for series in pages]


def _check_chain(path: Path) -> None:
    """Follow the pages to the last: the reader takes a cut chain for a shorter stack."""
    length = path.stat().st_size
    with path.open("rb") as file:
        header = file.read(8)
        order = "<" if header[:2] == b"II" else ">"
        (magic,) = struct.unpack_from(f"{order}H", header, 2)
        count, entry, offset = ("Q", 20, "Q") if magic == 43 else ("H", 12, "I")

        def number(code: str) -> int:
            (value,) = struct.unpack(f"{order}{code}", file.read(struct.calcsize(code)))
            return int(value)

        file.seek(8 if magic == 43 else 4)
        seen: set[int] = set()
        while page := number(offset):
            if page in seen or page > length - 2:
                raise FileError(f"{path} is cut short: its last pages are missing; copy it again")
            seen.add(page)
            file.seek(page)
            file.seek(number(count) * entry, SEEK_CUR)


def _signal(path: Path, tiff: Any, series: Any, only: bool) -> Signal:
    page = series.keyframe
    array, letters = _channels_last(*_pixels(path, tiff, series))
    array, notes = _as_seen(array, page)
    scale_y, scale_x, unit_y, unit_x = _calibration(tiff, page, path) or (1.0, 1.0, "", "")
    step, step_unit = _step(tiff, unit_x)
    axes = [
        *(Axis(letter.lower(), size, step, 0.0, step_unit) for letter, size in letters[:-2]),
        Axis("y", letters[-2][1], scale_y, 0.0, unit_y),
        Axis("x", letters[-1][1], scale_x, 0.0, unit_x),
    ]
    tags = {tag.name: tag.value for tag in page.tags if tag.count < 1000}
    title = path.stem if only else series.name or f"page {page.index}"
    return make_signal(title, array, axes, {"tags": tags}, notes)


def _pixels(path: Path, tiff: Any, series: Any) -> tuple[NDArray[Any], str]:
    length = path.stat().st_size
    for page in series.pages:
        ends = map(sum, zip(page.dataoffsets, page.databytecounts, strict=True))
        if max(ends, default=length + 1) > length:
            raise FileError(f"{path} is cut short: its last pixels are missing; copy it again")
    contiguous = series.dataoffset is not None
    return series.asarray(out="memmap" if contiguous else None), series.axes


def _channels_last(
    array: NDArray[Any], letters: str
) -> tuple[NDArray[Any], list[tuple[str, int]]]:
    """Move the colours behind x; an alpha beside one grey channel is left out."""
    sizes = list(zip(letters, array.shape, strict=True))
    if "S" not in letters:
        return array, sizes
    samples = letters.index("S")
    array = np.moveaxis(array, samples, -1)
    del sizes[samples]
    return (array if array.shape[-1] in (3, 4) else array[..., 0]), sizes


def _as_seen(array: NDArray[Any], page: Any) -> tuple[NDArray[Any], list[str]]:
    if page.photometric == _PALETTE:
        return array, ["the colours of the palette are not used, only its numbers"]
    if page.photometric == _MIN_IS_WHITE and array.dtype.kind in "bu":
        white = np.array(2**page.bitspersample - 1).astype(array.dtype)
        return np.bitwise_xor(array, white), ["the file says that 0 is white, so it is inverted"]
    return array, []


def _step(tiff: Any, unit: str) -> tuple[float, str]:
    spacing = (tiff.imagej_metadata or {}).get("spacing")
    return (float(spacing), unit) if spacing else (1.0, "")


def _calibration(tiff: Any, page: Any, path: Path) -> Calibration | None:
    found = (read(tiff, page, path) for read in _CALIBRATIONS)
    return next((calibration for calibration in found if calibration), None)


def _fei(tiff: Any, page: Any, path: Path) -> Calibration | None:
    scan = (tiff.fei_metadata or {}).get("Scan", {})
    if "PixelHeight" not in scan or "PixelWidth" not in scan:
        return None
    return float(scan["PixelHeight"]), float(scan["PixelWidth"]), "m", "m"


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


def _zeiss_or_jeol(tiff: Any, page: Any, path: Path) -> Calibration | None:
    maker = page.tags.get("Make")
    if not tiff.is_sem and (maker is None or maker.value != "JEOL Ltd."):
        return None
    from rsciio.tiff import file_reader

    y, x = file_reader(str(path))[0]["axes"][-2:]
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
    _fei,
    _sis,
    _tvips,
    _zeiss_or_jeol,
    _gatan,
    _imagej,
    _ome,
)
