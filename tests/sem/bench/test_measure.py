"""Scores of outputs of which it is known what they must be."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.ndimage import gaussian_filter

from colonnade.core.bench.case import Case
from colonnade.sem.bench import case
from colonnade.sem.bench.adapters.enlarged import enlarge
from colonnade.sem.bench.case import Upscaling
from colonnade.sem.bench.measure import COLUMNS, measure, median_of_known, pool
from colonnade.sem.pair import Pair

FACTOR, BLUR, NOISE = 4, 1.5, 2.0


@pytest.fixture(scope="module")
def test_image() -> case.TestImage:
    """Make an image with detail down to the pixel, taken with a known probe and known noise."""
    rng = np.random.default_rng(5)
    shape = (128, 160)
    high = 50 + 300 * gaussian_filter(rng.standard_normal(shape), 1.5)
    high += 300 * gaussian_filter(rng.standard_normal(shape), 6)
    blurred = gaussian_filter(high, BLUR, mode="nearest")
    low = blurred.reshape(32, FACTOR, 40, FACTOR).mean((1, 3)) + NOISE * rng.standard_normal(
        (32, 40)
    )
    pair = Pair(low.astype(np.float32), high.astype(np.float32), FACTOR, "clouds")
    return case.TestImage(Case("x4", "noise", 3.0, 0), pair, BLUR, 0.0, np.empty((0, 3)))


def test_bicubic_enlargement_gains_nothing_over_itself(test_image: case.TestImage) -> None:
    scores = measure(test_image, Upscaling(enlarge(test_image.pair.low, FACTOR)))
    assert scores.gain_db == 0
    assert scores.frc_ratio == 1
    assert np.isnan(scores.coverage)


def test_the_truth_is_perfect_but_for_the_noise_of_the_input(test_image: case.TestImage) -> None:
    truth = test_image.pair.high
    scores = measure(test_image, Upscaling(truth, np.zeros_like(truth)))
    assert scores.ssim == pytest.approx(1)
    assert scores.psnr == np.inf
    assert scores.spectrum_error == pytest.approx(0, abs=1e-6)
    assert scores.grey_slope == pytest.approx(1)
    assert scores.consistency == pytest.approx(1)
    assert scores.coverage == 1
    assert (scores.missed, scores.invented, scores.hallucinated) == (0, 0, 0)


def test_greys_that_are_off_count_but_where_they_are_fitted(test_image: case.TestImage) -> None:
    image = enlarge(test_image.pair.low, FACTOR)
    right, wrong = (measure(test_image, Upscaling(one)) for one in (image, 0.5 * image + 7))
    assert wrong.psnr < right.psnr - 3
    assert wrong.psnr_fitted == pytest.approx(right.psnr_fitted, abs=1e-3)
    assert wrong.grey_slope == pytest.approx(right.grey_slope / 2, rel=1e-4)


def test_an_output_that_gives_up_what_was_measured_is_not_consistent(
    test_image: case.TestImage,
) -> None:
    smooth = gaussian_filter(test_image.pair.high, 6)
    assert measure(test_image, Upscaling(smooth)).consistency > 2


def test_without_noise_consistency_is_unknown(test_image: case.TestImage) -> None:
    high = test_image.pair.high
    low = gaussian_filter(np.asarray(high, np.float64), BLUR, mode="nearest")
    low = low.reshape(32, FACTOR, 40, FACTOR).mean((1, 3)).astype(np.float32)
    clean = replace(test_image, pair=replace(test_image.pair, low=low))
    assert np.isnan(measure(clean, Upscaling(high)).consistency)


def test_the_noise_of_a_truth_is_taken_off(test_image: case.TestImage) -> None:
    rng = np.random.default_rng(6)
    sigma = 30.0
    noisy = test_image.pair.high + rng.normal(0, sigma, test_image.pair.high.shape)
    pair = replace(test_image.pair, high=noisy.astype(np.float32))
    image = Upscaling(enlarge(test_image.pair.low, FACTOR))
    clean, taken_off = (
        measure(one, image).psnr
        for one in (test_image, replace(test_image, pair=pair, noise=sigma**2))
    )
    # The range of a noisy truth is a little wider.
    assert taken_off == pytest.approx(clean, abs=1.5)
    untaken = measure(replace(test_image, pair=pair), image)
    assert untaken.psnr < taken_off - 1.8
    assert np.isnan(measure(replace(test_image, pair=pair, noise=sigma**2), image).shown)


def test_scores_of_several_images_are_medians_and_shares_of_all_particles() -> None:
    columns = {name: np.zeros(3) for name in COLUMNS}
    columns["psnr"] = np.array([20.0, np.nan, 30.0])
    columns |= {
        "shown": np.array([8.0, 1.0, np.nan]),
        "missed": np.array([0.0, 1.0, np.nan]),
        "invented": np.array([0.0, 1.0, np.nan]),
    }
    scores = pool(columns)
    assert scores["psnr"] == 25
    assert scores["recall"] == 0.9
    assert scores["invented_share"] == 0.1
    assert np.isnan(median_of_known(np.full((2, 3), np.nan))).all()
    assert np.isnan(pool({name: np.empty(0) for name in COLUMNS})["recall"])
