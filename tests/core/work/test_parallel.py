"""The same work in this process, in several, and on a cluster."""

import math
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from threading import Barrier, get_ident
from types import ModuleType
from typing import Any

import pytest

from colonnade.core.errors import MissingExtraError, WorkersError
from colonnade.core.work import cluster, parallel
from colonnade.core.work.memory import HANDING_OUT, Need
from colonnade.core.work.outcomes import Outcome
from colonnade.core.work.parallel import Crew, Kind, outcomes, run
from colonnade.core.work.processors import available_cpus

# Fresh processes cannot import this file, so that they are given functions of the library, or of
# a module that is written for them.

FUNCTIONS = """
import os, signal, threading
from pathlib import Path

from threadpoolctl import threadpool_info


class Odd(Exception):
    def __init__(self, first, second):
        super().__init__(f"{first} and {second}")


def die_at_three(number):
    if number == 3:
        os.kill(os.getpid(), signal.SIGKILL)
    return number


def die_once(folder, number):
    mark = Path(folder, str(number))
    if number % 4 == 0 and not mark.exists():
        mark.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return number


def raise_odd(number):
    raise Odd("one", "two")


def raise_what_cannot_be_sent(number):
    error = ValueError("locked")
    error.lock = threading.Lock()
    raise error


def leave(number):
    raise SystemExit(number)


def blas_threads(_):
    import numpy

    numpy.ones((2, 2)) @ numpy.ones((2, 2))
    return [library["num_threads"] for library in threadpool_info()]
"""


@pytest.fixture
def functions(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """Write functions into a module that the processes find too."""
    (tmp_path / "functions_of_workers.py").write_text(FUNCTIONS)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "functions_of_workers", raising=False)
    import functions_of_workers

    return functions_of_workers


WAYS: dict[str, tuple[int, Kind]] = {
    "here": (1, "processes"),
    "threads": (2, "threads"),
    "processes": (2, "processes"),
}

each_way = pytest.mark.parametrize(("workers", "kind"), WAYS.values(), ids=WAYS)


def test_one_process_is_this_one_and_keeps_the_order() -> None:
    taken: list[int] = []

    def items() -> Iterator[int]:
        for number in range(3):
            taken.append(number)
            yield number

    results = run(lambda number: (number, os.getpid()), items(), workers=1)
    assert next(iter(results)) == (0, os.getpid())
    assert taken == [0]
    assert [number for number, _ in results] == [1, 2]


def test_several_processes_do_every_item_once() -> None:
    numbers = range(40)
    assert sorted(run(math.sqrt, numbers, workers=2)) == [math.sqrt(i) for i in numbers]
    assert list(run(math.sqrt, [], workers=2)) == []


