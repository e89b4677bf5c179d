"""Every format opens with the right pixels and calibration, or is refused in one sentence."""

import json
import os
import pickle
import struct
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from shutil import copyfile
from typing import Any

import h5py
import numpy as np
import pytest
import tifffile
from numpy.typing import NDArray
from PIL import Image

from colonnade.core.errors import ColonnadeError, FileError, ImageError
from colonnade.core.files import formats, rosetta
from colonnade.core.files.open import describe, read, read_frames
from colonnade.core.files.signals import READABLE
from colonnade.core.files.write import write_tiff

SHAPE = (24, 40)
SIZE = (0.02, 0.05)
Pixels = NDArray[Any]


@pytest.fixture
def grey() -> Pixels:
    return np.random.default_rng(7).normal(0, 900, SHAPE).astype("f4")


@pytest.fixture
def stack() -> Pixels:
    return np.random.default_rng(8).normal(0, 900, (5, *SHAPE)).astype("f4")


def rosetta_signal(pixels: Pixels, unit: str = "nm", **general: str) -> dict[str, Any]:
    """Describe an image or a stack of SIZE nm as RosettaSciIO's writers want it."""
    names, scales = ["z", "y", "x"][-pixels.ndim :], [1.0, *SIZE][-pixels.ndim :]
    axes = [
        {
            "_type": "UniformDataAxis",
            "name": name,
            "size": size,
            "scale": scale,
            "offset": 0.0,
            "units": unit if name != "z" else "s",
            "navigate": name == "z",
            "index_in_array": place,
        }
        for place, (name, size, scale) in enumerate(zip(names, pixels.shape, scales, strict=True))
    ]
    metadata = {"General": {"title": "HAADF", **general}, "Signal": {"signal_type": ""}}
    extra: dict[str, Any] = {"models": {}, "learning_results": {}, "attributes": {"_lazy": False}}
    extra |= {"package_info": {"package": "", "package_version": ""}, "tmp_parameters": {}}
    return {"data": pixels, "axes": axes, "metadata": metadata, "original_metadata": {}, **extra}


def write_hspy(path: Path, pixels: Pixels) -> None:
    from rsciio.hspy import file_writer

    file_writer(str(path), rosetta_signal(pixels))


def write_zspy(path: Path, pixels: Pixels, zipped: bool = False, version: int = 2) -> None:
    """Lay groups out as HyperSpy does; it writes format 2 of Zarr, and later 3."""
    import zarr

    store = zarr.storage.ZipStore(path, mode="w") if zipped else str(path)
    root = zarr.open_group(store, mode="w", zarr_format=version)  # type: ignore[arg-type]
    signal = rosetta_signal(pixels)
    group = root.create_group("Experiments/HAADF")
    chunks = (1, *SHAPE)[-pixels.ndim :]
    group.create_array("data", data=pixels, chunks=chunks)
    for place, axis in enumerate(signal["axes"]):
        group.create_group(f"axis-{place}", attributes=axis)
    for name, value in signal["metadata"].items():
        group.create_group(f"metadata/{name}", attributes={**value, "date": "_None_"})
    group.create_group("original_metadata")
    if zipped:
        store.close()  # type: ignore[union-attr]


def write_zipped_zspy(path: Path, pixels: Pixels) -> None:
    write_zspy(path, pixels, zipped=True)


def write_later_zspy(path: Path, pixels: Pixels) -> None:
    write_zspy(path, pixels, version=3)


def write_mrc(path: Path, pixels: Pixels, order: str = "<", cell: float = 10.0) -> None:
    """Write MRC by hand; `cell` is the number of header units, Å, in a nm."""
    modes = {"i1": 0, "u1": 0, "i2": 1, "f4": 2, "u2": 6}
    depth, height, width = pixels.reshape(-1, *SHAPE).shape
    header = bytearray(1024)
    struct.pack_into(f"{order}4i", header, 0, width, height, depth, modes[pixels.dtype.str[1:]])
    struct.pack_into(f"{order}3i", header, 28, width, height, depth)
    lengths = (width * SIZE[1] * cell, height * SIZE[0] * cell, depth * cell)
    struct.pack_into(f"{order}3f", header, 40, *lengths)
    struct.pack_into(f"{order}i", header, 108, 20140 if pixels.dtype == np.int8 else 0)
    path.write_bytes(bytes(header) + pixels.astype(pixels.dtype.newbyteorder(order)).tobytes())


def write_big_endian_mrc(path: Path, pixels: Pixels) -> None:
    write_mrc(path, pixels, ">")


def write_our_tiff(path: Path, pixels: Pixels) -> None:
    write_tiff(path, pixels, SIZE)


def write_imagej_tiff(path: Path, pixels: Pixels) -> None:
    description = {"unit": "\\u00C5"}
    resolution = (0.1 / SIZE[1], 0.1 / SIZE[0])
    tifffile.imwrite(path, pixels, imagej=True, resolution=resolution, metadata=description)


