"""The jobs of all visitors, and the processes that do them one after the other."""

import asyncio
import logging
import shutil
import time
from collections import Counter
from contextlib import suppress
from pathlib import Path
from typing import Any

from colonnade.app.jobs.job import Item, Job
from colonnade.app.jobs.process import TaskError, Worker, WorkerDiedError
from colonnade.app.refusals import Refused
from colonnade.app.results.results import AddImage, Made, Result, describe
from colonnade.app.settings import Settings
from colonnade.app.visitors.folders import delete, empty
from colonnade.app.visitors.sessions import Session

log = logging.getLogger(__name__)

LEAST_PAUSE = 0.2
"""Pages hear of a job no more often [s]."""

DIED = (
    "the process that did this has died, perhaps for want of memory; try a smaller image, or "
    "bin it first"
)

LOOKED_FOR_ROOM_S = 2.0
"""How much a job that runs has written is looked up so often."""

PREFIX = "colonnade: "
"""How the command line begins what it says of an error."""


class Jobs:
    """What is waiting, what runs, and what is done.

    Parameters
    ----------
    settings
        Of the server.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._of: dict[str, dict[str, Job]] = {}
        self._sessions: dict[str, Session] = {}
        self._waiting: list[Job] = []
        self._running: dict[str, tuple[Job, Worker]] = {}
        self._arrived = asyncio.Condition()
        self._workers = [Worker() for _ in range(settings.workers)]
        self._desk, self._at_desk = Worker(), asyncio.Lock()
        self._serving: list[asyncio.Task[None]] = []
        self._told: dict[str, float] = {}
        self._to_be_told: set[str] = set()

    async def start(self) -> None:
        """Begin the processes; they are there before the first job, or when it wants them."""
        self._serving = [asyncio.create_task(self._serve(worker)) for worker in self._workers]

    async def stop(self) -> None:
        """End everything."""
        for task in self._serving:
            task.cancel()
        await asyncio.gather(*self._serving, return_exceptions=True)
        await asyncio.gather(*(worker.stop() for worker in [*self._workers, self._desk]))

    def of(self, session: Session) -> dict[str, Job]:
        """All jobs of a visitor, by their ids."""
        return self._of.get(session.key, {})

    def get(self, session: Session, job: str) -> Job:
        """Give a job of a visitor.

        Raises
        ------
        Refused
            If there is none.
        """
        if job not in self.of(session):
            raise Refused(404, "there is no such job; it may have been removed")
        return self.of(session)[job]

    def result(self, session: Session, job: str, index: int) -> Result:
        """Give a result of a job of a visitor.

        Raises
        ------
        Refused
            If there is none.
        """
        for result in self.get(session, job).results:
            if result.index == index:
                return result
        raise Refused(404, "there is no such result")

    def uses(self, session: Session, file: str) -> bool:
        """Whether a job that has not ended works on a file."""
        jobs = [job for job in self.of(session).values() if not job.has_ended]
        return any(item.file == file for job in jobs for item in job.items)

    def check_room(self) -> None:
        """Refuse another job where too many wait.

        Raises
        ------
        Refused
            If so.
        """
        if len(self._waiting) >= self._settings.most_waiting:
            raise Refused(
                429,
                f"{len(self._waiting)} jobs are waiting, and the server takes no more; try again "
                "when some of them are done",
            )

    async def submit(self, session: Session, job: Job) -> None:
        """Let a job wait for its turn."""
        self.check_room()
        job.folder.mkdir(mode=0o700)
        self._of.setdefault(session.key, {})[job.id] = job
        self._sessions[session.key] = session
        self._waiting.append(job)
        self.tell(job)
        async with self._arrived:
            self._arrived.notify()

    async def remove(self, session: Session, job: Job) -> None:
        """Cancel a job that waits or runs, or forget one that has ended, with all it has made."""
        if not job.has_ended:
            self._cancel(job)
            return
        del self._of[session.key][job.id]
        for path in job.folder.iterdir():
            session.forget_images(path)
        self._told.pop(job.id, None)
        session.events.publish("gone", {"id": job.id})
        await asyncio.to_thread(delete, job.folder)

    async def forget(self, session: Session) -> None:
        """End and forget all jobs of a visitor who has gone."""
        for job in self._of.pop(session.key, {}).values():
            if not job.has_ended:
                self._cancel(job)
        self._sessions.pop(session.key, None)

    def tell(self, job: Job) -> None:
        """Tell the pages of a visitor how a job is, but not too often while it runs."""
        wait = self._told.get(job.id, 0.0) + LEAST_PAUSE - time.monotonic()
        if job.state != "running" or wait <= 0:
            self._tell_now(job)
        elif job.id not in self._to_be_told:
            self._to_be_told.add(job.id)
            asyncio.get_running_loop().call_later(wait, self._tell_late, job)

    def _tell_late(self, job: Job) -> None:
        if job.id in self._to_be_told:  # or its end has been told meanwhile
            self._tell_now(job)

    def _tell_now(self, job: Job) -> None:
        self._to_be_told.discard(job.id)
        session = self._sessions.get(job.owner)
        if session is not None and job.id in self.of(session):
            self._told[job.id] = time.monotonic()
            session.events.publish("job", job.to_json())

    async def at_desk(self, task: dict[str, Any]) -> Any:
        """Have something small done, beside the jobs.

        Raises
        ------
        Refused
            If it cannot be done.
        """
        async with self._at_desk:
            try:
                return await self._desk.do(task, lambda told: None)
            except WorkerDiedError:
                raise Refused(422, DIED) from None
            except TaskError as error:
                raise Refused(422, str(error)) from None
            except asyncio.CancelledError:
                self._desk.kill()  # or it would answer the next task with this answer
                raise

    def _cancel(self, job: Job) -> None:
        if job in self._waiting:
            self._waiting.remove(job)
        job.end("cancelled")
        if job.id in self._running:
            self._running[job.id][1].kill()

    async def _serve(self, worker: Worker) -> None:
        """Do one job after the other in one process."""
        while True:
            with suppress(WorkerDiedError):
                await worker.start()
            while not worker.is_killed:
                job = await self._next()
                self._running[job.id] = job, worker
                try:
                    await self._do(job, worker)
                finally:
                    del self._running[job.id]

    async def _next(self) -> Job:
        """Wait for a job; of the visitors for whom least is done, the one who has waited longest.

        So nobody has to wait for all that another has asked for.
        """
        async with self._arrived:
            await self._arrived.wait_for(lambda: self._waiting)
            busy = Counter(job.owner for job, _ in self._running.values())
            chosen = min(self._waiting, key=lambda job: busy[job.owner])
            self._waiting.remove(chosen)
            return chosen

    async def _do(self, job: Job, worker: Worker) -> None:
        job.begin()
        try:
            session = self._sessions[job.owner]
            room = await asyncio.to_thread(session.room)
            if job.has_ended:  # cancelled in the meantime
                return
            await self._write_tables(job, worker)
            status = await self._run(job, session, worker, room)
            await self._finish(job, session, status)
        except Refused as refused:
            worker.kill()
            self._fail(job, refused.sentence)
        except WorkerDiedError:
            worker.kill()
            self._fail(job, DIED)
        except TaskError as error:
            self._fail(job, f"the command has failed: {error}")
        except Exception:  # whatever it is, the other jobs go on
            log.exception("job %s: %s", job.id, job.command)
            self._fail(job, "the server made a mistake; what it knows of it is in its terminal")

        if not job.results:
            await asyncio.to_thread(empty, job.folder)  # or nobody would know what takes the room

    async def _run(self, job: Job, session: Session, worker: Worker, room: int) -> int:
        """Run the command, and end it where it writes more than there is room for.

        Raises
        ------
        Refused
            If it does.
        """
        watch = asyncio.create_task(_end_beyond_room(session, worker))
        try:
            status: int = await worker.do(_command(job, session, room), job.hear)
        except WorkerDiedError:
            refused = watch.exception() if watch.done() else None
            if isinstance(refused, Refused):
                raise refused from None
            raise
        finally:
            watch.cancel()
            await asyncio.gather(watch, return_exceptions=True)
        return status

    def _fail(self, job: Job, sentence: str) -> None:
        if not job.has_ended:
            job.end("failed", sentence)

    async def _write_tables(self, job: Job, worker: Worker) -> None:
        """Write the tables of columns that have another threshold or were corrected."""
        for item in job.items:
            if item.table is not None:
                item.path.parent.mkdir(exist_ok=True)
                result, table = item.table.result, item.table
                threshold = result.threshold if table.threshold is None else table.threshold
                task = redrawn(result, threshold or 0.0, table.edits, table=item.path)
                await worker.do(task, lambda told: None)

    async def _finish(self, job: Job, session: Session, status: int) -> None:
        """Read what the command has written, and say how the job has ended."""
        loop = asyncio.get_running_loop()

        def add_image(path: Path) -> str:
            """Add an image where the session is at home, which is not this thread."""
            return asyncio.run_coroutine_threadsafe(_add_image(session, path), loop).result()

        results = await asyncio.to_thread(_read_results, job, add_image)
        if job.has_ended:  # cancelled in the meantime
            return
        job.results = results
        if len(job.items) == 1 and status and job.complaints:
            job.items[0].error = _first_error(job)
        made = {result.index for result in results}
        for index, item in enumerate(job.items):
            item.state = "done" if index in made else "failed"
        errors = [item.error for item in job.items if item.error is not None]
        nothing = errors[0] if errors else "the command has written nothing"
        job.end("done" if made else "failed", None if made else nothing)


async def _end_beyond_room(session: Session, worker: Worker) -> None:
    """Wait until there is no room left for the visitor, and end the process that works."""
    while True:
        await asyncio.sleep(LOOKED_FOR_ROOM_S)
        try:
            await asyncio.to_thread(session.check_room, 0)
        except Refused:
            worker.kill()
            raise


def _command(job: Job, session: Session, room: int) -> dict[str, Any]:
    return {
        "task": "command",
        "tokens": job.tokens,
        "folder": str(session.folder / "files"),
        "hidden": job.hidden,
        "room": room,
    }


def redrawn(
    result: Result,
    threshold: float,
    edits: list[dict[str, Any]],
    table: Path | None = None,
    picture: Path | None = None,
) -> dict[str, Any]:
    """The task that makes the table and picture of columns at another threshold."""
    return {
        "task": "redrawn",
        "candidates": str(result.candidates),
        "searched": result.searched,
        "threshold": threshold,
        "edits": edits,
        "table": None if table is None else str(table),
        "picture": None if picture is None else str(picture),
    }


def _first_error(job: Job) -> str:
    return job.complaints[0].removeprefix(PREFIX)


async def _add_image(session: Session, path: Path) -> str:
    return session.add_image(path)


def _read_results(job: Job, add_image: AddImage) -> list[Result]:
    """Read what came of each file, and what failed of each."""
    job.read_failures()
    shutil.rmtree(job.folder / ".colonnade", ignore_errors=True)
    found = (
        describe(job.verb, index, _made(job, item, add_image))
        for index, item in enumerate(job.items)
    )
    return [result for result in found if result is not None]


def _made(job: Job, item: Item, add_image: AddImage) -> Made:
    return Made(
        job.folder,
        item.file,
        item.path,
        item.image,
        item.name,
        item.lines,
        item.notes,
        job.options,
        add_image,
    )
