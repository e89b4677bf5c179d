"""Calibrate a model on pairs that were held out, and score it on others."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

import numpy as np

from colonnade.core.arrays import Array, Single
from colonnade.core.data.held_out import Images
from colonnade.core.learn.model import Model
from colonnade.core.measures.trust import COVERAGE, error_ratio
from colonnade.sem.card import SemCard
from colonnade.sem.pair import Pair
from colonnade.sem.train.by_heart import by_heart
from colonnade.sem.train.familiarity import familiarity_of
from colonnade.sem.train.task import SemTask
from colonnade.sem.upscale.predict import Prediction, predict


def calibrated(model: Model, task: SemTask) -> SemCard:
    """Make intervals and verdict right on the pairs that were held out for it."""
    part = SemCard.of(model.card)
    ratios = (
        (pair.material, error_ratios(found, pair))
        for pair, found in _predictions(model, task.held_out.calibration)
    )
    return replace(
        part,
        interval_factor=interval_factor(ratios),
        familiarity=familiarity_of(task),
        by_heart=by_heart(model, task),
    )


def interval_factor(ratios: Iterable[tuple[str, Array]]) -> float:
    """By how much the half-widths that the network predicts are to be widened.

    Each material counts the same: the mean over materials of what each would want.

    Parameters
    ----------
    ratios
        Of images or stacks: the material, and the errors of all pixels in half-widths.
    """
    wanted: dict[str, list[Array]] = {}
    for material, ratio in ratios:
        wanted.setdefault(material, []).append(ratio)
    factors = [np.quantile(np.concatenate(found), COVERAGE) for found in wanted.values()]
    return float(np.mean(factors))


def scored(model: Model, part: SemCard, pairs: Images[Pair]) -> dict[str, float]:
    """Score a model: gain over plain enlargement [dB], and coverage of its intervals."""
    gains, covered = [], []
    for pair, prediction in _predictions(model, pairs):
        plain = np.kron(pair.low, np.ones((pair.factor, pair.factor), np.float32))
        gains.append(20 * np.log10(_rms(plain - pair.high) / _rms(prediction.image - pair.high)))
        covered.append(np.mean(error_ratios(prediction, pair) <= part.interval_factor))
    scores = {
        "gain_db": np.mean(gains),
        "coverage": np.mean(covered),
        "lowest_coverage": np.min(covered),
    }
    return {name: round(float(value), 4) for name, value in scores.items()}


def _predictions(model: Model, pairs: Iterable[Pair]) -> Iterator[tuple[Pair, Prediction]]:
    for pair in pairs:
        yield pair, predict(model, pair.low)


def error_ratios(found: Prediction, pair: Pair) -> Array:
    """Errors of all pixels, in the half-widths that the network predicts."""
    error = found.image - pair.high
    return np.ravel(error_ratio(error, found.half_width, COVERAGE, pair.noise))


def _rms(error: Single) -> float:
    return float(np.sqrt(np.mean(np.square(error, dtype=np.float64))))
