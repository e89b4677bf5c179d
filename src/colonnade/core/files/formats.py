"""Open each file format, with the reader that knows it best."""

import struct
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np

from colonnade.core.errors import FileError, ImageError
from colonnade.core.files.guard import reading
from colonnade.core.files.signals import Axis, Signal, make_signal
from colonnade.core.files.tiffs import read_tiff

_SMALLEST_IMAGE = 8
_LARGE = 1 << 28
_MRC_MODES = {0: "u1", 1: "i2", 2: "f4", 4: "c8", 6: "u2", 12: "f2"}
_IMOD_STAMP = 1146047817


def open_file(path: Path) -> list[Signal]:
    """List what a file holds, reading as little of it as its format allows.

    Raises
    ------
    FileError
        If the file is missing, closed, damaged or of an unknown format.
    """
    _check(path)
    name, reader = _format(path)
    with reading(path, name):
        signals = reader(path)
    if not signals:
        raise ImageError(f"{path} is a {name} file without any image; open another file")
    return [
        replace(signal, path=path, format=name, index=index)
        for index, signal in enumerate(signals)
    ]


def _format(path: Path) -> tuple[str, Callable[[Path], list[Signal]]]:
    try:
        return _FORMATS[path.suffix.lower()]
    except KeyError:
        known = " ".join(sorted(_FORMATS))
        what = f"has the suffix {path.suffix}" if path.suffix else "has no suffix"
        raise FileError(
            f"{path} {what}, which is not one of {known}; convert it to TIFF or MRC first"
        ) from None


def _check(path: Path) -> None:
    if not path.exists():
        raise FileError(f"{path} does not exist; check the name and the folder")
    if path.is_dir():
        if path.suffix.lower() != ".zspy":
            raise FileError(f"{path} is a folder; name a file in it")
        return
    try:
        with path.open("rb") as file:
            first = file.read(1)
    except OSError as error:
        raise FileError(f"{path} cannot be opened: {error.strerror}; check who owns it") from error
    if not first:
        raise FileError(f"{path} is empty (0 bytes); copy it again")


def _rosetta(path: Path, plugin: str, lazy: bool, **options: Any) -> list[dict[str, Any]]:
    """Read with RosettaSciIO, lazily if that is asked for and the kind of data allows it."""
    import dask

    read = import_module(f"rsciio.{plugin}").file_reader
    with dask.config.set({"array.chunk-size": "4MiB"}):
        try:
            found = read(str(path), lazy=lazy, **options)
        except Exception:  # some kinds, such as RGB in DM, are only read whole
            if not lazy:
                raise
            found = read(str(path), **options)
    return [entry for entry in found if "data" in entry]


def _is_large(path: Path) -> bool:
    """Say whether to read lazily where a damaged header makes that take for ever."""
    return path.stat().st_size > _LARGE


def _signals(path: Path, found: Sequence[Mapping[str, Any]]) -> list[Signal]:
    return [_signal(path, entry) for entry in found]


def _signal(path: Path, entry: Mapping[str, Any]) -> Signal:
    array, moving = entry["data"], [bool(axis.get("navigate")) for axis in entry["axes"]]
    axes = [_axis(axis, size) for axis, size in zip(entry["axes"], array.shape, strict=True)]
    spectral = moving.count(False) == 1 and len(moving) > 1
    order = sorted(range(len(axes)), key=lambda place: not moving[place])
    array, axes = _squeeze(array.transpose(order), [axes[place] for place in order])
    general = entry["metadata"].get("General", {})
    title = str(general.get("title") or Path(general.get("original_filename") or path).stem)
    metadata = {**entry["metadata"], "original_metadata": entry["original_metadata"]}
    return make_signal(title, array, axes, metadata, entry.get("notes", ()), spectral)


def _axis(found: Mapping[str, Any], size: int) -> Axis:
    unit, scale, offset = (found.get(key) for key in ("units", "scale", "offset"))
    return Axis(
        name=str(found.get("name") or ""),
        size=int(size),
        scale=float("nan" if scale is None else scale),
        offset=float("nan" if offset is None else offset),
        unit=unit if isinstance(unit, str) else "",
    )


def _squeeze(array: Any, axes: Sequence[Axis]) -> tuple[Any, list[Axis]]:
    """Drop axes of one sample, but none of an image's two."""
    kept = list(axes)
    for place in reversed(range(len(axes))):
        if len(kept) > 2 and kept[place].size == 1:
            array = array[(slice(None),) * place + (0,)]
            del kept[place]
    return array, kept


