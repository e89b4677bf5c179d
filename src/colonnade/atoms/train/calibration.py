"""CalibrationSet in images whose columns are known: what makes probabilities right."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from colonnade.atoms.columns import Columns
from colonnade.atoms.locate.candidates import InputScale
from colonnade.atoms.locate.find.search import Search
from colonnade.atoms.locate.judge.probability import Calibration, Evidence, calibrate, probability
from colonnade.atoms.locate.scoring import fit_and_score
from colonnade.atoms.score import NOTHING, Score, pair_columns, score
from colonnade.atoms.simulate.image import Simulated
from colonnade.core.images.binning import Binning
from colonnade.core.learn.model import Model

GATE = 3.0
"""Largest distance of a found column from the true one [px]."""

ABOUT = 0.99
"""Share of the best F1 that is about as good."""

THRESHOLDS = (0.3, 0.35, 0.4, 0.45, 0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8)


def bright(simulated: Simulated) -> NDArray[np.float32]:
    """Grey levels, turned over where the columns are dark: the network knows bright ones alone."""
    dark = simulated.columns.intensity.sum() < 0
    return -simulated.image.pixels if dark else simulated.image.pixels


@dataclass(frozen=True, eq=False)
class CalibrationImage:
    """One image: its truth, and whatever the network took for a column.

    Parameters
    ----------
    truth
        Columns of the image.
    found
        CalibrationSet.
    evidence
        What speaks for them.
    shape
        Rows and columns of the image.
    """

    truth: Columns
    found: Columns
    evidence: Evidence
    shape: tuple[int, int]

    def judged(self) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
        """Whether each candidate is a column, and whether it counts at all."""
        pairs = pair_columns(self.truth, self.found.positions, GATE, shape=self.shape, border=GATE)
        true, counts = np.zeros((2, len(self.found)), bool)
        true[pairs.found] = True
        counts[pairs.false] = True
        return true, counts | true


@dataclass(frozen=True, eq=False)
class CalibrationSet:
    """What a model takes for columns in images whose columns are known.

    Parameters
    ----------
    images
        One by one.
    """

    images: tuple[CalibrationImage, ...]

    @classmethod
    def of(cls, model: Model, images: Iterable[Simulated]) -> "CalibrationSet":
        """Let a model look for columns, at the scale at which the images are."""
        return cls(tuple(_calibration_image(model, one) for one in images))

    def calibration(self) -> tuple[float, ...]:
        """Weights with which the probabilities of these candidates are right."""
        judged = [one.judged() for one in self.images]
        fair = np.concatenate([fair for _, fair in judged])
        true = np.concatenate([true for true, _ in judged])[fair]
        return calibrate(Evidence.joined([one.evidence for one in self.images])[fair], true)

    def best_threshold(self, calibration: Calibration) -> tuple[float, Score]:
        """Probability from which candidates count, and the score there.

        It is the highest one at which F1 is about as good as it can be: a false column costs more
        than a missed one.
        """
        scores = {threshold: self._score(calibration, threshold) for threshold in THRESHOLDS}
        best = max(one.f1 for one in scores.values())
        good = [threshold for threshold, one in scores.items() if one.f1 >= ABOUT * best]
        return max(good), scores[max(good)]

    def _score(self, calibration: Calibration, threshold: float) -> Score:
        total = NOTHING
        for one in self.images:
            likely = probability(one.evidence, calibration)
            found = one.found[likely >= threshold]
            total += score(one.truth, found, GATE, shape=one.shape, border=GATE)
        return total


def _calibration_image(model: Model, one: Simulated) -> CalibrationImage:
    pixels = bright(one)
    search = Search(pixels, model)
    scale = InputScale(Binning(1, 1), dark=False)
    candidates = search.on_scale(scale, "offset", "mask")
    scored = fit_and_score(search, scale, candidates, pixels, moving=True)
    return CalibrationImage(one.columns, scored.columns, scored.evidence, one.image.shape)
