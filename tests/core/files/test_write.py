"""What is written keeps its type and its calibration, and is whole or not there."""

import tracemalloc
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tifffile
import zarr
from drawn_sizes import PAIRS, SIZES
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from colonnade.core.errors import FileError, ImageError
from colonnade.core.files.ome_zarr import write_ome_zarr
from colonnade.core.files.open import describe, read, read_frames, read_volume
from colonnade.core.files.planes import Planes
from colonnade.core.files.write import write_mrc, write_tiff
from colonnade.core.images.volume import Volume

Write = Callable[[Path, Any], None]
WRITERS: list[tuple[str, Write]] = [
    (".tif", write_tiff),
    (".mrc", write_mrc),
    (".zarr", write_ome_zarr),
]
VOXEL = (12.5, 0.02, 0.05)
TYPES = ["uint8", "int8", "uint16", "int16", "float16", "float32"]


def voxels(dtype: str, shape: tuple[int, int, int] = (11, 24, 40)) -> NDArray[Any]:
    """Grey levels that fill the whole range of a type."""
    count = int(np.prod(shape))
    if np.dtype(dtype).kind == "f":
        return np.linspace(-600.5, 6e4, count).astype(dtype).reshape(shape)
    limits = np.iinfo(dtype)
    return np.linspace(limits.min, limits.max, count).astype(dtype).reshape(shape)


@pytest.mark.parametrize(("suffix", "write"), WRITERS)
@pytest.mark.parametrize("dtype", TYPES)
def test_a_volume_comes_back_as_it_was(
    tmp_path: Path, suffix: str, write: Write, dtype: str
) -> None:
    path, array = tmp_path / f"a{suffix}", voxels(dtype)
    write(path, Volume(array, VOXEL))
    volume = read_volume(path)
    assert volume.dtype == dtype
    assert volume.shape == array.shape
    assert volume.voxel_size == pytest.approx(VOXEL, rel=1e-6)
    assert volume.metadata["notes"] == []
    assert describe(path)[0].kind == "volume"
    assert np.array_equal(np.stack(list(volume.planes())), array)
    part = (slice(3, 7), slice(5, 6), slice(0, 40, 3))
    assert np.array_equal(volume.block(part), array[part])
    assert [entry.name for entry in tmp_path.iterdir()] == [path.name]


@pytest.mark.parametrize(("suffix", "write"), WRITERS)
def test_an_image_comes_back_as_one(tmp_path: Path, suffix: str, write: Write) -> None:
    path, array = tmp_path / f"a{suffix}", voxels("int16")[4]
    write(path, Planes([array], array.shape, array.dtype, (None, 0.02, 0.05)))
    image = read(path)
    assert image.pixels.dtype == np.int16
    assert np.array_equal(image.pixels, array)
    assert image.pixel_size == pytest.approx((0.02, 0.05), rel=1e-6)
    with pytest.raises(ImageError, match="holds one image; open a stack"):
        read_volume(path)


@pytest.mark.parametrize(("suffix", "write"), WRITERS)
def test_what_has_no_calibration_gets_none(tmp_path: Path, suffix: str, write: Write) -> None:
    path = tmp_path / f"a{suffix}"
    write(path, voxels("uint8"))
    volume = read_volume(path)
    assert volume.voxel_size == (None, None, None)
    assert describe(path)[0].kind == "stack"
    assert volume.metadata["notes"] == []


@pytest.mark.parametrize(("suffix", "write"), WRITERS)
def test_what_is_true_or_false_is_one_or_zero(tmp_path: Path, suffix: str, write: Write) -> None:
    mask = voxels("uint8") > 100
    write(tmp_path / f"a{suffix}", mask)
    volume = read_volume(tmp_path / f"a{suffix}")
    assert volume.dtype == np.uint8
    assert np.array_equal(np.stack(list(volume.planes())), mask)


@pytest.mark.parametrize(("suffix", "write"), WRITERS)
def test_foreign_byte_order_is_written_as_ones_own(
    tmp_path: Path, suffix: str, write: Write
) -> None:
    array = voxels("uint16").astype(">u2")
    write(tmp_path / f"a{suffix}", array)
    assert np.array_equal(np.stack(list(read_volume(tmp_path / f"a{suffix}").planes())), array)


