"""Laws and spectra are those of the noise, whatever few features lie in it."""

import numpy as np
import pytest
from scipy.signal import lfilter

from colonnade.sem.upscale.trust.filters import matched_filter
from colonnade.sem.upscale.trust.residual import BLOCK, Law, spectrum


def test_a_law_is_found_among_outliers() -> None:
    rng = np.random.default_rng(0)
    level = rng.uniform(10, 200, 40_000)
    values = rng.standard_normal(level.size) * np.sqrt(5 + 0.5 * level)
    values[:1200] += 200
    law = Law.of(values, level, 1e-6)
    expected = np.sqrt([5 + 0.5 * 20, 5 + 0.5 * 180])
    np.testing.assert_allclose(law.sigma(np.array([20.0, 180.0])), expected, rtol=0.06)


def test_what_does_not_vary_has_the_least_variance() -> None:
    law = Law.of(np.zeros(100), np.arange(100.0), 0.25)
    np.testing.assert_allclose(law.sigma(np.array([0.0, 1e3])), 0.5)


def coloured(rng: np.random.Generator, correlation: float) -> np.ndarray:
    """Noise of unit variance that is correlated along the rows."""
    white = rng.standard_normal((256, 300)) * np.sqrt(1 - correlation**2)
    noise = lfilter([1.0], [1.0, -correlation], white, axis=1)
    return np.asarray(noise[:, 44:], np.float32)


@pytest.mark.parametrize("correlation", [0.0, 0.5])
def test_the_spectrum_is_that_of_the_noise(correlation: float) -> None:
    power = spectrum([coloured(np.random.default_rng(seed), correlation) for seed in range(3)])
    wave = 2 * np.pi * np.fft.fftfreq(BLOCK)
    expected = (1 - correlation**2) / np.abs(1 - correlation * np.exp(-1j * wave)) ** 2
    # Smoothing over neighbours flattens the peak at zero.
    np.testing.assert_allclose(power.mean(0), expected, rtol=0.25)
    assert power.mean() == pytest.approx(1, abs=0.05)


@pytest.mark.parametrize("radius", [1.0, 2.8, 8.0])
def test_a_filter_answers_noise_with_unit_variance(radius: float) -> None:
    noise = coloured(np.random.default_rng(3), 0.5)
    kernel = matched_filter(radius, 0.3, spectrum([noise]))
    answers = np.fft.irfft2(
        np.fft.rfft2(noise) * np.conj(np.fft.rfft2(kernel, noise.shape)), noise.shape
    )
    assert answers.std() == pytest.approx(1, abs=0.12)
    assert abs(kernel.sum()) < 1e-3 * np.abs(kernel).sum()


def test_a_filter_for_white_noise_reaches_what_a_disc_offers() -> None:
    kernel = matched_filter(2.0, 0.0, np.ones((BLOCK, BLOCK)))
    y, x = np.mgrid[:BLOCK, :BLOCK] - BLOCK // 2
    disc = np.clip(2.5 - np.hypot(y, x), 0, 1)
    ideal = np.sqrt((disc**2).sum() - disc.sum() ** 2 / disc.size)
    assert (kernel * disc).sum() == pytest.approx(ideal, rel=0.02)
