"""Residuals that rows have in common make errors larger, independent ones do not."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from colonnade.atoms.locate.fit.cholesky import covariances
from colonnade.atoms.locate.fit.excess import Excess, excess
from colonnade.atoms.locate.fit.peaks import PARAMETERS, View
from colonnade.atoms.locate.fit.settings import ErrorSettings
from colonnade.atoms.locate.fit.shape import Shape
from colonnade.atoms.locate.fit.windows import Windows

SHAPE, WIDTH, HEIGHT, NOISE = (220, 220), 2.0, 40.0, 3.0


def lattice() -> np.ndarray:
    along = np.arange(10.0, 210, 14)
    return np.stack(np.meshgrid(along, along, indexing="ij"), -1).reshape(-1, 2)


def view_of(residual: np.ndarray) -> View:
    """Columns of known noise, and what a fit leaves beside them."""
    positions = lattice()
    windows = Windows(positions, SHAPE, 7)
    height, width = np.full((2, len(positions)), [[HEIGHT], [WIDTH]])
    functions = windows.functions(positions, width)
    _, jacobian = windows.draw(functions, height, width, Shape.gaussian())
    jacobian = jacobian.reshape(len(positions), PARAMETERS, -1)
    weight = np.full(SHAPE, 1 / NOISE**2, np.float32)
    return View(
        windows,
        functions,
        jacobian,
        np.zeros(SHAPE, np.float32),
        without_fit(windows, jacobian, residual),
        weight,
    )


def without_fit(windows: Windows, jacobian: np.ndarray, noise: np.ndarray) -> np.ndarray:
    """Take from noise what a fit of the columns takes, as their windows do not overlap much."""
    patches = windows.gather(noise.astype(np.float32)).reshape(len(jacobian), -1, 1)
    normal = (jacobian @ jacobian.swapaxes(1, 2)).astype(float)
    change = np.linalg.solve(normal, (jacobian @ patches).astype(float))
    fitted = (jacobian.swapaxes(1, 2) @ change)[..., 0].reshape(windows.inside.shape)
    return (noise - windows.scatter(fitted.astype(np.float32))).astype(np.float32)


def own_covariance(view: View) -> np.ndarray:
    return covariances(view.own_information(), PARAMETERS)


@settings(max_examples=10)
@given(st.integers(0, 2**32 - 1))
def test_independent_pixels_have_hardly_any_excess(seed: int) -> None:
    view = view_of(np.random.default_rng(seed).normal(0, NOISE, SHAPE))
    own = own_covariance(view)
    found = excess(view, own)
    variance = np.diagonal(own, axis1=1, axis2=2)[:, :3]
    ratio = found.variance(variance) / (found.learning_factor**2 * variance)
    assert (ratio >= 1).all()
    assert np.median(ratio, axis=0).max() < 1.4


@settings(max_examples=10)
@given(st.integers(0, 2**32 - 1))
def test_noise_that_pixels_of_a_row_share_has_the_excess_that_it_makes(seed: int) -> None:
    """Pairs of pixels that are alike: half as many numbers, so twice the variance."""
    half = np.random.default_rng(seed).normal(0, NOISE, (SHAPE[0], SHAPE[1] // 2))
    view = view_of(np.repeat(half, 2, axis=1))
    own = own_covariance(view)
    variance = np.diagonal(own, axis1=1, axis2=2)[:, :2]
    ratio = excess(view, own).variance(np.diagonal(own, axis1=1, axis2=2)[:, :3])[:, :2] / variance
    assert 1.5 < np.median(ratio) < 2.9


def test_columns_without_an_error_spoil_no_other() -> None:
    view = view_of(np.random.default_rng(1).normal(0, NOISE, SHAPE))
    own = own_covariance(view)
    expected = excess(view, own)
    own[3] = np.nan
    found = excess(view, own)
    np.testing.assert_allclose(found.factor, expected.factor, rtol=0.1)
    assert np.isfinite(found.common).all()


def test_too_few_columns_show_no_excess() -> None:
    view = view_of(np.random.default_rng(1).normal(0, 20 * NOISE, SHAPE))
    own = own_covariance(view)
    own[9:] = np.nan
    found = excess(view, own)
    np.testing.assert_array_equal(found.factor, 1.0)
    np.testing.assert_array_equal(found.common, 0.0)


@pytest.mark.parametrize("learning", [1.0, 1.05])
def test_the_learning_factor_is_one_of_errors(learning: float) -> None:
    assert ErrorSettings().learning_factor >= 1
    found = Excess(np.full(3, 2.0), np.full(3, 0.5), learning)
    np.testing.assert_allclose(found.variance(np.full((1, 3), 4.0)), 8 * learning**2 + 0.5)
