"""Candidates stay together with their confidence."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from colonnade.atoms.locate.candidates import Candidates, InputScale
from colonnade.core.images.binning import Binning


def scattered(seed: int, count: int) -> Candidates:
    rng = np.random.default_rng(seed)
    return Candidates(rng.uniform(-5, 25, (count, 2)), rng.random(count))


@given(st.integers(0, 2**32 - 1), st.integers(0, 20))
def test_choosing_and_joining_keep_each_confidence_with_its_place(seed: int, count: int) -> None:
    found = scattered(seed, count)
    chosen = found.confidence > 0.5
    parts = found[chosen].plus(found[~chosen])
    assert len(parts) == count
    before, after = (
        {(y, x, c) for (y, x), c in zip(one.positions, one.confidence, strict=True)}
        for one in (found, parts)
    )
    assert before == after


@given(st.integers(0, 2**32 - 1))
def test_inside_is_up_to_the_edge_of_the_outermost_pixels(seed: int) -> None:
    found = scattered(seed, 40)
    inside = found.inside((12, 20))
    nearest = np.round(inside.positions)
    assert ((nearest >= 0) & (nearest <= [11, 19])).all()
    left = [place for place in found.positions if place not in inside.positions]
    assert all(not (-0.5 <= y <= 11.5 and -0.5 <= x <= 19.5) for y, x in left)


def test_an_edge_counts_and_what_is_beyond_does_not() -> None:
    places = np.array([[-0.5, 19.5], [11.5, -0.5], [-0.51, 3.0], [3.0, 19.51]])
    assert len(Candidates(places, np.ones(4)).inside((12, 20))) == 2


def test_no_candidates_join_with_others() -> None:
    found = scattered(1, 3)
    np.testing.assert_array_equal(Candidates.none().plus(found).positions, found.positions)
    assert len(Candidates.none().inside((3, 3))) == 0


@pytest.mark.parametrize("dark", [False, True])
def test_dark_columns_are_brightened(dark: bool) -> None:
    pixels = np.array([[1.0, 3.0]], np.float32)
    shown = InputScale(Binning(), dark=dark).brightened(pixels)
    np.testing.assert_array_equal(shown, -pixels if dark else pixels)
