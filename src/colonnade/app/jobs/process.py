"""A worker as the server sees it: begun when it is needed, ended when it must stop."""

import asyncio
import json
import os
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import Callable
from contextlib import suppress
from typing import Any

LONGEST_LINE = 64 << 20
"""Of an answer [bytes]."""

Hear = Callable[[dict[str, Any]], None]


class WorkerDiedError(Exception):
    """The process has died, or was ended, before it answered."""


class TaskError(Exception):
    """The task could not be done; the message says why."""


class Worker:
    """A process that does one task at a time."""

    def __init__(self) -> None:
        self._process: Process | None = None
        self._killed = False

    @property
    def is_killed(self) -> bool:
        """Whether it was ended, and must be begun again."""
        return self._killed

    async def start(self) -> None:
        """Begin the process, and wait until it has imported what it needs."""
        await self.stop()
        self._killed = False
        self._process = await asyncio.create_subprocess_exec(
            sys.executable,
            *("-m", "colonnade.app.jobs.worker"),
            stdin=PIPE,
            stdout=PIPE,
            limit=LONGEST_LINE,
            start_new_session=True,
        )
        if self._killed:  # in the meantime
            self.kill()
        await self._answer()

    async def do(self, task: dict[str, Any], hear: Hear) -> Any:
        """Have a task done, and give what came of it.

        Parameters
        ----------
        task
            Its name and what is to be known, as `colonnade.app.jobs.tasks` has it.
        hear
            Called with everything that is told meanwhile.

        Raises
        ------
        WorkerDiedError
            If the process dies.
        TaskError
            If the task fails.
        """
        await self._begin(json.dumps(task).encode() + b"\n")
        while True:
            told = await self._answer()
            if "ended" in told:
                return told["ended"]
            if "error" in told:
                raise TaskError(told["error"])
            hear(told)

    async def _begin(self, task: bytes) -> None:
        """Hand a task over; a process that has died before is not the fault of the task."""
        if self._process is None or self._killed:
            await self.start()
        try:
            await self._hand_over(task)
        except WorkerDiedError:
            if self._killed:
                raise
            await self.start()
            await self._hand_over(task)

    async def _hand_over(self, task: bytes) -> None:
        assert self._process is not None
        assert self._process.stdin is not None
        self._process.stdin.write(task)
        await self._answer()

    async def _answer(self) -> dict[str, Any]:
        process = self._process
        assert process is not None
        assert process.stdout is not None
        try:
            line = await process.stdout.readline()
        except ValueError:  # a line that is too long
            line = b""
        if not line.endswith(b"\n"):
            raise WorkerDiedError
        answer: dict[str, Any] = json.loads(line)
        return answer

    def kill(self) -> None:
        """End the process, and all that it has begun, at once."""
        process, self._killed = self._process, True
        if process is None or process.returncode is not None:
            return
        with suppress(ProcessLookupError):
            if hasattr(os, "killpg"):
                os.killpg(process.pid, signal.SIGKILL)
            else:
                process.kill()

    async def stop(self) -> None:
        """End the process, and wait until it is gone."""
        if self._process is not None:
            self.kill()
            await self._process.wait()
            self._process = None
