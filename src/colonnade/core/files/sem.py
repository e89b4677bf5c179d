"""What scanning electron microscopes write about their images: in TIFF tags, and in texts beside.

Each vendor has words of its own; here they become the size of a pixel, the rows above the
information bar, and the few facts that everyone wants to know.
"""

import math
import re
import string
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from colonnade.core.errors import ColonnadeError
from colonnade.core.files.own_data import is_beside
from colonnade.core.files.units import parse_length, to_nm

_ZEISS_REFERENCE_WIDTH_PX = 1024
"""The number at the head of Zeiss's tag is the size of a pixel of a screen so wide."""

_ROUNDING = 1e-3
"""Zeiss prints four digits: sizes that agree so well are the same, and the unprinted is better."""


_LETTERS = string.ascii_letters + string.digits + "_"
"""What the words of vendors are made of."""

_LONGEST_TEXT_BYTES = 1 << 20
"""What is longer is no header; the rest of it is not looked at."""


@dataclass(frozen=True)
class SemHeader:
    """What a microscope says of one image.

    Parameters
    ----------
    vendor
        Who built the microscope.
    pixel_size
        Size of a pixel along (y, x) [nm], or None if it is not said.
    rows, columns
        Rows above the information bar, and columns [px]; None if they are not said.
    bar_rows
        Height of the information bar [px], if that is said instead of the rows above it.
    facts
        Voltage [kV], working distance [mm], detector, magnification: those that are said.
    words
        All that the vendor wrote, in the vendor's words.
    """

    vendor: str
    pixel_size: tuple[float, float] | None = None
    rows: int | None = None
    columns: int | None = None
    bar_rows: int | None = None
    facts: Mapping[str, float | str] = field(default_factory=dict)
    words: Mapping[str, Any] = field(default_factory=dict)


def tiff_header(path: Path, tiff: Any, page: Any) -> SemHeader | None:
    """Find what the tags of a TIFF, or a text beside it, say of its image."""
    found = (read(tiff, page) for read in (_zeiss, _fei, _tescan))
    return next((header for header in found if header), None) or text_header(path)


def text_header(path: Path) -> SemHeader | None:
    """Find what a text beside an image says of it: JEOL, Hitachi and TESCAN write one."""
    for text in _texts_beside(path):
        for vendor in (_jeol, _hitachi, _tescan_text):
            header = vendor(text)
            if header:
                return header
    return None


def _texts_beside(path: Path) -> Iterable[str]:
    suffix = path.suffix.lstrip(".")
    names = (f"{path.stem}.txt", f"{path.stem}.TXT", f"{path.stem}-{suffix}.hdr")
    for name in (*names, f"{path.stem}.hdr"):
        beside = path.with_name(name)
        if is_beside(path, beside):
            with beside.open("rb") as file:
                raw = file.read(_LONGEST_TEXT_BYTES)
            encoding = "utf-16" if raw[:2] in (b"\xff\xfe", b"\xfe\xff") else "latin-1"
            yield raw.decode(encoding, errors="replace")


def _zeiss(tiff: Any, page: Any) -> SemHeader | None:
    words = tiff.sem_metadata if tiff.is_sem else None
    if not words:
        return None
    return SemHeader(
        vendor="Zeiss",
        pixel_size=_zeiss_pixel_size(words, page.imagewidth),
        facts=_facts(
            voltage_kV=_zeiss_voltage(words),
            working_distance_mm=_zeiss_value(words, "ap_wd", {"µm": 1e-3, "mm": 1.0}),
            detector=words.get("dp_detector_type", words.get("dp_detector_channel", ("", "")))[1],
            magnification=_zeiss_value(words, "ap_mag", {"X": 1.0, "K X": 1e3}),
        ),
        words=words,
    )


def _zeiss_pixel_size(words: Mapping[str, Any], columns: int) -> tuple[float, float] | None:
    """Size of the image's own pixels [nm]; ``Pixel Size`` alone is that of a screen's."""
    exact = _zeiss_head(words, 3) * 1e9 * _ZEISS_REFERENCE_WIDTH_PX / columns
    printed = _zeiss_length(words, "ap_image_pixel_size")
    if printed is None:
        width = _zeiss_length(words, "ap_width")
        printed = width / columns if width else None
    if printed is None or abs(exact - printed) < _ROUNDING * printed:
        return (exact, exact) if exact > 0 else None
    return printed, printed


def _zeiss_voltage(words: Mapping[str, Any]) -> float | None:
    """Voltage [kV], from the head if it is printed in V, which TIFF's reader takes for a name."""
    printed = _zeiss_value(words, "ap_actualkv", {"kV": 1.0})
    return printed or _zeiss_head(words, 6) * 1e-3 or None


def _zeiss_head(words: Mapping[str, Any], place: int) -> float:
    """One of the unnamed numbers at the head of the tag, or 0 if it is not there."""
    numbers = words.get("", ())
    return _number(numbers[place]) or 0.0 if place < len(numbers) else 0.0


def _zeiss_length(words: Mapping[str, Any], name: str) -> float | None:
    entry = words.get(name, ())
    return to_nm(float(entry[1]), str(entry[2])) if len(entry) > 2 else None


def _zeiss_value(words: Mapping[str, Any], name: str, units: Mapping[str, float]) -> float | None:
    text = " ".join(map(str, words.get(name, ())[1:]))
    number, _, unit = text.partition(" ")
    value = _number(number)
    return value * units[unit.strip()] if value is not None and unit.strip() in units else None


