"""OME-Zarr of both versions opens with its calibration, and any other Zarr as far as it goes."""

import json
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import zarr
from numcodecs import Blosc
from numpy.typing import NDArray
from zarr.codecs import BloscCodec

from colonnade.core.errors import ColonnadeError, FileError, ImageError
from colonnade.core.files.open import describe, read, read_volume

SHAPE = (5, 24, 40)


def grey(shape: tuple[int, ...] = SHAPE) -> NDArray[np.uint16]:
    return np.random.default_rng(3).integers(0, 60000, shape).astype("u2")


def axis(name: str, unit: str | None = "nanometer") -> dict[str, str]:
    kind = {"c": "channel", "t": "time"}.get(name, "space")
    return {"name": name, "type": kind} | ({"unit": unit} if unit else {})


def image(axes: list[dict[str, str]], scale: list[float], **more: Any) -> dict[str, Any]:
    transform = [{"type": "scale", "scale": scale}]
    datasets = [{"path": "0", "coordinateTransformations": transform}]
    return {"axes": axes, "datasets": [*datasets, {"path": "1"}], **more}


def write(
    path: Path, array: NDArray[Any], described: dict[str, Any], later: bool, inside: str = ""
) -> None:
    """Write version 0.4 by hand, or 0.5."""
    version = {"zarr_format": 3 if later else 2}
    root = zarr.open_group(str(path), mode="a", **version)
    group = root.create_group(inside) if inside else root
    group.create_array("0", data=array, chunks=(1,) * (array.ndim - 2) + array.shape[-2:])
    group.create_array("1", data=array[..., ::2, ::2])
    multiscales = {"multiscales": [described]}
    group.attrs.update({"ome": {"version": "0.5", **multiscales}} if later else multiscales)


XYZ = [axis("z"), axis("y"), axis("x")]


@pytest.mark.parametrize("later", [False, True])
def test_the_finest_level_and_its_calibration(tmp_path: Path, later: bool) -> None:
    path = tmp_path / "cell.zarr"
    write(path, grey(), image(XYZ, [30.0, 4.0, 5.0]), later)
    (signal,) = describe(path)
    assert (signal.kind, signal.title, signal.shape) == ("volume", "cell", SHAPE)
    volume = read_volume(path)
    assert volume.voxel_size == (30.0, 4.0, 5.0)
    assert volume.dtype == np.uint16
    assert np.array_equal(volume.plane(3), grey()[3])


def test_the_scale_of_an_image_multiplies_that_of_its_levels(tmp_path: Path) -> None:
    more = {"coordinateTransformations": [{"type": "scale", "scale": [2.0, 3.0, 4.0]}]}
    axes = [axis("z", "micrometer"), axis("y", "angstrom"), axis("x")]
    write(tmp_path / "a.zarr", grey(), image(axes, [0.015, 10.0, 5.0], **more), True)
    assert read_volume(tmp_path / "a.zarr").voxel_size == pytest.approx((30.0, 3.0, 20.0))


def test_an_axis_without_a_unit_is_not_calibrated(tmp_path: Path) -> None:
    axes = [axis("z", None), axis("y"), axis("x")]
    write(tmp_path / "a.zarr", grey(), image(axes, [30.0, 4.0, 5.0]), True)
    assert read_volume(tmp_path / "a.zarr").voxel_size == (None, 4.0, 5.0)
    assert describe(tmp_path / "a.zarr")[0].kind == "stack"


@pytest.mark.parametrize("later", [False, True])
def test_every_channel_is_a_signal(tmp_path: Path, later: bool) -> None:
    array = grey((1, 2, 1, 24, 40))
    axes = [axis("t", "second"), axis("c", None), *XYZ]
    write(tmp_path / "a.zarr", array, image(axes, [1.0, 1.0, 30.0, 4.0, 5.0]), later)
    with pytest.raises(ImageError, match="2 images; choose one with --signal: 0 'a channel 0'"):
        read(tmp_path / "a.zarr")
    found = read(tmp_path / "a.zarr", signal="a channel 1")
    assert np.array_equal(found.pixels, array[0, 1, 0])
    assert found.pixel_size == (4.0, 5.0)


def test_a_file_of_several_images(tmp_path: Path) -> None:
    for number in range(2):
        described = image(XYZ[1:], [4.0 + number, 5.0])
        write(tmp_path / "a.zarr", grey()[number], described, True, inside=str(number))
    assert [signal.title for signal in describe(tmp_path / "a.zarr")] == ["0", "1"]
    assert read(tmp_path / "a.zarr", signal=1).pixel_size == (5.0, 5.0)
    assert np.array_equal(read(tmp_path / "a.zarr", signal=1).pixels, grey()[1])


