"""MRC says which frames are tilted, which planes are slices, and which are only a stack."""

import struct
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from colonnade.core.files.open import describe, read_frames, read_volume
from colonnade.core.files.stored import Stored

SHAPE = (4, 24, 40)
TILTS = (-60.0, -20.25, 0.5, 61.75)


def write(
    path: Path,
    blocks: bytes = b"",
    *,
    group: int = 0,
    kind: bytes = b"",
    sizes: tuple[int, int] = (0, 0),
    order: str = "<",
    cell: tuple[float, float, float] = (80.0, 48.0, 60.0),
) -> None:
    """Write MRC by hand, with an extended header; lengths of the cell are in Å."""
    depth, height, width = SHAPE
    header = bytearray(1024)
    struct.pack_into(f"{order}4i", header, 0, width, height, depth, 1)
    struct.pack_into(f"{order}3i", header, 28, width, height, depth)
    struct.pack_into(f"{order}3f", header, 40, *cell)
    struct.pack_into(f"{order}2i", header, 88, group, len(blocks))
    header[104 : 104 + len(kind)] = kind
    struct.pack_into(f"{order}i", header, 108, 20140)
    struct.pack_into(f"{order}2h", header, 128, *sizes)
    pixels = np.arange(np.prod(SHAPE)).astype(f"{order}i2")
    path.write_bytes(bytes(header) + blocks + pixels.tobytes())


def serialem(tilts: tuple[float, ...], order: str = "<") -> dict[str, Any]:
    """Give hundredths of degrees, and four more bytes of where the stage was."""
    blocks = b"".join(struct.pack(f"{order}3h", round(100 * tilt), 7, 7) for tilt in tilts)
    return {"blocks": blocks, "kind": b"SERI", "sizes": (6, 3), "order": order}


def fei_old(tilts: tuple[float, ...], order: str = "<") -> dict[str, Any]:
    blocks = b"".join(struct.pack(f"{order}32f", tilt, *[1.5] * 31) for tilt in tilts)
    return {"blocks": blocks, "sizes": (0, 32), "order": order}


def fei_new(tilts: tuple[float, ...], order: str = "<") -> dict[str, Any]:
    block = bytearray(768)
    struct.pack_into(f"{order}i", block, 0, 768)
    blocks = b""
    for tilt in tilts:
        struct.pack_into(f"{order}d", block, 100, tilt)
        blocks += bytes(block)
    return {"blocks": blocks, "kind": b"FEI1", "order": order}


@pytest.mark.parametrize("make", [serialem, fei_old])
@pytest.mark.parametrize("order", ["<", ">"])
def test_a_tilt_series_has_its_angles(tmp_path: Path, make: Any, order: str) -> None:
    write(tmp_path / "a.mrc", **make(TILTS, order))
    (signal,) = describe(tmp_path / "a.mrc")
    assert signal.kind == "tilt series"
    assert signal.tilts == TILTS
    assert signal.slice_thickness is None
    frames = read_frames(tmp_path / "a.mrc")
    assert [frame.metadata["frame"]["position"] for frame in frames] == list(TILTS)
    assert {frame.metadata["frame"]["unit"] for frame in frames} == {"deg"}
    assert read_volume(tmp_path / "a.mrc").voxel_size == pytest.approx((None, 0.2, 0.2))


def test_the_later_header_of_fei_has_them_too(tmp_path: Path) -> None:
    write(tmp_path / "a.mrc", **fei_new(TILTS))
    assert describe(tmp_path / "a.mrc")[0].tilts == TILTS


@pytest.mark.parametrize(
    "tilts",
    [
        (0.0, 0.0, 0.1, 0.0),  # the stage stood still
        (-60.0, 0.0, 60.0),  # fewer than frames
        (-600.0, 0.0, 60.0, 70.0),  # no angles
    ],
)
@pytest.mark.parametrize("make", [fei_old, fei_new])
def test_what_has_no_tilts_is_a_stack(tmp_path: Path, make: Any, tilts: tuple[float, ...]) -> None:
    write(tmp_path / "a.mrc", **make(tilts))
    (signal,) = describe(tmp_path / "a.mrc")
    assert signal.kind == "stack"
    assert signal.tilts is None


def test_serialem_may_leave_the_tilts_out(tmp_path: Path) -> None:
    options = serialem(TILTS)
    write(tmp_path / "a.mrc", **{**options, "sizes": (6, 2)})
    assert describe(tmp_path / "a.mrc")[0].kind == "stack"


@pytest.mark.parametrize(
    ("name", "group", "cell", "thickness"),
    [
        ("a.mrc", 1, (80.0, 48.0, 60.0), 1.5),
        ("a.rec", 0, (80.0, 48.0, 60.0), 1.5),
        ("a.mrc", 0, (80.0, 48.0, 60.0), None),
        ("a.rec", 1, (80.0, 48.0, 0.0), None),
    ],
)
def test_the_slices_of_a_volume_have_a_thickness(
    tmp_path: Path,
    name: str,
    group: int,
    cell: tuple[float, float, float],
    thickness: float | None,
) -> None:
    write(tmp_path / name, group=group, cell=cell)
    (signal,) = describe(tmp_path / name)
    assert signal.slice_thickness == pytest.approx(thickness)
    assert signal.kind == ("volume" if thickness else "stack")
    assert signal.pixel_size == pytest.approx((0.2, 0.2))


def test_the_pixels_lie_behind_the_extended_header_and_stay_in_the_file(tmp_path: Path) -> None:
    write(tmp_path / "a.mrc", **serialem(TILTS))
    (signal,) = describe(tmp_path / "a.mrc")
    assert isinstance(signal.array, Stored)
    pixels, _ = signal.plane(1)
    assert np.array_equal(pixels, np.arange(960, 1920).reshape(24, 40))
