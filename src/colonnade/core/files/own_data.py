"""Refuse files that reach for others: what was uploaded must not show what else is on the disk."""

import stat
import zipfile
from pathlib import Path
from typing import Any

from colonnade.core.errors import FileError
from colonnade.core.files.guard import import_reader

LARGEST_METADATA = 1 << 26
"""What a Zarr says of itself is no longer, when it is unpacked [bytes]."""

_METADATA = ("zarr.json", ".zarray", ".zattrs", ".zgroup", ".zmetadata")


def check_hdf5(path: Path) -> None:
    """Refuse an HDF5 file whose pixels or groups lie in other files.

    Raises
    ------
    FileError
        If it has an external link, external storage or a virtual array.
    """
    h5py = import_reader("h5py")

    def reaches_out(name: str, link: Any) -> bool | None:
        if isinstance(link, h5py.ExternalLink):
            return True
        item = file.get(name) if isinstance(link, h5py.HardLink) else None
        outside = isinstance(item, h5py.Dataset) and (item.is_virtual or item.external is not None)
        return True if outside else None

    with h5py.File(path, "r") as file:
        if file.visititems_links(reaches_out):
            raise FileError(
                f"{path} takes its pixels from other files, which are not followed; save them in "
                "one file"
            )


def check_zarr(path: Path) -> None:
    """Refuse a Zarr whose metadata are no file, or would unpack to fill the memory.

    Raises
    ------
    FileError
        If that is so.
    """
    if path.is_dir():
        found = [each.stat() for name in _METADATA if (each := path / name).exists()]
        sound = all(stat.S_ISREG(one.st_mode) and one.st_size <= LARGEST_METADATA for one in found)
    else:
        with zipfile.ZipFile(path) as archive:
            sound = all(
                one.file_size <= LARGEST_METADATA
                for one in archive.infolist()
                if one.filename.endswith(_METADATA)
            )
    if not sound:
        raise FileError(f"{path} has more to say of itself than a Zarr does; it is damaged")
