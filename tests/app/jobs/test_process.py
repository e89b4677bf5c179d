"""Workers keep what they have loaded, and end when they must."""

import asyncio
import os
import subprocess
import sys
import time
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import pytest

from colonnade.app.jobs.process import TaskError, Worker, WorkerDiedError
from colonnade.core.files.batch import sample


def with_worker(use: Callable[[Worker], Coroutine[Any, Any, None]]) -> None:
    async def run() -> None:
        worker = Worker()
        try:
            await worker.start()
            await use(worker)
        finally:
            await worker.stop()

    asyncio.run(run())


def command(folder: Path, *tokens: object, **more: Any) -> dict[str, Any]:
    told = {"folder": str(folder), "hidden": [f"{folder}/"], "room": 1 << 30, **more}
    return {"task": "command", "tokens": list(map(str, tokens)), **told}


def is_there(pid: int) -> bool:
    return Path(f"/proc/{pid}").exists()


needs_proc = pytest.mark.skipif(not Path("/proc/self").exists(), reason="needs /proc")


def test_what_a_command_says_is_told_while_it_runs(tmp_path: Path) -> None:
    told: list[dict[str, Any]] = []

    async def use(worker: Worker) -> None:
        wanted = command(tmp_path, "locate", sample(), "--out", tmp_path)
        assert await worker.do(wanted, told.append) == 0
        assert await worker.do(command(tmp_path, "locate", "missing.tif"), told.append) == 2

    with_worker(use)
    said = [one["said"] for one in told if "said" in one]
    assert said[0].startswith("sample: 9")
    assert "  table   sample.columns.csv" in said  # and not where on the disk
    steps = [one["advanced"] for one in told if "advanced" in one]
    assert {what for what, _, _ in steps} == {"locating"}
    assert steps[-2][1] == steps[-2][2] or steps[-1][1] <= steps[-1][2]
    assert told[-1] == {
        "complained": "colonnade: missing.tif does not exist; check the name and the folder"
    }


def test_what_a_task_raises_does_not_end_the_worker(tmp_path: Path) -> None:
    async def use(worker: Worker) -> None:
        with pytest.raises(TaskError, match="unknown"):
            await worker.do({"task": "unknown"}, lambda told: None)
        with pytest.raises(TaskError, match="No such file"):
            await worker.do(command(Path("/no/folder"), "locate"), lambda told: None)
        assert await worker.do(command(tmp_path, "models", "list"), lambda told: None) == 0

    with_worker(use)


def test_no_file_grows_beyond_what_there_is_room_for(tmp_path: Path) -> None:
    said: list[dict[str, Any]] = []

    async def use(worker: Worker) -> None:
        wanted = ("locate", sample(), "--out", tmp_path)
        assert await worker.do(command(tmp_path, *wanted, room=1 << 12), said.append) == 2
        assert await worker.do(command(tmp_path, *wanted), said.append) == 0

    with_worker(use)
    (complaint,) = [one["complained"] for one in said if "complained" in one]
    assert "file too large" in complaint


def test_a_worker_that_is_killed_does_not_answer_and_begins_anew(tmp_path: Path) -> None:
    async def use(worker: Worker) -> None:
        def kill(told: dict[str, Any]) -> None:
            worker.kill()

        wanted = command(tmp_path, "locate", sample(), "--out", tmp_path)
        with pytest.raises(WorkerDiedError):
            await worker.do(wanted, kill)
        assert worker.is_killed
        assert await worker.do(wanted, lambda told: None) == 0

    with_worker(use)


@needs_proc
def test_a_worker_ends_with_the_server_and_what_it_has_begun_too() -> None:
    """However the server ends; the worker is a server of another process here."""
    code = (
        "import asyncio, os\n"
        "from colonnade.app.jobs.process import Worker\n"
        "async def run():\n"
        "    worker = Worker()\n"
        "    await worker.start()\n"
        "    print(worker._process.pid, flush=True)\n"
        "    await asyncio.sleep(600)\n"
        "asyncio.run(run())\n"
    )
    server = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    assert server.stdout is not None
    worker = int(server.stdout.readline())
    assert is_there(worker)
    assert os.getpgid(worker) == worker
    server.kill()
    server.wait()
    server.stdout.close()
    for _ in range(500):
        if not is_there(worker):
            return
        time.sleep(0.02)
    raise AssertionError("the worker is still there")