def _dm(path: Path) -> list[Signal]:
    return _signals(path, _rosetta(path, "digitalmicrograph", _is_large(path)))


def _hspy(path: Path) -> list[Signal]:
    return _signals(path, _rosetta(path, "hspy", lazy=True))


def _zspy(path: Path) -> list[Signal]:
    with _no_pickles():
        return _signals(path, _rosetta(path, "zspy", lazy=True, mode="r"))


@contextmanager
def _no_pickles() -> Iterator[None]:
    """Take away the codec by which a Zarr array could run code when it is opened."""
    from numcodecs.registry import codec_registry

    codec = codec_registry.pop("pickle", None)
    try:
        yield
    finally:
        if codec is not None:
            codec_registry["pickle"] = codec


def _emd(path: Path) -> list[Signal]:
    found = _rosetta(path, "emd", lazy=True, select_type="images", stack_group=False)
    for entry in found:
        _velox_calibration(entry)
        names = [str(axis.get("name")).lower() for axis in entry["axes"]]
        if names[:2] == ["x", "y"]:
            # The Berkeley layout leaves the order to the writer; the names tell it.
            entry["data"] = entry["data"].transpose()
            entry["axes"] = entry["axes"][::-1]
    return _signals(path, found)


def _velox_calibration(entry: dict[str, Any]) -> None:
    """Take each axis's own size and unit: the reader gives y the unit of x."""
    result = entry["original_metadata"].get("BinaryResult", {})
    if "PixelSize" in result:
        for axis, side, unit in zip(entry["axes"][-2:], ("height", "width"), "YX", strict=True):
            axis.update(scale=result["PixelSize"][side], units=result.get(f"PixelUnit{unit}"))


def _tia(path: Path) -> list[Signal]:
    found = _rosetta(path, "tia", lazy=False)
    if not found and path.suffix.lower() == ".emi":
        raise FileError(
            f"{path} describes the images of a .ser file that is not beside it: "
            f"put {path.stem}_1.ser in the same folder"
        )
    for axis in (axis for entry in found for axis in entry["axes"]):
        # A .ser says no unit: without its .emi the reader takes 1/m for m.
        if axis["units"] == "nm" and abs(axis["scale"]) > 1e9:
            axis.update(units="1/nm", scale=axis["scale"] * 1e-18)
    return _signals(path, found)


def _mrc(path: Path) -> list[Signal]:
    with path.open("rb") as file:
        header = file.read(1024)
    # A width read in the wrong order is vast.
    order = min("<>", key=lambda order: int(struct.unpack_from(f"{order}I", header)[0]))
    pixels = _mrc_pixels(path, header, order)
    found = _rosetta(path, "mrc", lazy=True, endianness=order)
    for entry in found:
        entry["data"] = pixels.reshape(entry["data"].shape)
        if "fei_header" not in entry["original_metadata"]:
            entry["notes"] = _mrc_calibration(header, order, entry["axes"])
    return _signals(path, found)


def _mrc_pixels(path: Path, header: bytes, order: str) -> np.memmap[Any, Any]:
    """Map the pixels, of either byte order; bytes have a sign in MRC2014, and may in IMOD."""
    *shape, mode = struct.unpack_from(f"{order}4i", header, 0)
    extended, version = (struct.unpack_from(f"{order}i", header, at)[0] for at in (92, 108))
    imod, flags = struct.unpack_from(f"{order}2i", header, 152)
    signed = flags & 1 if imod == _IMOD_STAMP else version >= 20140
    code = "i1" if mode == 0 and signed else _MRC_MODES[mode]
    return np.memmap(path, np.dtype(order + code), "r", 1024 + extended, tuple(shape[::-1]))


def _mrc_calibration(header: bytes, order: str, axes: list[dict[str, Any]]) -> tuple[str, ...]:
    grid = struct.unpack_from(f"{order}3i", header, 28)
    cell = struct.unpack_from(f"{order}3f", header, 40)
    for axis, samples, length in zip(axes[::-1], grid, cell, strict=False):
        if samples <= 0 or length <= 0:
            axis.update(units="", scale=1.0)
    if [axis["scale"] for axis in axes[-2:]] == [0.1, 0.1] and cell[0] == grid[0]:
        return ("its header says exactly 1 Å per pixel, as writers do that know none: check it",)
    return ()


