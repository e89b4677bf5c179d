"""What moves peaks at any dose is more beside a column of another height."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from colonnade.atoms.locate.fit.peaks import Peaks
from colonnade.atoms.locate.fit.settings import ErrorSettings
from colonnade.atoms.locate.fit.shape import Shape
from colonnade.atoms.locate.fit.systematic import contrast, systematic_variance

SETTINGS = ErrorSettings(systematic=0.01, systematic_unlike=0.03)

heights = st.lists(st.floats(-10, 1e6, allow_subnormal=False), min_size=2, max_size=12)


def in_a_row(height: list[float]) -> np.ndarray:
    """Each column nearer to the one before it than to the one after."""
    return np.stack([np.zeros(len(height)), np.cumsum(1 + np.arange(len(height)))], 1)


def peaks_of(positions: np.ndarray, height: list[float], width: float = 2.0) -> Peaks:
    count = len(positions)
    nodes = np.zeros((2, 2), np.float32)
    return Peaks(positions, np.array(height), np.full(count, width), nodes, Shape.gaussian())


@given(heights)
def test_contrast_is_a_share_and_knows_no_unit(height: list[float]) -> None:
    values = np.array(height)
    found = contrast(in_a_row(height), values)
    assert ((found >= 0) & (found <= 1 + 1e-12)).all()
    np.testing.assert_allclose(contrast(in_a_row(height), 7 * values), found, atol=1e-9)


def test_contrast_is_that_with_the_nearest_neighbour() -> None:
    positions = np.array([[0.0, 0.0], [0.0, 3.0], [0.0, 5.0], [9.0, 5.0]])
    found = contrast(positions, np.array([1.0, 3.0, 3.0, 0.0]))
    np.testing.assert_allclose(found, [0.5, 0.0, 0.0, 1.0])


def test_of_two_at_one_place_each_is_the_neighbour_of_the_other() -> None:
    found = contrast(np.array([[4.0, 4.0], [4.0, 4.0], [9.0, 9.0]]), np.array([1.0, 4.0, 4.0]))
    np.testing.assert_allclose(found[:2], 0.6)


@pytest.mark.parametrize("height", [[], [5.0], [5.0, 5.0]])
def test_columns_alone_or_alike_have_what_all_have(height: list[float]) -> None:
    found = systematic_variance(peaks_of(in_a_row(height), height), SETTINGS)
    np.testing.assert_allclose(found, (0.01 * 2.0) ** 2)


def test_it_grows_with_the_width_and_with_the_contrast() -> None:
    height = [1.0, 3.0]
    found = systematic_variance(peaks_of(in_a_row(height), height, width=4.0), SETTINGS)
    np.testing.assert_allclose(found, 16 * (0.01**2 + (0.5 * 0.03) ** 2))
