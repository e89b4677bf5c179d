"""Train a denoiser with noisy images alone, in several ways, and judge it by the truth.

    python benchmarks/tomo/own_images.py --count 6 --steps 300

The images are scenes that the denoiser has not seen. `packaged` is what learned from simulated
images with their truth; `recorrupted` is what `colonnade denoise --own` does; `hidden` hides
pixels and their neighbours along the rows, as far as noise is correlated, and predicts them from
all others. Each begins with the packaged weights, or with random ones. Decibels are how much
smaller errors are than those of the noisy images; medians over these.
"""

import argparse
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import torch
from denoise import CONDITIONS, CORRELATED_DOSE, SEED, SIDE, Condition, scenes
from torch import Tensor, nn

from colonnade.core.arrays import Single
from colonnade.core.learn.model import Model, find_model
from colonnade.core.learn.trained import Trained
from colonnade.core.learn.training import TrainingRecipe, fit, learning_rate, with_adamw
from colonnade.core.work.progress import silent
from colonnade.tomo.denoise.conditions import CHANNELS, Conditions
from colonnade.tomo.denoise.denoise import predict
from colonnade.tomo.train.denoiser.own import OwnBlock, OwnImages, OwnRecipe, OwnTask, shape_of
from colonnade.tomo.train.denoiser.task import DENOISER, untrained

HIDDEN = 0.02
"""Share of the pixels that are hidden at once, each with its neighbours along the row."""

FASTER = 5.0
"""Random weights learn at so many times the rate."""

SHARED = 0.05
"""Neighbours are hidden too as far as their noise is correlated by more."""


def blocks_of(images: Sequence[Single], model: Model) -> list[OwnBlock]:
    """Measure images, and let a model tell what they show."""
    found = []
    for image in images:
        conditions = Conditions.of([image])
        found.append(OwnBlock(image, predict(model, conditions, image), conditions))
    return found


def recorrupted(blocks: Sequence[OwnBlock], recipe: OwnRecipe, start: Path | None) -> nn.Module:
    """Train as `colonnade denoise --own` does."""
    images = OwnImages(blocks, recipe, "benchmark")
    task = OwnTask(recipe, images, images, start)
    with TemporaryDirectory() as folder:
        return fit(task, recipe.training, Path(folder), resume=False, progress=silent)[DENOISER]


def hidden(blocks: Sequence[OwnBlock], recipe: OwnRecipe, start: Path) -> nn.Module:
    """Train to predict hidden pixels."""
    rng = np.random.default_rng(recipe.seed)

    def batch() -> tuple[Tensor, Tensor, Tensor]:
        chosen = rng.integers(len(blocks), size=recipe.training.batch)
        samples = [_hide(blocks[int(n)].part(recipe.patch, rng), rng) for n in chosen]
        shown, target, mask = (
            torch.from_numpy(np.stack(each)) for each in zip(*samples, strict=True)
        )
        return shown, target, mask

    network = untrained(recipe.network, recipe.seed, start, lambda: batch()[0])
    trained: Trained = with_adamw(network, recipe.training)
    for step in range(recipe.training.steps):
        trained.prepare(learning_rate(recipe.training, step, recipe.training.learning_rate))
        shown, target, mask = batch()
        error = (trained(shown)[:, 0].float() - target).square()
        trained.descend((error * mask).sum() / mask.sum())
    return trained.averaged.eval()


def _hide(block: OwnBlock, rng: np.random.Generator) -> tuple[Single, Single, Single]:
    """Give a network's input, what it is to become, and where that counts."""
    conditions = block.conditions
    image = conditions.normalise(block.image)
    correlated = np.array(conditions.noise.correlation) > SHARED
    reach = int(np.max(np.flatnonzero(correlated) + 1, initial=0))
    mask = rng.random(image.shape) < HIDDEN
    covered = mask.copy()
    for lag in range(1, reach + 1):
        covered[:, lag:] |= mask[:, :-lag]
        covered[:, :-lag] |= mask[:, lag:]
    away = np.where(rng.random(image.shape) < 0.5, np.roll(image, 1, 0), np.roll(image, -1, 0))
    seen = np.where(covered, away, image)[None, None]
    return conditions.channels(seen)[0], image, mask.astype(np.float32)


def gain(network: nn.Module, block: OwnBlock, truth: Single) -> float:
    """How much smaller the error is than that of the noisy image [dB]."""
    conditions = block.conditions
    shown = conditions.channels(conditions.normalise(block.image)[None, None])
    with torch.no_grad():
        answer = network(torch.from_numpy(shown))[0, 0].numpy()
    error = conditions.restore(answer) - truth
    return float(10 * np.log10(np.mean((block.image - truth) ** 2) / np.mean(error**2)))


def compare(
    condition: Condition, count: int, recipe: OwnRecipe
) -> Iterator[tuple[str, list[float]]]:
    """Give the gain of each way on each image."""
    start = find_model("denoiser")
    model, truths = Model(start), list(scenes(count))
    noisy = [
        condition.record(truth, np.random.default_rng([SEED, 3, number]))
        for number, truth in enumerate(truths)
    ]
    blocks = blocks_of(noisy, model)
    before = untrained(recipe.network, 0, start, lambda: torch.zeros(1, CHANNELS, SIDE, SIDE))
    faster = replace(
        recipe.training, learning_rate=FASTER * recipe.training.learning_rate, average=0.99
    )
    ways: dict[str, Callable[[], nn.Module]] = {
        "packaged": lambda: before,
        "recorrupted": lambda: recorrupted(blocks, recipe, start),
        "hidden": lambda: hidden(blocks, recipe, start),
        "recorrupted, random weights": lambda: recorrupted(
            blocks, replace(recipe, training=faster), None
        ),
    }
    for name, train in ways.items():
        network = train()
        pairs = zip(blocks, truths, strict=True)
        yield name, [gain(network, block, truth) for block, truth in pairs]


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=6)
    parser.add_argument("--steps", type=int, default=OwnRecipe().training.steps)
    options = parser.parse_args()
    training: TrainingRecipe = replace(OwnRecipe().training, steps=options.steps)
    chosen = OwnRecipe(network=shape_of(Model.load("denoiser")), training=training)
    print("| electrons | way | gain [dB] | over packaged (worst) |")
    print("|---|---|---|---|")
    for condition in [one for one in CONDITIONS if one.dose == CORRELATED_DOSE]:
        packaged: list[float] = []
        for name, gains in compare(condition, options.count, chosen):
            packaged = packaged or gains
            over = np.subtract(gains, packaged)
            beside = f"{np.median(over):+.2f} ({over.min():+.2f})"
            print(f"| {condition.name} | {name} | {np.median(gains):.2f} | {beside} |", flush=True)
