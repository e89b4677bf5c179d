"""Do one thing to many items: in this process, in several, or on a Dask cluster."""

import asyncio
import logging
import os
import signal
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import (
    FIRST_COMPLETED,
    CancelledError,
    Future,
    ProcessPoolExecutor,
    ThreadPoolExecutor,
    wait,
)
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from importlib.metadata import PackageNotFoundError, version
from itertools import islice
from multiprocessing import get_context, parent_process
from threading import Event, Thread
from typing import Any, TypeVar

from threadpoolctl import threadpool_limits

from colonnade.core.errors import MissingExtraError, WorkersError

T = TypeVar("T")
R = TypeVar("R")

PATIENCE = 10.0
"""How long a scheduler may take to answer [s]."""

BLAS_THREADS = (
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "VECLIB_MAXIMUM_THREADS",
)


def available_cpus() -> int:
    """Count the processors that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


@contextmanager
def one_thread() -> Iterator[None]:
    """Keep the products of small matrices from being shared among threads.

    These wait for each other, on a busy machine for ten times as long as the work takes.
    """
    with threadpool_limits(1, user_api="blas"):
        yield


def run(
    function: Callable[[T], R], items: Iterable[T], *, workers: int, scheduler: str | None = None
) -> Iterator[R]:
    """Apply a function to every item, and give the results as they are completed.

    An exception ends the run; so does leaving the iterator. What has not begun by then is not
    done. If a worker of a cluster dies, another does its items.

    Parameters
    ----------
    function
        What to do. Several processes import it, so that it must stand in a module.
    items
        What to do it to.
    workers
        How many processes of this machine work; with one it is this one.
    scheduler
        Address of a Dask scheduler, such as ``tcp://host:8786``, whose workers are to do it
        instead. It and they need this package, of the same version.

    Raises
    ------
    WorkersError
        If the scheduler does not answer, or a process dies.
    MissingExtraError
        If there is a scheduler but not the package `distributed`.
    """
    if scheduler is not None:
        return _on_cluster(function, items, scheduler)
    if workers == 1:
        return map(function, items)
    return _in_processes(function, items, workers)


def _in_processes(function: Callable[[T], R], items: Iterable[T], workers: int) -> Iterator[R]:
    waiting = iter(items)
    running: set[Future[R]] = set()
    pool = ProcessPoolExecutor(workers, get_context("spawn"), initializer=start_worker)
    try:
        while True:
            # One item in hand and one in reserve for each process.
            for item in islice(waiting, 2 * workers - len(running)):
                with _as_workers_start():
                    running.add(pool.submit(_do, function, item))
            if not running:
                return
            done, running = wait(running, return_when=FIRST_COMPLETED)
            for future in done:
                yield future.result()
    except BrokenProcessPool as error:
        raise WorkersError(
            "a worker process died, perhaps for want of memory; use fewer workers"
        ) from error
    finally:
        pool.shutdown(cancel_futures=True)


@contextmanager
def _as_workers_start() -> Iterator[None]:
    """Let processes that start meanwhile have one BLAS thread, and be deaf to Ctrl-C."""
    before = {name: os.environ.get(name) for name in BLAS_THREADS}
    os.environ.update(dict.fromkeys(BLAS_THREADS, "1"))
    _mask_interrupts("SIG_BLOCK")
    try:
        yield
    finally:
        for name, value in before.items():
            os.environ.pop(name)
            if value is not None:
                os.environ[name] = value
        _mask_interrupts("SIG_UNBLOCK")


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
    finally:
        _mask_interrupts("SIG_BLOCK")


def _mask_interrupts(how: str) -> None:
    if hasattr(signal, "pthread_sigmask"):  # not on Windows
        signal.pthread_sigmask(getattr(signal, how), {signal.SIGINT})


def start_worker() -> None:
    """Let a process that works for this one end when this one ends, however it does."""
    Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    """Leave once the process that gives the work was killed; the pool would wait for ever."""
    parent = parent_process()
    assert parent is not None
    parent.join()
    os._exit(1)


def _on_cluster(function: Callable[[T], R], items: Iterable[T], scheduler: str) -> Iterator[R]:
    try:
        from distributed import KilledWorker, as_completed
        from distributed.comm import CommClosedError
    except ImportError as error:
        raise MissingExtraError("a scheduler", "scale") from error
    client = _connect(scheduler)
    try:
        _check_version(client, scheduler)
        # No list of the futures is kept, so that the cluster forgets results that we have had.
        done = as_completed(client.map(function, list(items), pure=False), loop=client.loop)
        for future in done:
            yield future.result()
    except KilledWorker as error:
        raise WorkersError(
            f"several workers of {scheduler} died over the same item, perhaps for want of memory; "
            "give them more"
        ) from error
    except (CancelledError, CommClosedError) as error:
        raise WorkersError(f"the scheduler at {scheduler} has gone; start it again") from error
    finally:
        client.close()


def _connect(scheduler: str) -> Any:
    from distributed import Client
    from distributed.comm import connect

    async def knock() -> None:
        await (await connect(scheduler, timeout=PATIENCE)).close()

    # A Client that nobody answers cannot be closed, so knock first; and in a thread, as this one
    # may be a notebook's, with a loop of its own.
    try:
        with ThreadPoolExecutor(1) as thread:
            thread.submit(asyncio.run, knock()).result()
    except (OSError, ValueError) as error:
        raise WorkersError(
            f"no Dask scheduler answers at {scheduler}; start one with `dask scheduler`, and give "
            "its address, such as tcp://host:8786"
        ) from error
    # What it logs with a traceback, we raise.
    logging.getLogger("distributed.client").setLevel(logging.CRITICAL)
    return Client(scheduler, timeout=PATIENCE, set_as_default=False)


def _check_version(client: Any, scheduler: str) -> None:
    ours = version("colonnade")
    try:
        theirs = {client.run_on_scheduler(version, "colonnade")}
        theirs.update(client.run(version, "colonnade").values())
    except PackageNotFoundError:
        theirs = {"none"}
    if theirs != {ours}:
        raise WorkersError(
            f"the scheduler at {scheduler} and its workers must have colonnade {ours}, as here; "
            f"they have {' and '.join(sorted(theirs))}"
        )
