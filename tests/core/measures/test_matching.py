"""Pairs are one to one, within the gate, as many as possible, and the nearest of those."""

from itertools import permutations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from colonnade.core.measures.matching import match

GATE = 3.0


def points(seed: int, count: int, side: float = 8.0) -> np.ndarray:
    return np.random.default_rng(seed).uniform(0, side, (count, 2))


def best(first: np.ndarray, second: np.ndarray) -> tuple[int, float]:
    """Number of pairs and sum of their squared distances, of all ways to pair."""
    if len(first) > len(second):
        first, second = second, first
    ways = []
    for chosen in permutations(range(len(second)), len(first)):
        away = np.linalg.norm(first - second[list(chosen)], axis=1)
        near = away <= GATE
        ways.append((-int(near.sum()), float((away[near] ** 2).sum())))
    pairs, squares = min(ways)
    return -pairs, squares


@given(st.integers(0, 10_000), st.integers(1, 5), st.integers(1, 5))
def test_no_other_way_to_pair_is_better(seed: int, many: int, few: int) -> None:
    first, second = points(seed, many), points(seed + 1, few)
    one, other = match(first, second, GATE)
    away = np.linalg.norm(first[one] - second[other], axis=1)
    count, squares = best(first, second)
    assert len(one) == count
    assert (away**2).sum() == pytest.approx(squares)


@given(st.integers(0, 10_000), st.integers(0, 60), st.integers(0, 60))
def test_pairs_are_one_to_one_within_the_gate(seed: int, many: int, few: int) -> None:
    first, second = points(seed, many, 30.0), points(seed + 1, few, 30.0)
    one, other = match(first, second, GATE)
    assert len(one) == len(other) == len(set(one)) == len(set(other))
    assert (np.linalg.norm(first[one] - second[other], axis=1) <= GATE).all()


@given(st.integers(0, 10_000), st.integers(1, 40))
def test_exchanging_the_sets_exchanges_the_pairs(seed: int, count: int) -> None:
    first, second = points(seed, count, 20.0), points(seed + 1, count, 20.0)
    one, other = match(first, second, GATE)
    second_first = match(second, first, GATE)
    assert set(zip(one, other, strict=True)) == set(zip(*second_first[::-1], strict=True))


def test_two_pairs_are_better_than_the_nearest_one() -> None:
    """The nearest point is left to the one that has no other."""
    first = np.array([[0.0, 0.0], [0.0, 2.0]])
    second = np.array([[0.0, 0.9], [0.0, -2.5]])
    one, other = match(first, second, GATE)
    assert dict(zip(one.tolist(), other.tolist(), strict=True)) == {0: 1, 1: 0}


def test_a_pair_at_the_gate_counts_and_one_beyond_does_not() -> None:
    here = np.zeros((1, 2))
    assert len(match(here, np.array([[0.0, 3.0]]), GATE)[0]) == 1
    assert len(match(here, np.array([[0.0, 3.001]]), GATE)[0]) == 0
