"""Compressed TIFF is decoded without another package, or refused in one sentence."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tifffile
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image

from colonnade.core.errors import FileError
from colonnade.core.files import tiff_decode
from colonnade.core.files.open import read, read_frames
from colonnade.core.files.tiff_decode import decode_page

PREDICTOR = 317
"""Number of the TIFF tag."""


def levels(dtype: str, shape: tuple[int, ...] = (3, 50, 70)) -> NDArray[Any]:
    return (np.random.default_rng(0).random(shape) * 200).astype(dtype)


def save(path: Path, frames: NDArray[Any], compression: str, predictor: int = 1) -> None:
    """Write a stack by libtiff, not by the package that reads it."""
    first, *rest = (Image.fromarray(frame) for frame in frames)
    tags = {} if predictor == 1 else {PREDICTOR: predictor}
    first.save(path, compression=compression, save_all=True, append_images=rest, tiffinfo=tags)


@pytest.mark.parametrize("compression", ["tiff_lzw", "zstd", "tiff_adobe_deflate", "lzma"])
@pytest.mark.parametrize("dtype", ["u1", "u2", "i4", "f4"])
@pytest.mark.parametrize("predictor", [1, 2])
def test_every_lossless_compression_gives_back_the_numbers(
    compression: str, dtype: str, predictor: int, tmp_path: Path
) -> None:
    frames = levels(dtype)
    save(tmp_path / "a.tif", frames, compression, predictor)
    found = [frame.pixels for frame in read_frames(tmp_path / "a.tif")]
    np.testing.assert_array_equal(found, frames)
    assert {frame.dtype for frame in found} == {frames.dtype}


@pytest.mark.parametrize("compression", ["tiff_lzw", "zstd", "tiff_adobe_deflate"])
def test_floats_with_a_predictor_of_their_own(compression: str, tmp_path: Path) -> None:
    frames = levels("f4")
    save(tmp_path / "a.tif", frames, compression, predictor=3)
    found = [frame.pixels for frame in read_frames(tmp_path / "a.tif")]
    np.testing.assert_array_equal(found, frames)


def test_jpeg_is_near_what_was_saved(tmp_path: Path) -> None:
    y, x = np.mgrid[:64, :96]
    smooth = (128 + 60 * np.sin(y / 9) * np.cos(x / 11)).astype("u1")
    Image.fromarray(smooth).save(tmp_path / "a.tif", compression="jpeg")
    found = read(tmp_path / "a.tif").pixels
    assert np.abs(found.astype(int) - smooth).max() <= 8


def test_colours_become_luminance(tmp_path: Path) -> None:
    colours = levels("u1", (40, 60, 3))
    Image.fromarray(colours).save(tmp_path / "a.tif", compression="tiff_lzw")
    found = read(tmp_path / "a.tif").pixels
    np.testing.assert_allclose(found, colours @ [0.299, 0.587, 0.114], atol=1e-6)


@pytest.mark.parametrize("dtype", ["u1", "u2"])
def test_a_white_zero_is_inverted_once(dtype: str, tmp_path: Path) -> None:
    """Pillow inverts 8 bits by itself and 16 not; the image must not depend on the package."""
    written = levels(dtype, (1, 40, 60))
    save(tmp_path / "a.tif", written, "tiff_lzw")
    content = bytearray((tmp_path / "a.tif").read_bytes())
    with tifffile.TiffFile(tmp_path / "a.tif") as tiff:
        content[tiff.pages[0].tags["PhotometricInterpretation"].valueoffset] = 0
    (tmp_path / "a.tif").write_bytes(content)
    found = read(tmp_path / "a.tif").pixels
    np.testing.assert_array_equal(found, np.iinfo(dtype).max - written[0])


def test_only_the_page_that_is_wanted_is_decoded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    save(tmp_path / "a.tif", levels("u2"), "tiff_lzw")
    decoded: list[int] = []
    by_pillow = tiff_decode._by_pillow

    def counted(path: Path, index: int, min_is_white: bool) -> NDArray[Any]:
        decoded.append(index)
        return by_pillow(path, index, min_is_white)

    monkeypatch.setattr(tiff_decode, "_by_pillow", counted)
    frames = read_frames(tmp_path / "a.tif")
    np.testing.assert_array_equal(frames[2].pixels, levels("u2")[2])
    assert decoded == [2]


def test_what_nobody_decodes_is_one_sentence(tmp_path: Path) -> None:
    """A predictor behind PackBits means nothing to libtiff, which would give wrong numbers."""
    save(tmp_path / "a.tif", levels("f4"), "packbits", predictor=3)
    with pytest.raises(FileError, match=r"float32 pixels with PACKBITS compression.*save it"):
        read_frames(tmp_path / "a.tif")[0]


def test_a_page_within_another_is_not_sought_among_the_others(tmp_path: Path) -> None:
    save(tmp_path / "a.tif", levels("u2"), "tiff_lzw")
    with tifffile.TiffFile(tmp_path / "a.tif") as tiff, pytest.raises(FileError, match="LZW"):
        decode_page(tmp_path / "a.tif", tiff.pages[0], (0, 1))


def test_damaged_strips_are_refused_not_guessed(tmp_path: Path) -> None:
    save(tmp_path / "a.tif", levels("u1", (1, 200, 200)), "tiff_lzw")
    content = bytearray((tmp_path / "a.tif").read_bytes())
    with tifffile.TiffFile(tmp_path / "a.tif") as tiff:
        offset, count = tiff.pages[0].dataoffsets[0], tiff.pages[0].databytecounts[0]
    content[offset : offset + count] = bytes([255]) * count
    (tmp_path / "a.tif").write_bytes(content)
    with pytest.raises(FileError):
        read(tmp_path / "a.tif")


@given(height=st.integers(8, 40), width=st.integers(8, 40), frames=st.integers(1, 4))
def test_any_size_comes_back(
    height: int, width: int, frames: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("tiff") / "a.tif"
    written = levels("u2", (frames, height, width))
    save(path, written, "tiff_lzw", predictor=2)
    found = np.stack([frame.pixels for frame in read_frames(path)])
    np.testing.assert_array_equal(found, written)
