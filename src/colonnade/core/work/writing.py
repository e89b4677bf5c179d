"""Write files so that nothing is ever half there."""

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from colonnade.core.errors import FileError
from colonnade.core.work.temporary import temporary_beside

_ADVICE = {
    errno.ENOENT: "make that folder first, or name another",
    errno.ENOTDIR: "part of that path is a file; name another folder",
    errno.EISDIR: "a folder has that name; choose another",
    errno.ENOTEMPTY: "a folder has that name; choose another",
    errno.EACCES: "choose a folder that you may write to",
    errno.EPERM: "choose a folder that you may write to",
    errno.EROFS: "choose a folder that you may write to",
    errno.ENOSPC: "free some space, or choose another disk",
    errno.EDQUOT: "free some space, or choose another disk",
    errno.ENAMETOOLONG: "choose a shorter name",
}


@contextmanager
def atomic(path: str | Path) -> Iterator[Path]:
    """Write to a temporary name beside `path`, and rename it once all of it is on the disk.

    Raises
    ------
    FileError
        If the folder is missing or closed, or the disk is full; what stood at `path` stays.
    """
    path = Path(path)
    temporary = temporary_beside(path)
    try:
        try:
            yield temporary
            flush(temporary)
            temporary.replace(path)
            flush_folder(path.parent)
        finally:
            temporary.unlink(missing_ok=True)
    except OSError as error:
        raise FileError(f"{path} cannot be written: {explain(error)}") from error


def explain(error: OSError) -> str:
    """Say what kept a file from being written, and what to do about it."""
    reason = os.strerror(error.errno).lower() if error.errno else str(error)
    return f"{reason}; {_ADVICE.get(error.errno or 0, 'check the disk and the folder')}"


def make_folder(folder: Path) -> None:
    """Make a folder for results, and those above it.

    Raises
    ------
    FileError
        If it cannot be made.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise FileError(f"the folder {folder} cannot be made: {explain(error)}") from error


class ClosedFolderError(FileError):
    """Nothing can be written into a folder."""


def check_writable(folder: Path) -> None:
    """Write an empty file into a folder and take it away again.

    Raises
    ------
    ClosedFolderError
        If that does not go.
    """
    tried = temporary_beside(folder / "tried")
    try:
        tried.touch()
        tried.unlink()
    except OSError as error:
        raise ClosedFolderError(
            f"nothing can be written into {folder}: {explain(error)}"
        ) from error


def flush(path: Path) -> None:
    """Wait until a file is on the disk, so that no name stands for what a power cut takes."""
    with path.open("rb+") as file:
        os.fsync(file.fileno())


def flush_folder(folder: Path) -> None:
    """Wait until the names in a folder are on the disk, where the system can."""
    if os.name == "nt":  # it opens no folders
        return
    with suppress(OSError):  # some network disks refuse, and folders that may not be listed
        opened = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(opened)
        finally:
            os.close(opened)