def _hdf5(path: Path) -> list[Signal]:
    import h5py

    with h5py.File(path, "r") as file:
        attributes = dict(file.attrs)
    if "HyperSpy" in str(attributes.get("file_format")):
        return _hspy(path)
    if "version_major" in attributes:
        return _emd(path)
    file = h5py.File(path, "r")  # stays open: the pixels are read when they are asked for
    datasets: list[Any] = []
    file.visititems(lambda _, item: datasets.append(item) if _is_image(item) else None)
    return [_dataset(dataset) for dataset in datasets]


def _is_image(item: Any) -> bool:
    import h5py

    if not isinstance(item, h5py.Dataset) or item.dtype.kind not in "buifc":
        return False
    sides = item.shape[:2] if _has_colours(item) else item.shape[-2:]
    return 2 <= len(item.shape) <= 3 and min(sides) >= _SMALLEST_IMAGE


def _has_colours(array: Any) -> bool:
    return array.dtype == np.uint8 and len(array.shape) == 3 and array.shape[-1] in (3, 4)


def _dataset(dataset: Any) -> Signal:
    chunks = ("auto",) * (len(dataset.shape) - 2) + dataset.shape[-2:]
    array = import_module("dask.array").from_array(dataset, chunks=chunks)
    return _plain(dataset.name.lstrip("/"), array, dict(dataset.attrs))


def _npy(path: Path) -> list[Signal]:
    with path.open("rb") as file:
        version = np.lib.format.read_magic(file)
        read = {1: np.lib.format.read_array_header_1_0}
        header = read.get(version[0], np.lib.format.read_array_header_2_0)(file)
    if header[2].hasobject:
        raise FileError(
            f"{path} holds Python objects, which are never unpickled because they can run "
            "code; save a plain array of numbers"
        )
    if 0 in header[0]:
        return [_plain(path.stem, np.empty(header[0], header[2]), {})]
    return [_plain(path.stem, np.load(path, mmap_mode="r", allow_pickle=False), {})]


def _plain(title: str, array: Any, metadata: Mapping[str, Any]) -> Signal:
    """Judge an array that comes without any axes."""
    shape = array.shape[:-1] if _has_colours(array) else array.shape
    names = ["", "", "", "", "y", "x"][-len(shape) :] if shape else []
    axes = [Axis(name, size) for name, size in zip(names, shape, strict=False)]
    return make_signal(title, *_squeeze(array, axes), metadata)


def _picture(path: Path) -> list[Signal]:
    # Not by RosettaSciIO: its reader takes an image for grey if two of its colours agree.
    from PIL import Image

    with Image.open(path, formats=("PNG", "JPEG", "BMP")) as image:
        if image.mode == "LA":
            array = np.asarray(image.getchannel("L"))
        elif image.mode in ("1", "L", "I", "F", "RGB", "RGBA") or image.mode.startswith("I;16"):
            array = np.asarray(image)
        else:
            array = np.asarray(image.convert("RGB"))
    return [_plain(path.stem, array, {})]


_FORMATS: dict[str, tuple[str, Callable[[Path], list[Signal]]]] = {
    ".dm3": ("DigitalMicrograph", _dm),
    ".dm4": ("DigitalMicrograph", _dm),
    ".emd": ("EMD", _emd),
    ".emi": ("TIA", _tia),
    ".ser": ("TIA", _tia),
    ".mrc": ("MRC", _mrc),
    ".ali": ("MRC", _mrc),
    ".rec": ("MRC", _mrc),
    ".st": ("MRC", _mrc),
    ".tif": ("TIFF", read_tiff),
    ".tiff": ("TIFF", read_tiff),
    ".hspy": ("HyperSpy", _hspy),
    ".zspy": ("HyperSpy Zarr", _zspy),
    ".h5": ("HDF5", _hdf5),
    ".hdf5": ("HDF5", _hdf5),
    ".npy": ("NumPy", _npy),
    ".png": ("PNG", _picture),
    ".jpg": ("JPEG", _picture),
    ".jpeg": ("JPEG", _picture),
    ".bmp": ("BMP", _picture),
}

SUFFIXES = frozenset(_FORMATS)
"""Endings of the files that can be read, in lower case."""
