"""ROC areas, conformal factors and coverage have the values of their definitions."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from colonnade.core.measures.trust import (
    auroc,
    conformal_factor,
    coverage,
    coverage_left_out,
    error_ratio,
    recall_at,
)


@given(
    st.lists(st.integers(0, 5), min_size=1, max_size=30),
    st.lists(st.integers(0, 5), min_size=1, max_size=30),
)
def test_auroc_is_the_share_of_pairs_in_order(high: list[int], low: list[int]) -> None:
    pairs = [1.0 if a > b else 0.5 if a == b else 0.0 for a in high for b in low]
    labels = [True] * len(high) + [False] * len(low)
    assert auroc(high + low, labels) == pytest.approx(np.mean(pairs))


def test_auroc_of_one_kind_alone_is_unknown() -> None:
    assert np.isnan(auroc([1.0, 2.0], [True, True]))
    assert np.isnan(auroc([], []))


def test_recall_at_a_false_alarm_rate() -> None:
    negatives, positives = np.arange(100.0), np.array([94.5, 95.5, 97.5, 200.0])
    score, labels = np.r_[negatives, positives], np.r_[np.zeros(100), np.ones(4)]
    # Five negatives, 95 to 99, may be above the threshold, which is then 94.
    assert recall_at(score, labels, 0.05) == 1.0
    assert recall_at(score, labels, 0.02) == 0.5
    assert recall_at(score, labels, 0.0) == 0.25


def test_the_factor_is_the_order_statistic_of_split_conformal_prediction() -> None:
    error = np.random.default_rng(1).permutation(np.arange(1.0, 20.0))
    assert conformal_factor(error, np.ones(19), 0.9) == 18
    assert conformal_factor(error, np.full(19, 2.0), 0.9) == 9
    assert conformal_factor(-error, np.ones(19), 0.95) == 19
    assert conformal_factor(error, np.ones(19), 0.96) == np.inf
    assert conformal_factor([], [], 0.5) == np.inf


def test_new_errors_are_covered_as_often_as_promised() -> None:
    """With 9 calibration scores the chance is exactly 9/10 for the largest of them."""
    draws = np.random.default_rng(2).laplace(size=(20_000, 10))
    factors = [conformal_factor(row[:9], np.ones(9), 0.9) for row in draws[:2000]]
    assert factors == np.abs(draws[:2000, :9]).max(axis=1).tolist()
    assert coverage(draws[:, 9], np.abs(draws[:, :9]).max(axis=1)) == pytest.approx(0.9, abs=0.01)


def test_groups_count_alike_however_large_they_are() -> None:
    rng = np.random.default_rng(3)
    error = np.r_[rng.uniform(0, 1, 90_000), rng.uniform(0, 3, 1_000)]
    group = np.r_[np.zeros(90_000), np.ones(1_000)]
    pooled = conformal_factor(error, np.ones(91_000), 0.9)
    balanced = conformal_factor(error, np.ones(91_000), 0.9, group)
    assert pooled == pytest.approx(0.91, abs=0.02)
    # Half the weight is even up to 1 and half up to 3: 1/2 + x/6 = 0.9.
    assert balanced == pytest.approx(2.4, abs=0.05)


@given(st.integers(1, 60), st.floats(0.05, 0.95))
def test_one_group_is_calibrated_as_without_groups(count: int, wanted: float) -> None:
    error = np.random.default_rng(count).standard_normal(count)
    scale = np.ones(count)
    with_group = conformal_factor(error, scale, wanted, ["a"] * count)
    assert with_group == conformal_factor(error, scale, wanted)


def test_each_group_is_judged_by_the_others() -> None:
    error = np.r_[np.linspace(0, 1, 1000), np.linspace(0, 1, 1000), np.linspace(0, 2, 1000)]
    group = ["a"] * 1000 + ["b"] * 1000 + ["c"] * 1000
    found = coverage_left_out(error, np.ones(3000), group, 0.9)
    assert found["c"] == pytest.approx(0.45, abs=0.01)
    # Of b and c together, 0.9 lie below 1.6: all of a.
    assert found["a"] == found["b"] == 1.0


def test_an_error_at_the_end_of_its_interval_is_covered() -> None:
    assert coverage([1.0, -1.0, 1.1], [1.0, 1.0, 1.0]) == pytest.approx(2 / 3)


def test_noise_of_the_truth_is_no_error_of_the_intervals() -> None:
    """Errors of deviation 1 beside noise of deviation 2."""
    rng = np.random.default_rng(5)
    error, noise = rng.standard_normal((2, 400_000)) * [[1.0], [2.0]]
    half_width = np.full(error.size, 1.6449)
    assert np.mean(error_ratio(error + noise, half_width, 0.9) <= 1) == pytest.approx(
        0.54, abs=0.01
    )
    held = np.mean(error_ratio(error + noise, half_width, 0.9, 2.0) <= 1)
    assert held == pytest.approx(0.9, abs=0.003)


def test_errors_without_noise_are_told_in_half_widths() -> None:
    assert error_ratio([1.0, -3.0], [2.0, 2.0], 0.9).tolist() == [0.5, 1.5]
    assert error_ratio([0.0, 1.0], [0.0, 0.0], 0.9).tolist() == [0.0, np.inf]
