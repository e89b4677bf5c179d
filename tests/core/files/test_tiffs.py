"""Stacks of TIFF stay in the file: a page is decoded when it is needed."""

import tracemalloc
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tifffile
from numpy.typing import NDArray

from colonnade.core.errors import FileError
from colonnade.core.files import tiffs
from colonnade.core.files.open import describe, read, read_frames, read_volume
from colonnade.core.files.stored import Stored


def stack(count: int = 40) -> NDArray[np.uint16]:
    return np.random.default_rng(5).integers(0, 99, (count, 256, 300)).astype("u2")


def write_pages(path: Path, array: NDArray[Any], **options: Any) -> None:
    """Write every page on its own, so that they do not lie side by side."""
    with tifffile.TiffWriter(path) as file:
        for page in array:
            file.write(page, contiguous=False, metadata=None, photometric="minisblack", **options)


@pytest.mark.parametrize("options", [{}, {"compression": "zlib"}, {"tile": (64, 64)}])
def test_to_describe_a_stack_no_page_is_decoded(
    tmp_path: Path, options: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    write_pages(tmp_path / "a.tif", stack(), **options)
    decoded = 0
    original = tifffile.TiffPage.asarray

    def counted(page: tifffile.TiffPage, **more: Any) -> NDArray[Any]:
        nonlocal decoded
        decoded += 1
        return original(page, **more)

    monkeypatch.setattr(tifffile.TiffPage, "asarray", counted)
    (signal,) = describe(tmp_path / "a.tif")
    assert (signal.kind, signal.shape, decoded) == ("stack", (40, 256, 300), 0)
    assert np.array_equal(read(tmp_path / "a.tif", frame=31).pixels, stack()[31])
    assert decoded == 1


def test_only_the_pages_of_a_block_are_in_memory(tmp_path: Path) -> None:
    write_pages(tmp_path / "a.tif", stack(200), compression="zlib")
    volume = read_volume(tmp_path / "a.tif")
    volume.plane(0)
    tracemalloc.start()
    for z in range(0, 200, 20):
        volume.block((slice(z, z + 2), slice(None), slice(0, 10)))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 5e6  # of 31 MB
    part = (slice(7, 190, 61), slice(3, 200, 50), slice(-9, None))
    assert np.array_equal(volume.block(part), stack(200)[part])


def test_a_contiguous_stack_stays_in_the_file(tmp_path: Path) -> None:
    tifffile.imwrite(tmp_path / "a.tif", stack(), photometric="minisblack", byteorder=">")
    (signal,) = describe(tmp_path / "a.tif")
    assert isinstance(signal.array, Stored)
    volume = read_volume(tmp_path / "a.tif")
    assert volume.dtype == np.dtype("u2")
    assert volume.plane(5).dtype.isnative
    assert np.array_equal(volume.plane(5), stack()[5])


def test_what_was_read_does_not_change_with_its_file(tmp_path: Path) -> None:
    tifffile.imwrite(tmp_path / "a.tif", stack(), photometric="minisblack")
    image = read(tmp_path / "a.tif", frame=0)
    with (tmp_path / "a.tif").open("r+b") as file:
        file.seek(-stack().nbytes, 2)
        file.write(bytes(stack().nbytes))
    assert np.array_equal(image.pixels, stack()[0])


@pytest.mark.parametrize("compression", [None, "zlib"])
def test_a_stack_whose_zero_is_white_is_inverted_page_by_page(
    tmp_path: Path, compression: str | None
) -> None:
    array = stack(6).astype("u1")
    tifffile.imwrite(tmp_path / "a.tif", array, photometric="miniswhite", compression=compression)
    (signal,) = describe(tmp_path / "a.tif")
    assert hasattr(signal.array, "compute")
    assert np.array_equal(read(tmp_path / "a.tif", frame=4).pixels, 255 - array[4])


def test_the_colours_of_a_stack_become_grey_in_a_volume(tmp_path: Path) -> None:
    colours = np.random.default_rng(1).integers(0, 256, (3, 24, 40, 3), dtype="u1")
    tifffile.imwrite(tmp_path / "a.tif", colours, photometric="rgb", compression="zlib")
    volume = read_volume(tmp_path / "a.tif")
    assert volume.dtype == np.float32
    assert volume.shape == (3, 24, 40)
    assert np.allclose(volume.plane(1), colours[1] @ [0.299, 0.587, 0.114], atol=1e-3)
    assert "in colour" in volume.metadata["notes"][0]


@pytest.mark.parametrize("grey", [True, False])
def test_a_grey_palette_changes_nothing_and_one_of_colours_is_said(
    tmp_path: Path, grey: bool
) -> None:
    ramp = np.arange(256, dtype="u2") * 257
    palette = np.stack([ramp, ramp, ramp if grey else ramp[::-1]])
    palette[:, ::9] = [[65535], [0], [0]]  # for writing
    pixels = stack(1)[0].astype("u1")
    tifffile.imwrite(tmp_path / "a.tif", pixels, photometric="palette", colormap=palette)
    image = read(tmp_path / "a.tif")
    assert np.array_equal(image.pixels, pixels)
    assert len(image.metadata["notes"]) == (0 if grey else 1)


def test_a_spacing_belongs_to_planes_and_not_to_time(tmp_path: Path) -> None:
    options: dict[str, Any] = {"imagej": True, "resolution": (20, 50)}
    for axes, kind in (("ZYX", "volume"), ("TYX", "stack")):
        described = {"unit": "nm", "spacing": 12.5, "axes": axes}
        tifffile.imwrite(tmp_path / "a.tif", stack(4), metadata=described, **options)
        (signal,) = describe(tmp_path / "a.tif")
        assert signal.kind == kind
        assert signal.slice_thickness == (12.5 if kind == "volume" else None)


def test_a_page_that_is_another_now_is_refused(tmp_path: Path) -> None:
    write_pages(tmp_path / "a.tif", stack(3), compression="zlib")
    frames = read_frames(tmp_path / "a.tif")
    write_pages(tmp_path / "a.tif", stack(3)[:, ::2], compression="zlib")
    with pytest.raises(FileError, match="has changed since"):
        list(frames)


def test_many_rows_are_put_off_in_few_pieces() -> None:
    """Each of millions of rows was a piece of its own, which took minutes and gigabytes."""
    rows = np.zeros((50_000, 3, 3), np.uint8)
    assert len(tiffs._lazy(rows).chunks[0]) <= tiffs.MOST_PIECES
    assert len(tiffs._lazy(rows[:600]).chunks[0]) == 600
