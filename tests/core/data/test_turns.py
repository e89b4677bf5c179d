"""What is drawn slowly is shown several times, and never twice in one batch."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from colonnade.core.data.turns import AT_HAND, number_at


@given(count=st.integers(1, 6), start=st.integers(0, 10_000))
def test_neighbours_show_other_things(count: int, start: int) -> None:
    shown = [number_at(start + step, count) for step in range(AT_HAND // 2)]
    assert len(set(shown)) == len(shown)


@given(count=st.integers(1, 6), turns=st.integers(1, 3))
def test_everything_is_shown_as_often_as_it_is_to_be(count: int, turns: int) -> None:
    shown = Counter(number_at(index, count) for index in range(turns * AT_HAND * count))
    assert shown == dict.fromkeys(range(turns * AT_HAND), count)
