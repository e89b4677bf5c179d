"""Files that lead to other files, which nobody may see through an upload."""

from pathlib import Path
from typing import Any

from colonnade.core.errors import FileError
from colonnade.core.files.guard import import_reader, reading


def check_links(path: Path) -> None:
    """Refuse an HDF5 file whose data are in other files of the server.

    Raises
    ------
    FileError
        If it has a link to another file, or pixels that lie in one; or cannot be read.
    """
    h5py = import_reader("h5py")
    if not h5py.is_hdf5(path):
        return
    with reading(path, "HDF5"), h5py.File(path, "r") as file:
        if leads_elsewhere(h5py, file):
            raise FileError(
                f"{path} has its data in other files; save it again with everything in it"
            )


def leads_elsewhere(h5py: Any, file: Any) -> bool:
    """Whether anything in an open file is a link to another file, or lies in one."""

    def is_external(name: str, link: Any) -> bool | None:
        if isinstance(link, h5py.ExternalLink):
            return True
        if isinstance(link, h5py.SoftLink):
            return None  # what it leads to has a hard link too, or is not there
        item = file[name]
        lies_elsewhere = isinstance(item, h5py.Dataset) and (item.external or item.is_virtual)
        return True if lies_elsewhere else None

    return bool(file.visititems_links(is_external))
