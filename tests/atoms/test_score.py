"""Scores: known shifts, losses and inventions come back as the numbers they are."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import linear_sum_assignment

from colonnade.atoms.columns import Columns
from colonnade.atoms.score import NOTHING, Score, score
from colonnade.core.measures.matching import match

seeds = st.integers(0, 2**32 - 1)
quarters = st.integers(0, 20).map(lambda n: n / 4)
points = st.lists(st.tuples(quarters, quarters), max_size=5).map(
    lambda rows: np.array(rows, float).reshape(-1, 2)
)

GATE = 1.9
"""No distance between quarters of pixels is just this."""


def columns(positions: np.ndarray, **labels: object) -> Columns:
    y, x = np.reshape(positions, (-1, 2)).T
    return Columns(y=y, x=x).with_labels(**labels)  # type: ignore[arg-type]


def lattice(count: int = 8, spacing: float = 10.0) -> np.ndarray:
    y, x = np.meshgrid(np.arange(count) * spacing, np.arange(count + 3) * spacing)
    return np.stack([y.ravel(), x.ravel()], axis=1)


def distances(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    return np.linalg.norm(first[:, None] - second[None], axis=2)


def best_by_trial(first: np.ndarray, second: np.ndarray, gate: float) -> tuple[int, float]:
    """Most pairs, and then the least sum of squared distances, out of all ways to pair."""
    if len(first) > len(second):
        first, second = second, first
    distance = distances(first, second)
    ways = []
    for chosen in itertools.permutations(range(len(second)), len(first)):
        kept = [d for d in distance[range(len(first)), list(chosen)] if d <= gate]
        ways.append((-len(kept), sum(d**2 for d in kept)))
    most, least = min(ways)
    return -most, least


def test_the_truth_scores_full_marks_against_itself() -> None:
    result = score(columns(lattice()), columns(lattice()), gate=3)
    assert (result.recall, result.precision, result.f1, result.rms) == (1, 1, 1, 0)
    assert (result.found, result.missed, result.false) == (88, 0, 0)


@given(angle=st.floats(0, 6.3), length=st.floats(1e-3, 2.99), seed=seeds)
def test_a_shift_is_the_error(angle: float, length: float, seed: int) -> None:
    vector = length * np.array([np.sin(angle), np.cos(angle)])
    shuffled = np.random.default_rng(seed).permutation(lattice() + vector)
    result = score(columns(lattice()), columns(shuffled), gate=3)
    assert (result.recall, result.precision) == (1, 1)
    np.testing.assert_allclose(result.errors, length, rtol=1e-9)
    assert result.rms == pytest.approx(length)


def test_beyond_the_gate_nothing_is_found() -> None:
    result = score(columns(lattice()), columns(lattice() + np.array([3.01, 0])), gate=3)
    assert (result.found, result.missed, result.false) == (0, 88, 88)
    assert (result.recall, result.precision, result.f1) == (0, 0, 0)
    assert np.isnan(result.rms)


@given(lost=st.integers(0, 80), invented=st.integers(0, 50), seed=seeds)
def test_losses_lower_recall_and_inventions_precision(lost: int, invented: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    truth = lattice()
    left = rng.permutation(truth)[lost:]
    false = rng.permutation(truth + 5)[:invented]
    result = score(columns(truth), columns(np.concatenate([left, false])), gate=3)
    assert result.recall == pytest.approx((88 - lost) / 88)
    assert result.precision == pytest.approx((88 - lost) / (88 - lost + invented))
    harmonic = 2 / (1 / result.recall + 1 / result.precision)
    assert result.f1 == pytest.approx(harmonic)


def test_two_finds_of_one_column_are_one_true_and_one_false() -> None:
    truth = np.array([[5.0, 5.0]])
    result = score(columns(truth), columns(np.array([[5.0, 5.5], [5.0, 4.8]])), gate=3)
    assert (result.found, result.missed, result.false) == (1, 0, 1)
    np.testing.assert_allclose(result.errors, [0.2])


@pytest.mark.parametrize("gate", [GATE, 3])
@given(first=points, second=points)
def test_matching_is_the_best_there_is(first: np.ndarray, second: np.ndarray, gate: float) -> None:
    i, j = match(first, second, gate)
    assert len(i) == len(j) == len(set(i)) == len(set(j))
    paired = np.linalg.norm(first[i] - second[j], axis=1)
    assert (paired <= gate).all()
    most, least = best_by_trial(first, second, gate)
    assert len(i) == most
    assert (paired**2).sum() == pytest.approx(least)


@given(seed=seeds)
def test_matching_agrees_with_the_hungarian_method_on_the_whole(seed: int) -> None:
    rng = np.random.default_rng(seed)
    first, second = rng.uniform(0, 12, (40, 2)), rng.uniform(0, 12, (33, 2))
    i, j = match(first, second, GATE)
    distance = distances(first, second)
    cost = np.where(distance <= GATE, distance**2, 1e4)
    rows, cols = linear_sum_assignment(cost)
    possible = distance[rows, cols] <= GATE
    assert len(i) == possible.sum()
    expected = cost[rows, cols][possible].sum()
    assert (distance[i, j] ** 2).sum() == pytest.approx(expected)


@given(first=points, second=points, seed=seeds)
def test_neither_order_nor_direction_matters(
    first: np.ndarray, second: np.ndarray, seed: int
) -> None:
    rng = np.random.default_rng(seed)
    one = score(columns(first), columns(second), GATE)
    other = score(columns(rng.permutation(first)), columns(rng.permutation(second)), GATE)
    back = score(columns(second), columns(first), GATE)
    assert (one.found, one.missed, one.false) == (other.found, other.missed, other.false)
    assert (one.found, one.missed, one.false) == (back.found, back.false, back.missed)
    squares = [(result.errors**2).sum() for result in (one, other, back)]
    np.testing.assert_allclose(squares, squares[0])


def test_as_many_pairs_as_possible_come_before_the_nearest() -> None:
    """The nearest pair would leave both others without a partner."""
    first, second = np.array([[0, 0.0], [0, 2]]), np.array([[0, 1.9], [0, 3.5]])
    i, j = match(first, second, 2)
    assert sorted(zip(i.tolist(), j.tolist(), strict=True)) == [(0, 0), (1, 1)]


def test_what_is_not_asked_for_neither_helps_nor_harms() -> None:
    truth = columns(lattice(), detectable=np.arange(88) % 2)
    all_found, asked_found = columns(lattice()), columns(lattice()[1::2])
    for found in (all_found, asked_found):
        result = score(truth, found, gate=3)
        assert (result.found, result.missed, result.false) == (44, 0, 0)
    unasked_found = score(truth, columns(lattice()[::2]), gate=3)
    assert (unasked_found.found, unasked_found.missed, unasked_found.false) == (0, 44, 0)


def test_nothing_is_excused_far_from_what_is_not_asked_for() -> None:
    truth = columns(lattice(), detectable=0)
    result = score(truth, columns(np.concatenate([lattice(), lattice() + 5])), gate=3)
    assert (result.found, result.missed, result.false) == (0, 0, 88)


def test_a_find_that_is_true_excuses_no_other() -> None:
    """Of two finds one stands near the undetectable column, and that one is spoken for."""
    truth = columns(np.array([[0.0, 0.0], [0.0, 2.0]]), detectable=np.array([1, 0]))
    result = score(truth, columns(np.array([[0.0, 0.0], [50.0, 50.0]])), gate=3)
    assert (result.found, result.missed, result.false) == (1, 0, 1)


@pytest.mark.parametrize(
    ("true", "found", "expected"), [(0, 0, (0, 0, 0)), (5, 0, (0, 5, 0)), (0, 5, (0, 0, 5))]
)
def test_empty_sets_count(true: int, found: int, expected: tuple[int, int, int]) -> None:
    result = score(columns(lattice()[:true]), columns(lattice()[:found]), gate=3)
    assert (result.found, result.missed, result.false) == expected
    assert np.isnan(result.rms)
    assert 0 <= result.recall <= 1
    assert 0 <= result.precision <= 1


@given(parts=st.lists(st.tuples(points, points), min_size=1, max_size=4))
def test_scores_of_images_add_up_to_the_score_of_all(
    parts: list[tuple[np.ndarray, np.ndarray]],
) -> None:
    total = sum((score(columns(a), columns(b), GATE) for a, b in parts), NOTHING)
    far = [(a + 100 * n, b + 100 * n) for n, (a, b) in enumerate(parts)]
    together = score(
        columns(np.concatenate([a for a, _ in far])),
        columns(np.concatenate([b for _, b in far])),
        GATE,
    )
    assert (total.found, total.missed, total.false) == (
        together.found,
        together.missed,
        together.false,
    )
    assert (total.errors**2).sum() == pytest.approx((together.errors**2).sum())


def test_rms_is_over_columns_not_over_images() -> None:
    total = Score(1, 0, 0, np.array([3.0])) + Score(3, 0, 0, np.zeros(3))
    assert total.rms == pytest.approx(1.5)


def test_what_lies_at_the_border_is_neither_missed_nor_false() -> None:
    truth = Columns(y=[1.0, 20.0], x=[20.0, 20.0])
    found = Columns(y=[20.0, 39.0, 30.0], x=[20.0, 5.0, 30.0])
    result = score(truth, found, 3.0, shape=(40, 40), border=3.0)
    assert (result.found, result.missed, result.false) == (1, 0, 1)
    result = score(truth, found, 3.0)
    assert (result.found, result.missed, result.false) == (1, 1, 2)
