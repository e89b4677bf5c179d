"""Shell by shell: correlation of volumes that are known, in all directions and in some."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from colonnade.core.errors import ImageError
from colonnade.core.measures.shells import shell_correlation
from colonnade.core.measures.spectra import ring_correlation
from colonnade.core.measures.wedge import Wedge

SHAPE = (48, 32, 64)


def white(seed: int, shape: tuple[int, ...] = SHAPE) -> np.ndarray:
    return np.random.default_rng(seed).standard_normal(shape)


@given(st.integers(0, 1000), st.floats(0.1, 10), st.floats(-100, 100))
def test_a_volume_correlates_with_itself_whatever_its_gain(
    seed: int, gain: float, offset: float
) -> None:
    volume = white(seed, (20, 6, 24))
    for part in (None, Wedge(-60, 60), Wedge(-60, 60).other):
        same = shell_correlation(volume, gain * volume + offset, part).correlation
        assert same[~np.isnan(same)] == pytest.approx(1)
        assert (~np.isnan(same)).sum() >= len(same) - 1


def test_one_section_is_correlated_as_an_image_is() -> None:
    first, second = white(1, (48, 1, 64)), white(1, (48, 1, 64)) + white(2, (48, 1, 64))
    shells = shell_correlation(first, second)
    rings = ring_correlation(first[:, 0], second[:, 0])
    np.testing.assert_allclose(shells.correlation, rings.correlation)
    np.testing.assert_allclose(shells.frequency, rings.frequency)


def test_a_few_sections_are_correlated_together_and_their_number_is_no_frequency() -> None:
    """What is alike in all of them, and agrees, must not come back where a row is a third."""
    section, other = white(1, (64, 1, 64)), white(2, (64, 1, 64))
    z, x = np.fft.fftfreq(64)[:, None, None], np.fft.fftfreq(64)
    coarse = np.fft.fftn(section) * (np.hypot(z, x) < 0.15)
    fine = np.fft.fftn(other) * (np.hypot(z, x) >= 0.15)
    mixed = np.fft.ifftn(coarse + fine).real
    alike, truth = (np.repeat(one, 3, axis=1) for one in (mixed, section))
    three = shell_correlation(alike, truth)
    one = shell_correlation(mixed, section)
    np.testing.assert_allclose(three.correlation, one.correlation, atol=1e-9)
    assert np.abs(three.correlation[6:]).max() < 0.3


def test_equal_noise_on_both_halves_the_correlation() -> None:
    signal = white(3)
    curve = shell_correlation(signal + white(4), signal + white(5))
    assert curve.correlation[3:].mean() == pytest.approx(0.5, abs=0.02)


@pytest.mark.parametrize(("lowest", "highest"), [(-60.0, 60.0), (-40.0, 70.0)])
def test_what_the_views_left_out_is_only_missed_in_the_wedge(
    lowest: float, highest: float
) -> None:
    """The planes of Fourier space outside of the tilts are emptied, and filled with others."""
    truth, other = white(6), white(7)
    z, x = np.fft.fftfreq(SHAPE[0])[:, None, None], np.fft.fftfreq(SHAPE[2])
    tilt = np.rad2deg(np.arctan(z / np.where(x == 0, 1e-9, x)))
    kept = np.broadcast_to((tilt >= lowest) & (tilt <= highest), SHAPE)
    mixed = np.where(kept, np.fft.fftn(truth), np.fft.fftn(other))
    volume = np.fft.ifftn(mixed).real
    wedge = Wedge(lowest, highest)
    # The window mixes directions over two samples, which are a small part of the outer shells.
    assert np.mean(shell_correlation(volume, truth, wedge).correlation[6:]) > 0.95
    assert np.mean(shell_correlation(volume, truth, wedge.other).correlation[6:]) < 0.1
    turned = Wedge(-highest, -lowest)
    if turned != wedge:
        assert np.mean(shell_correlation(volume, truth, turned).correlation[6:]) < 0.9


def test_shells_without_a_frequency_in_the_part_are_unknown() -> None:
    volume = white(8, (16, 1, 16))
    assert np.isfinite(shell_correlation(volume, volume, Wedge(-90, 90)).correlation).all()
    assert np.isnan(shell_correlation(volume, volume, Wedge(-90, 90).other).correlation).all()


def test_volumes_of_different_shapes_are_refused() -> None:
    with pytest.raises(ImageError, match="cannot be correlated"):
        shell_correlation(white(1), white(1, (48, 32, 63)))
