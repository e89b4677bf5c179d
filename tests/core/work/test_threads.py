"""Threads give their results in order, take no more than they need, and hand errors on."""

import time
from collections.abc import Iterator
from threading import get_ident

import pytest

from colonnade.core.work.threads import in_order


def test_results_come_in_the_order_of_the_items() -> None:
    def later_first(number: int) -> int:
        time.sleep(0.01 * (3 - number % 4))
        return number

    assert list(in_order(later_first, range(20), 4)) == list(range(20))


@pytest.mark.parametrize("threads", [1, 3])
def test_items_are_taken_here_and_a_few_ahead(threads: int) -> None:
    taken: list[int] = []

    def items() -> Iterator[int]:
        for number in range(50):
            assert get_ident() == here
            taken.append(number)
            yield number

    here = get_ident()
    for given, result in enumerate(in_order(lambda number: -number, items(), threads)):
        assert result == -given
        assert len(taken) <= given + threads + 1
    assert len(taken) == 50


def test_an_error_comes_where_its_result_would() -> None:
    def invert(number: int) -> float:
        return 1 / number

    each = in_order(invert, [1, 2, 0, 4], 2)
    assert [next(each), next(each)] == [1.0, 0.5]
    with pytest.raises(ZeroDivisionError):
        next(each)
    assert list(in_order(invert, [], 2)) == []
