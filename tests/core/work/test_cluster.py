"""On a cluster: one outcome for each item, few at a time, and nobody else's log is touched."""

import logging
import math
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.ndimage import uniform_filter

from colonnade.core.errors import WorkersError
from colonnade.core.work import cluster
from colonnade.core.work.blocks import work_through
from colonnade.core.work.parallel import outcomes, run

distributed = pytest.importorskip("distributed")

THREADS = 2


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wait longer for an answer, as on a busy machine it may take its time."""
    monkeypatch.setattr(cluster, "PATIENCE", 60.0)


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """Address of a scheduler and a worker of two threads, both in this process."""
    with distributed.LocalCluster(
        n_workers=1,
        threads_per_worker=THREADS,
        processes=False,
        protocol="tcp",
        dashboard_address=None,
    ) as local:
        yield local.scheduler_address


def test_each_item_has_an_outcome(address: str) -> None:
    numbers = [4.0, -1.0, 9.0]
    came = sorted(
        outcomes(math.sqrt, numbers, workers=1, scheduler=address), key=lambda each: each.index
    )
    assert [(each.item, each.result) for each in came] == [(4, 2), (-1, None), (9, 3)]
    assert isinstance(came[1].error, ValueError)
    assert came[0].error is None
    with pytest.raises(ValueError, match="math domain"):
        list(run(math.sqrt, numbers, workers=1, scheduler=address))


def test_items_are_handed_out_as_they_are_needed(address: str) -> None:
    taken: list[int] = []
    items = (taken.append(i) or i for i in range(1000))
    some = outcomes(math.sqrt, items, workers=1, scheduler=address)
    for count in range(1, 11):
        next(some)
        assert len(taken) <= count + 2 * THREADS
    some.close()
    assert len(taken) <= 10 + 2 * THREADS


def test_more_items_than_hands_are_all_done_once(address: str) -> None:
    assert sorted(run(math.sqrt, range(50), workers=1, scheduler=address)) == [
        math.sqrt(i) for i in range(50)
    ]
    assert list(run(math.sqrt, [], workers=1, scheduler=address)) == []


def test_leaving_takes_back_what_is_not_begun(address: str) -> None:
    done: list[int] = []

    def work(number: int) -> int:
        time.sleep(0.05)
        done.append(number)
        return number

    some = outcomes(work, range(100), workers=1, scheduler=address)
    next(some)
    some.close()
    with distributed.Client(address, set_as_default=False) as client:
        client.submit(math.sqrt, 4, pure=False).result(timeout=60)
        processed = client.processing().values()
        assert not [key for keys in processed for key in keys if "work" in key]
    assert len(done) <= 1 + 2 * THREADS


def test_the_log_of_others_is_as_it_was(address: str) -> None:
    logger = logging.getLogger("distributed.client")
    level, filters = logger.level, list(logger.filters)
    others: list[bool] = []
    entry = logger.makeRecord(logger.name, logging.ERROR, "", 0, "theirs", (), None)
    for _ in run(math.sqrt, [1, 2], workers=1, scheduler=address):
        others.append(bool(logger.filter(entry)))
        assert logger.level == level
    assert others == [True, True]
    assert logger.filters == filters


def test_what_the_client_complains_of_as_it_is_closed_is_not_logged(
    address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As where the scheduler has gone, and it has not yet given up finding it again."""
    entries: list[logging.LogRecord] = []
    handler = logging.Handler()
    handler.emit = entries.append  # type: ignore[method-assign]
    close = distributed.Client.close

    async def complain() -> None:
        logging.getLogger("distributed.client").error("no connection")

    def closing(client: Any) -> None:
        client.sync(complain)
        close(client)

    monkeypatch.setattr(distributed.Client, "close", closing)
    logger = logging.getLogger("distributed.client")
    logger.addHandler(handler)
    assert list(run(math.sqrt, [4], workers=1, scheduler=address)) == [2]
    logger.removeHandler(handler)
    assert entries == []


@pytest.mark.parametrize(("theirs", "said"), [("0.0.1", "they have"), (None, "they have none")])
def test_a_cluster_of_another_version_is_refused(
    address: str, theirs: str | None, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from importlib.metadata import PackageNotFoundError, version

    calls: list[str] = []

    def of_here_first(name: str) -> str:
        calls.append(name)
        if len(calls) == 1:
            return version(name)
        if theirs is None:
            raise PackageNotFoundError(name)
        return theirs

    monkeypatch.setattr(cluster, "version", of_here_first)
    with pytest.raises(WorkersError, match=said):
        list(run(math.sqrt, [1], workers=1, scheduler=address))


def test_blocks_are_worked_through_on_a_cluster(address: str, tmp_path: Path) -> None:
    source, sink = np.random.default_rng(0).normal(size=(9, 8)), np.zeros((9, 8))
    filtered = partial(uniform_filter, size=3)
    options = {"size": (4, 4), "halo": (1, 1), "folder": tmp_path, "identity": "work"}
    steps: list[int] = []
    work_through(
        filtered, source, sink, progress=lambda done, _: steps.append(done), scheduler=address,
        **options,
    )  # fmt: skip
    np.testing.assert_allclose(sink, filtered(source), atol=1e-12)
    assert steps == list(range(7))