def write_gatan_tiff(path: Path, pixels: Pixels) -> None:
    tags = [
        (65003, "s", 0, "pm", True),
        (65004, "s", 0, "pm", True),
        (65009, "d", 1, 1000 * SIZE[1], True),
        (65010, "d", 1, 1000 * SIZE[0], True),
    ]
    tifffile.imwrite(path, pixels, extratags=tags, byteorder=">")


def write_ome_tiff(path: Path, pixels: Pixels) -> None:
    size = {"PhysicalSizeY": SIZE[0] / 1000, "PhysicalSizeX": SIZE[1] / 1000}
    axes = "ZYX"[-pixels.ndim :]
    tifffile.imwrite(path, pixels, ome=True, metadata={"axes": axes, **size})


def write_berkeley_emd(path: Path, pixels: Pixels, unit: str = "[n_m]") -> None:
    """Write the array as it is, so that dim1 is its first axis."""
    with h5py.File(path, "w") as file:
        file.attrs["version_major"], file.attrs["version_minor"] = 0, 2
        group = file.create_group("data/HAADF")
        group.attrs["emd_group_type"] = 1
        group["data"] = pixels
        names, scales = ["z", "y", "x"][-pixels.ndim :], [1.0, *SIZE][-pixels.ndim :]
        for place, (name, scale) in enumerate(zip(names, scales, strict=True), 1):
            dim = group.create_dataset(
                f"dim{place}", data=np.arange(pixels.shape[place - 1]) * scale
            )
            dim.attrs["name"], dim.attrs["units"] = name, unit


def write_bare_berkeley_emd(path: Path, pixels: Pixels) -> None:
    write_berkeley_emd(path, pixels, "n_m")


def write_transposed_emd(path: Path, pixels: Pixels) -> None:
    from rsciio.emd import file_writer

    file_writer(str(path), rosetta_signal(pixels))


def write_velox_emd(path: Path, pixels: Pixels, detectors: tuple[str, ...] = ("HAADF",)) -> None:
    with h5py.File(path, "w") as file:
        version = json.dumps({"format": "Velox", "version": "8"}).encode()
        file.create_dataset("Version", data=[version], dtype=h5py.string_dtype("utf-8"))
        for number, detector in enumerate(detectors):
            group = file.create_group(f"Data/Image/{number:032x}")
            frames = pixels.reshape(-1, *SHAPE)
            chunks = (*SHAPE, 1)
            group.create_dataset("Data", data=np.moveaxis(frames, 0, -1), chunks=chunks)
            text = json.dumps(velox_metadata(detector)).encode().ljust(3000, b"\0")
            letters = np.frombuffer(text, dtype="u1")[:, np.newaxis]
            group["Metadata"] = np.repeat(letters, len(frames), axis=1)


def velox_metadata(detector: str) -> dict[str, Any]:
    return {
        "BinaryResult": {
            "PixelSize": {"height": str(SIZE[0] * 1e-9), "width": str(SIZE[1] * 1e-3)},
            "PixelUnitX": "um",
            "PixelUnitY": "m",
            "Offset": {"x": "0", "y": "0"},
            "DetectorIndex": "0",
        },
        "Detectors": {"Detector-0": {"DetectorName": detector}},
        "Acquisition": {"AcquisitionStartDatetime": {"DateTime": "1600000000"}},
        "Scan": {"FrameTime": "2.0"},
    }


Writer = Callable[[Path, Pixels], None]

CALIBRATED: list[tuple[str, Writer]] = [
    (".tif", write_our_tiff),
    (".TIFF", write_imagej_tiff),
    (".tif", write_gatan_tiff),
    (".ome.tif", write_ome_tiff),
    (".hspy", write_hspy),
    (".hdf5", write_hspy),
    (".zspy", write_zspy),
    (".zspy", write_zipped_zspy),
    (".zspy", write_later_zspy),
    (".mrc", write_mrc),
    (".st", write_big_endian_mrc),
    (".emd", write_berkeley_emd),
    (".emd", write_bare_berkeley_emd),
    (".emd", write_transposed_emd),
    (".emd", write_velox_emd),
    (".h5", write_berkeley_emd),
]


@pytest.mark.parametrize(("suffix", "write"), CALIBRATED)
def test_an_image_keeps_its_axes_and_both_pixel_sizes(
    tmp_path: Path, grey: Pixels, suffix: str, write: Writer
) -> None:
    path = tmp_path / f"picture{suffix}"
    write(path, grey)
    image = read(path)
    assert np.array_equal(image.pixels, grey)
    assert image.pixel_size == pytest.approx(SIZE, rel=1e-6)
    assert image.metadata["notes"] == []
    assert image.name == path.stem
    with pytest.raises(ImageError, match="leave out --frame"):
        read(path, frame=0)


