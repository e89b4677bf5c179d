"""Draws: evenly, logarithmically, by share and by choice, each written down."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from colonnade.core.errors import RecipeError
from colonnade.core.work.draws import Draws, log_uniform, uniform

seeds = st.integers(0, 2**32 - 1)


def draws(seed: int = 0) -> Draws:
    return Draws(np.random.default_rng(seed))


@given(seed=seeds, low=st.floats(1e-6, 1e6), factor=st.floats(1, 1e6))
def test_draws_stay_between_their_limits(seed: int, low: float, factor: float) -> None:
    rng, high = np.random.default_rng(seed), low * factor
    assert low * (1 - 1e-12) <= log_uniform(rng, (low, high)) <= high * (1 + 1e-12)
    assert low <= uniform(rng, (low, high)) <= high


def test_every_decade_is_as_likely() -> None:
    rng = np.random.default_rng(6)
    drawn = np.array([log_uniform(rng, (1e-2, 1e2)) for _ in range(4000)])
    assert drawn.min() < 0.0105
    assert drawn.max() > 95
    counts, _ = np.histogram(np.log10(drawn), bins=4, range=(-2, 2))
    assert (np.abs(counts - 1000) < 5 * np.sqrt(1000)).all()


@pytest.mark.parametrize("limits", [(2.0, 1.0), (0.0, 1.0), (-1.0, 1.0), (float("nan"), 1.0)])
def test_a_range_that_is_none_is_refused(limits: tuple[float, float]) -> None:
    with pytest.raises(RecipeError, match="range"):
        log_uniform(np.random.default_rng(0), limits)


@pytest.mark.parametrize("limits", [(2.0, 1.0), (0.0, float("inf")), (float("nan"), 1.0)])
def test_an_even_range_that_is_none_is_refused(limits: tuple[float, float]) -> None:
    with pytest.raises(RecipeError, match="range"):
        uniform(np.random.default_rng(0), limits)


def test_everything_with_a_name_is_written_down_as_it_was_drawn() -> None:
    drawing = draws()
    drawn = {
        "probe.width": drawing.uniform("probe.width", (1.0, 2.0)),
        "dose": drawing.log_uniform("dose", (1.0, 1e6)),
        "smoothed": float(drawing.happens("smoothed", 0.5)),
        "bits": float(drawing.choice("bits", (8, 12))),
    }
    assert drawing.record == drawn


def test_draws_are_those_of_the_generator_alone() -> None:
    drawing, rng = draws(3), np.random.default_rng(3)
    assert drawing.uniform("a", (0.0, 5.0)) == uniform(rng, (0.0, 5.0))
    assert drawing.log_uniform("b", (1.0, 5.0)) == log_uniform(rng, (1.0, 5.0))
    assert drawing.rng.random() == rng.random()


@pytest.mark.parametrize("share", [0.0, 0.3, 1.0])
def test_a_share_of_the_images_is_that_share(share: float) -> None:
    drawing, count = draws(1), 4000
    happened = sum(drawing.happens("it", share) for _ in range(count))
    assert happened / count == pytest.approx(share, abs=5 * np.sqrt(share * (1 - share) / count))


@pytest.mark.parametrize("share", [-0.1, 1.1, float("nan")])
def test_a_share_that_is_none_is_refused(share: float) -> None:
    with pytest.raises(RecipeError, match="share"):
        draws().happens("it", share)


def test_choices_are_as_likely_as_their_weights() -> None:
    drawing, count = draws(2), 4000
    chosen = [drawing.choice("it", ("a", "b", "c"), (1.0, 3.0, 0.0)) for _ in range(count)]
    assert chosen.count("b") / count == pytest.approx(0.75, abs=0.035)
    assert chosen.count("c") == 0
    even = [drawing.choice("it", (4, 8)) for _ in range(count)]
    assert even.count(4) / count == pytest.approx(0.5, abs=0.04)


@pytest.mark.parametrize("weights", [(-1.0, 2.0), (0.0, 0.0)])
def test_weights_that_are_none_are_refused(weights: tuple[float, float]) -> None:
    with pytest.raises(RecipeError, match="negative"):
        draws().choice("it", (1, 2), weights)


def test_a_choice_of_nothing_is_refused() -> None:
    with pytest.raises(RecipeError, match="at least one"):
        draws().choice("it", ())
