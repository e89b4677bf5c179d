"""Ring by ring: powers, spectrum error and Fourier ring correlation of images that are known."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.ndimage import gaussian_filter

from colonnade.core.errors import ImageError
from colonnade.core.measures.spectra import (
    RingCorrelation,
    radial_power,
    ring_correlation,
    spectrum_error,
)


def white(seed: int, shape: tuple[int, int] = (256, 256)) -> np.ndarray:
    return np.random.default_rng(seed).standard_normal(shape)


def test_white_noise_has_its_variance_in_every_ring() -> None:
    power = np.mean([radial_power(3 * white(seed) + 100) for seed in range(8)], axis=0)
    assert power.shape == (64,)
    assert power[1:] == pytest.approx(9, rel=0.25)
    assert power[8:] == pytest.approx(9, rel=0.1)


def test_a_wave_is_in_its_ring_whatever_its_direction() -> None:
    y, x = np.mgrid[:128, :200]
    for angle in (0, 0.6, 1.5):
        wave = np.sin(2 * np.pi * 0.21 * (np.sin(angle) * y + np.cos(angle) * x))
        assert radial_power(wave, 32).argmax() == int(0.21 * 64)


def test_a_tenth_of_the_power_in_every_ring_is_an_error_of_one_decade() -> None:
    truth = white(2)
    assert spectrum_error(truth / np.sqrt(10), truth) == pytest.approx(1)
    assert spectrum_error(truth, truth) == 0


def test_a_blur_costs_what_its_transfer_function_says() -> None:
    """A Gaussian of 1 px takes 2 pi^2 f^2 nepers off the amplitude at frequency f."""
    truth = white(3, (512, 512))
    middle = (np.arange(128) + 0.5) / 256
    lost = 2 * (2 * np.pi**2 * middle**2) * 2 / np.log(10) / 2
    expected = np.sqrt((lost**2).mean())
    blurred = gaussian_filter(truth, 1, mode="wrap", truncate=6)
    assert spectrum_error(blurred, truth) == pytest.approx(expected, rel=0.02)


def test_noise_of_the_truth_is_taken_off_its_spectrum() -> None:
    clean = 10 * gaussian_filter(white(4, (512, 512)), 1.5)
    noisy = clean + white(5, (512, 512))
    assert spectrum_error(clean, noisy) > 1
    assert spectrum_error(clean, noisy, noise=1.0) < 0.05
    with pytest.raises(ImageError, match="all noise"):
        spectrum_error(clean, noisy, noise=1e6)


@given(st.integers(0, 1000), st.floats(0.1, 10), st.floats(-100, 100))
def test_an_image_correlates_with_itself_whatever_its_gain(
    seed: int, gain: float, offset: float
) -> None:
    image = white(seed, (48, 64))
    same = ring_correlation(image, gain * image + offset)
    assert same.correlation == pytest.approx(1)
    assert same.crossing() == 0.5
    assert ring_correlation(image, -image).correlation == pytest.approx(-1)


def test_independent_images_do_not_correlate() -> None:
    curve = ring_correlation(white(6), white(7))
    assert np.abs(curve.correlation[8:]).max() < 0.3
    assert abs(curve.correlation[8:].mean()) < 0.03
    assert curve.crossing() < 0.01


def test_equal_noise_on_both_halves_the_correlation() -> None:
    """Signal-to-noise ratio s in both images gives s / (1 + s)."""
    signal = white(8, (512, 512))
    curve = ring_correlation(signal + white(9, (512, 512)), signal + white(10, (512, 512)))
    assert curve.correlation[8:].mean() == pytest.approx(0.5, abs=0.01)


def test_the_crossing_is_where_signal_meets_noise() -> None:
    """A blur that takes the signal below the noise at 0.2 cycles per pixel is found there."""
    shape = (512, 512)
    truth = white(11, shape)
    sigma = 2.0
    noise = np.exp(-2 * np.pi**2 * sigma**2 * 0.2**2)
    image = gaussian_filter(truth, sigma, mode="wrap", truncate=8) + noise * white(12, shape)
    # Against the truth itself the correlation is 1 / sqrt(2) where signal and noise are equal.
    assert ring_correlation(image, truth).crossing(np.sqrt(0.5)) == pytest.approx(0.2, abs=0.004)


def test_the_crossing_lies_between_rings() -> None:
    curve = RingCorrelation(np.array([0.1, 0.2, 0.3]), np.array([1.0, 0.8, 0.3]))
    assert curve.crossing() == pytest.approx(0.26)
    assert curve.crossing(0.2) == 0.5
    assert RingCorrelation(curve.frequency, curve.correlation - 1).crossing() == 0


def test_images_of_different_shapes_are_refused() -> None:
    with pytest.raises(ImageError, match="cannot be compared"):
        ring_correlation(white(1, (16, 16)), white(1, (16, 17)))