@pytest.mark.parametrize(("suffix", "write"), WRITERS)
def test_a_volume_larger_than_memory_is_written_plane_by_plane(
    tmp_path: Path, suffix: str, write: Write
) -> None:
    shape, made = (200, 256, 512), 0

    def planes() -> Iterator[NDArray[Any]]:
        nonlocal made
        for z in range(shape[0]):
            made += 1
            yield np.full(shape[1:], z, np.uint16)

    import_all_first = np.zeros((2, 8, 8), np.uint16)
    write(tmp_path / f"small{suffix}", import_all_first)
    tracemalloc.start()
    write(tmp_path / f"a{suffix}", Planes(planes(), shape, np.uint16))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert made == 200
    assert peak < 20e6  # of 52 MB
    tracemalloc.start()
    volume = read_volume(tmp_path / f"a{suffix}")
    assert [int(volume.plane(z).mean()) for z in (0, 99, -1)] == [0, 99, 199]
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 20e6


@pytest.mark.parametrize(("suffix", "write"), WRITERS)
@pytest.mark.parametrize("count", [0, 4, 6])
def test_planes_that_are_too_few_or_too_many_are_not_written(
    tmp_path: Path, suffix: str, write: Write, count: int
) -> None:
    path = tmp_path / f"a{suffix}"
    write(path, np.full((2, 8, 8), 7, np.uint8))
    plane = np.zeros((24, 40), np.uint8)
    with pytest.raises(ImageError, match=f"there were {count} planes; 5 were to be written"):
        write(path, Planes([plane] * count, (5, 24, 40), np.uint8))
    assert (read_volume(path).plane(1) == 7).all()
    assert [entry.name for entry in tmp_path.iterdir()] == [path.name]


@pytest.mark.parametrize(("suffix", "write"), WRITERS)
@pytest.mark.parametrize("odd", [np.zeros((24, 41), np.uint8), np.zeros((24, 40), np.int16)])
def test_a_plane_of_another_shape_or_type_is_not_written(
    tmp_path: Path, suffix: str, write: Write, odd: NDArray[Any]
) -> None:
    planes = [np.zeros((24, 40), np.uint8), odd]
    with pytest.raises(ImageError, match="plane 1 has the shape"):
        write(tmp_path / f"a{suffix}", Planes(planes, (2, 24, 40), np.uint8))
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(("suffix", "write"), WRITERS)
@pytest.mark.parametrize("shape", [(5,), (0, 5), (2, 3, 4, 5)])
def test_what_is_no_image_is_not_written(
    tmp_path: Path, suffix: str, write: Write, shape: tuple[int, ...]
) -> None:
    with pytest.raises(ImageError, match="cannot be written"):
        write(tmp_path / f"a{suffix}", np.zeros(shape))
    with pytest.raises(ImageError, match="complex128"):
        write(tmp_path / f"a{suffix}", np.zeros((3, 3), complex))
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(("suffix", "write"), WRITERS)
def test_a_missing_folder_is_said(tmp_path: Path, suffix: str, write: Write) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(FileError, match="cannot be written"):
        write(tmp_path / "file" / f"a{suffix}", np.eye(9, dtype="f4"))
    assert [entry.name for entry in tmp_path.iterdir()] == ["file"]


@pytest.mark.parametrize("code", ["float64", "int32", "uint32", "int64"])
def test_mrc_says_which_types_it_has_no_mode_for(tmp_path: Path, code: str) -> None:
    with pytest.raises(ImageError, match=f"MRC holds no {code}; convert it to float32"):
        write_mrc(tmp_path / "a.mrc", np.zeros((3, 4), code))


def test_the_header_of_mrc_is_as_the_standard_has_it(tmp_path: Path) -> None:
    array = voxels("float32")
    write_mrc(tmp_path / "a.mrc", array, VOXEL)
    header = (tmp_path / "a.mrc").read_bytes()[:1024]
    integers, reals = np.frombuffer(header, "<i4"), np.frombuffer(header, "<f4")
    assert integers[:4].tolist() == [40, 24, 11, 2]
    assert reals[10:13] == pytest.approx([40 * 0.5, 24 * 0.2, 11 * 125.0])
    assert integers[16:19].tolist() == [1, 2, 3]
    assert reals[19:22] == pytest.approx([array.min(), array.max(), array.mean()], rel=1e-5)
    assert integers[22] == 1
    assert header[208:212] == b"MAP "
    assert reals[54] == pytest.approx(array.std(), rel=1e-5)