@pytest.mark.parametrize(("suffix", "write"), CALIBRATED)
def test_a_stack_keeps_its_frames(
    tmp_path: Path, stack: Pixels, suffix: str, write: Writer
) -> None:
    path = tmp_path / f"series{suffix}"
    write(path, stack)
    frames = read_frames(path)
    assert len(frames) == 5
    assert np.array_equal(np.stack([frame.pixels for frame in frames]), stack)
    assert frames[3].pixel_size == pytest.approx(SIZE, rel=1e-6)
    assert frames[3].name == f"{path.stem}.frame3"
    assert frames[3].metadata["frame"]["index"] == 3
    assert [frame.name[-1] for frame in frames[1::2]] == ["1", "3"]
    assert np.array_equal(read(path, frame=4).pixels, stack[4])
    assert len(read_frames(path, frame=4)) == 1
    with pytest.raises(ImageError, match="of 5 frames; choose one with --frame 0 to 4"):
        read(path)
    for wrong in (-1, 5):
        with pytest.raises(ImageError, match=f"no frame {wrong}; its 5 frames are 0 to 4"):
            read(path, frame=wrong)


@pytest.mark.parametrize(
    "dtype", ["<f4", ">f4", ">f8", "<i2", ">i2", ">u2", "u1", "i1", "?", "<u8"]
)
def test_numpy_files_of_every_number_type(tmp_path: Path, grey: Pixels, dtype: str) -> None:
    array = (grey / 10).astype(dtype)
    np.save(tmp_path / "a.npy", array)
    image = read(tmp_path / "a.npy")
    assert np.array_equal(image.pixels, array)
    assert image.pixels.dtype == array.dtype.newbyteorder("=")
    assert image.pixel_size is None


@pytest.mark.parametrize("dtype", ["i1", "u1", "<i2", "<u2", "<f4"])
@pytest.mark.parametrize("order", ["<", ">"])
def test_mrc_of_every_number_type(tmp_path: Path, grey: Pixels, dtype: str, order: str) -> None:
    array = (grey / 10).clip(-100, 200).astype("i4").astype(dtype)
    write_mrc(tmp_path / "a.mrc", array, order)
    found = read(tmp_path / "a.mrc").pixels
    assert np.array_equal(found, array)
    assert found.dtype == array.dtype


@pytest.mark.parametrize("dtype", ["u1", "<u2", ">u2", "<i2", "<u4", "<f4", ">f8"])
@pytest.mark.parametrize("compression", [None, "zlib"])
def test_tiff_of_every_number_type(
    tmp_path: Path, stack: Pixels, dtype: str, compression: str | None
) -> None:
    array = stack.astype("i4").astype(dtype)
    path = tmp_path / "a.tif"
    order = ">" if dtype[0] == ">" else "<"
    tifffile.imwrite(
        path, array, byteorder=order, compression=compression, photometric="minisblack"
    )
    frames = [frame.pixels for frame in read_frames(path)]
    assert np.array_equal(frames, array)
    assert {frame.dtype for frame in frames} == {array.dtype.newbyteorder("=")}


@pytest.mark.parametrize(("suffix", "dtype"), [(".png", "u1"), (".PNG", "<u2"), (".bmp", "u1")])
def test_pictures_keep_their_numbers(
    tmp_path: Path, grey: Pixels, suffix: str, dtype: str
) -> None:
    array = np.abs(grey).clip(0, 255).astype(dtype)
    Image.fromarray(array).save(tmp_path / f"a{suffix}", dpi=(72, 72))
    image = read(tmp_path / f"a{suffix}")
    assert np.array_equal(image.pixels, array)
    assert image.pixel_size is None


def test_jpeg(tmp_path: Path) -> None:
    array = np.add.outer(np.arange(24), 2 * np.arange(40)).astype("u1")
    Image.fromarray(array).save(tmp_path / "a.jpg", quality=95)
    assert np.abs(read(tmp_path / "a.jpg").pixels - array).max() < 6


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "P", "LA", "1", "L"])
def test_a_grey_picture_is_grey_in_every_mode(tmp_path: Path, mode: str) -> None:
    levels = np.where(np.add.outer(np.arange(24), np.arange(40)) % 7 < 3, 255, 0).astype("u1")
    Image.fromarray(levels).convert(mode).save(tmp_path / "a.png")
    image = read(tmp_path / "a.png")
    assert np.array_equal(image.pixels, levels / (255 if mode == "1" else 1))
    assert image.metadata["notes"] == []


def colours() -> Pixels:
    return np.random.default_rng(1).integers(0, 256, (*SHAPE, 3), dtype="u1")


def write_colour_png(path: Path) -> None:
    Image.fromarray(colours()).save(path.with_suffix(".png"))


def write_colour_tiff(path: Path) -> None:
    tifffile.imwrite(path.with_suffix(".tif"), colours(), photometric="rgb")


