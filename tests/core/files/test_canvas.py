"""Images that are written part by part hold what was written, wherever it began."""

import json
import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import zarr
from hypothesis import given
from hypothesis import strategies as st
from left_over import half_written

from colonnade.core.errors import FileError
from colonnade.core.files import canvas as module
from colonnade.core.files.canvas import (
    ENDINGS,
    SHARD_SIDE,
    Format,
    Memory,
    Plane,
    Sheet,
    as_type,
    open_canvas,
    place_canvas,
)
from colonnade.core.files.open import read, read_volume
from colonnade.core.images.micrograph import Micrograph

FORMATS: list[Format] = ["tiff", "ome-zarr"]
VOXEL = (12.5, 2.0, 5.0)
METADATA = {"microscope": {"vendor": "µ", "voltage_kV": 5.0}, "notes": ["a", "b"]}


def levels(shape: tuple[int, ...], dtype: str) -> np.ndarray:
    return (100 * np.random.default_rng(0).random(shape)).astype(dtype)


@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize("dtype", ["uint8", "int16", "float16", "float32", "float64"])
def test_parts_in_any_order_make_the_whole(tmp_path: Path, format: Format, dtype: str) -> None:
    volume = levels((2, 30, 45), dtype)
    path, target = (tmp_path / f"{name}{ENDINGS[format]}" for name in "ab")
    parts = [
        (slice(a, b), slice(c, d)) for a, b in ((0, 13), (13, 30)) for c, d in ((0, 20), (20, 45))
    ]
    sheet = Sheet(volume.shape, np.dtype(dtype), VOXEL, METADATA)
    for z in (1, 0):
        for part in reversed(parts):
            canvas = open_canvas(path, sheet, format)  # each time as after a break
            canvas.write(z, part, volume[(z, *part)])
            canvas.flush()
            canvas.close()
    canvas = open_canvas(path, sheet, format)
    seen = Plane(canvas, 1)[5:20, 11:40]
    assert seen.dtype == dtype
    assert np.array_equal(seen, volume[1, 5:20, 11:40])
    canvas.close()
    place_canvas(path, target)
    assert [each.name for each in tmp_path.iterdir()] == [target.name]
    found = read_volume(target)
    assert found.dtype == dtype
    assert found.voxel_size == VOXEL
    assert np.array_equal(np.stack(list(found.planes())), volume)


@pytest.mark.parametrize("format", FORMATS)
def test_an_image_is_no_volume_of_one_plane(tmp_path: Path, format: Format) -> None:
    image, path = levels((9, 14), "uint8"), tmp_path / f"a{ENDINGS[format]}"
    sheet = Sheet(image.shape, image.dtype, (None, 2.0, 5.0))
    canvas = open_canvas(path, sheet, format)
    canvas.write(0, (slice(0, 9), slice(0, 14)), image)
    canvas.close()
    found = read(path)
    assert isinstance(found, Micrograph)
    assert found.pixel_size == (2.0, 5.0)
    assert np.array_equal(found.pixels, image)


def test_in_memory_it_is_an_array() -> None:
    canvas = Memory(Sheet((4, 5), np.dtype(np.uint8)))
    canvas.write(0, (slice(1, 3), slice(2, 5)), np.full((2, 3), 7))
    assert canvas.array.sum() == 42
    assert np.array_equal(canvas.read(0, (slice(1, 2), slice(2, 3))), [[7]])


def test_metadata_are_kept(tmp_path: Path) -> None:
    import tifffile

    sheet = Sheet((4, 5), np.dtype(np.uint8), metadata=METADATA)
    for format in FORMATS:
        open_canvas(tmp_path / f"a{ENDINGS[format]}", sheet, format).close()
    with tifffile.TiffFile(tmp_path / "a.tif") as file:
        info = file.imagej_metadata["Info"].splitlines()
    assert info == ["microscope.vendor = µ", "microscope.voltage_kV = 5.0", "notes = ['a', 'b']"]
    group = json.loads((tmp_path / "a.ome.zarr" / "zarr.json").read_text(encoding="utf-8"))
    assert group["attributes"]["metadata"] == METADATA


@pytest.mark.parametrize("big", [False, True])
def test_a_tiff_is_big_where_it_must_be(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, big: bool
) -> None:
    monkeypatch.setattr(module, "MOST_TIFF_BYTES", 19 if big else 20)
    open_canvas(tmp_path / "a.tif", Sheet((4, 5), np.dtype(np.uint8)), "tiff").close()
    version = (tmp_path / "a.tif").read_bytes()[2]
    assert version == (43 if big else 42)


