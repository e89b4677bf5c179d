"""Do one thing to many items: here, in several threads or processes, or on a Dask cluster."""

from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import closing
from dataclasses import dataclass
from itertools import chain, groupby, islice
from typing import Literal, TypeVar

from colonnade.core.work.memory import Need
from colonnade.core.work.outcomes import Outcome

T = TypeVar("T")
R = TypeVar("R")

Kind = Literal["processes", "threads"]
"""What several workers of this machine are."""


def run(
    function: Callable[[T], R],
    items: Iterable[T],
    *,
    workers: int,
    scheduler: str | None = None,
    kind: Kind = "processes",
) -> Generator[R, None, None]:
    """Apply a function to every item, and give the results as they are completed.

    The first error ends the run, and so does leaving the iterator. What has not begun by then is
    not done. For the parameters see `outcomes`.
    """
    each = outcomes(function, items, workers=workers, scheduler=scheduler, kind=kind)
    with closing(each):
        for outcome in each:
            yield outcome.value()


def outcomes(
    function: Callable[[T], R],
    items: Iterable[T],
    *,
    workers: int,
    scheduler: str | None = None,
    kind: Kind = "processes",
    retries: int = 1,
) -> Generator[Outcome[T, R], None, None]:
    """Apply a function to every item, and give what came of each as they are completed.

    An item that fails does not end the run; leaving the iterator does. Items are taken as they
    are needed, so that there may be more of them than fit into memory.

    Parameters
    ----------
    function
        What to do. Several processes import it, so that it must stand in a module.
    items
        What to do it to.
    workers
        How many processes or threads of this machine work; with one it is this one.
    scheduler
        Address of a Dask scheduler, such as ``tcp://host:8786``, whose workers are to do it
        instead. It and they need this package, of the same version.
    kind
        What the workers of this machine are. Processes calculate in one thread each.
    retries
        How often an item that was in hand when a process died is begun again, in a process of its
        own. A cluster has a setting for that, ``distributed.scheduler.allowed-failures``.

    Raises
    ------
    WorkersError
        If the scheduler does not answer.
    MissingExtraError
        If there is a scheduler but not the package `distributed`.
    """
    # Most runs need neither a cluster nor processes, and both are slow to import.
    if scheduler is not None:
        from colonnade.core.work.cluster import on_cluster

        return on_cluster(function, items, scheduler)
    if workers == 1:
        return _here(function, items)
    if kind == "threads":
        return _in_threads(function, items, workers)
    from colonnade.core.work.processes import in_processes

    return in_processes(function, items, workers, retries)


def _here(function: Callable[[T], R], items: Iterable[T]) -> Generator[Outcome[T, R], None, None]:
    for index, item in enumerate(items):
        outcome: Outcome[T, R]
        try:
            outcome = Outcome(index, item, function(item))
        except Exception as error:  # the function raises what it likes
            outcome = Outcome(index, item, error=error)
        yield outcome


def _in_threads(
    function: Callable[[T], R], items: Iterable[T], workers: int
) -> Generator[Outcome[T, R], None, None]:
    waiting = enumerate(items)
    running: dict[Future[R], tuple[int, T]] = {}
    pool = ThreadPoolExecutor(workers)
    try:
        while True:
            for index, item in islice(waiting, 2 * workers - len(running)):
                running[pool.submit(function, item)] = index, item
            if not running:
                return
            for future in wait(running, return_when=FIRST_COMPLETED).done:
                yield Outcome.of(*running.pop(future), future)
    finally:
        pool.shutdown(cancel_futures=True)


@dataclass(frozen=True)
class Crew:
    """Who does long work: processes of this machine, or a Dask cluster; see `outcomes`.

    Parameters
    ----------
    workers
        Most processes of this machine.
    scheduler
        Address of a Dask scheduler, whose workers do it instead.
    memory
        What all processes of this machine may take together [bytes]; as much as they like if None.
        Of those of a cluster it says nothing.
    largest
        What one process may take, where that is more, for work that cannot do with less [bytes].
    """

    workers: int = 1
    scheduler: str | None = None
    memory: int | None = None
    largest: int = 0

    @property
    def limit(self) -> int | None:
        """What the processes that do the work may take together, if there is a limit [bytes]."""
        return self.memory if self.scheduler is None else None

    @property
    def alone(self) -> "Crew":
        """Only this process, which may take as much memory."""
        return Crew(memory=self.memory, largest=self.largest)

    def check(self, need: Need | None) -> None:
        """Refuse work for which one process alone needs more than it may take.

        Raises
        ------
        TooLargeError
            If it does.
        """
        if need is not None and self.limit is not None:
            need.check(max(self.limit, self.largest))

    def processes(self, need: Need | None) -> int:
        """Give how many processes may work at once, where each needs so much."""
        if need is None or self.limit is None:
            return self.workers
        return need.processes(self.limit, self.workers)

    def outcomes(
        self,
        function: Callable[[T], R],
        items: Iterable[T],
        need: Callable[[T], Need | None],
    ) -> Generator[Outcome[T, R], None, None]:
        """Apply a function to every item; what a single process can do as well is done here.

        Once items come that need more memory, fewer processes go on.

        Parameters
        ----------
        function, items
            As for `outcomes`.
        need
            Gives what a process needs for an item; None where that is not known.
        """
        fewest = self.workers

        def workers(item: T) -> int:
            nonlocal fewest
            fewest = min(fewest, self.processes(need(item)))
            return fewest

        for most, several in groupby(items, workers):
            yield from self._outcomes(function, several, most)

    def _outcomes(
        self, function: Callable[[T], R], items: Iterator[T], workers: int
    ) -> Generator[Outcome[T, R], None, None]:
        first = list(islice(items, 2))
        workers = 1 if len(first) < 2 else workers
        all_of_them = chain(first, items)
        yield from outcomes(function, all_of_them, workers=workers, scheduler=self.scheduler)


ALONE = Crew()
"""This process does everything itself."""
