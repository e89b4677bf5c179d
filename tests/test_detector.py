"""Noise and scan faults: their statistics are what their names promise."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from colonnade.core.detector import count_electrons, export_8bit, shift_rows, smooth_field
from colonnade.core.draws import log_uniform, uniform
from colonnade.core.errors import RecipeError

seeds = st.integers(0, 2**32 - 1)
sizes = st.tuples(st.integers(8, 60), st.integers(8, 60))


@pytest.mark.parametrize("mean", [0.05, 3.0, 250.0])
def test_counts_are_poisson(mean: float) -> None:
    counts = count_electrons(np.full((300, 400), mean), 0.0, np.random.default_rng(1))
    error = np.sqrt(mean / counts.size)
    assert counts.mean() == pytest.approx(mean, abs=5 * error)
    spread = np.sqrt((2 + 1 / mean) / counts.size)
    assert counts.var() / mean == pytest.approx(1, abs=5 * spread)
    np.testing.assert_array_equal(counts, np.round(counts))


def test_read_noise_adds_its_variance() -> None:
    counts = count_electrons(np.full((300, 400), 10.0), 4.0, np.random.default_rng(2))
    assert counts.var() == pytest.approx(10 + 16, rel=0.03)
    assert counts.mean() == pytest.approx(10, abs=0.08)


def test_no_electrons_come_from_less_than_nothing() -> None:
    assert not count_electrons(np.full((9, 9), -3.0), 0.0, np.random.default_rng(0)).any()


@given(seed=seeds, size=sizes, slope=st.floats(-5, 5))
def test_a_shifted_ramp_is_the_ramp_minus_the_shift(
    seed: int, size: tuple[int, int], slope: float
) -> None:
    shifts = np.random.default_rng(seed).uniform(-2, 2, size[0])
    x = np.arange(size[1])
    ramp = np.broadcast_to(slope * x, size)
    shifted = shift_rows(ramp, shifts)[:, 2:-2]
    np.testing.assert_allclose(shifted, slope * (x - shifts[:, None])[:, 2:-2], atol=1e-10)


def test_a_row_that_moves_right_leaves_its_edge_behind_and_no_other_row() -> None:
    image = np.arange(40.0).reshape(4, 10) ** 2
    shifted = shift_rows(image, np.array([0.0, 3.0, -2.0, 100.0]))
    np.testing.assert_array_equal(shifted[0], image[0])
    np.testing.assert_array_equal(shifted[1], [*[image[1, 0]] * 3, *image[1, :-3]])
    np.testing.assert_array_equal(shifted[2], [*image[2, 2:], *[image[2, -1]] * 2])
    np.testing.assert_array_equal(shifted[3], image[3, 0])


@given(seed=seeds, size=sizes, length=st.floats(0.3, 200))
def test_a_smooth_field_has_no_mean_and_unit_spread(
    seed: int, size: tuple[int, int], length: float
) -> None:
    field = smooth_field(size, length, np.random.default_rng(seed))
    assert field.shape == size
    assert field.mean() == pytest.approx(0, abs=1e-9)
    assert field.std() == pytest.approx(1, abs=1e-6)


@pytest.mark.parametrize("length", [1.5, 3.0, 4.2, 8.0])
def test_a_smooth_field_is_as_coarse_as_it_says(length: float) -> None:
    """White noise smoothed by a Gaussian is alike over one that is √2 as wide."""
    rng = np.random.default_rng(3)
    fields = [smooth_field((160, 224), length, rng) for _ in range(24)]
    for lag in np.round(length * np.array([0.7, 1.4, 2.8, 6])).astype(int):
        expected = np.exp(-(lag**2) / (4 * length**2))
        down = np.mean([(field[lag:] * field[:-lag]).mean() for field in fields])
        across = np.mean([(field[:, lag:] * field[:, :-lag]).mean() for field in fields])
        assert down == pytest.approx(expected, abs=0.05)
        assert across == pytest.approx(expected, abs=0.05)


@given(seed=seeds, gamma=st.floats(0.3, 3), gain=st.floats(0.1, 100), offset=st.floats(-1e3, 1e3))
def test_an_export_keeps_the_order_of_grey_levels(
    seed: int, gamma: float, gain: float, offset: float
) -> None:
    image = np.random.default_rng(seed).gamma(2.0, size=(20, 30))
    levels = export_8bit(image * gain + offset, 0.01, gamma)
    assert levels.min() == 0
    assert levels.max() == 255
    np.testing.assert_array_equal(levels, np.round(levels))
    assert (np.diff(levels.ravel()[np.argsort(image, axis=None)]) >= 0).all()
    np.testing.assert_allclose(levels, export_8bit(image, 0.01, gamma), atol=1)


@pytest.mark.parametrize("clipped", [0.0, 0.01, 0.1])
def test_an_export_clips_the_share_that_it_is_told_to(clipped: float) -> None:
    image = np.random.default_rng(5).permutation(np.arange(40_000.0))
    levels = export_8bit(image.reshape(160, 250), clipped, 1.0)
    share = 0.5 / 255 * (1 - 2 * clipped)  # of the grey levels between, rounded to the end
    assert np.mean(levels == 0) == pytest.approx(clipped + share, abs=1e-4)
    assert np.mean(levels == 255) == pytest.approx(clipped + share, abs=1e-4)


def test_gamma_brightens_below_one_and_keeps_the_ends() -> None:
    image = np.linspace(0, 1, 101).reshape(1, -1)
    bright, dark = export_8bit(image, 0.0, 0.5)[0], export_8bit(image, 0.0, 2.0)[0]
    assert [bright[0], bright[25], bright[-1]] == [0, 128, 255]
    assert [dark[0], dark[50], dark[-1]] == [0, 64, 255]


def test_an_image_without_contrast_survives_its_export() -> None:
    assert np.isfinite(export_8bit(np.full((9, 9), 7.0), 0.01, 0.7)).all()


@given(seed=seeds, low=st.floats(1e-6, 1e6), factor=st.floats(1, 1e6))
def test_draws_stay_between_their_limits(seed: int, low: float, factor: float) -> None:
    rng, high = np.random.default_rng(seed), low * factor
    assert low * (1 - 1e-12) <= log_uniform(rng, (low, high)) <= high * (1 + 1e-12)
    assert low <= uniform(rng, (low, high)) <= high


def test_every_decade_is_as_likely() -> None:
    rng = np.random.default_rng(6)
    drawn = np.array([log_uniform(rng, (1e-2, 1e2)) for _ in range(4000)])
    assert drawn.min() < 0.0105
    assert drawn.max() > 95
    counts, _ = np.histogram(np.log10(drawn), bins=4, range=(-2, 2))
    assert (np.abs(counts - 1000) < 5 * np.sqrt(1000)).all()


@pytest.mark.parametrize("limits", [(2.0, 1.0), (0.0, 1.0), (-1.0, 1.0), (float("nan"), 1.0)])
def test_a_range_that_is_none_is_refused(limits: tuple[float, float]) -> None:
    with pytest.raises(RecipeError, match="range"):
        log_uniform(np.random.default_rng(0), limits)


@pytest.mark.parametrize("limits", [(2.0, 1.0), (0.0, float("inf")), (float("nan"), 1.0)])
def test_an_even_range_that_is_none_is_refused(limits: tuple[float, float]) -> None:
    with pytest.raises(RecipeError, match="range"):
        uniform(np.random.default_rng(0), limits)
