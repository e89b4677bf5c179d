"""Poisson numbers: the distribution is exact, for few electrons and for many."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from colonnade.core.instrument.poisson import BLOCK, MANY, poisson

seeds = st.integers(0, 2**32 - 1)


@pytest.mark.parametrize("mean", [0.05, 1.0, 7.3, MANY - 0.01, MANY, 30.0, 400.0, 5000.0])
def test_every_count_is_as_likely_as_poisson_says(mean: float) -> None:
    mean = float(np.float32(mean))
    counts = poisson(np.full(600_000, mean), np.random.default_rng(1)).astype(int)
    expected = counts.size * stats.poisson.pmf(np.arange(counts.max() + 2), mean)
    likely = expected > 25
    seen = np.bincount(counts, minlength=likely.size)
    assert (
        stats.chisquare(
            [*seen[likely], counts.size - seen[likely].sum()],
            [*expected[likely], counts.size - expected[likely].sum()],
        ).pvalue
        > 1e-4
    )


@pytest.mark.parametrize("mean", [MANY, 13.7, 55.0, 900.0])
def test_many_electrons_are_the_quantile_that_their_normal_number_is(mean: float) -> None:
    mean = float(np.float32(mean))
    counts = poisson(np.full(BLOCK, mean), np.random.default_rng(2))
    normal = np.random.default_rng(2).standard_normal(BLOCK, dtype=np.float32)
    quantile = stats.poisson.ppf(stats.norm.cdf(normal.astype(float)), mean)
    assert np.mean(counts != quantile) < 1e-3  # 24 bits cannot tell them all apart
    assert np.abs(counts - quantile).max() <= 1


def test_dark_and_bright_pixels_of_one_image_keep_to_their_own_means() -> None:
    mean = np.tile([0.2, 4.0, 11.0, 13.0, 60.0, 2000.0], (40_000, 1))
    counts = poisson(mean, np.random.default_rng(3))
    error = np.sqrt(mean[0] / len(mean))
    spread = np.sqrt((2 + 1 / mean[0]) / len(mean))
    assert (np.abs(counts.mean(0) - mean[0]) < 5 * error).all()
    assert (np.abs(counts.var(0) / mean[0] - 1) < 5 * spread).all()
    assert np.abs(np.corrcoef(counts.T) - np.eye(6)).max() < 5 / np.sqrt(len(mean))


class LastNumber:
    """A generator whose even numbers are the last before 1, which rounding leaves undecided."""

    def random(self, shape: tuple[int, ...], dtype: type) -> np.ndarray:
        return np.full(shape, 1 - 2.0**-24, dtype)

    def poisson(self, mean: np.ndarray) -> np.ndarray:
        return np.full(mean.shape, 777.0)


def test_what_rounding_leaves_undecided_is_drawn_again() -> None:
    counts = poisson(np.linspace(0.1, 11.9, 500), LastNumber())  # type: ignore[arg-type]
    drawn_again = counts == 777
    assert 0 < drawn_again.mean() < 0.5
    assert counts[~drawn_again].max() < 40


def test_no_electrons_come_from_nothing_or_less() -> None:
    assert not poisson(np.array([[-3.0, 0.0, -1e9, -0.0]]), np.random.default_rng(0)).any()
    assert poisson(np.empty((0, 5)), np.random.default_rng(0)).shape == (0, 5)


@given(seed=seeds, rows=st.integers(1, 40), columns=st.integers(1, 40), top=st.floats(0, 1e4))
def test_counts_are_whole_and_the_same_for_the_same_seed(
    seed: int, rows: int, columns: int, top: float
) -> None:
    mean = top * np.random.default_rng(seed).random((columns, rows)).T
    counts = poisson(mean, np.random.default_rng(seed))
    assert counts.dtype == np.float32
    assert counts.shape == (rows, columns)
    assert (counts >= 0).all()
    np.testing.assert_array_equal(counts, np.round(counts))
    again = poisson(np.ascontiguousarray(mean), np.random.default_rng(seed))
    np.testing.assert_array_equal(counts, again)