def test_workers_have_one_blas_thread_and_this_process_keeps_its_own(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("OMP_NUM_THREADS", "7")
    monkeypatch.delenv("OPENBLAS_NUM_THREADS", raising=False)
    names = ["OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"]
    assert list(run(os.getenv, names, workers=2)) == ["1", "1"]
    assert [os.getenv(name) for name in names] == ["7", None]


@each_way
def test_an_exception_ends_the_run(workers: int, kind: Kind) -> None:
    with pytest.raises(ValueError, match="math domain"):
        list(run(math.sqrt, [1, -1, 4], workers=workers, kind=kind))


@each_way
def test_an_error_is_the_outcome_of_its_item_alone(workers: int, kind: Kind) -> None:
    numbers = [4.0, -1.0, 9.0, float("inf"), -2.0]
    came = list(outcomes(math.sqrt, numbers, workers=workers, kind=kind))
    came.sort(key=lambda outcome: outcome.index)
    assert [outcome.item for outcome in came] == numbers
    assert [outcome.result for outcome in came] == [2, None, 3, math.inf, None]
    assert [type(outcome.error) for outcome in came] == [
        type(None), ValueError, type(None), type(None), ValueError,
    ]  # fmt: skip
    assert came[0].value() == 2
    with pytest.raises(ValueError, match="math domain"):
        came[1].value()


@each_way
def test_what_ends_a_program_is_no_outcome(
    workers: int, kind: Kind, functions: ModuleType
) -> None:
    with pytest.raises(SystemExit):
        list(outcomes(functions.leave, [7], workers=workers, kind=kind))


@each_way
def test_no_more_items_are_taken_than_are_needed(workers: int, kind: Kind) -> None:
    taken: list[int] = []
    items = (taken.append(i) or i for i in range(1000))
    some = outcomes(math.sqrt, items, workers=workers, kind=kind)
    for _ in range(10):
        next(some)
    assert len(taken) <= 10 + 2 * workers
    some.close()
    assert len(taken) <= 10 + 2 * workers


def test_threads_are_of_this_process_and_work_at_the_same_time() -> None:
    together = Barrier(2, timeout=AT_ONCE)

    def meet(_: int) -> tuple[int, int]:
        together.wait()
        return os.getpid(), get_ident()

    met = set(run(meet, range(2), workers=2, kind="threads"))
    assert {process for process, _ in met} == {os.getpid()}
    assert len(met) == 2


def test_a_worker_that_dies_is_said() -> None:
    with pytest.raises(WorkersError, match="fewer workers"):
        list(run(os._exit, [1], workers=2))


AT_ONCE = 40
"""Processes that sleep for a minute have ended before that, on a busy machine too [s]."""

needs_signals = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signals")


@needs_signals
def test_an_item_that_kills_its_process_is_blamed_and_no_other(functions: ModuleType) -> None:
    came = list(outcomes(functions.die_at_three, range(10), workers=2))
    assert sorted(outcome.index for outcome in came) == list(range(10))
    failed = [outcome for outcome in came if outcome.error is not None]
    assert [outcome.item for outcome in failed] == [3]
    assert isinstance(failed[0].error, WorkersError)
    assert {outcome.result for outcome in came} == {*range(10), None} - {3}


@needs_signals
def test_an_item_whose_process_died_by_chance_is_done_after_all(
    functions: ModuleType, tmp_path: Path
) -> None:
    function = partial(functions.die_once, str(tmp_path))
    assert sorted(run(function, range(1, 7), workers=2)) == list(range(1, 7))
    (tmp_path / "4").unlink()
    given_up = [each.item for each in outcomes(function, [4], workers=2, retries=0) if each.error]
    assert given_up == [4]


@pytest.mark.parametrize(
    ("name", "said"), [("raise_odd", "Odd: one and two"), ("raise_what_cannot_be_sent", "lock")]
)
def test_an_error_that_cannot_be_sent_is_told_by_its_sentence(
    name: str, said: str, functions: ModuleType
) -> None:
    first, second = outcomes(getattr(functions, name), [1, 2], workers=2)
    assert said in str(first.error)
    assert said in str(second.error)


def test_every_library_of_a_worker_has_one_thread(functions: ModuleType) -> None:
    from threadpoolctl import threadpool_info

    before = threadpool_info()
    for counts in run(functions.blas_threads, range(2), workers=2):
        assert counts
        assert set(counts) == {1}
    assert threadpool_info() == before


SIGNALS = """
import math, signal
from colonnade.core.work.parallel import run
for blocked in ({signal.SIGINT}, set()):
    signal.pthread_sigmask(signal.SIG_SETMASK, blocked)
    list(run(math.sqrt, [1, 2], workers=2))
    print(signal.pthread_sigmask(signal.SIG_BLOCK, []) == blocked)
"""


@needs_signals
def test_the_callers_signals_are_as_they_were() -> None:
    """From the first time on, when multiprocessing starts a process of its own."""
    done = subprocess.run(
        [sys.executable, "-c", SIGNALS], capture_output=True, text=True, check=True
    )
    assert done.stdout == "True\nTrue\n"


@contextmanager
def begun(code: str) -> Iterator[tuple[subprocess.Popen[str], list[Any]]]:
    """Run code as from a terminal of its own, and give its two workers when they start."""
    psutil = pytest.importorskip("psutil")

    def workers() -> list[Any]:
        # There is a process of multiprocessing's own besides, and a new one has its parent's name.
        every = psutil.Process(terminal.pid).children()
        return [each for each in every if "spawn_main" in "".join(each.cmdline())]

    with subprocess.Popen(
        [
            sys.executable,
            "-c",
            "import time; from colonnade.core.work.parallel import run\n" + code,
        ],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    ) as terminal:
        try:
            while len(started := workers()) < 2:
                assert terminal.poll() is None
                time.sleep(0.005)
            yield terminal, started
        finally:
            with suppress(ProcessLookupError):
                os.killpg(terminal.pid, signal.SIGKILL)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signals")
@pytest.mark.parametrize("after", [0.05, 1.0], ids=["as they start", "as they work"])
def test_ctrl_c_ends_all_processes_at_once_and_quietly(after: float) -> None:
    code = (
        "try: list(run(time.sleep, [0, 60, 60, 60], workers=2))\n"
        "except KeyboardInterrupt: print('interrupted')\n"
    )
    with begun(code) as (terminal, _):
        time.sleep(after)
        os.killpg(terminal.pid, signal.SIGINT)
        said, _ = terminal.communicate(timeout=AT_ONCE)
    assert said == "interrupted\n"


@needs_signals
def test_ctrl_c_ends_a_process_that_waits_for_a_disk_too() -> None:
    """One that is stopped stands for it: it does not hear Ctrl-C."""
    code = (
        "from colonnade.core.work import processes\n"
        "processes.GRACE = 0.5\n"
        "try: list(run(time.sleep, [0, 60, 60, 60], workers=2))\n"
        "except KeyboardInterrupt: print('interrupted')\n"
    )
    with begun(code) as (terminal, workers):
        for worker in workers:
            worker.suspend()
        os.killpg(terminal.pid, signal.SIGINT)
        said, _ = terminal.communicate(timeout=AT_ONCE)
        for worker in workers:
            worker.wait(timeout=AT_ONCE)
    assert said == "interrupted\n"


def test_workers_do_not_outlive_the_process_that_started_them() -> None:
    with begun("list(run(time.sleep, [60, 60], workers=2))") as (terminal, workers):
        terminal.kill()
        terminal.communicate(timeout=AT_ONCE)
        for worker in workers:
            worker.wait(timeout=AT_ONCE)


def test_a_scheduler_that_does_not_answer_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("distributed")
    monkeypatch.setattr(cluster, "PATIENCE", 0.3)
    for address in ("tcp://127.0.0.1:9", "http://127.0.0.1:9", "nonsense"):
        with pytest.raises(WorkersError, match=f"answers at {address}"):
            list(run(math.sqrt, [1], workers=1, scheduler=address))


def test_without_distributed_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(MissingExtraError, match=r"colonnade\[scale\]"):
        list(run(math.sqrt, [1], workers=1, scheduler="tcp://127.0.0.1:9"))


def test_there_is_a_processor() -> None:
    assert 1 <= available_cpus() <= (os.cpu_count() or 1)


@pytest.fixture
def handed_out(monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, list[int]]]:
    """Note how many processes are begun for which items, and do it here."""
    noted = []

    def here(
        function: Callable[[int], int], items: Iterable[int], *, workers: int, scheduler: None
    ) -> Iterator[Outcome[int, int]]:
        taken = list(items)
        noted.append((workers, taken))
        return (Outcome(index, item, function(item)) for index, item in enumerate(taken))

    monkeypatch.setattr(parallel, "outcomes", here)
    return noted


def test_once_items_need_more_memory_fewer_processes_go_on(
    handed_out: list[tuple[int, list[int]]],
) -> None:
    crew = Crew(workers=8, memory=HANDING_OUT + 40)
    needed = [2, 5, 6, 10, 10, 1, 40, 5, 5]
    results = crew.outcomes(math.factorial, needed, lambda size: Need(size))
    assert [each.value() for each in results] == [math.factorial(size) for size in needed]
    assert handed_out == [(8, [2, 5]), (1, [6]), (4, [10, 10, 1]), (1, [40, 5, 5])]


def test_a_cluster_and_work_without_a_limit_keep_their_processes(
    handed_out: list[tuple[int, list[int]]],
) -> None:
    for crew in (Crew(3), Crew(3, "tcp://host:8786", 1), Crew(3, memory=1)):
        list(crew.outcomes(math.factorial, [4, 4], lambda size: Need(size)))
    assert [workers for workers, _ in handed_out] == [3, 3, 1]
    assert list(Crew(2, memory=1).outcomes(math.factorial, [], lambda size: Need(size))) == []
