"""Atoms that hop are cut between two rows; all else is as if nothing moved."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from colonnade.atoms.simulate.optics.canvas import Canvas
from colonnade.atoms.simulate.optics.moving import Moving
from colonnade.atoms.simulate.optics.probe import Probe

CANVAS = Canvas((80, 96), 0.025, Probe(200.0, 24.0, source=0.08, thermal=0.007))
PLACES = np.array([[30.3, 40.7], [52.0, 61.2], [10.0, 80.0]])
SIGNAL = np.array([1.0, 2.0, 0.5])
EVER = np.inf


def moving(*present: tuple[float, float]) -> Moving:
    return Moving(CANVAS, PLACES, SIGNAL, np.array(present))


def test_what_stays_is_drawn_as_it_is() -> None:
    still = moving(*[(-EVER, EVER)] * 3)
    expected = CANVAS.draw(PLACES, SIGNAL)
    np.testing.assert_array_equal(still.seen(CANVAS.transfer), expected)
    np.testing.assert_array_equal(still.recorded(3.0), 1.0)


@given(row=st.floats(20, 60))
@settings(max_examples=20)
def test_an_atom_is_seen_in_the_rows_in_which_it_is_there(row: float) -> None:
    cut = moving((-EVER, row), (-EVER, EVER), (row, EVER)).seen(CANVAS.transfer)
    one, two, three = (CANVAS.draw(PLACES[[i]], SIGNAL[[i]]) for i in range(3))
    above = (np.arange(80) < row)[:, None]
    expected = two + one * above + three * ~above
    # Tails that reach farther than a margin are cut too.
    np.testing.assert_allclose(cut, expected, atol=2e-3 * one.max())


def test_the_share_that_was_recorded_is_that_of_the_image() -> None:
    sigma = CANVAS.peak.sigma / CANVAS.pixel
    for row in (28.0, 30.3, 31.5):
        share = moving((-EVER, row), (-EVER, EVER), (-EVER, EVER)).recorded(sigma)
        image = CANVAS.draw(PLACES[[0]], SIGNAL[[0]])
        seen = np.interp(row - 0.5, np.arange(80), np.cumsum(image.sum(1))) / image.sum()
        assert share[0] == pytest.approx(seen, abs=0.03)
        np.testing.assert_array_equal(share[1:], 1.0)
