"""What a network for stacks says of a stack in memory, in its grey levels."""

from dataclasses import dataclass

import numpy as np

from colonnade.core.arrays import Single
from colonnade.core.images.tiles import run_tiled
from colonnade.core.learn.model import Model
from colonnade.core.learn.slice_work import tiling
from colonnade.sem.card import SemCard
from colonnade.sem.conditions import Conditions
from colonnade.sem.upscale.along_z.neighbours import windows


@dataclass(frozen=True, eq=False)
class StackPrediction:
    """What a network says of a stack; axes (z, y, x).

    Parameters
    ----------
    volume
        The finer slices [grey levels].
    half_width
        Half the width of a 90 % interval of each of their pixels, before it is calibrated
        [grey levels].
    """

    volume: Single
    half_width: Single


def predict_stack(model: Model, stack: Single) -> StackPrediction:
    """Run a network over a whole stack in memory.

    Parameters
    ----------
    model
        For stacks.
    stack
        Grey levels, axes (z, y, x), without faults.
    """
    thinner = SemCard.of(model.card).thinner
    conditions = Conditions.of_several(stack, len(stack))
    maps = np.stack(
        [
            run_tiled(lambda tiles: model(conditions.channels(tiles)), seen, tiling(model.card))
            for seen in windows(conditions.normalise(stack), SemCard.of(model.card).slices)
        ]
    )
    images, logarithms = (
        part.reshape(-1, *stack.shape[1:]) for part in np.split(maps[:, : 2 * thinner], 2, axis=1)
    )
    half_width = np.exp(logarithms) * np.float32(conditions.scale)
    return StackPrediction(conditions.restore(images), half_width)
