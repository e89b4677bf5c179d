"""Read MRC: pixels that stay in the file, the size of a voxel, and the angles of a tilt series."""

import struct
from pathlib import Path
from typing import Any

import numpy as np

from colonnade.core.files.rosetta import read_rosetta, rosetta_signal
from colonnade.core.files.signals import Signal
from colonnade.core.files.stored import Stored
from colonnade.core.files.tilts import are_tilts

HEADER_BYTES = 1024
IMOD_STAMP = 1146047817
MRC2014 = 20140
VOLUME_SPACE_GROUP = 1

_MODES = {0: "u1", 1: "i2", 2: "f4", 4: "c8", 6: "u2", 12: "f2"}
_FEI_BLOCK_REALS = 32
_FEI_ALPHA_OFFSET = 100


def read_mrc(path: Path) -> list[Signal]:
    """List the image, stack, tilt series or volume of an MRC file."""
    with path.open("rb") as file:
        header = file.read(HEADER_BYTES)
        # A width read in the wrong order is vast.
        order = min("<>", key=lambda order: int(struct.unpack_from(f"{order}I", header)[0]))
        (extended,) = struct.unpack_from(f"{order}i", header, 92)
        blocks = file.read(max(0, extended))
    pixels = _pixels(path, header, order)
    found = read_rosetta(path, "mrc", lazy=True, endianness=order)
    for entry in found:
        entry["data"] = pixels.reshape(entry["data"].shape)
        entry["tilts"] = _tilts(header, blocks, order)
        if "fei_header" not in entry["original_metadata"]:
            entry["notes"] = _calibrate(header, order, entry["axes"])
        if len(entry["axes"]) == 3:
            entry["axes"][0].update(_spacing(path, header, order))
    return [rosetta_signal(path, entry) for entry in found]


def _pixels(path: Path, header: bytes, order: str) -> Stored:
    """Find the pixels, of either byte order; bytes have a sign in MRC2014, and may in IMOD."""
    *shape, mode = struct.unpack_from(f"{order}4i", header, 0)
    extended, version = (struct.unpack_from(f"{order}i", header, at)[0] for at in (92, 108))
    imod, flags = struct.unpack_from(f"{order}2i", header, 152)
    signed = flags & 1 if imod == IMOD_STAMP else version >= MRC2014
    code = "i1" if mode == 0 and signed else _MODES[mode]
    return Stored.at(path, np.dtype(order + code), HEADER_BYTES + extended, shape[::-1])


def _calibrate(header: bytes, order: str, axes: list[dict[str, Any]]) -> tuple[str, ...]:
    """Take away a calibration that the header does not have, and doubt one that looks made up."""
    grid = struct.unpack_from(f"{order}3i", header, 28)
    cell = struct.unpack_from(f"{order}3f", header, 40)
    for axis, samples, length in zip(axes[::-1], grid, cell, strict=False):
        if samples <= 0 or length <= 0:
            axis.update(units="", scale=1.0)
    if [axis["scale"] for axis in axes[-2:]] == [0.1, 0.1] and cell[0] == grid[0]:
        return ("its header says exactly 1 Å per pixel, as writers do that know none: check it",)
    return ()


def _spacing(path: Path, header: bytes, order: str) -> dict[str, Any]:
    """Distance of the planes of a volume; the headers of stacks repeat the size of a pixel."""
    samples = struct.unpack_from(f"{order}i", header, 36)[0]
    length = struct.unpack_from(f"{order}f", header, 48)[0]
    group = struct.unpack_from(f"{order}i", header, 88)[0]
    is_volume = group == VOLUME_SPACE_GROUP or path.suffix.lower() == ".rec"
    if not is_volume or samples <= 0 or length <= 0:
        return {"scale": 1.0, "units": ""}
    return {"scale": length / samples, "units": "Å"}


def _tilts(header: bytes, blocks: bytes, order: str) -> list[float] | None:
    """Angles of the extended header [degrees], if it has them and they are not all alike."""
    (count,) = struct.unpack_from(f"{order}i", header, 8)
    kind = header[104:108]
    integers, reals = struct.unpack_from(f"{order}2h", header, 128)
    try:
        if kind == b"SERI":
            tilts = _serialem_tilts(blocks, order, count, integers, reals)
        elif kind in (b"FEI1", b"FEI2"):
            (size,) = struct.unpack_from(f"{order}i", blocks, 0)
            starts = (frame * size + _FEI_ALPHA_OFFSET for frame in range(count))
            tilts = [_unpack("d", blocks, order, start) for start in starts]
        elif reals == _FEI_BLOCK_REALS:
            starts = (4 * (frame * (integers + reals) + integers) for frame in range(count))
            tilts = [_unpack("f", blocks, order, start) for start in starts]
        else:
            return None
    except struct.error:  # fewer blocks than frames
        return None
    return tilts if are_tilts(tilts) else None


def _serialem_tilts(
    blocks: bytes, order: str, count: int, size: int, contents: int
) -> list[float]:
    """Angles as SerialEM writes them: hundredths of a degree, first of what a frame has."""
    if not contents & 1:
        return []
    return [_unpack("h", blocks, order, frame * size) / 100 for frame in range(count)]


def _unpack(code: str, blocks: bytes, order: str, offset: int) -> float:
    return float(struct.unpack_from(order + code, blocks, offset)[0])
