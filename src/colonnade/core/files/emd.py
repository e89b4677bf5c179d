"""Read EMD: images of Velox, and the layout of Berkeley, with the angles of tilt series."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from colonnade.core.files.guard import import_reader
from colonnade.core.files.own_data import check_hdf5
from colonnade.core.files.rosetta import read_rosetta, rosetta_signals
from colonnade.core.files.signals import Signal
from colonnade.core.files.tilts import are_tilts, velox_tilt
from colonnade.core.files.units import to_degrees

_IMAGES = "Data/Image"


def read_emd(path: Path) -> list[Signal]:
    """List the images of Velox and of the Berkeley layout."""
    check_hdf5(path)
    found = read_rosetta(path, "emd", lazy=True, select_type="images", stack_group=False)
    with import_reader("h5py").File(path) as file:
        if _IMAGES in file:
            _add_velox_tilts(file[_IMAGES], found)
        else:
            _add_berkeley_tilts(file, found)
    for entry in found:
        _velox_calibration(entry)
        names = [str(axis.get("name")).lower() for axis in entry["axes"]]
        if names[:2] == ["x", "y"]:
            # The Berkeley layout leaves the order to the writer; the names tell it.
            entry["data"] = entry["data"].transpose()
            entry["axes"] = entry["axes"][::-1]
    return rosetta_signals(path, found)


def _velox_calibration(entry: dict[str, Any]) -> None:
    """Take each axis's own size and unit: the reader gives y the unit of x."""
    result = entry["original_metadata"].get("BinaryResult", {})
    if "PixelSize" in result:
        for axis, side, unit in zip(entry["axes"][-2:], ("height", "width"), "YX", strict=True):
            axis.update(scale=result["PixelSize"][side], units=result.get(f"PixelUnit{unit}"))


def _add_velox_tilts(images: Any, found: list[dict[str, Any]]) -> None:
    """Add the tilt of each frame of a stack: the reader takes the metadata of the first alone."""
    if len(images) != len(found):
        return
    for image, entry in zip(images.values(), found, strict=True):
        written = image.get("Metadata")
        frames = entry["data"].shape[0] if entry["data"].ndim == 3 else 0
        if written is None or written.ndim != 2 or written.shape[1] != frames:
            continue
        tilts = [velox_tilt(_parsed(letters)) for letters in np.asarray(written).T]
        known = [tilt for tilt in tilts if tilt is not None]
        if len(known) == frames and are_tilts(known):
            entry["tilts"] = known


def _parsed(letters: Any) -> Any:
    """Read what Velox wrote of one frame; None where it is damaged."""
    try:
        return json.loads(letters.tobytes().split(b"\0", 1)[0])
    except ValueError:
        return None


def _add_berkeley_tilts(file: Any, found: list[dict[str, Any]]) -> None:
    """Add the angles of an axis as the file lists them: the reader makes its steps even."""
    for entry in found:
        for values, name, unit in _dimensions(file, entry):
            tilts = [to_degrees(float(value), unit) for value in values]
            known = [tilt for tilt in tilts if tilt is not None]
            if known and len(known) == len(tilts) and are_tilts(known):
                entry["tilts"] = known
                # What is listed is no image's side, even where the reader does not know that.
                for axis in entry["axes"]:
                    axis["navigate"] = axis.get("name") == name


def _dimensions(file: Any, entry: dict[str, Any]) -> Iterator[tuple[Any, str, str]]:
    """Values, name and unit of the axes of the data of an entry."""
    title = entry["metadata"].get("General", {}).get("title")
    groups: list[Any] = []

    def gather(name: str, item: Any) -> None:
        is_titled = name.rsplit("/", 1)[-1] == title and hasattr(item, "keys")
        if is_titled and "dim1" in item and "data" in item:
            groups.append(item)

    file.visititems(gather)
    for group in groups[:1]:
        for place in range(1, group["data"].ndim + 1):
            dimension = group.get(f"dim{place}")
            if dimension is not None and len(dimension) == group["data"].shape[place - 1]:
                yield dimension[:], _text(dimension, "name"), _text(dimension, "units")


def _text(dimension: Any, name: str) -> str:
    """Read an attribute, which may be bytes."""
    value = dimension.attrs.get(name, "")
    return value.decode(errors="replace") if isinstance(value, bytes) else str(value)
