"""Open each file format, with the reader that knows it best."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from colonnade.core.errors import FileError, ImageError
from colonnade.core.files.bare import read_hdf5, read_npy, read_picture
from colonnade.core.files.emd import read_emd
from colonnade.core.files.guard import reading
from colonnade.core.files.mrc import read_mrc
from colonnade.core.files.rosetta import read_bruker, read_dm, read_hspy, read_tia
from colonnade.core.files.signals import Signal
from colonnade.core.files.tiffs import read_tiff
from colonnade.core.files.trial import try_first
from colonnade.core.files.zarrs import read_zarr, read_zspy

_FOLDERS = (".zspy", ".zarr")

_IN_HDF5 = (".emd", ".hspy", ".h5", ".hdf5")


def open_file(path: Path) -> list[Signal]:
    """List what a file holds, reading as little of it as its format allows.

    Raises
    ------
    FileError
        If the file is missing, closed, damaged or of an unknown format.
    """
    _check(path)
    if path.suffix.lower() in _IN_HDF5:
        try_first(path, _format(path)[0])
    return open_here(path)


def open_here(path: Path) -> list[Signal]:
    """List what a file holds; see `open_file`. A damaged one may bring this process down."""
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
        if path.suffix.lower() not in _FOLDERS:
            raise FileError(f"{path} is a folder; name a file in it")
        return
    try:
        with path.open("rb") as file:
            first = file.read(1)
    except OSError as error:
        raise FileError(f"{path} cannot be opened: {error.strerror}; check who owns it") from error
    if not first:
        raise FileError(f"{path} is empty (0 bytes); copy it again")


_FORMATS: dict[str, tuple[str, Callable[[Path], list[Signal]]]] = {
    ".dm3": ("DigitalMicrograph", read_dm),
    ".dm4": ("DigitalMicrograph", read_dm),
    ".bcf": ("Bruker", read_bruker),
    ".emd": ("EMD", read_emd),
    ".emi": ("TIA", read_tia),
    ".ser": ("TIA", read_tia),
    ".mrc": ("MRC", read_mrc),
    ".mrcs": ("MRC", read_mrc),
    ".ali": ("MRC", read_mrc),
    ".rec": ("MRC", read_mrc),
    ".st": ("MRC", read_mrc),
    ".tif": ("TIFF", read_tiff),
    ".tiff": ("TIFF", read_tiff),
    ".hspy": ("HyperSpy", read_hspy),
    ".zspy": ("HyperSpy Zarr", read_zspy),
    ".zarr": ("Zarr", read_zarr),
    ".h5": ("HDF5", read_hdf5),
    ".hdf5": ("HDF5", read_hdf5),
    ".npy": ("NumPy", read_npy),
    ".png": ("PNG", read_picture),
    ".jpg": ("JPEG", read_picture),
    ".jpeg": ("JPEG", read_picture),
    ".bmp": ("BMP", read_picture),
}

SUFFIXES = frozenset(_FORMATS)
"""Endings of the files that can be read, in lower case."""
