"""The width of the probe is found from the images alone, and no seam shows where they are cut."""

import numpy as np
import pytest
from scipy.ndimage import gaussian_filter

from colonnade.core.arrays import Single
from colonnade.sem.upscale.trust.forward import Forward, fitted_forward, windows

FACTOR = 4


def speckles(side: int, seed: int = 0) -> Single:
    """Draw a finer image with detail down to two of its pixels."""
    rng = np.random.default_rng(seed)
    return np.asarray(100 + 40 * gaussian_filter(rng.standard_normal((side, side)), 2), np.float32)


@pytest.mark.parametrize("blur", [0.0, 0.3, 0.8])
def test_the_probe_is_fitted_in_noise(blur: float) -> None:
    finer = speckles(256)
    truth = Forward(FACTOR, blur).coarse(finer, (slice(0, 64), slice(0, 64)))
    noise = np.random.default_rng(1).standard_normal(truth.shape)
    measured = truth + 0.5 * truth.std() * noise.astype(np.float32)
    assert fitted_forward(measured, finer, FACTOR).blur == pytest.approx(blur, abs=0.06)


def test_parts_of_a_coarse_image_are_parts_of_the_whole() -> None:
    finer, forward = speckles(240), Forward(FACTOR, 0.7)
    whole = forward.coarse(finer, (slice(0, 60), slice(0, 60)))
    part = forward.coarse(finer, (slice(13, 60), slice(0, 31)))
    np.testing.assert_allclose(part, whole[13:, :31], rtol=1e-5)


def test_a_coarse_pixel_is_the_mean_over_its_area() -> None:
    finer = np.zeros((8, 8), np.float32)
    finer[4:8, 0:4] = np.arange(16).reshape(4, 4)
    coarse = Forward(FACTOR, 0.0).coarse(finer, (slice(0, 2), slice(0, 2)))
    np.testing.assert_allclose(coarse, [[0, 0], [7.5, 0]])


@pytest.mark.parametrize("shape", [(20, 50), (128, 300), (2000, 1500)])
def test_windows_lie_within_an_image_and_are_few(shape: tuple[int, int]) -> None:
    found = windows(shape)
    assert 1 <= len(found) <= 9
    for rows, columns in found:
        assert 0 <= rows.start < rows.stop <= shape[0]
        assert 0 <= columns.start < columns.stop <= shape[1]
    assert {one.stop for one, _ in found} >= {shape[0]}