@pytest.mark.filterwarnings("ignore:Exception ignored")  # the reader leaves the file open
def test_others_read_our_mrc(tmp_path: Path) -> None:
    from rsciio.mrc import file_reader

    for dtype in ("uint16", "int16", "float32"):
        array = voxels(dtype)
        write_mrc(tmp_path / "a.mrc", array, VOXEL)
        (theirs,) = file_reader(str(tmp_path / "a.mrc"))
        assert np.array_equal(theirs["data"], array)
        assert [axis["scale"] for axis in theirs["axes"]] == pytest.approx(VOXEL)


def test_a_zarr_says_what_ome_wants(tmp_path: Path) -> None:
    write_ome_zarr(tmp_path / "a.zarr", voxels("uint16"), (None, 0.02, 0.05))
    group = zarr.open_group(tmp_path / "a.zarr", mode="r")
    assert group.metadata.zarr_format == 3
    (image,) = group.attrs["ome"]["multiscales"]
    assert group.attrs["ome"]["version"] == "0.5"
    assert image["axes"] == [
        {"name": "z", "type": "space"},
        {"name": "y", "type": "space", "unit": "nanometer"},
        {"name": "x", "type": "space", "unit": "nanometer"},
    ]
    (level,) = image["datasets"]
    assert level["coordinateTransformations"] == [{"type": "scale", "scale": [1.0, 0.02, 0.05]}]
    assert group[level["path"]].metadata.dimension_names == ("z", "y", "x")


def test_a_large_zarr_has_few_files(tmp_path: Path) -> None:
    shape = (16, 1500, 1500)
    planes = (np.full(shape[1:], z, np.uint16) for z in range(shape[0]))
    write_ome_zarr(tmp_path / "a.zarr", Planes(planes, shape, np.uint16))
    array = zarr.open_array(tmp_path / "a.zarr" / "0", mode="r")
    assert array.chunks == (8, 256, 256)
    assert array.shards == (8, 1024, 1024)
    chunks = [file for file in (tmp_path / "a.zarr" / "0" / "c").rglob("*") if file.is_file()]
    assert len(chunks) == 8
    assert (array[15, ::700, ::700] == 15).all()


def test_a_folder_that_is_no_zarr_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "a.zarr").mkdir()
    (tmp_path / "a.zarr" / "letter.txt").write_text("Dear reader")
    with pytest.raises(FileError, match="exists and is no Zarr; choose another name"):
        write_ome_zarr(tmp_path / "a.zarr", np.eye(9))
    assert (tmp_path / "a.zarr" / "letter.txt").read_text() == "Dear reader"


