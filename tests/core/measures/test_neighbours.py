"""Distances to the nearest neighbour are those of their definition."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from colonnade.core.measures.neighbours import nearest_distances


@given(st.integers(0, 2**32 - 1), st.integers(2, 40), st.integers(2, 3))
def test_the_nearest_is_the_least_of_all_distances(seed: int, count: int, axes: int) -> None:
    points = np.random.default_rng(seed).uniform(-50, 50, (count, axes))
    every = np.linalg.norm(points[:, None] - points, axis=2)
    every[np.arange(count), np.arange(count)] = np.inf
    np.testing.assert_allclose(nearest_distances(points), every.min(axis=1), rtol=1e-12)


def test_points_of_a_lattice_are_its_spacing_apart() -> None:
    y, x = np.meshgrid(4.0 * np.arange(5), 7.0 * np.arange(6), indexing="ij")
    np.testing.assert_allclose(nearest_distances(np.stack([y.ravel(), x.ravel()], 1)), 4.0)


@pytest.mark.parametrize("count", [0, 1])
def test_fewer_than_two_points_have_no_neighbour(count: int) -> None:
    assert nearest_distances(np.zeros((count, 2))).shape == (0,)


def test_points_on_one_spot_are_no_distance_apart() -> None:
    np.testing.assert_array_equal(nearest_distances(np.ones((3, 2))), 0.0)
