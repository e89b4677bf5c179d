"""The folder of a server, that nobody else may look into, and that does not outlive it."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

try:
    import fcntl
except ImportError:  # Windows, where a file that is open cannot be deleted
    fcntl = None  # type: ignore[assignment]

_PREFIX = "colonnade-serve-"
_LOCK = "lock"


@contextmanager
def private_folder(parent: Path | None = None) -> Iterator[Path]:
    """Make a folder of random name that is deleted at the end.

    What servers have left that were killed is deleted first.

    Parameters
    ----------
    parent
        Where; by default the folder of temporary files.
    """
    parent = Path(tempfile.gettempdir()) if parent is None else parent
    sweep(parent)
    folder = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=parent))  # of mode 0700
    with (folder / _LOCK).open("w") as lock:
        _take(lock.fileno())
        try:
            yield folder
        finally:
            for inside in folder.iterdir():
                if inside.name != _LOCK:
                    delete(inside)
    delete(folder)


def sweep(parent: Path) -> None:
    """Delete what servers of this user have left that do not run any more."""
    for folder in parent.glob(f"{_PREFIX}*"):
        if folder.is_symlink() or not folder.is_dir() or not _is_ours(folder):
            continue
        if _is_left(folder / _LOCK):
            delete(folder)


def delete(folder: Path) -> None:
    """Delete a folder with all that is in it; what resists is swept at the next start."""
    shutil.rmtree(folder, ignore_errors=True)


def empty(folder: Path) -> None:
    """Delete all that is in a folder."""
    with suppress(OSError):
        for inside in list(folder.iterdir()):
            if inside.is_dir() and not inside.is_symlink():
                delete(inside)
            else:
                inside.unlink(missing_ok=True)


def bytes_in(folder: Path) -> int:
    """Size of all files in a folder, while others may write and delete there [bytes]."""
    total = 0
    for inside, _, names in os.walk(folder):
        for name in names:
            with suppress(OSError):
                total += Path(inside, name).lstat().st_size
    return total


def _is_ours(folder: Path) -> bool:
    return not hasattr(os, "getuid") or folder.lstat().st_uid == os.getuid()


def _take(lock: int) -> None:
    if fcntl is not None:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)


def _is_left(lock: Path) -> bool:
    """Whether the server that took a lock has ended."""
    if fcntl is None:
        with suppress(PermissionError):
            lock.unlink(missing_ok=True)
            return True
        return False
    try:
        with lock.open("r+") as file:
            _take(file.fileno())
    except FileNotFoundError:
        return False  # it is being made, or being deleted
    except OSError:
        return False
    return True
