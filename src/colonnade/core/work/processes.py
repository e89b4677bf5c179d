"""Do one thing to many items in several processes, and go on where one of them dies."""

import copy
import os
import signal
import time
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from itertools import islice
from multiprocessing import get_context, parent_process
from multiprocessing.connection import wait as wait_for_any
from multiprocessing.resource_tracker import ensure_running
from threading import Event, Thread
from typing import TypeVar

from threadpoolctl import threadpool_limits

from colonnade.core.errors import WorkersError
from colonnade.core.work.outcomes import Outcome, reason
from colonnade.core.work.processors import be_one_of_many

T = TypeVar("T")
R = TypeVar("R")

BLAS_THREADS = (
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "VECLIB_MAXIMUM_THREADS",
)

GRACE = 10.0
"""A process may go on for so long with what it has in hand when nobody wants it any more [s]."""


def in_processes(
    function: Callable[[T], R], items: Iterable[T], workers: int, retries: int
) -> Generator[Outcome[T, R], None, None]:
    """Apply a function to every item; see `colonnade.core.work.parallel.outcomes`.

    When a process dies, it does not show over which of the items in hand. Each of them is begun
    again in a process of its own, so that no item fails because of another.
    """
    waiting = enumerate(items)
    while lost := (yield from _until_one_dies(function, waiting, workers)):
        for index, item in lost:
            yield from _alone(function, index, item, retries)


def _until_one_dies(
    function: Callable[[T], R], waiting: Iterator[tuple[int, T]], workers: int
) -> Generator[Outcome[T, R], None, list[tuple[int, T]]]:
    """Work until all is done or a process dies, and return the items that were in hand then."""
    running: dict[Future[R], tuple[int, T]] = {}
    lost: list[tuple[int, T]] = []
    with interrupts_blocked():
        pool = ProcessPoolExecutor(workers, get_context("spawn"), initializer=_prepare_worker)
    try:
        while True:
            if not lost:
                # One item in hand and one in reserve for each process.
                for index, item in islice(waiting, 2 * workers - len(running)):
                    running[_submit(pool, function, item)] = index, item
            if not running:
                return lost
            for future in wait(running, return_when=FIRST_COMPLETED).done:
                begun = running.pop(future)
                if isinstance(future.exception(), BrokenProcessPool):
                    lost.append(begun)
                else:
                    yield Outcome.of(*begun, future)
    finally:
        _end(pool)


def _end(pool: ProcessPoolExecutor) -> None:
    """End the processes of a pool; one that waits for a disk, or was stopped, is killed."""
    processes = {each.sentinel: each for each in pool._processes.values()}
    pool.shutdown(wait=False, cancel_futures=True)
    deadline = time.monotonic() + GRACE
    try:
        while processes and (left := deadline - time.monotonic()) > 0:
            for ended in wait_for_any(list(processes), left):
                del processes[ended]  # type: ignore[arg-type]  # a sentinel is what was given
    finally:
        for process in processes.values():
            process.kill()


def _alone(
    function: Callable[[T], R], index: int, item: T, retries: int
) -> Generator[Outcome[T, R], None, None]:
    for _ in range(retries):
        if not (yield from _until_one_dies(function, iter([(index, item)]), 1)):
            return
    died = "a worker process died, perhaps for want of memory; use fewer workers"
    yield Outcome(index, item, error=WorkersError(died))


def _submit(pool: ProcessPoolExecutor, function: Callable[[T], R], item: T) -> Future[R]:
    try:
        with interrupts_blocked():  # inherited by the process that this may start
            return pool.submit(_do, function, item)
    except BrokenProcessPool as error:
        lost: Future[R] = Future()
        lost.set_exception(error)
        return lost


@contextmanager
def interrupts_blocked() -> Iterator[None]:
    """Hold Ctrl-C back in this thread and processes it starts, and leave the thread as it was."""
    if not hasattr(signal, "pthread_sigmask"):  # Windows
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        ensure_running()  # what multiprocessing starts once lets through what was blocked
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


_interrupted = Event()
"""Whether Ctrl-C has ended an item of this worker."""


def _do(function: Callable[[T], R], item: T) -> R:
    """Do one item in a worker; only meanwhile may Ctrl-C come, as only here is it caught."""
    try:
        _mask_interrupts("SIG_UNBLOCK")
        if _interrupted.is_set():
            raise KeyboardInterrupt
        return function(item)
    except KeyboardInterrupt:
        _interrupted.set()
        raise
    except Exception as error:
        if _can_be_sent(error):
            raise
        raise RuntimeError(reason(error)) from error
    finally:
        _mask_interrupts("SIG_BLOCK")


def _mask_interrupts(how: str) -> None:
    if hasattr(signal, "pthread_sigmask"):  # not on Windows
        signal.pthread_sigmask(getattr(signal, how), {signal.SIGINT})


def _can_be_sent(error: Exception) -> bool:
    """Whether an error can be made anew in another process; one that cannot breaks the pool."""
    try:
        copy.copy(error)
    except Exception:  # its constructor wants what it wants
        return False
    return True


def _prepare_worker() -> None:
    """Let a worker end with its parent, and calculate in one thread, as there are others."""
    start_worker()
    os.environ.update(dict.fromkeys(BLAS_THREADS, "1"))  # for libraries that it has yet to load
    threadpool_limits(1)
    be_one_of_many()


def start_worker() -> None:
    """Let a process that works for this one end when this one ends, however it does."""
    Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    """Leave once the process that gives the work was killed; the pool would wait for ever."""
    parent = parent_process()
    assert parent is not None
    parent.join()
    os._exit(1)
