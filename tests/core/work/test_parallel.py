"""The same work in this process, in several, and on a cluster."""

import math
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from typing import Any

import pytest

from colonnade.core.errors import MissingExtraError
from colonnade.core.work import parallel
from colonnade.core.work.parallel import WorkersError, available_cpus, run

# Fresh processes cannot import this file, so that they are given functions of the library.


def test_one_process_is_this_one_and_keeps_the_order() -> None:
    asked: list[int] = []

    def items() -> Iterator[int]:
        for number in range(3):
            asked.append(number)
            yield number

    results = run(lambda number: (number, os.getpid()), items(), workers=1)
    assert next(iter(results)) == (0, os.getpid())
    assert asked == [0]
    assert [number for number, _ in results] == [1, 2]


def test_several_processes_do_every_item_once() -> None:
    numbers = range(40)
    assert sorted(run(math.sqrt, numbers, workers=2)) == [math.sqrt(i) for i in numbers]
    assert list(run(math.sqrt, [], workers=2)) == []


def test_items_are_asked_for_only_as_they_are_needed() -> None:
    asked: list[int] = []
    items = (asked.append(i) or i for i in range(1000))
    results = run(math.sqrt, items, workers=2)
    next(results)
    assert len(asked) <= 8
    results.close()
    assert len(asked) <= 8


def test_workers_have_one_blas_thread_and_this_process_keeps_its_own(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("OMP_NUM_THREADS", "7")
    monkeypatch.delenv("OPENBLAS_NUM_THREADS", raising=False)
    names = ["OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"]
    assert list(run(os.getenv, names, workers=2)) == ["1", "1"]
    assert [os.getenv(name) for name in names] == ["7", None]


def test_an_exception_ends_the_run() -> None:
    with pytest.raises(ValueError, match="math domain"):
        list(run(math.sqrt, [1, -1, 4], workers=2))


def test_a_worker_that_dies_is_said() -> None:
    with pytest.raises(WorkersError, match="fewer workers"):
        list(run(os._exit, [1], workers=2))


def begin(code: str) -> tuple[subprocess.Popen[str], list[Any]]:
    """Run code as from a terminal of its own, and give its processes when two workers start."""
    psutil = pytest.importorskip("psutil")
    terminal = subprocess.Popen(
        [
            sys.executable,
            "-c",
            "import time; from colonnade.core.work.parallel import run\n" + code,
        ],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    while len(processes := psutil.Process(terminal.pid).children()) < 3:
        time.sleep(0.005)  # the third one is multiprocessing's own
    return terminal, processes


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signals")
@pytest.mark.parametrize("after", [0.05, 1.0], ids=["as they start", "as they work"])
def test_ctrl_c_ends_all_processes_at_once_and_quietly(after: float) -> None:
    terminal, _ = begin(
        "try: list(run(time.sleep, [0, 60, 60, 60], workers=2))\n"
        "except KeyboardInterrupt: print('interrupted')\n"
    )
    time.sleep(after)
    os.killpg(terminal.pid, signal.SIGINT)
    said, _ = terminal.communicate(timeout=10)
    assert said == "interrupted\n"


def test_workers_do_not_outlive_the_process_that_started_them() -> None:
    terminal, workers = begin("list(run(time.sleep, [60, 60], workers=2))")
    terminal.kill()
    terminal.communicate(timeout=10)
    for worker in workers:
        worker.wait(timeout=10)


def test_a_scheduler_that_does_not_answer_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("distributed")
    monkeypatch.setattr(parallel, "PATIENCE", 0.3)
    for address in ("tcp://127.0.0.1:9", "http://127.0.0.1:9", "nonsense"):
        with pytest.raises(WorkersError, match=f"answers at {address}"):
            list(run(math.sqrt, [1], workers=1, scheduler=address))


def test_without_distributed_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(MissingExtraError, match=r"colonnade\[scale\]"):
        list(run(math.sqrt, [1], workers=1, scheduler="tcp://127.0.0.1:9"))


def test_there_is_a_processor() -> None:
    assert 1 <= available_cpus() <= (os.cpu_count() or 1)
