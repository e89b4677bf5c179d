"""Whatever a file holds, what reads it gives something or says in a sentence why not."""

import io
import struct
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tifffile
from hostile import any_content, gives_or_refuses
from hypothesis import given, settings
from hypothesis import strategies as st
from numcodecs import Zstd

from colonnade.core.files.batch import inputs
from colonnade.core.files.open import describe
from colonnade.core.files.sem import text_header
from colonnade.core.files.tilts import read_tilts
from colonnade.core.files.zstd_frames import most_of_zstd


def _read_all(path: Path) -> None:
    for signal in describe(path):
        signal.plane(0)


def _mrc() -> bytes:
    header = bytearray(1024)
    struct.pack_into("<4i", header, 0, 8, 8, 3, 1)
    struct.pack_into("<3i3f", header, 28, 8, 8, 3, 40.0, 40.0, 15.0)
    return bytes(header) + bytes(2 * 8 * 8 * 3)


def _npy() -> bytes:
    file = io.BytesIO()
    np.save(file, np.arange(64, dtype="<u2").reshape(8, 8))
    return file.getvalue()


def _tiff(**options: Any) -> bytes:
    file = io.BytesIO()
    tifffile.imwrite(file, np.arange(192, dtype="u2").reshape(3, 8, 8), **options)
    return file.getvalue()


LIST = b"file,frame,results,reason\n/data/a.tif,,a,too dark\n/data/b.tif,3,b,too dark\n"
MDOC = b"PixelSpacing = 5.0\n\n[ZValue = 0]\nTiltAngle = -30\n\n[ZValue = 1]\nTiltAngle = 30\n"

FILES: list[tuple[str, bytes, Callable[[Path], Any]]] = [
    ("a.tlt", b"-60.00\n-30.5\n0\n30\n60\n", read_tilts),
    ("a.mdoc", MDOC, read_tilts),
    ("failed-a.csv", LIST, lambda path: inputs([path])),
    ("a.mrc", _mrc(), _read_all),
    ("a.npy", _npy(), _read_all),
    ("a.tif", _tiff(photometric="minisblack"), _read_all),
    ("b.tif", _tiff(photometric="minisblack", compression="zlib", ome=True), _read_all),
]


@pytest.mark.parametrize(("name", "sound", "read"), FILES, ids=[name for name, _, _ in FILES])
@given(data=st.data())
@settings(max_examples=60)
def test_files_of_any_content(
    tmp_path_factory: pytest.TempPathFactory,
    name: str,
    sound: bytes,
    read: Callable[[Path], Any],
    data: st.DataObject,
) -> None:
    path = tmp_path_factory.getbasetemp() / name
    gives_or_refuses(read, path, sound)
    gives_or_refuses(read, path, data.draw(any_content(sound)))


TEXT = (
    b"$CM_FULL_SIZE 1280 960\r\n$$SM_MICRON_BAR 100\r\n$$SM_MICRON_MARKER 1um\r\n"
    b"$CM_ACCEL_VOLT 15\r\n[SemImageFile]\r\nPixelSize=9.9\r\nDataSize=1280x960\r\n"
    b"[MAIN]\r\nPixelSizeX=1e-9\r\nPixelSizeY=1e-9\r\nImageStripSize=60\r\n"
)


@given(any_content(TEXT))
@settings(max_examples=100)
def test_texts_beside_images_of_any_content(
    tmp_path_factory: pytest.TempPathFactory, content: bytes
) -> None:
    folder = tmp_path_factory.mktemp("texts", numbered=True)
    gives_or_refuses(lambda _: text_header(folder / "a.tif"), folder / "a.txt", content)


@pytest.mark.parametrize(
    "line", [b"$CM_A b" + b" " * (1 << 19) + b"c", b"a" * (1 << 19), b"=" * (1 << 19)]
)
def test_a_long_line_beside_an_image_is_read_at_once(tmp_path: Path, line: bytes) -> None:
    (tmp_path / "a.txt").write_bytes(b"[SemImageFile]\nPixelSize=2.5\n" + line)  # else for hours
    header = text_header(tmp_path / "a.tif")
    assert header is not None


ZSTD = bytes.fromhex("28b52ffd2004210000616263642ab52ffd")


@given(any_content(ZSTD))
@settings(max_examples=200)
def test_frames_of_any_bytes(content: bytes) -> None:
    with suppress(ValueError):
        assert most_of_zstd(content) >= 0


@pytest.mark.parametrize("end", range(1, 9))
def test_frames_that_are_cut_short_are_refused(end: int) -> None:
    with pytest.raises(ValueError, match="are cut short"):
        most_of_zstd(ZSTD[:end])


@pytest.mark.parametrize("size", [0, 1, 255, 256, 65_791, 65_792, 300_000])
def test_frames_that_state_their_size_are_taken_at_their_word(size: int) -> None:
    packed = Zstd().encode(bytes(size))
    assert most_of_zstd(packed) == size
    assert most_of_zstd(packed * 3) == 3 * size


@pytest.mark.parametrize("size", [1, 300, 131_072])
def test_frames_that_do_not_unpack_to_no_more_than_their_blocks_can(size: int) -> None:
    start = bytes.fromhex("28b52ffd0058")
    repeated = start + (size << 3 | 0b011).to_bytes(3, "little") + b"a"
    assert len(Zstd().decode(repeated)) == most_of_zstd(repeated) == size
    plain = start + (size << 3 | 0b001).to_bytes(3, "little") + bytes(size)
    assert len(Zstd().decode(plain)) == size <= most_of_zstd(plain)
