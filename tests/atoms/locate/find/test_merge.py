"""Candidates of two scales are merged without doubles, and none is lost."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from colonnade.atoms.locate.candidates import Candidates, InputScale
from colonnade.atoms.locate.find.merge import merge_distance, merged
from colonnade.atoms.locate.find.settings import ScaleSettings
from colonnade.core.images.binning import Binning


def candidates(*rows: tuple[float, float, float]) -> Candidates:
    """Of rows of y, x and confidence."""
    table = np.array(rows, float).reshape(-1, 3)
    return Candidates(table[:, :2], table[:, 2])


def places(found: Candidates) -> set[tuple[float, float]]:
    return {(float(y), float(x)) for y, x in found.positions}


COARSE = candidates((10, 10, 0.9), (10, 30, 0.8), (10, 50, 0.7))


def test_two_of_the_fine_scale_replace_one_of_the_coarse() -> None:
    fine = candidates((10, 9, 0.8), (10, 11, 0.6))
    assert places(merged(COARSE, fine, 3.0, 0.4)) == {(10, 9), (10, 11), (10, 30), (10, 50)}


def test_a_single_one_of_the_fine_scale_is_the_same_candidate() -> None:
    assert places(merged(COARSE, candidates((10, 30.4, 0.95)), 3.0, 0.4)) == places(COARSE)


def test_a_doubtful_pair_replaces_none() -> None:
    fine = candidates((9, 50, 0.9), (11, 50, 0.3))
    assert places(merged(COARSE, fine, 3.0, 0.4)) == places(COARSE)
    assert len(merged(COARSE, fine, 3.0, 0.3)) == len(COARSE) + 1


def test_what_only_the_fine_scale_shows_is_new() -> None:
    found = merged(COARSE, candidates((30, 30, 0.2)), 3.0, 0.4)
    assert places(found) == places(COARSE) | {(30, 30)}
    np.testing.assert_array_equal(found.confidence, [0.9, 0.8, 0.7, 0.2])


def test_merging_with_nothing_or_with_itself_changes_nothing() -> None:
    for fine in (Candidates.none(), COARSE):
        assert places(merged(COARSE, fine, 3.0, 0.4)) == places(COARSE)
    assert places(merged(Candidates.none(), COARSE, 3.0, 0.4)) == places(COARSE)


rows = st.lists(
    st.tuples(st.integers(0, 40), st.integers(0, 40), st.floats(0.15, 1.0)), max_size=12
)


@given(rows, rows)
def test_every_candidate_of_either_scale_has_one_near_it_in_both(
    first: list[tuple[float, float, float]], second: list[tuple[float, float, float]]
) -> None:
    coarse, fine = candidates(*first), candidates(*second)
    both = merged(coarse, fine, 3.0, 0.4)
    assert places(both) <= places(coarse) | places(fine)
    for one in (coarse, fine):
        away = np.linalg.norm(one.positions[:, None] - both.positions, axis=2)
        assert (away.min(axis=1, initial=np.inf) < 6.0).all() or not len(one)


@pytest.mark.parametrize(("by", "expected"), [((1, 1), 1.7), ((4, 4), 6.8), ((2, 8), 6.8)])
def test_the_merge_distance_is_that_of_a_coarse_pixel(
    by: tuple[int, int], expected: float
) -> None:
    scale = InputScale(Binning(*by), dark=False)
    assert merge_distance(scale, ScaleSettings()) == pytest.approx(expected)
