"""Make a model file of a trained network: calibrated, scored, and with its card."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
from scipy.ndimage import binary_dilation
from torch import nn

from colonnade.core.arrays import Array, Single
from colonnade.core.learn.card import Card
from colonnade.core.learn.onnx_export import Named, export, exported
from colonnade.core.learn.origin import card_of
from colonnade.core.measures.trust import COVERAGE, conformal_factor
from colonnade.tomo.card import RECONSTRUCTS, WING, TomoCard
from colonnade.tomo.reconstruct.network import MAPS, Begun, Restored, Restorer
from colonnade.tomo.train.reconstructor.prepared import Slice, total_variation
from colonnade.tomo.train.reconstructor.task import ReconstructorTask

SEEN = 200
"""So many slices that are learned from are asked what there is to learn from."""

AROUND = 2
"""So far around the specimen voxels still count as its own [px]: its surface is there."""


def export_model(task: ReconstructorTask, network: nn.Module, folder: Path) -> Path:
    """Save the model file into the folder.

    The intervals are calibrated on some of the slices that were held out, and the scores of the
    card are of the others.
    """
    named = Named(network)
    part = _uncalibrated(task)
    with exported(named, _card(task, part, {})) as model:
        pairs = _restored(Restorer(model, part), task.held_out.calibration)
        part = replace(part, interval_factor=_interval_factor(pairs))
        scores = scored(Restorer(model, part), task)
    path = folder / f"{task.recipe.name}.onnx"
    export(named, _card(task, part, scores), path)
    return path


def scored(restorer: Restorer, task: ReconstructorTask) -> dict[str, float]:
    """Score a model: gain over total variation [dB], and coverage of its intervals."""
    gains, covered = [], []
    for one, found in _restored(restorer, task.held_out.scores):
        gains.append(20 * np.log10(_rms(one.tv - one.truth) / _rms(found.slices[0] - one.truth)))
        covered.append(np.mean(error_ratios(one, found) <= 1))
    scores = {
        "gain_db": np.mean(gains),
        "worst_gain_db": np.min(gains),
        "coverage": np.mean(covered),
        "lowest_coverage": np.min(covered),
    }
    return {name: round(float(value), 4) for name, value in scores.items()}


def error_ratios(one: Slice, found: Restored) -> Array:
    """Errors of the voxels of the specimen, in half-widths of their intervals."""
    inside = binary_dilation(one.truth > 0, iterations=AROUND)
    error = np.abs(found.slices[0] - one.truth)
    return np.asarray((error / found.half_width[0])[inside], np.float64)


def _interval_factor(restored: Iterable[tuple[Slice, Restored]]) -> float:
    """By how much half-widths are to be widened so that they hold; every family counts alike."""
    ratios, families = [], []
    for one, found in restored:
        ratios.append(error_ratios(one, found))
        families += [one.family] * len(ratios[-1])
    every = np.concatenate(ratios)
    return conformal_factor(every, np.ones_like(every), COVERAGE, families)


def _restored(restorer: Restorer, slices: Iterable[Slice]) -> Iterator[tuple[Slice, Restored]]:
    for one in slices:
        solve = total_variation(one.angles, *one.truth.shape)
        begun = Begun(
            one.sinogram[None], one.tv[None], one.sirt[None], one.noise, one.weight, one.level
        )
        yield one, restorer(solve, begun)


def _uncalibrated(task: ReconstructorTask) -> TomoCard:
    """Give a card with which the half-widths stay as the network predicts them."""
    recipe = task.recipe
    seen = [task.source(number) for number in range(min(SEEN, recipe.slices))]
    noise = [one.noise / one.level for one in seen]
    reach = [max(map(abs, one.angles)) for one in seen]
    return TomoCard(
        does=RECONSTRUCTS,
        families=tuple(sorted({one.family for one in seen})),
        noise=(float(min(noise)), float(max(noise))),
        reach=(min(reach), max(reach)),
        begins=recipe.begins,
        steps=recipe.steps,
        agrees=recipe.agrees,
    )


def _card(task: ReconstructorTask, part: TomoCard, scores: dict[str, float]) -> Card:
    return card_of(
        task,
        wing=WING,
        samples="slices",
        input_channels=task.recipe.channels,
        output_channels=MAPS,
        factor=1,
        scores=scores,
        part=part.to_part(),
    )


def _rms(error: Single) -> float:
    return float(np.sqrt(np.mean(np.square(error, dtype=np.float64))))
