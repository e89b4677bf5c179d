"""A coarse and a sharp image become a pair, or it is said why not."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays
from recorded_fields import DARK, GAIN, recorded_pair
from scipy.ndimage import gaussian_filter

from colonnade.sem.library.degradation import InstrumentFit
from colonnade.sem.library.grey_levels import averaged, fit_grey_levels
from colonnade.sem.library.registered import MisfitError, largest_whole, register


@pytest.fixture(scope="module")
def found(pair):
    return register(*pair, 2)


def test_the_coarse_image_is_cropped_and_not_changed(found, pair):
    low, _ = pair
    rows, columns = found.pair.low.shape
    windows = np.lib.stride_tricks.sliding_window_view(low, (rows, columns))
    assert (windows == found.pair.low).all((2, 3)).any()
    assert found.overlap == pytest.approx(rows * columns / low.size)
    assert found.overlap > 0.8


def test_the_sharp_image_is_expected_where_it_is(found):
    assert found.scale == pytest.approx(2.03, abs=0.01)
    assert found.rotation == pytest.approx(1.1, abs=0.2)
    assert found.error < 0.1
    assert found.rest == pytest.approx(1, abs=0.1)
    assert found.correlation > 0.9


def test_grey_levels_are_those_of_the_coarse_image(found):
    # 500 and 1500 of the sharp image are 20 and 100 electrons.
    assert found.grey.gain == pytest.approx(GAIN * 80 / 1000, rel=0.02)
    assert found.grey.offset + found.grey.gain * 500 == pytest.approx(DARK + GAIN * 20, abs=1)
    assert averaged(found.pair.high, 2).mean() == pytest.approx(found.pair.low.mean(), abs=0.3)


def test_blur_and_noise_of_the_coarse_image_are_measured(found):
    fit = InstrumentFit.of(found)
    electrons = (found.pair.high.mean() - DARK) / GAIN
    assert fit.blur == pytest.approx(0.6, abs=0.1)
    assert fit.dose == pytest.approx(electrons, rel=0.25)
    assert fit.pedestal == pytest.approx(20 / electrons, abs=0.2)
    assert fit.correlation == pytest.approx(0.25, abs=0.06)


@given(st.floats(0.3, 2), st.floats(-50, 50), st.sampled_from([0.0, 0.5, 1.0]))
def test_levels_and_blur_are_found_on_grids_that_fit(gain, offset, blur):
    rng = np.random.default_rng(0)
    sharp = np.kron(rng.random((12, 12)), np.ones((8, 8))).astype(np.float32)
    low = gain * averaged(gaussian_filter(sharp, 2 * blur), 2) + offset
    low += 0.02 * gain * rng.standard_normal(low.shape)
    fit = fit_grey_levels(low.astype(np.float32), sharp, 2)
    assert fit.gain == pytest.approx(gain, rel=0.02)
    assert fit.offset == pytest.approx(offset, abs=0.02 * gain)
    assert fit.blur == pytest.approx(blur, abs=0.1)


def test_charged_places_do_not_move_the_levels():
    rng = np.random.default_rng(0)
    sharp = np.kron(rng.random((12, 12)), np.ones((8, 8))).astype(np.float32)
    low = averaged(sharp, 2) + 0.02 * rng.standard_normal((48, 48))
    low[:6] += 2
    fit = fit_grey_levels(low.astype(np.float32), sharp, 2)
    assert fit.gain == pytest.approx(1, abs=0.1)
    # A plain average would be moved by 0.25.
    assert fit.offset == pytest.approx(0, abs=0.15)


@given(arrays(bool, array_shapes(min_dims=2, max_dims=2, max_side=8)))
def test_what_is_left_of_a_field_is_whole(seen):
    rows, columns = largest_whole(seen)
    assert seen[rows, columns].all()


def test_all_of_a_turned_square_but_its_corners_is_left():
    y, x = np.indices((40, 40)) - 19.5
    rows, columns = largest_whole(np.abs(y + 0.1 * x) < 18)
    assert columns == slice(0, 40)
    assert rows.stop - rows.start == pytest.approx(32, abs=1)


def test_another_field_is_refused(pair):
    with pytest.raises(MisfitError, match="do not show the same field"):
        register(pair[0], recorded_pair(2)[1], 2)


def test_noise_alone_is_refused(pair):
    noise = np.random.default_rng(0).normal(50, 5, (88, 96)).astype(np.float32)
    with pytest.raises(MisfitError, match="coarse image shows nothing but noise"):
        register(noise, pair[1], 2)


def test_another_factor_is_refused_and_named(pair):
    with pytest.raises(
        MisfitError, match="fit with 2 sharp pixels along a coarse one, not with 4"
    ):
        register(*pair, 4)


def test_a_magnification_between_the_factors_is_refused(pair):
    with pytest.raises(MisfitError, match=r"2\.7 sharp pixels"):
        register(*pair, 2, scale=2.7)


def test_too_small_a_part_in_common_is_refused(pair):
    low, high = pair
    with pytest.raises(MisfitError, match="at most 88 x 30 coarse pixels in common"):
        register(low, high[:, :61], 2, scale=2.03)
