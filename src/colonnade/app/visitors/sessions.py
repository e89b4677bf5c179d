"""The visitors of a server, each with a folder, files and images of their own."""

import asyncio
import shutil
import time
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from secrets import token_urlsafe
from typing import Any, Literal

from colonnade.app.refusals import Refused
from colonnade.app.settings import Settings
from colonnade.app.visitors.events import Events
from colonnade.app.visitors.folders import bytes_in, delete

State = Literal["reading", "ready", "refused"]


@dataclass(eq=False)
class StoredFile:
    """A file of a visitor.

    Parameters
    ----------
    id
        What requests call it.
    path
        Where it lies; its name there is what everyone calls it.
    bytes
        Size.
    state
        Whether it was looked into; only what is ready may go into a job.
    error
        Why it was refused.
    signals
        What it holds, as `colonnade.app.images.reading.describe_file` says it, with the id of
        each image.
    """

    id: str
    path: Path
    bytes: int
    state: State = "reading"
    error: str | None = None
    signals: list[dict[str, Any]] = field(default_factory=list)

    @property
    def name(self) -> str:
        """Its cleaned name."""
        return self.path.name


@dataclass(frozen=True)
class StoredImage:
    """One signal of a file, uploaded or made."""

    path: Path
    signal: int


@dataclass(eq=False)
class Session:
    """What the server keeps for one visitor.

    Parameters
    ----------
    key
        Who knows it is this visitor.
    folder
        Everything of the visitor: ``files`` has what was uploaded, ``jobs`` what was made.
    settings
        Of the server.
    """

    key: str
    folder: Path
    settings: Settings
    events: Events = field(default_factory=Events)
    files: dict[str, StoredFile] = field(default_factory=dict)
    images: dict[str, StoredImage] = field(default_factory=dict)
    seen: float = field(default_factory=time.monotonic)

    def touch(self) -> None:
        """Say that the visitor is still there."""
        self.seen = time.monotonic()

    def file(self, file: str) -> StoredFile:
        """Give a file by its id.

        Raises
        ------
        Refused
            If the visitor has no such file.
        """
        if file not in self.files:
            raise Refused(404, "there is no such file; it may have been removed")
        return self.files[file]

    def image(self, image: str) -> StoredImage:
        """Give an image by its id.

        Raises
        ------
        Refused
            If the visitor has no such image.
        """
        if image not in self.images:
            raise Refused(404, "there is no such image; its file may have been removed")
        return self.images[image]

    def add_image(self, path: Path, signal: int = 0) -> str:
        """Let the visitor see a signal of a file; the same one keeps its id."""
        wanted = StoredImage(path, signal)
        for known, image in self.images.items():
            if image == wanted:
                return known
        new = token_urlsafe(12)
        self.images[new] = wanted
        return new

    def forget_images(self, path: Path) -> None:
        """Let nobody see the signals of a file any more."""
        self.images = {key: image for key, image in self.images.items() if image.path != path}

    def room(self) -> int:
        """How much more may be written for the visitor [bytes]; this looks at every file."""
        used = bytes_in(self.folder)
        free = shutil.disk_usage(self.folder).free - self.settings.disk_reserve
        return min(self.settings.session_quota - used, free)

    def check_room(self, wanted: int = 1) -> None:
        """Refuse to write more than there is room for."""
        if wanted > self.room():
            raise Refused(507, "there is no room left for this; remove files or jobs first")


class Sessions:
    """All visitors of a server.

    Parameters
    ----------
    folder
        Where each gets a folder.
    settings
        Of the server.
    stop
        Ends whatever still works for a visitor.
    """

    def __init__(
        self,
        folder: Path,
        settings: Settings,
        stop: Callable[[Session], Awaitable[None]],
    ) -> None:
        self._folder = folder
        self._settings = settings
        self._stop = stop
        self._open: dict[str, Session] = {}

    def __len__(self) -> int:
        return len(self._open)

    def __iter__(self) -> Iterator[Session]:
        return iter(list(self._open.values()))

    def get(self, key: str | None) -> Session | None:
        """Give the visitor who knows a key, if there is one."""
        return None if key is None else self._open.get(key)

    def open(self) -> Session:
        """Let a new visitor in.

        Raises
        ------
        Refused
            If there are too many.
        """
        if len(self._open) >= self._settings.most_sessions:
            raise Refused(429, "the server has as many visitors as it takes; try again later")
        folder = self._folder / token_urlsafe(16)
        for made in (folder, folder / "files", folder / "jobs"):
            made.mkdir(mode=0o700)
        session = Session(token_urlsafe(32), folder, self._settings)
        self._open[session.key] = session
        return session

    async def close(self, session: Session) -> None:
        """Forget a visitor, and delete all that was kept."""
        if self._open.pop(session.key, None) is None:
            return
        session.events.close()
        await self._stop(session)
        await asyncio.to_thread(delete, session.folder)

    def idle(self) -> list[Session]:
        """Visitors who have not been seen for long."""
        oldest = time.monotonic() - self._settings.idle.total_seconds()
        return [session for session in self if session.seen < oldest]

    def end_streams(self) -> None:
        """Tell no visitor any more what changes."""
        for session in self:
            session.events.close()

    async def close_all(self) -> None:
        """Forget everyone."""
        for session in self:
            await self.close(session)
