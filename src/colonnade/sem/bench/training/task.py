"""Train one network of the study, and look at it on the way (torch)."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch

from colonnade.core.arrays import Single
from colonnade.core.images.tiles import Tiling, run_tiled
from colonnade.core.learn.training import Sample, Scores
from colonnade.sem.bench.adapters.enlarged import enlarge
from colonnade.sem.bench.case import TestImage, Upscaling
from colonnade.sem.bench.training.patches import Patches
from colonnade.sem.bench.training.plan import ACROSS, Plan, Training
from colonnade.sem.bench.training.recipes import SEED, images_of, recipe_of
from colonnade.sem.bench.training.scoring import mark, score
from colonnade.sem.conditions import Conditions
from colonnade.sem.pair import Pair
from colonnade.sem.train.task import GENERATOR, SemTask
from colonnade.sem.upscale.predict import IMAGE

OWN_PARTS = 8
"""Parts of the training images on which a network is scored too, to see whether it has learned
them by heart."""


class StudyTask(SemTask):
    """A training that scores its network after certain numbers of steps.

    Parameters
    ----------
    plan, training
        What is trained.
    folder
        Where the scores are kept.
    tests
        Test images.
    """

    def __init__(
        self, plan: Plan, training: Training, folder: Path, tests: Sequence[TestImage]
    ) -> None:
        self.patches = Patches(images_of(plan, training), SEED, training.images, ACROSS)
        super().__init__(recipe_of(plan, training), self.patches)
        self.marks, self.folder, self.tests = plan.marks(training), folder, tests

    def step(self, batch: Sample, step: int) -> Scores:
        """Lower the losses of a batch, and look at the network if it is time."""
        losses = super().step(batch, step)
        if step + 1 in self.marks:
            self._look(step + 1)
        return losses

    def _look(self, step: int) -> None:
        scores, pictures = score(self.upscale, self.tests)
        facts = {
            "step": step,
            "epochs": self.marks[step],
            "scores": scores,
            "own_gain_db": np.array([self._own_gain(number) for number in range(OWN_PARTS)]),
        }
        mark(self.folder, step).write(facts, pictures)

    def upscale(self, image: Single) -> Upscaling:
        """Upscale an image with the averaged weights, as the model file will."""
        conditions = Conditions.of(image)
        network = self.recipe.network
        maps = run_tiled(
            lambda tiles: self._answer(conditions.channels(tiles)),
            conditions.normalise(image),
            Tiling(2, network.stride, network.halo, self.recipe.factor),
        )
        return Upscaling(conditions.restore(maps[IMAGE]))

    @torch.no_grad()
    def _answer(self, tiles: Single) -> Single:
        trained = self.networks[GENERATOR]
        answer = trained.averaged.eval()(torch.from_numpy(tiles).to(trained.device))
        return np.asarray(answer.float().cpu().numpy())

    def _own_gain(self, number: int) -> float:
        """How much smaller the error is than that of plain enlargement in a training part [dB]."""
        pair = self.patches.part(number % self.patches.images, number)
        return gain_over_plain(self.upscale(pair.low).image, pair)


def gain_over_plain(image: Single, pair: Pair) -> float:
    """How much smaller the error of an image is than that of bicubic enlargement [dB]."""
    plain = enlarge(pair.low, pair.factor)
    ratio = np.mean((plain - pair.high) ** 2) / np.mean((image - pair.high) ** 2)
    return float(10 * np.log10(ratio))