def _fei(tiff: Any, page: Any) -> SemHeader | None:
    words = tiff.fei_metadata
    if not words:
        return None
    scan, image = words.get("Scan", {}), words.get("Image", {})
    beam = words.get(str(words.get("Beam", {}).get("Beam") or "EBeam"), {})
    size = _number(scan.get("PixelHeight")), _number(scan.get("PixelWidth"))
    return SemHeader(
        vendor="FEI",
        pixel_size=_metres(*size),
        rows=_count(image.get("ResolutionY")),
        columns=_count(image.get("ResolutionX")),
        bar_rows=_count(words.get("PrivateFei", {}).get("DatabarHeight")),
        facts=_facts(
            voltage_kV=_scaled(beam.get("HV"), 1e-3),
            working_distance_mm=_scaled(beam.get("WD"), 1e3),
            detector=str(words.get("Detectors", {}).get("Name") or ""),
        ),
        words=words,
    )


def _tescan(tiff: Any, page: Any) -> SemHeader | None:
    tag = page.tags.get(50431)
    if tag is None or not isinstance(tag.value, bytes):
        return None
    # A thumbnail goes before the text, and ends as JPEG 2000 does.
    return _tescan_text(tag.value[tag.value.rfind(b"\xff\xd9") + 2 :].decode("latin-1"))


def _tescan_text(text: str) -> SemHeader | None:
    words = _assigned(text)
    if "PixelSizeX" not in words or "PixelSizeY" not in words:
        return None
    return SemHeader(
        vendor="TESCAN",
        pixel_size=_metres(_number(words["PixelSizeY"]), _number(words["PixelSizeX"])),
        bar_rows=_count(words.get("ImageStripSize")),
        facts=_facts(
            voltage_kV=_scaled(words.get("HV"), 1e-3),
            working_distance_mm=_scaled(words.get("WD"), 1e3),
            detector=words.get("Detector", ""),
            magnification=_scaled(words.get("Magnification"), 1.0),
        ),
        words=words,
    )


def _jeol(text: str) -> SemHeader | None:
    """Read the text of a JEOL: a marker of some length is so many pixels long."""
    marked = (line.lstrip("$").split(None, 1) for line in text.splitlines() if line[:1] == "$")
    words = {pair[0]: pair[1].rstrip() for pair in marked if len(pair) == 2}
    if not any(name.startswith(("CM_", "SM_")) for name in words):
        return None
    bar = _number(words.get("SM_MICRON_BAR"))
    marker = _length(words.get("SM_MICRON_MARKER", ""))
    columns, rows = _size(words.get("CM_FULL_SIZE", ""))
    return SemHeader(
        vendor="JEOL",
        pixel_size=(marker / bar, marker / bar) if marker and bar and bar > 0 else None,
        rows=rows,
        columns=columns,
        facts=_facts(
            voltage_kV=_scaled(words.get("CM_ACCEL_VOLT"), 1.0),
            working_distance_mm=_scaled(words.get("SM_WD"), 1.0),
            detector=words.get("CM_SIGNAL", ""),
            magnification=_scaled(words.get("CM_MAG"), 1.0),
        ),
        words=words,
    )


def _hitachi(text: str) -> SemHeader | None:
    if "[SemImageFile]" not in text:
        return None
    words = _assigned(text)
    size = _number(words.get("PixelSize"))  # [nm]
    columns, rows = _size(words.get("DataSize", ""))
    return SemHeader(
        vendor="Hitachi",
        pixel_size=(size, size) if size and size > 0 else None,
        rows=rows,
        columns=columns,
        facts=_facts(
            voltage_kV=_scaled(words.get("AcceleratingVoltage"), 1e-3),
            working_distance_mm=_scaled(words.get("WorkingDistance"), 1e-3),
            detector=words.get("SignalName", ""),
            magnification=_scaled(words.get("Magnification"), 1.0),
        ),
        words=words,
    )


def _assigned(text: str) -> dict[str, str]:
    """Read lines of words and what they are, with ``=`` between; bytes may go before a word."""
    # Regular expressions that find this take a time that grows as the square of a line's length.
    words = {}
    for line in text.splitlines():
        before, _, value = line.partition("=")
        name = before[len(before.rstrip(_LETTERS)) :]
        if name and len(before) < len(line):
            words[name] = value.rstrip()
    return words


def _facts(**facts: float | str | None) -> dict[str, float | str]:
    return {name: fact for name, fact in facts.items() if fact not in (None, "")}


def _number(text: object) -> float | None:
    found = re.match(r"\s*([-+]?\d*\.?\d+(?:[eE][-+]?\d+)?)", str(text))
    return float(found[1]) if found else None


def _scaled(text: object, factor: float) -> float | None:
    number = _number(text)
    return None if number is None else round(number * factor, 9)


def _count(text: object) -> int | None:
    number = _number(text)
    return int(number) if number and 0 < number < math.inf else None


def _size(text: str) -> tuple[int | None, int | None]:
    found = re.match(r"\s*(\d{1,9})\D+(\d{1,9})", text)
    return (int(found[1]), int(found[2])) if found else (None, None)


def _length(text: str) -> float | None:
    try:
        return parse_length(text)
    except ColonnadeError:
        return None


def _metres(y: float | None, x: float | None) -> tuple[float, float] | None:
    return (y * 1e9, x * 1e9) if y and x and y > 0 and x > 0 else None
