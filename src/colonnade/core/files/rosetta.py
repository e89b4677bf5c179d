"""Formats that RosettaSciIO reads: DigitalMicrograph, Bruker, TIA and HyperSpy's HDF5."""

from collections.abc import Mapping
from glob import escape
from pathlib import Path
from typing import Any

import numpy as np

from colonnade.core.errors import FileError
from colonnade.core.files.guard import import_reader
from colonnade.core.files.own_data import check_hdf5, is_beside
from colonnade.core.files.signals import Axis, Signal, make_signal, squeeze
from colonnade.core.files.stored import Stored
from colonnade.core.files.tilts import are_tilts, listed_tilts
from colonnade.core.files.units import to_degrees

_LARGE_BYTES = 1 << 28
_CHUNK = "4MiB"
_PACKED = (5, 27, 28)  # DigitalMicrograph's numbers for halves of complex Fourier transforms


def read_dm(path: Path) -> list[Signal]:
    """List what a .dm3 or .dm4 holds."""
    # A damaged header makes reading lazily take for ever, so only large files are read so.
    lazy = path.stat().st_size > _LARGE_BYTES
    options = {"chunks": _CHUNK} if lazy else {}
    found = read_rosetta(path, "digitalmicrograph", lazy, **options)
    return rosetta_signals(path, [_stored(path, entry) for entry in found])


def _stored(path: Path, entry: dict[str, Any]) -> dict[str, Any]:
    """Have what the reader would map of a .dm3 or .dm4 read instead, when it is needed."""
    array = entry["data"]
    if isinstance(array, np.ndarray):
        return entry
    image = entry["original_metadata"]["ImageList"]["TagGroup0"]["ImageData"]
    if image["DataType"] in _PACKED:
        return entry
    numbers = Stored.at(path, array.dtype, int(image["Data"]["offset"]), array.shape)
    return {**entry, "data": numbers}


def read_bruker(path: Path) -> list[Signal]:
    """List the images of a .bcf and its spectrum image, of which no spectrum is read."""
    found = read_rosetta(path, "bruker", lazy=True)
    *images, mapped = found
    for image in images:
        # The reader calls an overview, in which the map lies, as it calls the image of the map.
        if image["data"].shape != mapped["data"].shape[:2]:
            general = image["metadata"]["General"]
            general["title"] = f"overview {general.get('title', '')}".strip()
    return rosetta_signals(path, found)


def read_hspy(path: Path) -> list[Signal]:
    """List the signals of HyperSpy's HDF5."""
    check_hdf5(path)
    return rosetta_signals(path, read_rosetta(path, "hspy", lazy=True))


def read_tia(path: Path) -> list[Signal]:
    """List the images of a .ser, or of the .ser files of an .emi."""
    if path.suffix.lower() == ".emi":
        for other in path.parent.glob(f"{escape(path.stem)}_[0-9].ser"):
            if not is_beside(path, other):
                raise FileError(f"{other} is no file, but a folder, a pipe or a device")
    found = read_rosetta(path, "tia", lazy=False)
    if not found and path.suffix.lower() == ".emi":
        raise FileError(
            f"{path} describes the images of a .ser file that is not beside it: "
            f"put {path.stem}_1.ser in the same folder"
        )
    for axis in (axis for entry in found for axis in entry["axes"]):
        # A .ser says no unit: without its .emi the reader takes 1/m for m.
        if axis["units"] == "nm" and abs(axis["scale"]) > 1e9:
            axis.update(units="1/nm", scale=axis["scale"] * 1e-18)
    return rosetta_signals(path, found)


def read_rosetta(path: Path, plugin: str, lazy: bool, **options: Any) -> list[dict[str, Any]]:
    """Read with RosettaSciIO, lazily if that is wanted and the kind of data allows it."""
    read = import_reader(f"rsciio.{plugin}").file_reader
    try:
        found = read(str(path), lazy=lazy, **options)
    except Exception:  # some kinds, such as RGB in DM, are only read whole
        if not lazy:
            raise
        found = read(str(path), **options)
    return [entry for entry in found if "data" in entry]


def rosetta_signal(path: Path, entry: Mapping[str, Any]) -> Signal:
    """Judge what RosettaSciIO read; an entry may add ``notes`` and ``tilts`` of its own."""
    array, moving = entry["data"], [bool(axis.get("navigate")) for axis in entry["axes"]]
    axes = [_axis(axis, size) for axis, size in zip(entry["axes"], array.shape, strict=True)]
    spectral = moving.count(False) == 1 and len(moving) > 1
    order = sorted(range(len(axes)), key=lambda place: not moving[place])
    array, axes = squeeze(array.transpose(order), [axes[place] for place in order])
    general = entry["metadata"].get("General", {})
    title = str(general.get("title") or Path(general.get("original_filename") or path).stem)
    metadata = {**entry["metadata"], "original_metadata": entry["original_metadata"]}
    tilts = entry.get("tilts") or _tilts(entry, order, array.shape)
    notes = entry.get("notes", ())
    return make_signal(title, array, axes, metadata, notes, spectral, tilts)


def rosetta_signals(path: Path, found: list[dict[str, Any]]) -> list[Signal]:
    """Judge all that RosettaSciIO read of a file."""
    return [rosetta_signal(path, entry) for entry in found]


def _tilts(
    entry: Mapping[str, Any], order: list[int], shape: tuple[int, ...]
) -> list[float] | None:
    """Angles of frames that an axis without even steps or the metadata list [degrees]."""
    if len(shape) != 3:
        return None
    first = entry["axes"][order[0]]
    listed = first.get("axis")
    if listed is not None and len(listed) == shape[0]:
        tilts = [to_degrees(float(tilt), first.get("units")) for tilt in listed]
        known = [tilt for tilt in tilts if tilt is not None]
        if len(known) == len(tilts) and are_tilts(known):
            return known
    return listed_tilts(entry["metadata"], shape[0])


def _axis(found: Mapping[str, Any], size: int) -> Axis:
    unit, scale, offset = (found.get(key) for key in ("units", "scale", "offset"))
    return Axis(
        name=str(found.get("name") or ""),
        size=int(size),
        scale=float("nan" if scale is None else scale),
        offset=float("nan" if offset is None else offset),
        unit=unit if isinstance(unit, str) else "",
    )
