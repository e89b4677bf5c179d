"""PSNR, SSIM and the slope of the grey scale have the values of their definitions."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.ndimage import gaussian_filter

from colonnade.core.errors import ImageError
from colonnade.core.measures.fidelity import (
    fit_greys,
    grey_range,
    grey_slope,
    mean_squared_error,
    psnr,
    ssim,
)


def scene(seed: int, side: int = 96) -> np.ndarray:
    """A smooth field of grey levels from 0 to 1."""
    field = gaussian_filter(np.random.default_rng(seed).standard_normal((side, side)), 3)
    return (field - field.min()) / (field.max() - field.min())


def test_an_error_of_a_tenth_of_the_range_is_20_db() -> None:
    truth = np.linspace(0, 1, 10_000).reshape(100, 100)
    assert grey_range(truth) == pytest.approx(0.998)
    assert psnr(truth + 0.1 * 0.998, truth) == pytest.approx(20)
    assert psnr(truth + 0.1, truth, span=1) == pytest.approx(20)


def test_an_image_without_error_has_no_limit() -> None:
    assert psnr(scene(1), scene(1)) == np.inf


def test_one_dead_pixel_does_not_change_the_range() -> None:
    truth = np.linspace(0, 1, 10_000).reshape(100, 100)
    spoiled = truth.copy()
    spoiled[50, 50] = 100
    assert grey_range(spoiled) == pytest.approx(grey_range(truth), rel=1e-3)


@given(st.integers(0, 1000), st.floats(0.1, 10), st.floats(-5, 5))
def test_gain_and_offset_do_not_matter_once_they_are_fitted(
    seed: int, gain: float, offset: float
) -> None:
    truth = scene(seed)
    image = truth + 0.05 * np.random.default_rng(seed + 1).standard_normal(truth.shape)
    changed = gain * image + offset
    assert psnr(changed, truth, fitted=True) == pytest.approx(
        psnr(image, truth, fitted=True), abs=1e-6
    )
    assert psnr(image, truth, fitted=True) >= psnr(image, truth)


def test_the_fit_is_the_best_there_is() -> None:
    truth, image = scene(2), 0.5 * scene(2) ** 2 + 0.3
    best = mean_squared_error(fit_greys(image, truth), truth)
    for gain, offset in ((1.001, 0), (0.999, 0), (1, 0.001), (1, -0.001)):
        assert mean_squared_error(gain * fit_greys(image, truth) + offset, truth) > best


def test_the_noise_of_the_truth_is_taken_off() -> None:
    """A noisy truth caps the PSNR; with its variance known the true error comes back."""
    rng = np.random.default_rng(3)
    clean = scene(3, 512)
    image = clean + 0.02 * rng.standard_normal(clean.shape)
    truth = clean + 0.1 * rng.standard_normal(clean.shape)
    assert psnr(image, truth, span=1) == pytest.approx(-10 * np.log10(0.1**2 + 0.02**2), abs=0.05)
    assert psnr(image, truth, span=1, noise=0.01) == pytest.approx(33.98, abs=0.6)
    assert psnr(clean, truth, span=1, noise=0.0102) == np.inf


def test_ssim_is_that_of_scikit_image() -> None:
    """Values of `structural_similarity` 0.26, with a Gaussian window and population covariance."""
    truth = scene(4)
    image = truth + 0.1 * np.random.default_rng(5).standard_normal(truth.shape)
    metrics = pytest.importorskip("skimage.metrics")
    for first, span in ((image, None), (gaussian_filter(truth, 2), None), (image, 2.0)):
        reference = metrics.structural_similarity(
            first,
            truth,
            data_range=span or grey_range(truth),
            gaussian_weights=True,
            sigma=1.5,
            use_sample_covariance=False,
        )
        assert ssim(first, truth, span=span) == pytest.approx(reference, abs=1e-9)


def test_ssim_of_what_can_be_worked_out_by_hand() -> None:
    """Two even images have only their means: (2ab + C1) / (a^2 + b^2 + C1)."""
    first, second = np.full((20, 20), 0.4), np.full((20, 20), 0.8)
    expected = (2 * 0.4 * 0.8 + 1e-4) / (0.4**2 + 0.8**2 + 1e-4)
    assert ssim(first, second, span=1) == pytest.approx(expected)
    assert ssim(scene(6), scene(6)) == pytest.approx(1)


def test_the_slope_sees_lost_contrast_and_not_lost_detail() -> None:
    truth = scene(7, 256)
    assert grey_slope(0.7 * truth + 5, truth, 0) == pytest.approx(0.7)
    shrunk = gaussian_filter(truth, 2)
    assert grey_slope(shrunk, truth, 0) < 0.85
    assert grey_slope(shrunk, truth, 8) == pytest.approx(1, abs=0.05)


def test_the_slope_is_right_against_a_noisy_truth() -> None:
    clean = scene(8, 512)
    truth = clean + 0.3 * np.random.default_rng(9).standard_normal(clean.shape)
    assert grey_slope(clean, truth, 0) < 0.5
    assert grey_slope(clean, truth, 0, noise=0.09) == pytest.approx(1, abs=0.05)
    assert grey_slope(clean, truth, 2, noise=0.09) == pytest.approx(1, abs=0.02)


def test_what_cannot_be_compared_is_said() -> None:
    with pytest.raises(ImageError, match="cannot be compared"):
        psnr(np.eye(4), np.eye(4, 5))
    with pytest.raises(ImageError, match="one grey"):
        psnr(np.eye(4), np.ones((4, 4)))
    with pytest.raises(ImageError, match="more than 10 pixels"):
        ssim(scene(1)[:10], scene(2)[:10])
