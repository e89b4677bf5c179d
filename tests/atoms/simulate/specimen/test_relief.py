"""Relief: as high as it says, and as hard to tell from peaks as it says."""

import numpy as np
import pytest
from scipy.ndimage import gaussian_laplace

from colonnade.atoms.simulate.specimen.relief import Relief


def test_features_are_each_half_as_large_down_to_the_smallest() -> None:
    relief = Relief.between(8.0, 0.9, 1.0)
    np.testing.assert_allclose(relief.lengths, [8, 4, 2, 1])
    np.testing.assert_allclose(np.divide(relief.parts[1:], relief.parts[:-1]), 0.5)
    assert Relief.between(0.1, 0.3, 1.0).lengths == (0.1,)


@pytest.mark.parametrize("steepness", [0.0, 1.0])
def test_a_relief_has_a_standard_deviation_of_one(steepness: float) -> None:
    relief, rng = Relief.between(1.0, 0.1, steepness), np.random.default_rng(0)
    spread = [relief.draw((128, 96), 0.05, rng).std() for _ in range(20)]
    assert np.sqrt(np.mean(np.square(spread))) == pytest.approx(1, abs=0.06)


@pytest.mark.parametrize("largest", [0.1, 0.25, 1.0])
def test_a_relief_is_as_hard_to_tell_from_peaks_as_a_filter_finds_it(largest: float) -> None:
    pixel, sigma = 0.025, 0.1
    relief, rng = Relief.between(largest, 0.1, 0.5), np.random.default_rng(1)
    fields = [relief.draw((256, 256), pixel, rng) for _ in range(12)]
    answers = [gaussian_laplace(field, sigma / pixel)[20:-20, 20:-20].std() for field in fields]
    y, x = np.mgrid[-60:61, -60:61] * pixel
    peak = np.exp(-(y**2 + x**2) / (2 * sigma**2))
    highest = np.abs(gaussian_laplace(peak, sigma / pixel)).max()
    measured = np.sqrt(np.mean(np.square(answers))) / highest
    assert relief.like_peaks(sigma) == pytest.approx(measured, rel=0.06)
