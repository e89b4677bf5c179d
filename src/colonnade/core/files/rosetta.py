"""Formats that RosettaSciIO reads: DigitalMicrograph, TIA, EMD and HyperSpy's HDF5."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from colonnade.core.errors import FileError
from colonnade.core.files.guard import import_reader
from colonnade.core.files.signals import Axis, Signal, make_signal, squeeze

_LARGE_BYTES = 1 << 28
_CHUNK = "4MiB"


def read_dm(path: Path) -> list[Signal]:
    """List what a .dm3 or .dm4 holds."""
    # A damaged header makes reading lazily take for ever, so only large files are read so.
    lazy = path.stat().st_size > _LARGE_BYTES
    options = {"chunks": _CHUNK} if lazy else {}
    return _signals(path, read_rosetta(path, "digitalmicrograph", lazy, **options))


def read_hspy(path: Path) -> list[Signal]:
    """List the signals of HyperSpy's HDF5."""
    return _signals(path, read_rosetta(path, "hspy", lazy=True))


def read_emd(path: Path) -> list[Signal]:
    """List the images of Velox and of the Berkeley layout."""
    found = read_rosetta(path, "emd", lazy=True, select_type="images", stack_group=False)
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


def read_tia(path: Path) -> list[Signal]:
    """List the images of a .ser, or of the .ser files of an .emi."""
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
    return _signals(path, found)


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
    notes, tilts = entry.get("notes", ()), entry.get("tilts")
    return make_signal(title, array, axes, metadata, notes, spectral, tilts)


def _signals(path: Path, found: list[dict[str, Any]]) -> list[Signal]:
    return [rosetta_signal(path, entry) for entry in found]


def _axis(found: Mapping[str, Any], size: int) -> Axis:
    unit, scale, offset = (found.get(key) for key in ("units", "scale", "offset"))
    return Axis(
        name=str(found.get("name") or ""),
        size=int(size),
        scale=float("nan" if scale is None else scale),
        offset=float("nan" if offset is None else offset),
        unit=unit if isinstance(unit, str) else "",
    )
