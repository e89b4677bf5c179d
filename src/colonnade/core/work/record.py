"""Which parts of a long work are done, so that it can be stopped at any time and go on."""

import shutil
from contextlib import suppress
from pathlib import Path
from typing import Protocol

from colonnade.core.errors import FileError
from colonnade.core.work.writing import atomic, explain, make_folder

HIDDEN = ".colonnade"
"""Folder, in that of the results of commands, of what they have done."""

_IDENTITY, _SUFFIX = "identity.txt", ".done"

_ERRORS = "surrogateescape"
"""What is written down may hold the name of a file, which may be no text."""


class Marks(Protocol):
    """What is done of a work, as `Record` keeps it."""

    def has(self, part: str) -> bool:
        """Whether a part is done."""

    def put(self, part: str, content: str = "") -> None:
        """Write down that a part is done, and what is to be known of it."""

    def read(self, part: str) -> str:
        """Give what was written down of a part."""


class MemoryMarks(dict[str, str]):
    """What is done of a work that does not go on later."""

    has, read = dict.__contains__, dict.__getitem__

    def put(self, part: str, content: str = "") -> None:
        """Write down that a part is done, and what is to be known of it."""
        self[part] = content


class Record:
    """The finished parts of one work, a file for each, in a folder that says which work it is.

    Parameters
    ----------
    folder
        Where the record is, or shall be; made with the first part.
    identity
        Text that determines the result, such as options, the version, and the size and time of
        the file that is worked on. A record of another identity counts for nothing.
    """

    def __init__(self, folder: Path, identity: str) -> None:
        self.folder, self.identity = folder, identity
        self._begun = self._kept() == identity

    def __reduce__(self) -> tuple[type["Record"], tuple[Path, str]]:
        # Another process looks for itself what is done by now.
        return type(self), (self.folder, self.identity)

    @property
    def is_of_another(self) -> bool:
        """Whether the folder holds the record of other work."""
        return self._kept() not in (None, self.identity)

    @property
    def is_empty(self) -> bool:
        """Whether no part is done."""
        return not self._begun or not any(self.folder.glob(f"*{_SUFFIX}"))

    def has(self, part: str) -> bool:
        """Whether a part is done."""
        return self._begun and self._path(part).exists()

    def begin(self) -> None:
        """Make the folder, and forget other work that it may hold."""
        if self._begun:
            return
        self.clear()
        make_folder(self.folder)
        with atomic(self.folder / _IDENTITY) as temporary:
            temporary.write_text(self.identity, encoding="utf-8", errors=_ERRORS)
        self._begun = True

    def put(self, part: str, content: str = "") -> None:
        """Write down that a part is done, and what is to be known of it."""
        self.begin()
        with atomic(self._path(part)) as temporary:
            temporary.write_text(content, encoding="utf-8", errors=_ERRORS)

    def read(self, part: str) -> str:
        """Give what was written down of a part."""
        return self._path(part).read_text(encoding="utf-8", errors=_ERRORS)

    def forget(self, part: str) -> None:
        """Take back that a part is done."""
        self._path(part).unlink(missing_ok=True)

    def clear(self) -> None:
        """Forget everything.

        Raises
        ------
        FileError
            If the folder cannot be removed.
        """
        self._begun = False
        try:
            if self.folder.exists():
                # First, as a record of which only some parts were removed would tell of too much.
                (self.folder / _IDENTITY).unlink(missing_ok=True)
                shutil.rmtree(self.folder)
        except OSError as error:
            raise FileError(f"{self.folder} cannot be removed: {explain(error)}") from error

    def sweep(self) -> None:
        """Forget everything, and leave no folder of records behind that holds no other."""
        self.clear()
        with suppress(OSError):  # where other files have theirs
            self.folder.parent.rmdir()
            self.folder.parent.parent.rmdir()

    def _path(self, part: str) -> Path:
        return self.folder / f"{part}{_SUFFIX}"

    def _kept(self) -> str | None:
        try:
            return (self.folder / _IDENTITY).read_text(encoding="utf-8", errors=_ERRORS)
        except (OSError, UnicodeDecodeError):
            return None


def file_state(path: Path) -> str:
    """Say which state a file is in: its place, its size [bytes] and when it was changed [ns].

    A folder, such as a Zarr store, is in the state of all files in it.
    """
    if not path.exists():
        return str(path.absolute())
    inside = sorted(path.rglob("*")) if path.is_dir() else [path]
    states = [(each.relative_to(path), each.stat()) for each in inside]
    lines = [f"{name} {state.st_size} {state.st_mtime_ns}" for name, state in states]
    return "\n".join([str(path.absolute()), *lines])