def test_a_store_keeps_its_planes_in_files_of_their_own(tmp_path: Path) -> None:
    sheet = Sheet((3, SHARD_SIDE + 1, 5), np.dtype(np.uint8))
    canvas = open_canvas(tmp_path / "a.ome.zarr", sheet, "ome-zarr")
    canvas.write(1, (slice(0, SHARD_SIDE), slice(0, 5)), np.ones((SHARD_SIDE, 5), np.uint8))
    files = [path for path in (tmp_path / "a.ome.zarr" / "0" / "c").rglob("*") if path.is_file()]
    assert len(files) == 1
    assert zarr.open_array(tmp_path / "a.ome.zarr" / "0").shards == (1, SHARD_SIDE, SHARD_SIDE)


@pytest.mark.parametrize("format", FORMATS)
def test_all_of_it_is_on_the_disk_before_it_counts_as_begun_and_as_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, format: Format
) -> None:
    """A power cut between a name and its content would leave an image that nobody can open."""
    flush, on_disk = os.fsync, set[int]()

    def fsync(opened: int) -> None:
        on_disk.add(os.fstat(opened).st_ino)
        flush(opened)

    def not_flushed(path: Path) -> list[Path]:
        files = [path, *path.rglob("*")]
        return [each for each in files if each.is_file() and each.stat().st_ino not in on_disk]

    path, sheet = tmp_path / f"a{ENDINGS[format]}", Sheet((2, 30, 45), np.dtype(np.uint8))
    monkeypatch.setattr(os, "fsync", fsync)
    canvas = open_canvas(path, sheet, format)
    assert not not_flushed(path)
    on_disk.clear()
    before = {each for each in path.rglob("*") if each.is_file()}
    canvas.write(1, (slice(0, 30), slice(0, 45)), levels((30, 45), "uint8"))
    canvas.flush()
    assert not set(not_flushed(path)) - before
    canvas.close()


def test_what_a_killed_process_was_writing_into_a_store_is_no_part_of_it(tmp_path: Path) -> None:
    path, sheet = tmp_path / "a.ome.zarr", Sheet((30, 45), np.dtype(np.uint8))
    open_canvas(path, sheet, "ome-zarr").close()
    left = half_written(path / "0" / "c" / "0" / "0")
    canvas = open_canvas(path, sheet, "ome-zarr")
    assert not left.exists()
    canvas.close()


def test_a_store_that_a_killed_process_had_moved_away_is_no_hindrance(tmp_path: Path) -> None:
    for name in ("begun.ome.zarr", "begun.ome.old", "a.ome.zarr"):
        open_canvas(tmp_path / name, Sheet((30, 45), np.dtype(np.uint8)), "ome-zarr").close()
    place_canvas(tmp_path / "begun.ome.zarr", tmp_path / "a.ome.zarr")
    assert [path.name for path in tmp_path.iterdir()] == ["a.ome.zarr"]


def test_a_full_disk_is_said_before_the_work(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: Any) -> None:
        raise OSError(28, os.strerror(28))

    monkeypatch.setattr(os, "posix_fallocate", full)
    with pytest.raises(FileError, match=r"cannot be written: .*free some space"):
        open_canvas(tmp_path / "a.tif", Sheet((4, 5), np.dtype(np.uint8)), "tiff")
    assert not (tmp_path / "a.tif").exists()


@pytest.mark.parametrize("format", FORMATS)
def test_nothing_of_another_kind_is_replaced(tmp_path: Path, format: Format) -> None:
    path, target = tmp_path / f"a{ENDINGS[format]}", tmp_path / f"b{ENDINGS[format]}"
    open_canvas(path, Sheet((4, 5), np.dtype(np.uint8)), format).close()
    target.mkdir()
    (target / "letter.txt").write_text("mine")
    with pytest.raises(FileError, match="cannot be written"):
        place_canvas(path, target)
    assert (target / "letter.txt").exists()
    assert path.exists()


@given(
    levels=st.lists(st.floats(-(2.0**40), 2.0**40, width=32), min_size=1),
    dtype=st.sampled_from(["uint8", "int8", "uint16", "int16", "int32", "uint32", "int64"]),
)
def test_whole_numbers_are_rounded_and_clipped(levels: list[float], dtype: str) -> None:
    found = as_type(np.array(levels, np.float32), np.dtype(dtype))
    limits = np.iinfo(dtype)
    expected = [min(max(round(level), int(limits.min)), int(limits.max)) for level in levels]
    assert found.dtype == dtype
    assert found.tolist() == expected


def test_the_longest_number_does_not_wrap_round() -> None:
    found = as_type(np.array([1e30, -1e30], np.float32), np.dtype(np.int64))
    assert found[0] > 9.2e18
    assert found[1] < -9.2e18
