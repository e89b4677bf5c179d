"""The processes that read files for the page; one that is too slow is ended, and begun anew."""

import asyncio
import contextlib
from collections import defaultdict, deque
from collections.abc import Callable
from functools import partial
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, cast

from colonnade.app.images import reading
from colonnade.app.images.reading import Limits, Tile
from colonnade.app.refusals import Refused
from colonnade.app.settings import Settings
from colonnade.core.errors import ColonnadeError
from colonnade.core.work.processes import interrupts_blocked, start_worker

_ENDED = "takes more time or memory to read than this server gives; use the command line"

Request = tuple[Callable[..., Any], tuple[Any, ...]]


class Readers:
    """A few processes, each of which reads one thing at a time.

    A visitor has all of them but one at most, so that files that take long hold up nobody else.

    Parameters
    ----------
    settings
        Of the server.
    """

    def __init__(self, settings: Settings) -> None:
        self._limits = Limits(settings.largest_plane, settings.largest_image)
        self._processes = [_Reader(settings) for _ in range(settings.readers)]
        self._idle = deque(self._processes)
        self._free = asyncio.Semaphore(settings.readers)
        most = max(settings.readers - 1, 1)
        self._shares: defaultdict[str, asyncio.Semaphore] = defaultdict(
            lambda: asyncio.Semaphore(most)
        )

    async def start(self) -> None:
        """Begin with processes that have imported what they need."""
        await asyncio.gather(*(asyncio.to_thread(one.start) for one in self._processes))

    async def stop(self) -> None:
        """End them all, whatever they do."""
        await asyncio.gather(*(asyncio.to_thread(one.stop) for one in self._processes))

    async def describe(self, owner: str, path: Path) -> list[dict[str, Any]]:
        """List the signals of a file, as `colonnade.app.images.reading.describe_file` does.

        Raises
        ------
        Refused
            If it cannot be read.
        """
        found = await self.run(owner, path, reading.describe_file, path, self._limits)
        return cast(list[dict[str, Any]], found)

    async def manifest(self, owner: str, path: Path, signal: int) -> dict[str, Any]:
        """Say what a viewer must know of an image before it asks for tiles.

        Raises
        ------
        Refused
            If it cannot be read.
        """
        found = await self.run(owner, path, reading.manifest, path, signal)
        return cast(dict[str, Any], found)

    async def tile(
        self, owner: str, path: Path, signal: int, place: tuple[str, int, int, int, int]
    ) -> Tile:
        """Read a tile: of an axis, a plane, a level, a row and a column.

        Raises
        ------
        Refused
            If it cannot be read, or there is none.
        """
        return cast(Tile, await self.run(owner, path, reading.tile, path, signal, *place))

    async def run(self, owner: str, path: Path, function: Callable[..., Any], *values: Any) -> Any:
        """Do something with a file in one of the processes.

        Parameters
        ----------
        owner
            Key of the visitor.
        path
            The file.
        function, values
            What is to be done, and with what.

        Raises
        ------
        Refused
            If it cannot be done, takes too long, or takes the process with it.
        """
        share = self._shares[owner]
        process = await self._take(share, path)
        answer = asyncio.ensure_future(asyncio.to_thread(process.ask, (function, values)))
        answer.add_done_callback(partial(self._give_back, share, process))
        try:
            return await asyncio.shield(answer)  # who asked may go; the process is still at it
        except _EndedError:
            raise Refused(422, f"{path.name} {_ENDED}") from None
        except IndexError:
            raise Refused(404, "there is no such part of the image") from None
        except ColonnadeError as error:
            raise Refused(422, reading.without_folder(str(error), path)) from None

    async def _take(self, share: asyncio.Semaphore, path: Path) -> "_Reader":
        """Wait for a free process, and prefer the one that has read the same file before."""
        await share.acquire()
        try:
            await self._free.acquire()
        except BaseException:
            share.release()
            raise
        chosen = next((one for one in self._idle if one.last == path), self._idle[0])
        self._idle.remove(chosen)
        chosen.last = path
        return chosen

    def _give_back(
        self, share: asyncio.Semaphore, process: "_Reader", answer: "asyncio.Future[Any]"
    ) -> None:
        if not answer.cancelled():
            answer.exception()  # it has been looked at, should nobody wait any more
        self._idle.append(process)
        self._free.release()
        share.release()


class _EndedError(Exception):
    """A process was ended, or has died, over what it was asked."""


class _Reader:
    """One process, and the line to it."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._stopped = False
        self.last: Path | None = None

    def start(self) -> None:
        context = get_context("spawn")
        self._line, theirs = context.Pipe()
        memory = self._settings.reading_memory
        self._process = context.Process(target=_serve, args=(theirs, memory), daemon=True)
        with interrupts_blocked():  # Ctrl-C is for the server, which ends the process
            self._process.start()
        theirs.close()

    def stop(self) -> None:
        self._stopped = True
        self._process.kill()
        self._process.join()
        self._line.close()

    def ask(self, request: Request) -> Any:
        try:
            self._line.send(request)
            if not self._line.poll(self._settings.reading_seconds):
                raise EOFError
            answer = self._line.recv()
        except (EOFError, OSError):
            if not self._stopped:
                self._begin_anew()
            raise _EndedError from None
        if isinstance(answer, Exception):
            raise answer
        return answer

    def _begin_anew(self) -> None:
        self._process.kill()
        self._process.join()
        self._line.close()
        self.start()


def _serve(line: Connection, memory: int) -> None:
    """Read what is asked for, until nobody asks any more."""
    start_worker()
    _limit_memory(memory)
    reading.warm_up()
    with contextlib.suppress(EOFError, OSError, KeyboardInterrupt):
        while True:
            function, values = line.recv()
            line.send(_answer(function, values))


def _answer(function: Callable[..., Any], values: tuple[Any, ...]) -> Any:
    try:
        return function(*values)
    except ColonnadeError as error:
        return ColonnadeError(str(error))
    except IndexError as error:
        return IndexError(str(error))
    except Exception as error:  # whatever a damaged file makes a reader raise
        return ColonnadeError(f"this file cannot be read ({type(error).__name__}: {error})")


def _limit_memory(most: int) -> None:
    """Let what is taken beyond a limit fail, rather than the whole machine [bytes]."""
    try:
        import resource
    except ImportError:  # Windows
        return
    if hasattr(resource, "RLIMIT_DATA"):
        # Not of all addresses: files larger than memory are mapped.
        resource.setrlimit(resource.RLIMIT_DATA, (most, most))
