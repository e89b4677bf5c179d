"""The wide Gaussian filter is a Gaussian filter."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.ndimage import gaussian_filter

from colonnade.core.images.smooth import smoothed

sizes = st.tuples(st.integers(2, 150), st.integers(2, 150))


@given(sizes, st.floats(4, 40), st.integers(0, 2**32 - 1))
def test_it_is_the_sum_over_all_pixels(size: tuple[int, int], width: float, seed: int) -> None:
    image = np.random.default_rng(seed).normal(0, 1, size).cumsum(0).cumsum(1)
    image = (image / image.std() + 3).astype(np.float32)
    expected = gaussian_filter(image.astype(float), width, mode="reflect", truncate=7)
    np.testing.assert_allclose(smoothed(image, width), expected, atol=2e-4)


@pytest.mark.parametrize("level", [0.0, 65000.0, -3e6])
def test_an_image_of_one_level_stays_as_it_is(level: float) -> None:
    image = np.full((90, 61), level, np.float32)
    np.testing.assert_array_equal(smoothed(image, 16.0), image)


def test_columns_leave_nothing_in_it() -> None:
    """Nodes that are farther apart than columns see no moiré of them."""
    y, x = np.indices((200, 260))
    image = np.cos(2 * np.pi * y / 4.1) + np.cos(2 * np.pi * x / 6.3)
    inner = np.s_[80:-80, 80:-80]
    assert np.abs(smoothed(image.astype(np.float32), 16.0)[inner]).max() < 1e-4
