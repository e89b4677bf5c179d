"""A column that a probe has blurred is told from a square with edges and from a stripe."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import ndimage

from colonnade.atoms.locate.judge.mean_column import MeanColumn
from colonnade.core.arrays import Array, Single

SPACING = 12.0
SIDE = 12 * int(SPACING)
PLACES = (np.stack(np.mgrid[1:11, 1:11], -1).reshape(-1, 2) * SPACING).astype(float)
Y, X = np.mgrid[:SIDE, :SIDE].astype(float)


def lattice(along_y: float, along_x: float) -> Single:
    """Gaussian columns of two widths [px]."""
    image = sum(
        np.exp(-(((Y - y) / along_y) ** 2) / 2 - ((X - x) / along_x) ** 2 / 2) for y, x in PLACES
    )
    return np.asarray(image, np.float32)


def squares() -> Single:
    """Bright squares half as wide as they are apart."""
    inside = (np.abs((Y + SPACING / 2) % SPACING - SPACING / 2) <= 3) & (
        np.abs((X + SPACING / 2) % SPACING - SPACING / 2) <= 3
    )
    return inside.astype(np.float32)


def test_a_probe_leaves_no_fine_detail_and_edges_have_some() -> None:
    column = MeanColumn.of(lattice(2.5, 2.5), PLACES, 2.5)
    square = MeanColumn.of(squares(), PLACES, 2.5)
    # Of a Gaussian, exp(-(2 pi 0.5)^2) of the power lies beyond half a cycle in a width.
    assert column.sharpness < 0.01
    assert square.sharpness > 0.05
    assert column.roundness == pytest.approx(1, abs=0.05)


def test_noise_is_no_detail() -> None:
    noise = np.random.default_rng(0).normal(0, 1.0, (SIDE, SIDE))
    noisy = lattice(2.5, 2.5) + noise.astype(np.float32)
    assert MeanColumn.of(noisy, PLACES, 2.5).sharpness < 0.02


@given(st.floats(1.2, 2.0))
def test_a_stretched_column_is_as_much_less_round(stretch: float) -> None:
    found = MeanColumn.of(lattice(2.2, 2.2 * stretch), PLACES, 2.2).roundness
    # The curvature of a Gaussian falls with the square of its width; smoothing adds to both.
    smooth = (2.2 / 2) ** 2 / 2.2**2
    assert found == pytest.approx((1 + smooth) / (stretch**2 + smooth), abs=0.12)


def test_a_stripe_is_not_round() -> None:
    stripes = np.cos(2 * np.pi * Y / SPACING).astype(np.float32)
    along = np.random.default_rng(1).uniform(-5, 5, PLACES.shape) * [0, 1]
    assert MeanColumn.of(stripes, PLACES + along, 3.0).roundness < 0.05


@given(st.floats(1.5, 3.0), st.floats(0.01, 100), st.floats(-50, 50))
def test_a_gaussian_falls_as_it_does_whatever_its_width_gain_and_level(
    width: float, gain: float, level: float
) -> None:
    image = (gain * lattice(width, width) + gain * level).astype(np.float32)
    # Smoothing adds to the width. Neighbours fill the valley a little.
    near, far = 1 - np.exp(-(np.array([0.7, 2.0]) ** 2) / 2 / (1 + 0.35**2))
    expected = near / far
    assert MeanColumn.of(image, PLACES, width).pointedness == pytest.approx(expected, abs=0.05)


@pytest.mark.parametrize("blur", [0.0, 0.7])
def test_a_square_has_a_plateau_however_much_noise_there_is(blur: float) -> None:
    noise = np.random.default_rng(3).normal(0, 0.3, (SIDE, SIDE))
    # Squares of 7 px pass for Gaussians of 2.5 px.
    image = (ndimage.gaussian_filter(squares(), blur) + noise).astype(np.float32)
    assert MeanColumn.of(image, PLACES, 2.5).pointedness < 0.08


@pytest.mark.parametrize("places", [PLACES[:3], np.empty((0, 2)), PLACES - 1000])
def test_of_few_columns_nothing_is_said(places: Array) -> None:
    few = MeanColumn.of(ndimage.gaussian_filter(squares(), 1), places, 2.5)
    assert few.sharpness == 0
    assert np.isnan(few.roundness)
    assert np.isnan(few.pointedness)
