"""How a file gets from a visitor to the disk, byte by byte, and is looked into."""

import asyncio
import errno
import shutil
from collections.abc import AsyncIterable
from pathlib import Path
from secrets import token_urlsafe
from typing import IO

from colonnade.app.images.readers import Readers
from colonnade.app.refusals import Refused
from colonnade.app.visitors.names import clean_name, unique_name
from colonnade.app.visitors.sessions import Session, StoredFile
from colonnade.core.errors import FileError
from colonnade.core.files.formats import SUFFIXES, find_format

COMPANIONS = frozenset({".tlt", ".rawtlt", ".mdoc", ".txt", ".hdr"})
"""Endings of the files that say something of another one with the same stem."""

_BLOCK = 1 << 20
"""Written to the disk at a time [bytes]."""

_COUNTED_EVERY = 64 << 20
"""What all files take is looked up again after so much [bytes]."""

_FULL = (errno.ENOSPC, errno.EDQUOT)


def place_file(session: Session, name: str) -> Path:
    """Choose where a file goes, and take the place.

    Raises
    ------
    Refused
        If files of its kind cannot be read.
    """
    name = clean_name(name)
    suffix = Path(name).suffix.lower()
    if suffix not in SUFFIXES | COMPANIONS:
        try:
            find_format(Path(name))
        except FileError as error:
            raise Refused(422, str(error)) from None
    folder = session.folder / "files"
    path = folder / unique_name(name, {one.name for one in folder.iterdir()})
    path.touch(mode=0o600, exist_ok=False)
    return path


async def write_stream(session: Session, path: Path, stream: AsyncIterable[bytes]) -> int:
    """Write what comes in, and count it [bytes]; nothing is left of what is refused.

    Raises
    ------
    Refused
        If it is too much, for the server or for the disk.
    """
    try:
        with path.open("wb") as file:
            return await _Writing(session, file).write(stream)
    except BaseException as error:
        path.unlink(missing_ok=True)
        if isinstance(error, OSError) and error.errno in _FULL:
            raise Refused(507, "the disk of the server is full; remove files or jobs") from None
        raise


class _Writing:
    """A file that grows, within what there is room for."""

    def __init__(self, session: Session, file: IO[bytes]) -> None:
        self._session = session
        self._file = file
        self._written = 0
        self._looked = -_COUNTED_EVERY
        self._room = 0

    async def write(self, stream: AsyncIterable[bytes]) -> int:
        waiting = bytearray()
        async for piece in stream:
            waiting += piece
            check_size(self._session, self._written + len(waiting))
            if len(waiting) >= _BLOCK:
                await self._flush(waiting)
        await self._flush(waiting)
        return self._written

    async def _flush(self, waiting: bytearray) -> None:
        if self._written - self._looked >= _COUNTED_EVERY:
            self._looked = self._written
            self._room = self._written + await asyncio.to_thread(self._session.room)
        if self._written + len(waiting) > self._room:
            raise Refused(507, "there is no room left for this; remove files or jobs first")
        await asyncio.to_thread(self._file.write, bytes(waiting))
        self._written += len(waiting)
        waiting.clear()


def check_size(session: Session, size: int) -> None:
    """Refuse a file that is larger than the server takes [bytes]."""
    most = session.settings.largest_file
    if size > most:
        raise Refused(
            413, f"this is more than the {most / 2**30:g} GiB that the server takes of one file"
        )


async def copy_sample(session: Session, source: Path) -> Path:
    """Give the visitor a file that the package carries.

    Raises
    ------
    Refused
        If there is no room for it.
    """
    await asyncio.to_thread(session.check_room, source.stat().st_size)
    path = place_file(session, source.name)
    await asyncio.to_thread(shutil.copyfile, source, path)
    return path


def keep(session: Session, path: Path) -> StoredFile:
    """Count a file among those of the visitor."""
    file = StoredFile(token_urlsafe(12), path, path.stat().st_size)
    session.files[file.id] = file
    return file


def changed_by(session: Session, file: StoredFile) -> list[StoredFile]:
    """Files that are read otherwise since one is there: itself, and those that it belongs to."""
    return [
        file,
        *(one for one in session.files.values() if one is not file and _says_of(file, one)),
    ]


def _says_of(companion: StoredFile, file: StoredFile) -> bool:
    told, path = companion.path, file.path
    if path.suffix.lower() == ".emi":
        return told.suffix.lower() == ".ser" and told.stem.startswith(path.stem)
    names = (path.stem, path.name, f"{path.stem}-{path.suffix[1:]}")
    return told.suffix.lower() in COMPANIONS and told.stem in names


async def look_into(session: Session, file: StoredFile, readers: Readers) -> None:
    """Say what a file holds, or why it is refused."""
    try:
        is_image = file.path.suffix.lower() in SUFFIXES
        signals = await readers.describe(session.key, file.path) if is_image else []
    except Refused as refused:
        file.state, file.error, file.signals = "refused", refused.sentence, []
        session.forget_images(file.path)
        return
    for signal in signals:
        readable = signal.pop("readable")
        number = signal["index"]
        signal["image"] = session.add_image(file.path, number) if readable else None
    file.state, file.error, file.signals = "ready", None, signals
