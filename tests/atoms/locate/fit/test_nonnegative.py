"""The shares of two terms are those of non-negative least squares."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import nnls

from colonnade.atoms.locate.fit.nonnegative import two_shares


@given(st.integers(0, 2**32 - 1), st.integers(2, 20), st.floats(1e-3, 1e3))
def test_shares_are_those_of_the_general_method(seed: int, count: int, unit: float) -> None:
    rng = np.random.default_rng(seed)
    terms, values = rng.normal(size=(count, 2)) * [1.0, unit], rng.normal(size=count)
    expected, _ = nnls(terms, values)
    np.testing.assert_allclose(two_shares(terms, values), expected, rtol=1e-6, atol=1e-9 / unit)


@pytest.mark.parametrize("terms", [np.zeros((3, 2)), np.ones((3, 2))])
def test_terms_that_are_alike_or_nothing_have_finite_shares(terms: np.ndarray) -> None:
    first, second = two_shares(terms, np.full(3, 2.0))
    assert first >= 0
    assert second >= 0
    np.testing.assert_allclose(terms @ [first, second], 2.0 * terms.max())
