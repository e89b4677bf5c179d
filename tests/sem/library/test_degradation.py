"""Sharp images are made coarse as an instrument does it."""

import numpy as np
import pytest
from recorded_fields import blobs

from colonnade.core.errors import RecipeError
from colonnade.core.measures.noise import noise_of_repeats
from colonnade.core.work.recipe import dumps, loads
from colonnade.sem.library.degradation import (
    Degradation,
    GreyScale,
    InstrumentFit,
    degrade,
    fit_degradation,
)
from colonnade.sem.library.grey_levels import averaged
from colonnade.sem.simulate.instrument import Instrument

FIT = InstrumentFit(blur=0.4, dose=80.0, pedestal=0.2, correlation=0.3)


@pytest.fixture(scope="module")
def sharp():
    return blobs(3, 256).astype(np.float32)


def test_the_coarse_image_is_on_the_levels_of_the_sharp_one(sharp):
    pair = degrade(sharp, 4, Degradation(), GreyScale.of(sharp), np.random.default_rng(0))
    assert pair.low.shape == (64, 64)
    assert np.array_equal(pair.high, sharp)
    assert pair.low.mean() == pytest.approx(sharp.mean(), rel=0.05)
    again = degrade(sharp, 4, Degradation(), GreyScale.of(sharp), np.random.default_rng(0))
    assert np.array_equal(pair.low, again.low)


def test_noise_is_that_of_the_fit(sharp):
    scale = GreyScale.of(sharp)
    fitted = fit_degradation([FIT])
    first, second = (
        degrade(sharp, 2, fitted, scale, np.random.default_rng(seed)).low for seed in (0, 1)
    )
    noise = noise_of_repeats(first, second)
    gain = (scale.mean - scale.darkest) / (80 * 0.8)
    assert noise.variance(scale.mean) == pytest.approx(80 * gain**2, rel=0.1)
    assert noise.variance(scale.darkest) == pytest.approx(0.2 * 80 * gain**2, rel=0.3)
    assert noise.correlation[0] == pytest.approx(0.3, abs=0.05)


def test_without_noise_and_blur_pixels_are_means_of_areas(sharp):
    nothing = Instrument(
        probe=(0.0, 0.0), clean=1.0, jittering=0.0, streaked=0.0, charging=0.0, astigmatic=0.0
    )
    scale = GreyScale.of(sharp)
    pair = degrade(sharp, 4, Degradation(nothing), scale, np.random.default_rng(0))
    expected = np.maximum(averaged(sharp, 4), pair.low.min())
    assert pair.low == pytest.approx(expected, rel=1e-4)


def test_levels_of_8_bit_are_whole_and_within_their_range(sharp):
    scale = GreyScale.of(sharp, top=255)
    low = degrade(sharp, 2, fit_degradation([FIT]), scale, np.random.default_rng(0)).low
    assert np.array_equal(low, np.rint(low))
    assert 0 <= low.min() < low.max() <= 255


def test_what_is_fitted_lies_between_the_pairs_and_is_a_recipe():
    fits = [InstrumentFit(0.1 * n, 40 + 10 * n, 0.05 * n, 0.2 + 0.01 * n) for n in range(11)]
    fitted = fit_degradation(fits)
    assert fitted.instrument.probe == pytest.approx((0.1, 0.9))
    assert fitted.instrument.dose == pytest.approx((50, 130))
    assert fitted.pedestal == pytest.approx((0.05, 0.45))
    assert loads(Degradation, dumps(fitted), "of the test") == fitted


def test_a_pedestal_of_all_electrons_is_refused():
    with pytest.raises(RecipeError, match="pedestal"):
        Degradation(pedestal=(0.2, 1.0))
