"""Arrays that come without axes: of HDF5, of NumPy, and of pictures."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any
from uuid import uuid4

import numpy as np

from colonnade.core.errors import FileError
from colonnade.core.files.emd import read_emd
from colonnade.core.files.guard import import_reader
from colonnade.core.files.infobar import described
from colonnade.core.files.own_data import check_hdf5
from colonnade.core.files.rosetta import read_hspy
from colonnade.core.files.sem import text_header
from colonnade.core.files.signals import Axis, Signal, make_signal, squeeze
from colonnade.core.files.stored import Stored

MOST_IMAGES = 1000
"""So many images of a file are looked at; each takes milliseconds before it is read."""

_SMALLEST_IMAGE_PX = 8


def read_hdf5(path: Path) -> list[Signal]:
    """List the images of an HDF5 file: HyperSpy's, the Berkeley layout's, or any."""
    h5py = import_reader("h5py")
    check_hdf5(path)
    with h5py.File(path, "r") as file:
        attributes = dict(file.attrs)
    if "HyperSpy" in str(attributes.get("file_format")):
        return read_hspy(path)
    if "version_major" in attributes:
        return read_emd(path)
    file = h5py.File(path, "r")  # stays open: the pixels are read when they are needed
    datasets: list[Any] = []

    def keep(_: str, item: Any) -> None:
        if isinstance(item, h5py.Dataset) and may_be_image(item):
            datasets.append(item)

    file.visititems(keep)
    check_images(path, len(datasets))
    return [
        bare_signal(one.name.lstrip("/"), lazy_planes(one), dict(one.attrs)) for one in datasets
    ]


def read_npy(path: Path) -> list[Signal]:
    """Describe the array of an .npy file."""
    with path.open("rb") as file:
        version = np.lib.format.read_magic(file)
        read = {1: np.lib.format.read_array_header_1_0}
        header = read.get(version[0], np.lib.format.read_array_header_2_0)(file)
        start = file.tell()
    if header[2].hasobject:
        raise FileError(
            f"{path} holds Python objects, which are never unpickled because they can run "
            "code; save an array of numbers"
        )
    shape, is_fortran, dtype = header
    if not is_fortran:
        return [bare_signal(path.stem, Stored.at(path, dtype, start, shape), {})]
    stored = Stored.at(path, dtype, start, shape[::-1])
    return [bare_signal(path.stem, stored.transpose(range(len(shape))[::-1]), {})]


def read_picture(path: Path) -> list[Signal]:
    """Read a PNG, JPEG or BMP."""
    # Not by RosettaSciIO: its reader takes an image for grey if two of its colours agree.
    pillow = import_reader("PIL.Image")
    try:
        image = pillow.open(path, formats=("PNG", "JPEG", "BMP"))
    except pillow.DecompressionBombError as error:
        raise FileError(
            f"{path} claims more than the {2 * pillow.MAX_IMAGE_PIXELS / 1e6:.0f} million pixels "
            "that a picture may have here; save it as TIFF"
        ) from error
    with image:
        if image.mode == "LA":
            array = np.asarray(image.getchannel("L"))
        elif image.mode in ("1", "L", "I", "F", "RGB", "RGBA") or image.mode.startswith("I;16"):
            array = np.asarray(image)
        else:
            array = np.asarray(image.convert("RGB"))
    header = text_header(path)
    if header is None:
        return [bare_signal(path.stem, array, {})]
    return [described(path.stem, array, _axes(array), {}, (), header)]


def bare_signal(title: str, array: Any, metadata: Mapping[str, Any]) -> Signal:
    """Judge an array that comes without any axes."""
    return make_signal(title, *squeeze(array, _axes(array)), metadata)


def _axes(array: Any) -> list[Axis]:
    shape = array.shape[:-1] if _has_colours(array) else array.shape
    names = ["", "", "", "", "y", "x"][-len(shape) :] if shape else []
    return [Axis(name, size) for name, size in zip(names, shape, strict=False)]


def check_images(path: Path, count: int) -> None:
    """Refuse a file of more than `MOST_IMAGES` images."""
    if count > MOST_IMAGES:
        raise FileError(
            f"{path} holds {count} images, and no more than {MOST_IMAGES} are looked at; save "
            "those that you want in another file"
        )


def may_be_image(array: Any) -> bool:
    """Say whether a stored array could be an image or a stack, and no list or table."""
    if array.dtype.kind not in "buifc":
        return False
    sides = array.shape[:2] if _has_colours(array) else array.shape[-2:]
    return 2 <= len(array.shape) <= 3 and min(sides) >= _SMALLEST_IMAGE_PX


def lazy_planes(stored: Any) -> Any:
    """Wrap a stored array, so that a plane of it is read when it is needed."""
    chunks = ("auto",) * (len(stored.shape) - 2) + tuple(stored.shape[-2:])
    # A name, else what the array says of itself is hashed; a type, else a part of it is read.
    name, meta = f"planes-{uuid4()}", np.empty((0,) * len(stored.shape), stored.dtype)
    return import_reader("dask.array").from_array(stored, chunks=chunks, name=name, meta=meta)


def _has_colours(array: Any) -> bool:
    return array.dtype == np.uint8 and len(array.shape) == 3 and array.shape[-1] in (3, 4)
