"""Inverses are those of their systems, and a system without one says so."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from colonnade.atoms.locate.fit.cholesky import covariances, inverses

seeds = st.integers(0, 2**32 - 1)


def definite(seed: int, count: int, size: int) -> np.ndarray:
    """Matrices of Fisher information: more pixels than parameters."""
    jacobian = np.random.default_rng(seed).normal(size=(count, 3 * size, size))
    return jacobian.swapaxes(1, 2) @ jacobian


@given(seeds, st.integers(1, 4), st.integers(1, 9))
def test_the_first_of_an_inverse_are_those_of_the_whole(seed: int, count: int, size: int) -> None:
    matrices = definite(seed, count, size)
    expected = np.linalg.inv(matrices)
    for wanted in {1, size}:
        found = inverses(matrices, wanted)
        np.testing.assert_allclose(found, expected[:, :wanted, :wanted], rtol=1e-6, atol=1e-9)


def test_a_matrix_that_is_not_positive_definite_has_no_inverse_and_spoils_no_other() -> None:
    matrices = definite(0, 3, 4)
    matrices[1] = np.diag([1.0, 1.0, -1e-3, 1.0])
    found = inverses(matrices, 4)
    assert np.isnan(found[1]).any()
    np.testing.assert_allclose(found[[0, 2]], np.linalg.inv(matrices[[0, 2]]), rtol=1e-8)


@given(seeds, st.lists(st.floats(-8, 8), min_size=5, max_size=5))
def test_units_scale_the_covariance_and_nothing_else(seed: int, powers: list[float]) -> None:
    """Heights may be in any unit beside lengths."""
    information = definite(seed, 2, 5)
    unit = 10.0 ** np.array(powers)
    scaled = covariances(information / unit[:, None] / unit, 3)
    expected = covariances(information, 3) * unit[:3, None] * unit[:3]
    np.testing.assert_allclose(scaled, expected, rtol=1e-6, atol=1e-12 * np.abs(expected).max())


def test_a_parameter_without_information_is_unknown_and_hides_no_other() -> None:
    information = np.zeros((1, 4, 4))
    information[0, 1:, 1:] = definite(1, 1, 3)[0]
    found = covariances(information, 4)[0]
    assert np.isnan(found[0]).all()
    assert np.isnan(found[:, 0]).all()
    np.testing.assert_allclose(found[1:, 1:], np.linalg.inv(information[0, 1:, 1:]), rtol=1e-6)


@pytest.mark.parametrize("alike", [1.0, 1.0 - 1e-10])
def test_parameters_that_do_the_same_are_not_determined(alike: float) -> None:
    """Two columns at one place: neither has an error, but a third parameter has."""
    information = np.array([[[1.0, alike, 0.0], [alike, 1.0, 0.0], [0.0, 0.0, 4.0]]])
    found = covariances(information, 3)[0]
    assert np.isnan(found[:2, :2]).all()
    assert found[2, 2] == pytest.approx(0.25)


def test_parameters_that_are_nearly_alike_have_the_error_that_this_makes() -> None:
    information = np.array([[[1.0, 0.99], [0.99, 1.0]]])
    assert covariances(information, 1)[0, 0, 0] == pytest.approx(1 / (1 - 0.99**2), rel=1e-8)
