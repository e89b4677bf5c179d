"""A regression finds the law of known cases, and gives no weight of a wrong sign."""

import numpy as np
import pytest

from colonnade.atoms.train.regression import regression

LAW = (-2.0, 0.8, -1.5, 0.0)
AGAINST = frozenset({2})


def cases(count: int = 20_000) -> tuple[np.ndarray, np.ndarray]:
    """Cases that are true with a probability by the law."""
    rng = np.random.default_rng(5)
    terms = np.column_stack([np.ones(count), rng.uniform(0, 6, (count, 3))])
    return terms, rng.random(count) < 1 / (1 + np.exp(-terms @ LAW))


def test_the_law_is_found_and_the_probabilities_are_right() -> None:
    terms, true = cases()
    found = regression(terms, true, (0.0, 1.0, 0.0, 0.0), against=AGAINST)
    np.testing.assert_allclose(found, LAW, atol=0.15)
    said = 1 / (1 + np.exp(-terms @ found))
    for low in np.arange(0.0, 0.9, 0.1):
        chosen = (said >= low) & (said < low + 0.1)
        assert true[chosen].mean() == pytest.approx(said[chosen].mean(), abs=0.05)


def test_no_evidence_has_a_weight_of_the_wrong_sign() -> None:
    terms, true = cases()
    found = regression(terms, true, (0.0, 1.0, 0.0, 0.0))
    assert found[2] == 0
    assert found[1] > 0


def test_a_case_that_counts_double_is_like_two() -> None:
    terms, true = cases(400)
    counts = 1.0 + true
    twice = np.repeat(np.arange(400), counts.astype(int))
    once = regression(terms, true, (0.0, 1.0, 0.0, 0.0), counts=counts, against=AGAINST)
    again = regression(terms[twice], true[twice], (0.0, 1.0, 0.0, 0.0), against=AGAINST)
    np.testing.assert_allclose(once, again, rtol=0.01, atol=0.01)


def test_without_cases_all_is_as_usual() -> None:
    usual = (0.1, 0.2, 0.3)
    assert regression(np.empty((0, 3)), np.empty(0, bool), usual) == usual