def write_planar_tiff(path: Path) -> None:
    planes = np.moveaxis(colours(), -1, 0)
    tifffile.imwrite(path.with_suffix(".tif"), planes, photometric="rgb", planarconfig="separate")


def write_colour_npy(path: Path) -> None:
    np.save(path.with_suffix(".npy"), colours())


@pytest.mark.parametrize(
    "write", [write_colour_png, write_colour_tiff, write_planar_tiff, write_colour_npy]
)
def test_the_luminance_of_a_colour_image_is_used_and_said(
    tmp_path: Path, write: Callable[[Path], None]
) -> None:
    write(tmp_path / "a")
    (path,) = tmp_path.iterdir()
    image = read(path)
    assert describe(path)[0].kind == "rgb"
    assert describe(path)[0].shape == SHAPE
    assert np.allclose(image.pixels, colours() @ [0.299, 0.587, 0.114], atol=1e-3)
    assert image.metadata["notes"] == ["the image is in colour, so its luminance is used"]


def test_a_tiff_whose_zero_is_white_is_inverted_and_said(tmp_path: Path) -> None:
    array = colours()[..., 0]
    tifffile.imwrite(tmp_path / "a.tif", array, photometric="miniswhite")
    image = read(tmp_path / "a.tif")
    assert np.array_equal(image.pixels, 255 - array.astype("f4"))
    assert "0 is white" in image.metadata["notes"][0]


def test_the_numbers_of_a_false_colour_tiff_are_used_and_said(tmp_path: Path) -> None:
    array, palette = colours()[..., 0], np.arange(768, dtype="u2").reshape(3, 256)
    tifffile.imwrite(tmp_path / "a.tif", array, photometric="palette", colormap=palette)
    image = read(tmp_path / "a.tif")
    assert np.array_equal(image.pixels, array)
    assert "palette" in image.metadata["notes"][0]


ZEISS = b"\r\n".join([b"0", b"0", b"0", b"2.5e-09", *[b"0"] * 70, b"DP_SEM", b"a = b", b""])
FEI = "[Scan]\r\nPixelWidth=5e-11\r\nPixelHeight=2e-11\r\n"


@pytest.mark.parametrize(
    ("options", "size"),
    [
        ({"resolution": (72, 72), "resolutionunit": "inch"}, None),
        ({"resolution": (1e7, 1e7), "resolutionunit": "centimeter"}, None),
        ({"imagej": True, "resolution": (72, 72), "metadata": {"unit": "inch"}}, None),
        ({"imagej": True, "resolution": (28, 28), "metadata": {"unit": "cm"}}, None),
        ({"imagej": True, "resolution": (20, 50), "metadata": {"unit": "pixel"}}, None),
        ({"imagej": True, "resolution": (20, 50)}, None),
        ({"imagej": True, "resolution": (20, 50), "metadata": {"unit": "nm"}}, SIZE),
        ({"imagej": True, "resolution": (2e4, 5e4), "metadata": {"unit": "\\u00B5m"}}, SIZE),
        ({"imagej": True, "resolution": (2e4, 5e4), "metadata": {"unit": "um"}}, SIZE),
        ({"extratags": [(34682, "s", 0, FEI, True)]}, SIZE),
    ],
)
def test_which_tiff_calibration_is_believed(
    tmp_path: Path, grey: Pixels, options: dict[str, Any], size: tuple[float, float] | None
) -> None:
    tifffile.imwrite(tmp_path / "a.tif", grey, **options)
    found = read(tmp_path / "a.tif").pixel_size
    assert found == (size if size is None else pytest.approx(size, rel=1e-6))


def test_zeiss_tiff(tmp_path: Path) -> None:
    pixels = np.zeros((48, 512), "u1")  # the tag is for an image 1024 wide
    tifffile.imwrite(tmp_path / "a.tif", pixels, extratags=[(34118, "s", 0, ZEISS, True)])
    assert read(tmp_path / "a.tif").pixel_size == pytest.approx((5.0, 5.0))


