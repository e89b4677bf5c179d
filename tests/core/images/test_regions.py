"""The nearest point of each pixel, within a square around it."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from colonnade.core.images.regions import nearest_points, otsu

SHAPE = (24, 31)


def scattered(seed: int, count: int) -> np.ndarray:
    return np.random.default_rng(seed).uniform(-0.5, np.array(SHAPE) - 0.5, (count, 2))


@given(st.integers(0, 2**32 - 1), st.integers(1, 12), st.integers(1, 6))
def test_the_nearest_point_is_that_of_its_definition(seed: int, count: int, reach: int) -> None:
    positions = scattered(seed, count)
    squared, vector, owner = nearest_points(positions, SHAPE, reach)
    pixels = np.stack(np.indices(SHAPE), -1)
    away = positions - pixels[:, :, None]
    inside = (np.abs(np.round(positions) - pixels[:, :, None]) <= reach).all(-1)
    distance = np.where(inside, (away**2).sum(-1), np.inf)
    np.testing.assert_allclose(squared, distance.min(-1), rtol=1e-5, atol=1e-6)
    np.testing.assert_array_equal(owner >= 0, inside.any(-1))
    y, x = np.nonzero(owner >= 0)
    np.testing.assert_array_equal(owner[y, x], distance[y, x].argmin(-1))
    chosen = away[y, x, owner[y, x]]
    np.testing.assert_allclose(vector[:, y, x].T, chosen, atol=1e-5)


def test_beyond_every_square_there_is_no_point() -> None:
    squared, vector, owner = nearest_points(np.array([[5.0, 5.0]]), SHAPE, 2)
    assert (owner[3:8, 3:8] == 0).all()
    assert (owner == 0).sum() == 25
    assert np.isinf(squared[owner < 0]).all()
    assert not vector[:, owner < 0].any()


def test_no_points_own_no_pixel() -> None:
    squared, _, owner = nearest_points(np.empty((0, 2)), SHAPE, 3)
    assert np.isinf(squared).all()
    assert (owner == -1).all()


@pytest.mark.parametrize("level", [0.0, 0.2, 1.0])
def test_one_class_lies_below_its_threshold(level: float) -> None:
    assert otsu(np.full(30, level)) == 1.0
