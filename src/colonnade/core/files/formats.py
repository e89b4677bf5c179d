"""Open each file format, with the reader that knows it best."""

import stat
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from colonnade.core.errors import FileError, ImageError
from colonnade.core.files.bare import read_hdf5, read_npy, read_picture
from colonnade.core.files.emd import read_emd
from colonnade.core.files.guard import import_reader, reading
from colonnade.core.files.mrc import read_mrc
from colonnade.core.files.rosetta import read_bruker, read_dm, read_hspy, read_tia
from colonnade.core.files.signals import Signal
from colonnade.core.files.tiffs import read_tiff
from colonnade.core.files.trial import try_first
from colonnade.core.files.zarrs import read_zarr, read_zspy

_FOLDERS = (".zspy", ".zarr")


@dataclass(frozen=True)
class Format:
    """A file format, what reads it, and the library that does, if that may not survive it."""

    name: str
    read: Callable[[Path], list[Signal]]
    foreign: str | None = None


def open_file(path: Path) -> list[Signal]:
    """List what a file holds, reading as little of it as its format allows.

    Raises
    ------
    FileError
        If the file is missing, closed, damaged or of an unknown format.
    """
    _check(path)
    format = find_format(path)
    if format.foreign:
        try_first(path, format.name, partial(import_reader, format.foreign))
    return open_here(path)


def open_here(path: Path) -> list[Signal]:
    """List what a file holds; see `open_file`. A damaged one may bring this process down."""
    format = find_format(path)
    with reading(path, format.name):
        signals = format.read(path)
    if not signals:
        raise ImageError(f"{path} is a {format.name} file without any image; open another file")
    return [
        replace(signal, path=path, format=format.name, index=index)
        for index, signal in enumerate(signals)
    ]


def find_format(path: Path) -> Format:
    """Tell the format of a file by its suffix alone.

    Raises
    ------
    FileError
        If no format has that suffix.
    """
    try:
        return _FORMATS[path.suffix.lower()]
    except KeyError:
        known = " ".join(sorted(_FORMATS))
        what = f"has the suffix {path.suffix}" if path.suffix else "has no suffix"
        raise FileError(
            f"{path} {what}, which is not one of {known}; convert it to TIFF or MRC first"
        ) from None


def _check(path: Path) -> None:
    try:
        mode = path.stat().st_mode
        if stat.S_ISDIR(mode):
            if path.suffix.lower() not in _FOLDERS:
                raise FileError(f"{path} is a folder; name a file in it")
            return
        if not stat.S_ISREG(mode):
            raise FileError(f"{path} is a pipe or a device; name a file")
        with path.open("rb") as file:
            first = file.read(1)
    except (FileNotFoundError, NotADirectoryError, ValueError) as error:
        raise FileError(f"{path} does not exist; check the name and the folder") from error
    except OSError as error:
        raise FileError(f"{path} cannot be opened: {error.strerror}; check who owns it") from error
    if not first:
        raise FileError(f"{path} is empty (0 bytes); copy it again")


_DM = Format("DigitalMicrograph", read_dm, "rsciio.digitalmicrograph")
_TIA = Format("TIA", read_tia, "rsciio.tia")
_MRC, _TIFF = Format("MRC", read_mrc), Format("TIFF", read_tiff)
_HDF5, _JPEG = Format("HDF5", read_hdf5, "h5py"), Format("JPEG", read_picture)

_FORMATS = {
    ".dm3": _DM,
    ".dm4": _DM,
    ".bcf": Format("Bruker", read_bruker, "rsciio.bruker"),
    ".emd": Format("EMD", read_emd, "rsciio.emd"),
    ".emi": _TIA,
    ".ser": _TIA,
    ".mrc": _MRC,
    ".mrcs": _MRC,
    ".ali": _MRC,
    ".rec": _MRC,
    ".st": _MRC,
    ".tif": _TIFF,
    ".tiff": _TIFF,
    ".hspy": Format("HyperSpy", read_hspy, "rsciio.hspy"),
    ".zspy": Format("HyperSpy Zarr", read_zspy),
    ".zarr": Format("Zarr", read_zarr),
    ".h5": _HDF5,
    ".hdf5": _HDF5,
    ".npy": Format("NumPy", read_npy),
    ".png": Format("PNG", read_picture),
    ".jpg": _JPEG,
    ".jpeg": _JPEG,
    ".bmp": Format("BMP", read_picture),
}

SUFFIXES = frozenset(_FORMATS)
"""Endings of the files that can be read, in lower case."""
