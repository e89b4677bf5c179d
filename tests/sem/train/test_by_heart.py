"""Whether a network has learned its training images by heart."""

import numpy as np
import pytest

from colonnade.sem.card import ByHeart
from colonnade.sem.train.by_heart import compared


def test_materials_are_compared_each_with_itself() -> None:
    learned = {"easy": np.array([8.0, 8.2, 7.8]), "hard": np.array([1.0, 1.4])}
    others = {"easy": np.array([7.0, 7.2, 6.8]), "hard": np.array([0.0, 0.4, 0.2])}
    found = compared(learned, others)
    assert found.difference == pytest.approx(1.0)
    assert found.materials == 2
    assert found.is_so
    # Twice as many easy ones among the others is no gain on the others.
    more = others | {"easy": np.repeat(others["easy"], 2)}
    assert compared(learned, more).difference == found.difference


def test_the_error_is_that_of_the_means() -> None:
    rng = np.random.default_rng(0)
    found = [
        compared({"a": rng.normal(2, 1, 16)}, {"a": rng.normal(2, 1, 48)}) for _ in range(400)
    ]
    spread = np.std([one.difference for one in found])
    assert np.mean([one.error for one in found]) == pytest.approx(spread, rel=0.1)
    assert np.mean([one.is_so for one in found]) < 0.03


def test_without_common_materials_nothing_is_said() -> None:
    assert compared({"a": np.ones(9)}, {"b": np.zeros(9)}) == ByHeart()
    assert compared({"a": np.ones(1)}, {"a": np.zeros(9)}) == ByHeart()
    assert not ByHeart().is_so