def test_a_colour_stack(tmp_path: Path) -> None:
    frames = np.stack([colours(), colours() // 2])
    tifffile.imwrite(tmp_path / "a.tif", frames, photometric="rgb")
    image = read(tmp_path / "a.tif", frame=1)
    assert np.allclose(image.pixels, frames[1] @ [0.299, 0.587, 0.114], atol=1e-3)
    assert "in colour" in image.metadata["notes"][0]


@pytest.mark.parametrize("scale", [0.0, -0.1, np.nan, np.inf])
@pytest.mark.parametrize("unit", ["nm", "", "<undefined>", "px"])
def test_no_nm_are_invented(tmp_path: Path, grey: Pixels, scale: float, unit: str) -> None:
    from rsciio.hspy import file_writer

    signal = rosetta_signal(grey, unit)
    signal["axes"][0]["scale"] = signal["axes"][1]["scale"] = scale
    file_writer(str(tmp_path / "a.hspy"), signal)
    assert read(tmp_path / "a.hspy").pixel_size is None


@pytest.mark.parametrize(
    ("scale", "note"), [((1e8, 1e8), "no micrograph's"), ((0.1, -1.0), "only one axis")]
)
def test_a_calibration_that_is_doubted_is_said(
    tmp_path: Path, grey: Pixels, scale: tuple[float, float], note: str
) -> None:
    from rsciio.hspy import file_writer

    signal = rosetta_signal(grey)
    for axis, value in zip(signal["axes"], scale, strict=True):
        axis["scale"] = value
    file_writer(str(tmp_path / "a.hspy"), signal)
    image = read(tmp_path / "a.hspy")
    assert image.pixel_size is None
    assert note in image.metadata["notes"][0]


@pytest.mark.parametrize(
    ("unit", "scale", "offset", "kind", "position"),
    [
        ("deg", 2.0, -60.0, "tilt series", -54.0),
        ("mrad", 100.0, 0.0, "tilt series", 17.188734),
        ("nm", 2.0, 0.0, "volume", 6.0),
        ("µm", 0.002, 0.0, "volume", 0.006),
        ("s", 2.0, 0.0, "stack", 6.0),
        ("deg", 0.0, 5.0, "stack", 5.0),
        ("nm", -2.0, 0.0, "stack", -6.0),
    ],
)
def test_the_first_axis_says_what_a_stack_is(
    tmp_path: Path,
    stack: Pixels,
    unit: str,
    scale: float,
    offset: float,
    kind: str,
    position: float,
) -> None:
    from rsciio.hspy import file_writer

    signal = rosetta_signal(stack)
    signal["axes"][0].update(units=unit, scale=scale, offset=offset)
    file_writer(str(tmp_path / "a.hspy"), signal)
    (found,) = describe(tmp_path / "a.hspy")
    assert (found.kind, found.frames) == (kind, 5)
    assert found.slice_thickness == (pytest.approx(2.0) if kind == "volume" else None)
    assert (found.tilts is not None) == (kind == "tilt series")
    frame = read(tmp_path / "a.hspy", frame=3)
    assert np.array_equal(frame.pixels, stack[3])
    assert frame.metadata["frame"]["position"] == pytest.approx(position)
    with pytest.raises(ImageError, match=f"holds a {kind} of 5 frames"):
        read(tmp_path / "a.hspy")


def test_mrc_without_a_cell_is_not_calibrated(tmp_path: Path, grey: Pixels) -> None:
    write_mrc(tmp_path / "a.mrc", grey, cell=0)
    assert read(tmp_path / "a.mrc").pixel_size is None


def test_the_kinds_that_are_no_micrographs_are_refused(tmp_path: Path, grey: Pixels) -> None:
    from rsciio.hspy import file_writer

    def refusal(pixels: Pixels, unit: str, **changes: Any) -> str:
        signal = rosetta_signal(pixels, unit)
        signal["axes"][-1].update(changes)
        path = tmp_path / f"{len(list(tmp_path.iterdir()))}.hspy"
        file_writer(str(path), signal)
        with pytest.raises(ImageError) as error:
            read(path)
        return str(error.value)

    assert "diffraction" in refusal(grey, "1/nm")
    assert "diffraction" in refusal(grey, "mrad")
    assert "spectrum" in refusal(grey[0], "eV")
    assert "spectrum" in refusal(grey, "nm", units="eV", name="Energy loss")
    assert "complex" in refusal(grey.astype("c8"), "nm")


@pytest.mark.parametrize(
    ("array", "why"),
    [
        (np.zeros((0, 5)), "without any pixel"),
        (np.zeros(9), "spectrum"),
        (np.zeros((3, 3), complex), "complex"),
        (np.zeros((2, 3, 4, 5)), r"\(2, 3, 4, 5\) and type float64"),
        (np.array(["a"] * 9).reshape(3, 3), r"\(3, 3\) and type str"),
        (np.float64(1), r"shape \(\) and type float64"),
    ],
)
def test_arrays_that_are_no_images_are_refused(tmp_path: Path, array: Any, why: str) -> None:
    np.save(tmp_path / "a.npy", array)
    with pytest.raises(ImageError, match=why):
        read(tmp_path / "a.npy")


def test_hdf5_of_any_layout(tmp_path: Path, grey: Pixels, stack: Pixels) -> None:
    path = tmp_path / "a.h5"
    with h5py.File(path, "w") as file:
        file["run/clean"] = grey
        file["run/movie"] = stack.astype(">f8")
        file["run/sites"] = np.zeros((99, 2))
        file["run/label"] = "text"
    assert [entry.title for entry in describe(path)] == ["run/clean", "run/movie"]
    with pytest.raises(ImageError, match=r"2 images; choose one with --signal: 0 'run/clean'"):
        read(path)
    assert np.array_equal(read(path, signal="run/clean").pixels, grey)
    assert np.array_equal(read(path, signal="0").pixels, grey)
    assert read(path, signal=0).name == "a.run_clean"
    assert np.array_equal(read(path, signal=1, frame=2).pixels, stack[2])
    with pytest.raises(ImageError, match="no signal 'dirty'; it has 0 'run/clean'"):
        read(path, signal="dirty")


def test_velox_with_several_detectors(tmp_path: Path, grey: Pixels) -> None:
    path = tmp_path / "a.emd"
    write_velox_emd(path, grey, ("HAADF", "BF", "BF"))
    with pytest.raises(ImageError, match="0 'HAADF'"):
        read(path)
    assert read(path, signal="HAADF").name == "a.HAADF"
    with pytest.raises(ImageError, match="2 signals 'BF'; choose by number: 1 'BF'"):
        read(path, signal="BF")


def test_tiff_thumbnails_are_left_out_and_other_pages_offered(
    tmp_path: Path, grey: Pixels
) -> None:
    path = tmp_path / "a.tif"
    with tifffile.TiffWriter(path) as file:
        file.write(grey)
        file.write(grey[::4, ::4], subfiletype=1)
    assert np.array_equal(read(path).pixels, grey)
    with tifffile.TiffWriter(path) as file:
        file.write(grey)
        file.write(grey[::2])
    assert [entry.shape for entry in describe(path)] == [(24, 40), (12, 40)]
    with pytest.raises(ImageError, match="2 images"):
        read(path)


def test_an_emi_without_its_ser_says_which_file_is_missing(tmp_path: Path) -> None:
    (tmp_path / "a.emi").write_bytes(b"<ObjectInfo></ObjectInfo>")
    with pytest.raises(FileError, match=r"put a_1\.ser in the same folder"):
        read(tmp_path / "a.emi")


def sentence(path: Path) -> str:
    """Open a file that must be refused, and check that the refusal is one sentence."""
    with pytest.raises(ColonnadeError) as error:
        list(read_frames(path))
    text = str(error.value)
    assert path.name in text
    assert "\n" not in text
    assert len(text) < 300 + len(str(path))
    return text


def test_files_that_are_not_there_or_nothing(tmp_path: Path) -> None:
    (tmp_path / "empty.tif").touch()
    (tmp_path / "folder.tif").mkdir()
    (tmp_path / "a.xyz").write_text("words")
    (tmp_path / "bare").write_text("words")
    assert "does not exist" in sentence(tmp_path / "none.tif")
    assert "is empty (0 bytes)" in sentence(tmp_path / "empty.tif")
    assert "is a folder" in sentence(tmp_path / "folder.tif")
    assert "is a folder" in sentence(tmp_path)
    assert "has the suffix .xyz, which is not one of" in sentence(tmp_path / "a.xyz")
    assert "has no suffix" in sentence(tmp_path / "bare")


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such files")
def test_pipes_and_devices_are_no_files(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.tif")
    (tmp_path / "zero.mrc").symlink_to("/dev/zero")
    (tmp_path / "loop.tif").symlink_to("loop.tif")
    assert "is a pipe or a device" in sentence(tmp_path / "pipe.tif")
    assert "is a pipe or a device" in sentence(tmp_path / "zero.mrc")
    assert "cannot be opened" in sentence(tmp_path / "loop.tif")


@pytest.mark.parametrize("name", ["a\0b.tif", "a" * 300 + ".tif", "\x1b[2J\n.tif"])
def test_names_that_no_file_has(tmp_path: Path, name: str) -> None:
    with pytest.raises(FileError) as refused:
        read(tmp_path / name)
    assert str(refused.value).isprintable()


def test_a_closed_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(path: Path, mode: str) -> None:
        raise PermissionError(13, "Permission denied", str(path))

    (tmp_path / "a.tif").write_text("words")
    monkeypatch.setattr(Path, "open", refuse)
    assert "cannot be opened: Permission denied" in sentence(tmp_path / "a.tif")


@pytest.mark.parametrize("suffix", sorted(formats._FORMATS))
@pytest.mark.parametrize("content", [b"x", b"Dear reader, this is a letter. " * 99, bytes(5000)])
def test_a_file_of_another_kind_under_any_suffix(
    tmp_path: Path, suffix: str, content: bytes, capfd: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / f"a{suffix}"
    path.write_bytes(content)
    sentence(path)
    assert capfd.readouterr() == ("", "")


def test_nothing_of_numpy_is_ever_unpickled(tmp_path: Path, grey: Pixels) -> None:
    np.save(tmp_path / "a.npy", np.array([[grey, None]], dtype=object), allow_pickle=True)
    assert "never unpickled" in sentence(tmp_path / "a.npy")


class Trap:
    """Leaves a mark where it is unpickled."""

    def __init__(self, mark: Path) -> None:
        self.mark = mark

    def __reduce__(self) -> tuple[Any, ...]:
        return Path.touch, (self.mark,)


@pytest.mark.parametrize("dtype", ["|O", "<f4"])
@pytest.mark.parametrize("consolidated", [False, True])
def test_nothing_of_zarr_is_ever_unpickled(
    tmp_path: Path, grey: Pixels, dtype: str, consolidated: bool
) -> None:
    path, mark = tmp_path / "a.zspy", tmp_path / "unpickled"
    write_zspy(path, grey)
    data = path / "Experiments" / "HAADF" / "data"
    described = json.loads((data / ".zarray").read_text())
    if consolidated:
        import zarr

        zarr.consolidate_metadata(str(path))
    codec = [{"id": "pickle", "protocol": 5}]
    described |= {"dtype": dtype, "filters": codec, "compressor": None, "fill_value": 0}
    (data / ".zarray").write_text(json.dumps(described))
    for chunk in data.glob("[0-9]*"):
        chunk.write_bytes(pickle.dumps(Trap(mark)))
    assert "never unpickled" in sentence(path)
    assert not mark.exists()


def test_describe_reads_no_pixels(tmp_path: Path, stack: Pixels) -> None:
    write_hspy(tmp_path / "a.hspy", stack)
    (signal,) = describe(tmp_path / "a.hspy")
    assert (signal.index, signal.title, signal.kind) == (0, "HAADF", "stack")
    assert (signal.shape, signal.dtype, signal.frames) == ((5, 24, 40), "float32", 5)
    assert [(axis.name, axis.scale, axis.unit) for axis in signal.axes] == [
        ("z", 1.0, "s"),
        ("y", 0.02, "nm"),
        ("x", 0.05, "nm"),
    ]
    assert hasattr(signal.array, "compute")


def test_importing_brings_no_reader() -> None:
    heavy = "{'rsciio', 'h5py', 'tifffile', 'dask', 'PIL', 'zarr', 'scipy'}"
    code = "import sys, colonnade.core.files.open, colonnade.core.images.repair;"
    source = str(Path(formats.__file__).parents[3])
    found = subprocess.run(
        [sys.executable, "-c", f"{code} print({heavy} & set(sys.modules))"],
        env={**os.environ, "PYTHONPATH": source},
        capture_output=True,
        text=True,
        check=True,
    )
    assert found.stdout.strip() == "set()"


KNOWN = {
    "stem/16_STOimage_1.ser": ("image", (1024, 1024), 0.0100127),
    "stem/16_STOimage.emi": ("image", (1024, 1024), 0.0100127),
    "tomo/needle/HAADF.mrc": ("tilt series", (77, 256, 256), 3.36),
    "tomo/HAADF.dm3": ("tilt series", (91, 64, 64), 17.995),
    "formats/dm/multi_signal.dm3": ("image", (512, 512), 0.0177516),
    "formats/dm/test-3.dm4": ("complex", (2, 2), None),
    "formats/dm/test-7.dm4": ("image", (2, 2), None),
    "formats/dm/test-8.dm4": ("rgb", (2, 2), None),
    "formats/dm/test_STEM_image.dm3": ("image", (68, 68), 0.248538),
    "formats/dm/test_diffraction_pattern.dm3": ("diffraction", (87, 87), None),
    "formats/dm/test_stackbuilder_imagestack.dm3": ("stack", (3, 2, 16), 59.9829),
    "formats/mrc/Custom_movie.mrc": ("stack", (30, 16, 16), None),
    "formats/mrc/HAADFscan.mrc": ("image", (16, 16), 5.67913),
    "formats/tia/03_Scanning Preview.emi": ("stack", (5, 128, 128), 0.384352),
    "formats/tia/03_Scanning Preview_1.ser": ("stack", (5, 128, 128), 0.384352),
    "formats/tia/16x16_STEM_BF_DF_acquire.emi": ("image", (16, 16), 21.5100),
    "formats/tia/64x64_diffraction_acquire.emi": ("diffraction", (64, 64), None),
    "formats/tia/64x64_diffraction_acquire_1.ser": ("diffraction", (64, 64), None),
    "formats/tiff/test_loading_image_saved_with_DM.tif": ("image", (68, 68), 168.6747),
    "formats/tiff/test_loading_image_saved_with_imageJ.tif": ("image", (68, 68), 168.6747),
    "formats/tiff/test_loading_image_saved_with_imageJ_no_scale.tif": ("image", (68, 68), None),
    "formats/tiff/test_loading_image_saved_with_imageJ_stack.tif": (
        "volume",
        (2, 68, 68),
        168.6747,
    ),
    "stem-labelled/pt-single-atoms/021_HAADF_15nm_Sample_PtNC_21Oct20.tif": (
        "image",
        (512, 512),
        0.029296875,
    ),
    "sem/fibsem/detection__test_image.tif": ("image", (1024, 1536), None),
    "sem/rock/Tile_r1-c1_Chenzh-P7-run1_0044.tif": ("image", (256, 256), None),
    "stem/Si110_5nmX25us_03_none_none.png": ("image", (512, 512), None),
}


@pytest.mark.parametrize("name", KNOWN)
def test_real_files_are_known_for_what_they_are(shared_data: Path, name: str) -> None:
    kind, shape, size = KNOWN[name]
    signal = describe(shared_data / name)[0]
    assert (signal.kind, signal.shape) == (kind, shape)
    assert signal.pixel_size == (size if size is None else pytest.approx((size, size), rel=1e-5))


def test_every_real_file_opens_or_is_refused_in_one_sentence(
    shared_data: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    files = [path for path in (shared_data / "formats").rglob("*") if path.is_file()]
    assert len(files) >= 20
    for path in files:
        readable = [s.index for s in describe(path) if s.kind in READABLE]
        for signal in readable:
            for frame in read_frames(path, signal=signal):
                assert np.isfinite(frame.pixels).all()
        if not readable:
            sentence(path)
    assert capfd.readouterr() == ("", "")


def test_the_tilts_of_a_series_come_with_its_frames(shared_data: Path) -> None:
    frames = read_frames(shared_data / "tomo" / "HAADF.dm3")
    tilts = [frame.metadata["frame"]["position"] for frame in frames]
    assert np.allclose(tilts, np.arange(-90, 91, 2))
    assert frames[0].metadata["frame"]["unit"] == "deg"
    assert frames[7].name == "HAADF.frame07"


@pytest.mark.parametrize("name", ["dm/multi_signal.dm3", "dm/test-8.dm4", "dm/test-3.dm4"])
def test_large_files_read_the_same_in_parts(
    shared_data: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = shared_data / "formats" / name
    whole = describe(path)
    monkeypatch.setattr(rosetta, "_LARGE_BYTES", 0)
    for entry, part in zip(whole, describe(path), strict=True):
        assert (entry.kind, entry.shape, entry.axes) == (part.kind, part.shape, part.axes)
        if entry.kind == "image":
            assert np.array_equal(entry.plane(0)[0], part.plane(0)[0])


def test_a_large_film_that_is_cut_short_while_it_is_read_is_refused(
    shared_data: Path, tmp_path: Path
) -> None:
    path = tmp_path / "series.dm3"
    copyfile(shared_data / "tomo" / "HAADF.dm3", path)  # its content, not its mode
    code = (
        "import sys\n"
        "from colonnade.core.errors import FileError\n"
        "from colonnade.core.files import rosetta\n"
        "from colonnade.core.files.open import read_frames\n"
        "rosetta._LARGE_BYTES = 0\n"
        "frames = read_frames(sys.argv[1])\n"
        "frames[0]\n"
        "open(sys.argv[1], 'r+b').truncate(1 << 17)\n"
        "try:\n    frames[-1]\n"
        "except FileError as error:\n    print(error)\n"
    )
    # In a process of its own: what is mapped would end it.
    run = subprocess.run([sys.executable, "-c", code, str(path)], capture_output=True, text=True)
    assert run.returncode == 0
    assert run.stdout.startswith(f"{path} is cut short")


@pytest.mark.parametrize(
    "name",
    [
        "formats/dm/test_STEM_image.dm3",
        "formats/dm/test-7.dm4",
        "formats/mrc/Custom_movie.mrc",
        "formats/tia/03_Scanning Preview_1.ser",
        "formats/tiff/test_loading_image_saved_with_imageJ_stack.tif",
        "sem/rock/Tile_r1-c1_Chenzh-P7-run1_0044.tif",
        "stem/Si110_5nmX25us_03_none_none.png",
        "stem-simulated/411361.000100.h5",
    ],
)
@pytest.mark.parametrize("share", [0.0, 0.0005, 0.02, 0.3, 0.6, 0.9])
def test_a_file_that_is_cut_short_is_refused(
    shared_data: Path, tmp_path: Path, name: str, share: float, capfd: pytest.CaptureFixture[str]
) -> None:
    source = shared_data / name
    path = tmp_path / f"cut{source.suffix}"
    content = source.read_bytes()
    path.write_bytes(content[: int(len(content) * share)])
    sentence(path)
    assert capfd.readouterr() == ("", "")


def test_a_tiff_stack_that_lost_its_last_pages_is_refused(tmp_path: Path, stack: Pixels) -> None:
    path = tmp_path / "a.tif"
    with tifffile.TiffWriter(path) as file:
        for frame in stack:
            file.write(frame, contiguous=False, metadata=None)
    content = path.read_bytes()
    assert len(read_frames(path)) == 5
    for share in (0.3, 0.5, 0.7, 0.95):
        path.write_bytes(content[: int(len(content) * share)])
        assert "cut short" in sentence(path)
