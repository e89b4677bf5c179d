"""Make a model file of a trained denoiser: scored, and with its card."""

from pathlib import Path

import numpy as np
from torch import nn

from colonnade.core.arrays import Single
from colonnade.core.learn.card import Card
from colonnade.core.learn.model import Model
from colonnade.core.learn.onnx_export import Named, export, exported
from colonnade.core.learn.origin import card_of
from colonnade.tomo.card import DENOISES, WING, TomoCard
from colonnade.tomo.denoise.conditions import CHANNELS, Conditions
from colonnade.tomo.denoise.denoise import predict
from colonnade.tomo.train.denoiser.task import DenoiserTask

SEEN = 256
"""So many training images are asked what there is to learn from, and how noisy it is."""

NOISES = (0.05, 0.95)
"""Quantiles of the noise of the training images that the card gives as least and largest."""


def export_model(task: DenoiserTask, network: nn.Module, folder: Path) -> Path:
    """Save the model file into the folder; the scores of its card are of images held out."""
    named, part = Named(network), _part(task)
    with exported(named, _card(task, part, {})) as model:
        scores = _scored(model, task)
    path = folder / f"{task.recipe.name}.onnx"
    export(named, _card(task, part, scores), path)
    return path


def _scored(model: Model, task: DenoiserTask) -> dict[str, float]:
    """Score a model: gain over the noisy images [dB], and the least of all of them."""
    gains = []
    for noisy in task.held_out.scores:
        conditions = Conditions.of([noisy.image])
        before = _rms(noisy.image - noisy.truth)
        if before > 0:
            after = _rms(predict(model, conditions, noisy.image) - noisy.truth)
            gains.append(20 * np.log10(before / after))
    scores = {"gain_db": np.mean(gains), "worst_gain_db": np.min(gains)}
    return {name: round(float(value), 4) for name, value in scores.items()}


def _part(task: DenoiserTask) -> TomoCard:
    seen = [task.source(number) for number in range(SEEN)]
    noise = [_rms(one.image - one.truth) / max(float(one.truth.std()), 1e-6) for one in seen]
    least, largest = np.quantile(noise, NOISES)
    return TomoCard(
        does=DENOISES,
        families=tuple(sorted({one.family for one in seen})),
        noise=(float(least), float(largest)),
    )


def _card(task: DenoiserTask, part: TomoCard, scores: dict[str, float]) -> Card:
    return card_of(
        task,
        wing=WING,
        samples="images",
        input_channels=CHANNELS,
        output_channels=1,
        factor=1,
        scores=scores,
        part=part.to_part(),
    )


def _rms(error: Single) -> float:
    return float(np.sqrt(np.mean(np.square(error, dtype=np.float64))))
