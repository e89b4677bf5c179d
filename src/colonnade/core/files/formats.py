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
from colonnade.core.files.zarrs import read_zarr, read_zspy

Reader = Callable[[Path], list[Signal]]

_FOLDERS = (".zspy", ".zarr")


def open_file(path: Path) -> list[Signal]:
    """List what a file holds, reading as little of it as its format allows.

    Raises
    ------
    FileError
        If the file is missing, closed, damaged or of an unknown format.
    """
    _check(path)
    name, reader = find_format(path)
    with reading(path, name):
        signals = reader(path)
    if not signals:
        raise ImageError(f"{path} is a {name} file without any image; open another file")
    return [
        replace(signal, path=path, format=name, index=index)
        for index, signal in enumerate(signals)
    ]


def find_format(path: Path) -> tuple[str, Reader]:
    """Name the format of a file, and give its reader, by the suffix alone.

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


_FORMATS: dict[str, tuple[str, Reader]] = {
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
