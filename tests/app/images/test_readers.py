"""Processes that read, and outlive what they read."""

import asyncio
import os
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from colonnade.app.images.readers import Readers
from colonnade.app.refusals import Refused
from colonnade.app.settings import Settings

PATH = Path("/somewhere/evil.h5")


def _run(test: Callable[[Readers], Awaitable[None]], **settings: float) -> None:
    async def running() -> None:
        readers = Readers(Settings(token="", **{"readers": 1, **settings}))  # type: ignore[arg-type]
        await readers.start()
        try:
            await test(readers)
        finally:
            await readers.stop()

    asyncio.run(running())


@pytest.mark.parametrize(("function", "value"), [(time.sleep, 3600.0), (os._exit, 1)])
def test_what_hangs_or_kills_its_process_is_refused_and_the_next_is_read(
    function: Callable[..., object], value: float
) -> None:
    async def test(readers: Readers) -> None:
        await readers.run("one", PATH, len, "ready")
        first = await readers.run("one", PATH, os.getpid)
        with pytest.raises(Refused, match=r"evil\.h5 takes more time or memory") as refused:
            await readers.run("one", PATH, function, value)
        assert refused.value.status_code == 422
        assert await readers.run("one", PATH, os.getpid) != first

    _run(test, reading_seconds=20.0 if function is os._exit else 15.0)


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such limits")
def test_memory_is_limited_before_the_machine_has_none_left() -> None:
    async def test(readers: Readers) -> None:
        first = await readers.run("one", PATH, os.getpid)
        with pytest.raises(Refused, match="MemoryError"):
            await readers.run("one", PATH, bytearray, 3 << 30)
        assert await readers.run("one", PATH, os.getpid) == first

    _run(test, reading_memory=2 << 30)


def test_who_does_not_wait_any_more_takes_no_process_away() -> None:
    async def test(readers: Readers) -> None:
        asking = asyncio.ensure_future(readers.run("one", PATH, time.sleep, 0.2))
        await asyncio.sleep(0.05)
        asking.cancel()
        assert await readers.run("one", PATH, len, "four") == 4

    _run(test)


def test_one_visitor_whose_files_hang_leaves_a_process_to_the_others() -> None:
    async def test(readers: Readers) -> None:
        await asyncio.gather(*(readers.run("other", PATH, len, "ready") for _ in range(2)))
        hang = [
            asyncio.ensure_future(readers.run("one", PATH, time.sleep, 3600)) for _ in range(3)
        ]
        await asyncio.sleep(0.05)
        assert await readers.run("other", PATH, len, "four") == 4
        assert not any(one.done() for one in hang)
        for one in hang:
            one.cancel()

    _run(test, readers=2)
