"""Refuse files that reach for others: what was uploaded must not show what else is on the disk."""

from pathlib import Path
from typing import Any

from colonnade.core.errors import FileError
from colonnade.core.files.guard import import_reader
from colonnade.core.files.hdf5_checks import check_claims


def check_hdf5(path: Path) -> None:
    """Refuse an HDF5 file whose pixels or groups lie in other files, or can be in none.

    Raises
    ------
    FileError
        If it has an external link, external storage or a virtual array, or claims more pixels than
        it can hold.
    """
    h5py = import_reader("h5py")

    def reaches_out(name: str, link: Any) -> bool | None:
        if isinstance(link, h5py.ExternalLink):
            return True
        item = file.get(name) if isinstance(link, h5py.HardLink) else None
        if not isinstance(item, h5py.Dataset):
            return None
        datasets.append(item)
        return True if item.is_virtual or item.external is not None else None

    datasets: list[Any] = []
    with h5py.File(path, "r") as file:
        if file.visititems_links(reaches_out):
            raise FileError(
                f"{path} takes its pixels from other files, which are not followed; save them in "
                "one file"
            )
        for each in datasets:
            check_claims(path, each)


def is_beside(path: Path, other: Path) -> bool:
    """Whether there is a file that is to be read along with another.

    Parameters
    ----------
    path
        The file or folder; where it is a link itself, the other may be beside what it leads to.
    other
        What lies beside it, or in it.

    Raises
    ------
    FileError
        If it is a link to a file in another folder.
    """
    try:
        there = other.is_file()
    except OSError:  # no disk has a name so long
        return False
    homes = (path.parent.resolve(), path.resolve().parent, path.resolve())
    if there and other.resolve().parent not in homes:
        raise FileError(
            f"{other} is a link to a file in another folder, which is not followed; copy the file "
            f"to {path.parent}"
        )
    return there
