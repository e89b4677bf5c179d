"""Whether a network has learned its training images by heart."""

from collections.abc import Iterable, Mapping

import numpy as np

from colonnade.core.arrays import Array, Single
from colonnade.core.learn.model import Model
from colonnade.sem.card import ByHeart
from colonnade.sem.pair import Pair
from colonnade.sem.train.familiarity import STEP
from colonnade.sem.train.task import SemTask
from colonnade.sem.upscale.predict import predict


def by_heart(model: Model, task: SemTask) -> ByHeart:
    """Compare a model's errors on pairs that it learned from with those on others."""
    count = len(task.held_out.calibration)
    learned = (task.source(number) for number in range(0, STEP * count, STEP))
    return compared(_gains(model, learned), _gains(model, task.held_out.calibration))


def compared(learned: Mapping[str, Array], others: Mapping[str, Array]) -> ByHeart:
    """Compare gains on learned pairs with those on others, material by material [dB].

    Some materials are harder than others: only those count that both show, each the same, and a
    single pair of a material says nothing of how much pairs differ.
    """
    names = [name for name in learned if min(learned[name].size, others.get(name, NONE).size) > 1]
    if not names:
        return ByHeart()
    differences = [learned[name].mean() - others[name].mean() for name in names]
    variances = [
        gains[name].var(ddof=1) / gains[name].size for name in names for gains in (learned, others)
    ]
    error = np.sqrt(np.sum(variances)) / len(names)
    return ByHeart(round(float(np.mean(differences)), 3), round(float(error), 3), len(names))


NONE = np.empty(0)
"""Gains on a material that is not shown."""


def _gains(model: Model, pairs: Iterable[Pair]) -> dict[str, Array]:
    """How much smaller errors are than those of plain enlargement, by material [dB]."""
    found: dict[str, list[float]] = {}
    for pair in pairs:
        plain = np.kron(pair.low, np.ones((pair.factor, pair.factor), np.float32))
        error, without = (
            _power(image - pair.high) for image in (predict(model, pair.low).image, plain)
        )
        found.setdefault(pair.material, []).append(10 * np.log10(without / error))
    return {name: np.array(gains) for name, gains in found.items()}


def _power(error: Single) -> float:
    return float(np.mean(np.square(error, dtype=np.float64)))
