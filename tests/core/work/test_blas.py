"""Threads that limit BLAS at the same time leave it as it was."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Event, Thread

import numpy as np
import pytest
from threadpoolctl import threadpool_info, threadpool_limits

from colonnade.core.work.blas import one_thread


def threads() -> set[int]:
    return {lib["num_threads"] for lib in threadpool_info() if lib["user_api"] == "blas"}


@pytest.fixture(autouse=True)
def before() -> Iterator[set[int]]:
    """How many threads BLAS has; the same after the test as before it."""
    np.ones((2, 2)) @ np.ones((2, 2))
    ours = max(threads())
    let_have(2)  # where the tests have one each, too
    counts = threads()
    if counts <= {1}:
        pytest.skip("this BLAS has one thread only")
    yield counts
    assert threads() == counts
    let_have(ours)


def let_have(count: int) -> None:
    """Let BLAS have so many threads, and any thread of Python change that."""
    threadpool_limits(count, user_api="blas")
    with threadpool_limits():
        pass  # whoever has set a limit may alone change it until it leaves one


def test_inside_there_is_one_thread_and_outside_what_there_was(before: set[int]) -> None:
    with one_thread():
        assert threads() == {1}
        with one_thread():
            assert threads() == {1}
        assert threads() == {1}
    assert threads() == before


def test_an_error_leaves_the_setting_as_it_was(before: set[int]) -> None:
    with pytest.raises(ZeroDivisionError), one_thread():
        1 / 0  # noqa: B018
    assert threads() == before


def test_who_enters_first_may_leave_first(before: set[int]) -> None:
    first, second = one_thread(), one_thread()
    first.__enter__()
    second.__enter__()
    first.__exit__(None, None, None)
    assert threads() == {1}
    second.__exit__(None, None, None)
    assert threads() == before


def test_many_threads_at_once_leave_the_setting_as_it_was(before: set[int]) -> None:
    together = Barrier(8, timeout=60)

    def inside(number: int) -> set[int]:
        together.wait()
        seen = set()
        for _ in range(5):
            with one_thread():
                seen |= threads()
        return seen

    with ThreadPoolExecutor(8) as pool:
        assert set().union(*pool.map(inside, range(8))) == {1}
    assert threads() == before


def test_the_thread_that_leaves_last_need_not_be_the_one_that_entered_first(
    before: set[int],
) -> None:
    entered, other_entered = Event(), Event()

    def enter_first_and_leave_first() -> None:
        with one_thread():
            entered.set()
            other_entered.wait(60)

    first = Thread(target=enter_first_and_leave_first)
    first.start()
    entered.wait(60)
    with one_thread():
        other_entered.set()
        first.join()
        assert threads() == {1}
    assert threads() == before


def test_a_limit_of_the_callers_own_is_there_afterwards() -> None:
    with threadpool_limits(3, user_api="blas"):
        with one_thread():
            pass
        assert threads() == {3}
