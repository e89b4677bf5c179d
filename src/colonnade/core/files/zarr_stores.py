"""Open a Zarr as what lies in its folder or archive, and nothing else that is on the disk."""

import stat
import zipfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from zarr.storage import LocalStore, ZipStore

from colonnade.core.errors import FileError
from colonnade.core.files.unpacked import check_unpacked

LARGEST_METADATA = 1 << 26
"""What a Zarr says of itself is no longer, when it is unpacked [bytes]."""

_METADATA = ("zarr.json", ".zarray", ".zattrs", ".zgroup", ".zmetadata")


def open_store(path: Path) -> "OwnFolder | ZipStore":
    """Open the folder or the archive of a Zarr.

    Raises
    ------
    FileError
        If a file of the archive would unpack to fill the memory.
    """
    if path.is_dir():
        return OwnFolder(path)
    with zipfile.ZipFile(path) as archive:
        for one in archive.infolist():
            if one.filename.endswith(_METADATA) and one.file_size > LARGEST_METADATA:
                raise _too_long(path)
            check_unpacked(path, one.compress_size, one.file_size)
    return ZipStore(path, mode="r")


class OwnFolder(LocalStore):
    """A folder of which only files are read that lie in it: no pipes and no links."""

    def __init__(self, root: Path | str, *, read_only: bool = True) -> None:
        super().__init__(root, read_only=read_only)
        self._home = self.root.resolve()

    async def get(self, key: str, prototype: Any = None, byte_range: Any = None) -> Any:
        """Read a file, or a part of it."""
        self._check(key)
        return await super().get(key, prototype, byte_range)

    async def get_partial_values(
        self, prototype: Any, key_ranges: Iterable[tuple[str, Any]]
    ) -> list[Any]:
        """Read parts of files."""
        wanted = list(key_ranges)
        for key in {key for key, _ in wanted}:
            self._check(key)
        return await super().get_partial_values(prototype, wanted)

    def get_sync(self, key: str, *, prototype: Any = None, byte_range: Any = None) -> Any:
        """Read a file, or a part of it."""
        self._check(key)
        return super().get_sync(key, prototype=prototype, byte_range=byte_range)

    def _check(self, key: str) -> None:
        """Refuse what is no file of this folder."""
        path = self.root / key
        try:
            found = path.stat()
        except (FileNotFoundError, NotADirectoryError):
            return
        if stat.S_ISDIR(found.st_mode):
            return
        if not stat.S_ISREG(found.st_mode):
            raise FileError(f"{self.root} has a pipe or a device where a file should be: {key}")
        if path.resolve() != self._home / key:
            raise FileError(f"{self.root} has links in it, which are not followed: {key}")
        if key.endswith(_METADATA) and found.st_size > LARGEST_METADATA:
            raise _too_long(self.root)


def held_bytes(path: Path, within: str, enough: int) -> int:
    """Count the bytes that a Zarr holds of an array, as far as to so many.

    Parameters
    ----------
    path
        The folder or archive.
    within
        Path of the array in it.
    enough
        No more are counted.
    """
    if path.is_dir():
        files = (one for one in (path / within).rglob("*") if one.is_file())
        sizes: Iterable[int] = (one.stat().st_size for one in files)
    else:
        with zipfile.ZipFile(path) as archive:
            listed = archive.infolist()
        sizes = (one.file_size for one in listed if one.filename.startswith(within))
    count = 0
    for size in sizes:
        count += size
        if count >= enough:
            break
    return count


def _too_long(path: Path) -> FileError:
    return FileError(f"{path} has more to say of itself than a Zarr does; it is damaged")
