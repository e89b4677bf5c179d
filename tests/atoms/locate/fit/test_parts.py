"""Parts of an image cover it once, and each is fitted with what has an influence on it."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from colonnade.atoms.locate.fit.parts import divide
from colonnade.atoms.locate.fit.settings import PartSettings

sides = st.integers(20, 3000)


@given(sides, sides, st.integers(0, 30_000), st.floats(0, 60), st.integers(0, 2**32 - 1))
def test_every_place_belongs_to_one_part(
    height: int, width: int, columns: int, margin: float, seed: int
) -> None:
    """Those beyond the border too."""
    shape = (height, width)
    places = np.random.default_rng(seed).uniform(-5, np.array(shape) + 4, (50, 2))
    owners = sum(part.owns(places).astype(int) for part in divide(shape, columns, margin))
    np.testing.assert_array_equal(owners, 1)


@given(sides, sides, st.integers(0, 30_000), st.floats(0, 60))
def test_no_part_is_too_large_and_each_has_its_margin(
    height: int, width: int, columns: int, margin: float
) -> None:
    shape = (height, width)
    for part in divide(shape, columns, margin):
        inner = np.clip(np.stack([part.low, part.high]), -0.5, np.array(shape) - 0.5)
        assert (np.diff(inner, axis=0) <= PartSettings().largest_side + 1).all()
        for axis, seen in enumerate((part.rows, part.columns)):
            assert seen.start == max(0, np.ceil(inner[0, axis]) - np.ceil(margin))
            assert seen.stop == min(shape[axis], np.ceil(inner[1, axis]) + np.ceil(margin))


@pytest.mark.parametrize(("columns", "count"), [(100, 1), (1000, 1), (4000, 4), (10**6, 8)])
def test_many_columns_are_divided_up_to_a_limit(columns: int, count: int) -> None:
    assert len(list(divide((600, 600), columns, 10.0))) == pytest.approx(count, abs=1)


def test_a_part_contains_the_columns_of_its_margin_and_owns_those_within() -> None:
    first, second = divide((100, 1000), 10, 20.0)
    places = np.array([[50.0, 490.0], [50.0, 510.0], [50.0, 530.0]])
    assert first.contains(places).tolist() == [0, 1]
    assert first.owns(places).tolist() == [True, False, False]
    assert second.contains(places).tolist() == [0, 1, 2]
    assert second.owns(places).tolist() == [False, True, True]


def test_what_lies_beyond_the_image_is_contained_in_the_part_beside_it() -> None:
    first, second = divide((100, 1000), 10, 20.0)
    places = np.array([[-0.9, 100.0], [100.4, 100.0], [50.0, 1000.6]])
    assert first.contains(places).tolist() == [0, 1]
    assert second.contains(places).tolist() == [2]


def test_settings_decide_how_many_parts_there_are() -> None:
    small = PartSettings(largest_side=50, columns=10**9)
    assert len(list(divide((100, 100), 5, 1.0, small))) == 4
