"""What is written is whole or not there, and keeps its calibration."""

import errno
import os
import stat
from pathlib import Path

import numpy as np
import pytest
import tifffile
from hypothesis import given
from hypothesis import strategies as st

from colonnade.core.errors import FileError, ImageError
from colonnade.core.files.open import read, read_frames
from colonnade.core.work.writing import atomic, make_folder, write_tiff


def write_and_fail(path: Path, error: BaseException) -> None:
    with atomic(path) as temporary:
        temporary.write_text("half")
        raise error


SIZES = st.floats(1e-4, 1e5)


@given(size_y=SIZES, size_x=SIZES)
def test_a_tiff_gives_back_each_pixel_size(
    tmp_path_factory: pytest.TempPathFactory, size_y: float, size_x: float
) -> None:
    from rsciio.tiff import file_reader

    path = tmp_path_factory.mktemp("sizes") / "a.tif"
    pixels = np.arange(35, dtype="f4").reshape(5, 7)
    write_tiff(path, pixels, (size_y, size_x))
    ours = read(path)
    assert ours.pixel_size == (size_y, size_x)
    assert np.array_equal(ours.pixels, pixels)
    (theirs,) = file_reader(str(path))
    assert [axis["units"] for axis in theirs["axes"]] == ["nm", "nm"]
    scales = [axis["scale"] for axis in theirs["axes"]]
    assert scales == pytest.approx([size_y, size_x], rel=1e-4)


def test_imagej_finds_its_unit_and_resolution(tmp_path: Path) -> None:
    write_tiff(tmp_path / "a.tif", np.zeros((3, 5, 7)), (0.02, 0.05))
    with tifffile.TiffFile(tmp_path / "a.tif") as tiff:
        assert tiff.imagej_metadata["unit"] == "nm"
        assert tiff.imagej_metadata["slices"] == 3
        tags = tiff.pages[0].tags
        assert tags["XResolution"].value == (20, 1)
        assert tags["YResolution"].value == (50, 1)
        assert tiff.series[0].axes == "ZYX"


def test_a_tiff_without_calibration_has_none(tmp_path: Path) -> None:
    write_tiff(tmp_path / "a.tif", np.eye(9), None)
    assert read(tmp_path / "a.tif").pixel_size is None


def test_a_stack_is_written_as_one(tmp_path: Path) -> None:
    stack = np.random.default_rng(0).normal(size=(4, 5, 7)).astype("f4")
    stack[1, 2, 3] = np.nan
    write_tiff(tmp_path / "a.tif", stack, (0.02, 0.05))
    frames = read_frames(tmp_path / "a.tif")
    assert np.array_equal([frame.pixels for frame in frames], stack, equal_nan=True)


@pytest.mark.parametrize("shape", [(5,), (0, 5), (2, 3, 4, 5)])
def test_what_is_no_image_is_not_written(tmp_path: Path, shape: tuple[int, ...]) -> None:
    with pytest.raises(ImageError, match="cannot be written"):
        write_tiff(tmp_path / "a.tif", np.zeros(shape), None)
    assert not list(tmp_path.iterdir())


def test_a_file_is_replaced_only_when_it_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("old")
    with atomic(path) as temporary:
        temporary.write_text("new")
        assert temporary.suffix == ".csv"
        assert path.read_text() == "old"
    assert path.read_text() == "new"
    with pytest.raises(KeyboardInterrupt):
        write_and_fail(path, KeyboardInterrupt())
    assert path.read_text() == "new"
    assert list(tmp_path.iterdir()) == [path]


def test_a_file_is_on_the_disk_before_it_has_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The content is flushed under the temporary name, then the folder that holds the new one."""
    path, flushed = tmp_path / "a.csv", []

    def flush(opened: int) -> None:
        is_folder = stat.S_ISDIR(os.fstat(opened).st_mode)
        flushed.append(
            (is_folder, os.fstat(opened).st_size if not is_folder else 0, path.exists())
        )

    monkeypatch.setattr(os, "fsync", flush)
    with atomic(path) as temporary:
        temporary.write_text("whole")
    assert flushed == [(False, 5, False), (True, 0, True)]


def test_a_disk_that_cannot_flush_folders_is_written_to_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def flush(opened: int) -> None:
        if stat.S_ISDIR(os.fstat(opened).st_mode):
            raise OSError(errno.EINVAL, "not for folders")

    monkeypatch.setattr(os, "fsync", flush)
    with atomic(tmp_path / "a.csv") as temporary:
        temporary.write_text("whole")
    assert (tmp_path / "a.csv").read_text() == "whole"


def test_a_disk_that_cannot_keep_the_content_leaves_what_was_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a.csv").write_text("old")

    def fail(_: int) -> None:
        raise OSError(errno.EIO, "broken")

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(FileError, match="check the disk"), atomic(tmp_path / "a.csv") as temporary:
        temporary.write_text("new")
    assert [path.read_text() for path in tmp_path.iterdir()] == ["old"]


def test_a_folder_is_made_with_those_above_it(tmp_path: Path) -> None:
    make_folder(tmp_path / "a" / "b")
    make_folder(tmp_path / "a" / "b")
    assert (tmp_path / "a" / "b").is_dir()
    (tmp_path / "file").touch()
    with pytest.raises(FileError, match="cannot be made: not a directory; part of that path"):
        make_folder(tmp_path / "file" / "b")


@pytest.mark.parametrize(
    ("code", "advice"),
    [
        (errno.ENOSPC, "no space left on device; free some space"),
        (errno.EACCES, "permission denied; choose a folder that you may write to"),
        (errno.EIO, "check the disk"),
    ],
)
def test_a_failure_to_write_says_what_to_do(tmp_path: Path, code: int, advice: str) -> None:
    with pytest.raises(FileError, match=advice):
        write_and_fail(tmp_path / "a.csv", OSError(code, "why"))
    assert not list(tmp_path.iterdir())


def test_a_missing_folder_and_a_folder_in_the_way(tmp_path: Path) -> None:
    with pytest.raises(FileError, match="make that folder first"):
        write_tiff(tmp_path / "none" / "a.tif", np.eye(9), None)
    (tmp_path / "a.tif").mkdir()
    with pytest.raises(FileError, match="a folder has that name"):
        write_tiff(tmp_path / "a.tif", np.eye(9), None)
    assert list(tmp_path.iterdir()) == [tmp_path / "a.tif"]
