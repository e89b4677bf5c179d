"""Refuse a TIFF that is cut short, goes round in circles or claims what it cannot hold."""

import struct
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from colonnade.core.errors import FileError
from colonnade.core.files.unpacked import SMALL, check_inflated, check_unlzma, check_unpacked

MOST_PAGES = 1 << 15
"""A TIFF of more pages is refused: each takes time before any is read."""

MOST_UNLIKE_PAGES = 1 << 12
"""So is one of more pages that are not all of one kind, as each is compared with all before it."""

_KIND = frozenset({256, 257, 258, 259, 277})
"""Tags that tell pages apart: width, length, bits, compression, samples."""

_DEFLATED, _LZMA = (8, 32946), 34925
"""Compressions that tifffile undoes without a limit."""

_COUNTS = (
    *("IFD", "NumPlanes", "PlaneCount", "FirstZ", "FirstC", "FirstT"),
    *("SizeZ", "SizeC", "SizeT", "SamplesPerPixel"),
)
"""Attributes of OME-XML that count planes, for each of which memory is taken."""


def check_chain(path: Path) -> None:
    """Follow the pages to the last: the reader takes a cut chain for a shorter stack.

    Raises
    ------
    FileError
        If pages are missing, come back to an earlier one, or are more than `MOST_PAGES`.
    """
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
        kinds: set[tuple[bytes, ...]] = set()
        while page := number(offset):
            if page > length - 2:
                raise FileError(f"{path} is cut short: its last pages are missing; copy it again")
            if page in seen:
                raise FileError(f"{path} is damaged: its last page leads back to an earlier one")
            seen.add(page)
            file.seek(page)
            kinds.add(_kind(file.read(number(count) * entry), order, entry))
            most = MOST_PAGES if len(kinds) == 1 else MOST_UNLIKE_PAGES
            if len(seen) > most:
                unlike = "" if len(kinds) == 1 else " of several kinds"
                raise FileError(
                    f"{path} has more than {most} pages{unlike}; split it, or save it as MRC"
                )


def _kind(entries: bytes, order: str, length: int) -> tuple[bytes, ...]:
    """Give those tags of a page that pages of one stack have in common."""
    starts = range(0, len(entries) - 1, length)
    return tuple(
        entries[start : start + length]
        for start in starts
        if struct.unpack_from(f"{order}H", entries, start)[0] in _KIND
    )


def check_planes(path: Path, ome: str | None) -> None:
    """Refuse OME-XML that counts more planes than a file may have pages.

    Raises
    ------
    FileError
        If it does, or is no XML.
    """
    if ome is None:
        return
    try:
        elements = list(ElementTree.fromstring(ome).iter())
    except (ElementTree.ParseError, ValueError) as error:
        raise FileError(f"{path} describes itself in damaged OME-XML: {error}") from error
    counts = [int(one.attrib[name]) for one in elements for name in _COUNTS if name in one.attrib]
    counts += [_steps(one.attrib) for one in elements if "ModuloAlong" in one.tag]
    if any(not 0 <= count <= MOST_PAGES for count in counts):
        raise FileError(f"{path} describes more than {MOST_PAGES} planes; it is damaged")


def _steps(modulo: Mapping[str, str]) -> int:
    """Count the steps of what goes along with another axis of OME-XML."""
    start, end, step = (float(modulo.get(name, 1)) for name in ("Start", "End", "Step"))
    return round(min(abs((end - start) / step), 2 * MOST_PAGES)) if step else 2 * MOST_PAGES


def check_packed(path: Path, page: Any) -> None:
    """Refuse a page that unpacks to more than it says, or that says what it cannot hold.

    Parameters
    ----------
    path
        The file.
    page
        Of tifffile.

    Raises
    ------
    FileError
        If it is such a page.
    """
    itemsize = 0 if page.dtype is None else page.dtype.itemsize
    part = itemsize * page.samplesperpixel
    for size in page.tile or ():
        part *= size
    whole = max(page.nbytes, part)
    check_unpacked(path, min(sum(page.databytecounts), path.stat().st_size), whole)
    if page.compression not in (*_DEFLATED, _LZMA):
        return
    check = check_unlzma if page.compression == _LZMA else check_inflated
    with path.open("rb") as file:
        for start, count in zip(page.dataoffsets, page.databytecounts, strict=True):
            file.seek(start)
            check(path, file.read(count), max(SMALL, whole))
