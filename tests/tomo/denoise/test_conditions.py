"""A network is told the noise of an image on the scale that it sees the image on."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from small_denoiser import steps

from colonnade.core.measures.noise import NoiseModel
from colonnade.tomo.denoise.conditions import CHANNELS, SHOWN_LAGS, Conditions

LAW = NoiseModel(
    slope=2.0, intercept=9.0, least=1.0, mean_variance=49.0, correlation=(0.5, 0.2, 0.1, 0, 0, 0)
)


def test_what_is_told_of_the_noise_follows_from_its_law() -> None:
    conditions = Conditions(offset=20.0, scale=10.0, noise=LAW)
    seen = conditions.channels(conditions.normalise(np.full((4, 8), 20.0))[None, None])
    assert seen.shape == (1, CHANNELS, 4, 8)
    np.testing.assert_allclose(seen[0, 0], 0.0)
    np.testing.assert_allclose(seen[0, 1], np.sqrt(2 * 20 + 9) / 10, rtol=1e-6)
    for lag in range(SHOWN_LAGS):
        np.testing.assert_allclose(seen[0, 2 + lag], LAW.correlation[lag] * 7 / 10, rtol=1e-6)


def test_noise_is_nowhere_below_the_least() -> None:
    conditions = Conditions(offset=0.0, scale=1.0, noise=LAW)
    np.testing.assert_allclose(conditions.deviation(np.float32([-100.0])), 1.0)


@given(st.floats(0.1, 1e4), st.floats(-1e4, 1e4))
def test_what_a_network_sees_does_not_depend_on_the_grey_scale(gain: float, offset: float) -> None:
    image = steps()
    one, other = (Conditions.of([each]) for each in (image, gain * image + np.float32(offset)))
    seen = one.channels(one.normalise(image)[None, None])
    again = other.channels(other.normalise(gain * image + np.float32(offset))[None, None])
    np.testing.assert_allclose(again, seen, atol=0.02)


def test_grey_levels_come_back() -> None:
    image = steps()
    conditions = Conditions.of([image])
    np.testing.assert_allclose(conditions.restore(conditions.normalise(image)), image, rtol=1e-5)