@pytest.mark.parametrize("version", [2, 3])
def test_an_array_alone_and_arrays_of_any_layout(tmp_path: Path, version: Any) -> None:
    alone, layout = str(tmp_path / "alone.zarr"), str(tmp_path / "layout.zarr")
    zarr.create_array(alone, data=grey(), zarr_format=version)
    assert np.array_equal(read(alone, frame=2).pixels, grey()[2])
    assert read(alone, frame=2).pixel_size is None
    group = zarr.open_group(layout, mode="w", zarr_format=version)
    group.create_array("run/clean", data=grey()[0])
    group.create_array("run/sites", data=np.zeros((99, 2)))
    assert [signal.title for signal in describe(layout)] == ["run/clean"]
    assert np.array_equal(read(layout).pixels, grey()[0])


def test_a_zipped_store(tmp_path: Path) -> None:
    write(tmp_path / "a.zarr", grey(), image(XYZ, [30.0, 4.0, 5.0]), True)
    with zipfile.ZipFile(tmp_path / "b.zarr", "w") as zipped:
        for file in (tmp_path / "a.zarr").rglob("*"):
            zipped.write(file, file.relative_to(tmp_path / "a.zarr"))
    assert read_volume(tmp_path / "b.zarr").voxel_size == (30.0, 4.0, 5.0)
    assert np.array_equal(read_volume(tmp_path / "b.zarr").plane(0), grey()[0])


def test_a_list_of_many_bytes_is_read_in_parts(tmp_path: Path) -> None:
    write(tmp_path / "a.zarr", grey(), image(XYZ, [30.0, 4.0, 5.0]), True)
    for chunk in (tmp_path / "a.zarr" / "0" / "c").glob("[1-4]/0/0"):
        chunk.write_bytes(b"damaged")
    volume = read_volume(tmp_path / "a.zarr")
    assert np.array_equal(volume.plane(0), grey()[0])
    with pytest.raises(FileError, match="cannot be read as Zarr"):
        volume.plane(1)


@pytest.mark.parametrize("name", ["a.zarr", "a.zspy"])
def test_a_folder_that_only_has_the_name(tmp_path: Path, name: str) -> None:
    (tmp_path / name).mkdir()
    (tmp_path / name / "letter.txt").write_text("Dear reader")
    with pytest.raises(ColonnadeError) as error:
        read(tmp_path / name)
    assert name in str(error.value)
    assert "\n" not in str(error.value)


def test_a_codec_that_unpickles_is_refused_in_any_zarr(tmp_path: Path) -> None:
    write(tmp_path / "a.zarr", grey(), image(XYZ, [30.0, 4.0, 5.0]), False)
    file = tmp_path / "a.zarr" / "0" / ".zarray"
    described = json.loads(file.read_text()) | {"filters": [{"id": "pickle", "protocol": 5}]}
    file.write_text(json.dumps(described))
    with pytest.raises(FileError, match="never unpickled"):
        describe(tmp_path / "a.zarr")


def test_a_label_that_speaks_of_pickles_is_harmless(tmp_path: Path) -> None:
    described = image(XYZ, [30.0, 4.0, 5.0], name="pickled cucumber")
    write(tmp_path / "a.zarr", grey(), described, True)
    zarr.open_array(tmp_path / "a.zarr" / "0", mode="a").attrs["note"] = "pickle"
    assert read_volume(tmp_path / "a.zarr").shape == SHAPE


@pytest.mark.parametrize(
    ("version", "codec"), [(2, Blosc(cname="lz4")), (3, BloscCodec(cname="lz4"))]
)
def test_a_chunk_of_blosc_that_points_behind_its_end(
    tmp_path: Path, version: Any, codec: Any
) -> None:
    """Blosc believed it, and read on until the system ended the process."""
    path = tmp_path / "cell.zarr"
    zarr.create_array(
        str(path), data=np.ones((64, 64), "u2"), zarr_format=version, compressors=codec
    )
    (chunk,) = [each for each in path.rglob("*0") if each.is_file()]
    packed = bytearray(chunk.read_bytes())
    packed[12:20] = (1 << 30).to_bytes(4, "little") + (1 << 29).to_bytes(4, "little")
    chunk.write_bytes(packed)
    with pytest.raises(FileError, match="Blosc is cut short or damaged"):
        read(path)
