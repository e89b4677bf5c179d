"""What a network is told of a whole image."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import ndimage

from colonnade.sem.conditions import BANDS, BLOCK, CHANNELS, MOST_BLOCKS, Conditions


def noise(shape: tuple[int, int], seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).standard_normal(shape).astype(np.float32)


def test_white_noise_has_the_same_power_in_every_ring() -> None:
    spectrum = Conditions.of(noise((512, 512))).spectrum
    assert spectrum.shape == (CHANNELS - 1,)
    np.testing.assert_allclose(spectrum, 0, atol=0.03)  # the mean of a block takes a little


def test_noise_that_is_correlated_along_the_fast_axis_is_told_apart() -> None:
    """Of a mean of two neighbours, the power at half a cycle a pixel is gone, along x alone."""
    white = noise((512, 513))
    along_x, along_y = np.split(Conditions.of(white[:, 1:] + white[:, :-1]).spectrum, 2)
    assert along_x[-1] < along_y[-1] - 0.4
    assert along_x[0] == pytest.approx(along_y[0], abs=0.02)


def test_a_blurred_image_has_less_power_at_high_frequencies() -> None:
    sharp = noise((256, 256))
    blurred = ndimage.gaussian_filter(sharp, 1.0)
    change = Conditions.of(blurred).spectrum - Conditions.of(sharp).spectrum
    for sector in np.split(change, 2):
        assert len(sector) == BANDS
        assert (np.diff(sector) < 0).all()
        assert sector[0] > 0.3  # of all the power that is left, this ring has more
        assert sector[-1] < -1


@given(gain=st.floats(1e-3, 1e3), offset=st.floats(-100, 100))
def test_brightness_and_contrast_change_nothing(gain: float, offset: float) -> None:
    image = ndimage.gaussian_filter(noise((70, 90)), 1.5).astype(np.float64) * 5
    grey = gain * (image + offset)
    conditions, plain = Conditions.of(grey), Conditions.of(image)
    np.testing.assert_allclose(conditions.spectrum, plain.spectrum, atol=0.05)
    shown = conditions.normalise(grey)
    np.testing.assert_allclose(shown, plain.normalise(image), atol=1e-2)


def test_grey_levels_come_back() -> None:
    image = 40 + 7 * noise((64, 64))
    conditions = Conditions.of(image)
    shown = conditions.normalise(image)
    assert shown.mean() == pytest.approx(0, abs=0.05)
    assert shown.std() == pytest.approx(1, abs=0.05)
    np.testing.assert_allclose(conditions.restore(shown), image, rtol=1e-5)


def test_an_image_of_half_precision_is_normalised_in_single() -> None:
    image = (100 + noise((64, 64))).astype(np.float16)
    conditions = Conditions.of(image)
    single = conditions.normalise(image.astype(np.float32))
    np.testing.assert_allclose(conditions.normalise(image), single, atol=1e-6)


def test_every_pixel_of_a_tile_is_told_the_same() -> None:
    image = noise((64, 64))
    conditions = Conditions.of(image)
    channels = conditions.channels(np.zeros((2, 1, 8, 4), np.float32))
    assert channels.shape == (2, CHANNELS, 8, 4)
    assert channels.dtype == np.float32
    np.testing.assert_array_equal(channels[1, 1:, 7, 3], conditions.spectrum)


def test_an_image_smaller_than_a_block_is_measured_too() -> None:
    assert np.isfinite(Conditions.of(noise((5, 200))).spectrum).all()


def test_of_a_large_image_few_blocks_are_read() -> None:
    class Counted:
        """An image that counts how many pixels of it are read."""

        shape = (20000, 30000)
        pixels = 0

        def __getitem__(self, part: tuple[slice, slice]) -> np.ndarray:
            rows, columns = (one.stop - one.start for one in part)
            self.pixels += rows * columns
            return noise((rows, columns), part[0].start + part[1].start)

    image = Counted()
    conditions = Conditions.of(image)
    assert MOST_BLOCKS / 4 < image.pixels / BLOCK**2 <= MOST_BLOCKS
    np.testing.assert_allclose(conditions.spectrum, 0, atol=0.05)
