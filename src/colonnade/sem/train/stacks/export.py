"""Make a model file of a network for stacks: calibrated, scored, and with its card."""

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import numpy as np
from scipy.ndimage import zoom
from torch import nn

from colonnade.core.arrays import Array, Single
from colonnade.core.learn.card import Card
from colonnade.core.learn.model import Model
from colonnade.core.learn.onnx_export import Named, export, exported
from colonnade.core.learn.origin import card_of
from colonnade.core.measures.trust import COVERAGE, error_ratio
from colonnade.sem.card import WING, ByHeart, Familiarity, SemCard
from colonnade.sem.simulate.stack import StackPair
from colonnade.sem.train.calibration import interval_factor
from colonnade.sem.train.stacks.network import channels
from colonnade.sem.train.stacks.task import StackTask
from colonnade.sem.upscale.along_z.predict import StackPrediction, predict_stack


def export_stack_model(task: StackTask, network: nn.Module, folder: Path) -> Path:
    """Save the model file into the folder.

    The intervals are calibrated on some of the stacks that were held out, and the scores of the
    card are of the others.
    """
    named, part = Named(network), _uncalibrated(task)
    with exported(named, _card(task, part, {})) as model:
        ratios = (
            (pair.material, _ratio(predict_stack(model, pair.low), pair))
            for pair in task.held_out.calibration
        )
        part = replace(part, interval_factor=interval_factor(ratios))
        scores = _scored(model, part, task.held_out.scores)
    path = folder / f"{task.recipe.name}.onnx"
    export(named, _card(task, part, scores), path)
    return path


def _scored(model: Model, part: SemCard, pairs: Iterable[StackPair]) -> dict[str, float]:
    """Score a model.

    Gain over cubic interpolation [dB], strength of changes from slice to slice as a share of that
    of the truth, and coverage of the intervals.
    """
    gains, changes, covered = [], [], []
    for pair in pairs:
        found, plain = predict_stack(model, pair.low), cubic(pair.low, pair.factor)
        gains.append(10 * np.log10(_power(plain - pair.high) / _power(found.volume - pair.high)))
        changes.append(_power(np.diff(found.volume, axis=0)) / _power(np.diff(pair.high, axis=0)))
        covered.append(np.mean(_ratio(found, pair) <= part.interval_factor))
    scores = {
        "gain_db": np.mean(gains),
        "changes": np.median(changes),
        "coverage": np.mean(covered),
        "lowest_coverage": np.min(covered),
    }
    return {name: round(float(value), 4) for name, value in scores.items()}


def cubic(stack: Single, factor: int) -> Single:
    """Interpolate along z with cubic splines, each slice being the middle of its finer ones."""
    return np.asarray(zoom(stack, (factor, 1, 1), order=3, mode="reflect", grid_mode=True))


def _ratio(found: StackPrediction, pair: StackPair) -> Array:
    return np.ravel(error_ratio(found.volume - pair.high, found.half_width, COVERAGE))


def _power(values: Array | Single) -> float:
    return float(np.mean(np.square(values, dtype=np.float64)))


def _uncalibrated(task: StackTask) -> SemCard:
    """Give a card with which the half-widths stay as the network predicts them."""
    return SemCard(
        interval_factor=1.0,
        familiarity=Familiarity(),
        by_heart=ByHeart(),
        companion="",
        materials=task.materials,
        slices=task.recipe.slices,
        thinner=task.recipe.simulation.factor,
    )


def _card(task: StackTask, part: SemCard, scores: dict[str, float]) -> Card:
    return card_of(
        task,
        wing=WING,
        samples="stacks",
        input_channels=channels(task.recipe.slices),
        output_channels=2 * task.recipe.simulation.factor,
        factor=1,
        scores=scores,
        part=part.to_part(),
    )
