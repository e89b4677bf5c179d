"""What views measured in Fourier space is told apart from what they left out."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from colonnade.core.measures.wedge import Wedge, direction_of

TILTS = tuple(np.arange(-30.0, 61.0, 2.0))
"""Not the same on both sides, so that a sign matters."""


def test_a_wedge_begins_half_a_step_beyond_the_last_view() -> None:
    wedge = Wedge.of(TILTS)
    assert (wedge.lowest, wedge.highest) == (-31, 61)
    assert wedge.missing == pytest.approx(88 / 180)
    assert Wedge.of(np.arange(-90.0, 90.0, 2.0)).missing == 0


@given(st.floats(-89, 89), st.permutations(TILTS))
def test_a_direction_is_measured_if_tilts_reach_it(direction: float, tilts: list[float]) -> None:
    (measured,) = Wedge.of(tilts).holds(np.array([direction]))
    (other_way,) = Wedge.of(tilts).holds(np.array([direction + 180]))
    assert measured == other_way == (-31 <= direction <= 61)


@given(st.floats(-89, -1), st.floats(1, 89))
def test_every_frequency_is_measured_or_missing(lowest: float, highest: float) -> None:
    z, x = np.meshgrid(np.linspace(-0.5, 0.5, 11), np.linspace(-0.5, 0.5, 11))
    directions = direction_of(z, x)
    wedge = Wedge(lowest, highest)
    assert (wedge.holds(directions) != wedge.other.holds(directions)).all()
    assert (wedge.holds(directions) == wedge.holds(direction_of(-z, -x))).all()
    assert wedge.holds(direction_of(np.zeros(1), np.zeros(1))).all()
