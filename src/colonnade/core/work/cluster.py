"""Do one thing to many items on a Dask cluster."""

import asyncio
import logging
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import CancelledError, ThreadPoolExecutor
from contextlib import closing, contextmanager
from importlib.metadata import PackageNotFoundError, version
from itertools import islice
from threading import get_ident
from typing import Any, TypeVar

from colonnade.core.errors import MissingExtraError, WorkersError
from colonnade.core.work.outcomes import Outcome

T = TypeVar("T")
R = TypeVar("R")

PATIENCE = 10.0
"""How long a scheduler may take to answer [s]."""


def on_cluster(
    function: Callable[[T], R], items: Iterable[T], scheduler: str
) -> Generator[Outcome[T, R], None, None]:
    """Apply a function to every item; see `colonnade.core.work.parallel.outcomes`."""
    try:
        from distributed.comm import CommClosedError

        client = _connect(scheduler)
    except ImportError as error:
        raise MissingExtraError("a scheduler", "scale") from error
    try:
        with _without_tracebacks(client), closing(client):
            _check_version(client, scheduler)
            yield from _handed_out(client, function, items, scheduler)
    except (CancelledError, CommClosedError) as error:
        raise WorkersError(
            f"the scheduler at {scheduler} has gone; start one, and give the same command again: "
            "what is done is kept"
        ) from error


def _handed_out(
    client: Any, function: Callable[[T], R], items: Iterable[T], scheduler: str
) -> Generator[Outcome[T, R], None, None]:
    from distributed import as_completed

    waiting = enumerate(items)
    begun: dict[str, tuple[int, T]] = {}
    # Only this keeps the futures, so that the cluster forgets results that we have had.
    done = as_completed(loop=client.loop)

    def hand_out() -> None:
        # Workers that died may leave more begun than there are now hands for.
        for index, item in islice(waiting, max(0, _most_at_once(client) - len(begun))):
            future = client.submit(function, item, pure=False)
            begun[future.key] = index, item
            done.add(future)

    hand_out()
    for future in done:
        yield _outcome(*begun.pop(future.key), future, scheduler)
        hand_out()


def _most_at_once(client: Any) -> int:
    """One item in hand and one in reserve for each thread of the workers that are there now."""
    threads: dict[str, int] = client.nthreads()
    return 2 * max(1, sum(threads.values()))


def _outcome(index: int, item: T, future: Any, scheduler: str) -> Outcome[T, Any]:
    from distributed import KilledWorker
    from distributed.comm import CommClosedError

    try:
        return Outcome(index, item, future.result())
    except (CancelledError, CommClosedError):
        raise
    except KilledWorker:
        killed = WorkersError(
            f"several workers of {scheduler} died over the same item, perhaps for want of memory; "
            "give them more"
        )
        return Outcome(index, item, error=killed)
    except Exception as error:  # the function raises what it likes
        return Outcome(index, item, error=error)


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
    return Client(scheduler, timeout=PATIENCE, set_as_default=False)


@contextmanager
def _without_tracebacks(client: Any) -> Iterator[None]:
    """Keep this client from logging what we raise; others log as before."""

    async def thread_of_client() -> int:
        return get_ident()

    ours: int = client.sync(thread_of_client)

    def is_of_others(entry: logging.LogRecord) -> bool:
        return entry.thread != ours

    logger = logging.getLogger("distributed.client")
    logger.addFilter(is_of_others)
    try:
        yield
    finally:
        logger.removeFilter(is_of_others)


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
