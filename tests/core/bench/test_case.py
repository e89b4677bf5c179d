"""Cases and axes: names tell images apart, and depth runs from good to bad."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from colonnade.core.bench.case import Axis, Case

NOISE = Axis("noise", "dB", (20.0, 5.0, -4.0), "Peak signal to noise.")
DRIFT = Axis("drift", "", (0.0, 2.0, 4.0), "Step from row to row.")


def test_depth_is_linear_from_good_to_bad_and_ends_there() -> None:
    assert [NOISE.depth(value) for value in (25, 20, 8, -4, -9)] == [0, 0, 0.5, 1, 1]
    assert [DRIFT.depth(value) for value in (-1, 1, 5)] == [0, 0.25, 1]


@given(st.floats(-4, 20), st.floats(-4, 20))
def test_what_is_worse_is_deeper(value: float, other: float) -> None:
    for axis in (NOISE, DRIFT):
        if axis.is_worse(value, other):
            assert axis.depth(value) >= axis.depth(other)
        assert not (axis.is_worse(value, other) and axis.is_worse(other, value))
    assert NOISE.is_worse(3, 5)
    assert DRIFT.is_worse(3, 2)
    assert not NOISE.is_worse(5, 5)


def test_a_title_has_a_unit_where_there_is_one() -> None:
    assert (NOISE.title, DRIFT.title) == ("noise [dB]", "drift")


@pytest.mark.parametrize(
    ("case", "name"),
    [
        (Case("WS2 [001]", "noise", 5.5, 0), "WS2 [001], noise 5.5, 0"),
        (Case("WS2 [001]", "noise", 10.0, 2), "WS2 [001], noise 10, 2"),
        (Case("structures", "zone axis", np.nan, 1), "structures, zone axis, 1"),
    ],
)
def test_a_name_holds_everything_that_tells_a_case_from_others(case: Case, name: str) -> None:
    assert case.name == name