@pytest.mark.parametrize("big", [False, True])
def test_a_tiff_is_big_where_it_must_be_or_is_told_to(
    tmp_path: Path, big: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, array = tmp_path / "a.tif", voxels("int16")
    write_tiff(path, Volume(array, VOXEL), big=big)
    assert (path.read_bytes()[2] == 43) is big
    assert np.array_equal(np.stack(list(read_volume(path).planes())), array)
    monkeypatch.setattr("colonnade.core.files.write.MOST_TIFF_BYTES", array.nbytes - 1)
    write_tiff(path, Volume(array, VOXEL))
    assert path.read_bytes()[2] == 43
    assert read_volume(path).voxel_size == VOXEL


def test_what_is_named_goes_before_what_a_volume_has(tmp_path: Path) -> None:
    write_tiff(tmp_path / "a.tif", Volume(voxels("uint8"), VOXEL), (3.0, 4.0), spacing=5.0)
    assert read_volume(tmp_path / "a.tif").voxel_size == (5.0, 3.0, 4.0)
    write_mrc(tmp_path / "a.mrc", Volume(voxels("uint8"), VOXEL), (5.0, 3.0, 4.0))
    assert read_volume(tmp_path / "a.mrc").voxel_size == pytest.approx((5.0, 3.0, 4.0))


def test_a_spacing_alone_cannot_be_kept_in_tiff(tmp_path: Path) -> None:
    with pytest.raises(ImageError, match="without the size of a pixel; give both"):
        write_tiff(tmp_path / "a.tif", voxels("uint8"), None, spacing=2.0)


@given(sizes=PAIRS)
def test_a_tiff_gives_back_each_pixel_size(
    tmp_path_factory: pytest.TempPathFactory, sizes: tuple[float, float]
) -> None:
    from rsciio.tiff import file_reader

    path = tmp_path_factory.mktemp("sizes") / "a.tif"
    pixels = np.arange(35, dtype="f4").reshape(5, 7)
    write_tiff(path, pixels, sizes)
    ours = read(path)
    assert ours.pixel_size == sizes
    assert np.array_equal(ours.pixels, pixels)
    (theirs,) = file_reader(str(path))
    assert [axis["units"] for axis in theirs["axes"]] == ["nm", "nm"]
    scales = [axis["scale"] for axis in theirs["axes"]]
    assert scales == pytest.approx([*sizes], rel=1e-4)


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


SHAPES = st.tuples(st.integers(1, 4), st.integers(2, 9), st.integers(2, 9))


@given(
    shape=SHAPES,
    sizes=st.builds(lambda size, pair: (size, *pair), SIZES, PAIRS),
    dtype=st.sampled_from(["uint8", "uint16", "int16", "float32"]),
    writer=st.sampled_from(WRITERS),
)
def test_any_shape_type_and_size_comes_back(
    tmp_path_factory: pytest.TempPathFactory,
    shape: tuple[int, int, int],
    sizes: tuple[float, float, float],
    dtype: str,
    writer: tuple[str, Write],
) -> None:
    suffix, write = writer
    path, array = tmp_path_factory.mktemp("any") / f"a{suffix}", voxels(dtype, shape)
    write(path, Volume(array, sizes))
    frames = read_frames(path)
    assert np.array_equal([frame.pixels for frame in frames], array)
    assert frames[0].pixels.dtype == dtype
    assert frames[0].pixel_size == pytest.approx(sizes[1:], rel=1e-6)
    if shape[0] > 1:
        assert read_volume(path).voxel_size == pytest.approx(sizes, rel=1e-6)


@pytest.mark.parametrize("side", [2, 64])
def test_what_stood_there_stays_until_the_new_is_whole(tmp_path: Path, side: int) -> None:
    old = np.full((3, side, side), 9, np.uint8)

    def breaks() -> Iterator[NDArray[Any]]:
        yield np.zeros((side, side), np.uint8)
        raise RuntimeError("the power is gone")

    for suffix, write in WRITERS:
        path = tmp_path / f"a{suffix}"
        write(path, old)
        with pytest.raises(RuntimeError, match="the power is gone"):
            write(path, Planes(breaks(), (3, side, side), np.uint8))
        assert (read_volume(path).plane(2) == 9).all()
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["a.mrc", "a.tif", "a.zarr"]


def test_a_zarr_replaces_an_older_one_whole(tmp_path: Path) -> None:
    write_ome_zarr(tmp_path / "a.zarr", voxels("uint8"))
    (tmp_path / "a.zarr" / "left.txt").touch()
    write_ome_zarr(tmp_path / "a.zarr", voxels("int16")[0], (None, 2.0, 3.0))
    assert not (tmp_path / "a.zarr" / "left.txt").exists()
    assert read(tmp_path / "a.zarr").pixel_size == (2.0, 3.0)


def test_two_zarrs_are_never_lost_when_the_last_rename_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_ome_zarr(tmp_path / "a.zarr", voxels("uint8"))
    original = Path.rename

    def refuse(path: Path, target: Path) -> Path:
        if target.name == "a.zarr" and path.suffix == ".zarr":
            raise OSError(28, "No space left on device")
        return original(path, target)

    monkeypatch.setattr(Path, "rename", refuse)
    with pytest.raises(FileError, match="no space left on device"):
        write_ome_zarr(tmp_path / "a.zarr", voxels("int16"))
    assert read_volume(tmp_path / "a.zarr").dtype == np.uint8
    assert [entry.name for entry in tmp_path.iterdir()] == ["a.zarr"]
