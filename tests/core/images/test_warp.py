"""Rows are shifted by what they are to be, and nothing is lost on the way."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from colonnade.core.images.warp import lower_rows, shift_rows

SHAPE = (20, 48)

seeds = st.integers(0, 2**32 - 1)


def noise(seed: int, shape: tuple[int, int] = SHAPE) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=shape).astype(np.float32)


@given(seeds)
def test_whole_pixels_move_the_grey_levels_as_they_are(seed: int) -> None:
    image = noise(seed)
    shifts = np.random.default_rng(seed).integers(-5, 6, SHAPE[0])
    shifted = shift_rows(image, shifts.astype(float))
    for row, move in enumerate(shifts):
        expected = image[row, np.clip(np.arange(SHAPE[1]) - move, 0, SHAPE[1] - 1)]
        np.testing.assert_allclose(shifted[row], expected, atol=1e-5)


@given(seeds)
def test_no_shift_changes_nothing(seed: int) -> None:
    image = noise(seed)
    for move in (shift_rows, lower_rows):
        np.testing.assert_allclose(move(image, np.zeros(SHAPE[0])), image, atol=1e-6)


@given(st.floats(-3, 3))
def test_a_slope_is_shifted_exactly(shift: float) -> None:
    """Inside, where no edge repeats: cubic interpolation follows a straight line."""
    x = np.arange(SHAPE[1], dtype=np.float32)
    image = np.tile(x, (SHAPE[0], 1))
    shifted = shift_rows(image, np.full(SHAPE[0], shift))
    np.testing.assert_allclose(shifted[:, 6:-6], image[:, 6:-6] - shift, atol=1e-4)


def test_a_wave_comes_back_when_it_is_shifted_back() -> None:
    x = np.arange(SHAPE[1])
    image = np.tile(np.sin(2 * np.pi * x / 16), (SHAPE[0], 1)).astype(np.float32)
    shifts = np.random.default_rng(0).normal(0, 1, SHAPE[0])
    back = shift_rows(shift_rows(image, shifts), -shifts)
    np.testing.assert_allclose(back[:, 8:-8], image[:, 8:-8], atol=0.03)


@given(seeds)
def test_lowering_all_rows_alike_is_shifting_the_turned_image(seed: int) -> None:
    image = noise(seed, (24, 24))
    shift = np.full(24, np.random.default_rng(seed).uniform(-3, 3))
    np.testing.assert_allclose(lower_rows(image, shift), shift_rows(image.T, shift).T, atol=1e-5)


@given(seeds)
def test_several_shifts_give_the_mean_of_their_images(seed: int) -> None:
    image = noise(seed)
    shifts = np.random.default_rng(seed).uniform(-4, 4, (3, SHAPE[0]))
    mean = np.mean([shift_rows(image, one) for one in shifts], axis=0)
    np.testing.assert_allclose(shift_rows(image, shifts), mean, atol=1e-5)


@pytest.mark.parametrize("shift", [1e6, -1e6])
def test_beyond_the_image_its_edge_repeats(shift: float) -> None:
    image = noise(1)
    edge = image[:, :1] if shift > 0 else image[:, -1:]
    shifted = shift_rows(image, np.full(SHAPE[0], shift))
    np.testing.assert_allclose(shifted, np.broadcast_to(edge, SHAPE), atol=1e-5)
