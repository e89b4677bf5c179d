"""Calibrate a model on images whose columns are known, so that its probabilities are right."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from colonnade.atoms.card import AtomsCard, SingleAtoms
from colonnade.atoms.columns import Columns
from colonnade.atoms.locate.candidates import InputScale
from colonnade.atoms.locate.find.scale_choice import best_scale
from colonnade.atoms.locate.find.search import Search
from colonnade.atoms.locate.judge.atomic import ImageEvidence
from colonnade.atoms.locate.judge.probability import Evidence, probability
from colonnade.atoms.locate.scoring import Scored, fit_and_score
from colonnade.atoms.locate.settings import Settings, settings_of
from colonnade.atoms.network import NETWORK_ALONE, Calibration
from colonnade.atoms.score import NOTHING, Score, pair_columns, score
from colonnade.atoms.simulate.image import Simulated
from colonnade.atoms.train.regression import regression
from colonnade.core.arrays import Single
from colonnade.core.learn.model import Model

MATCH_DISTANCE = 3.0
"""Largest distance of a found column from the true one [binned px]."""

NEARLY_BEST = 0.99
"""Where nothing repeats the lowest threshold is taken whose F1 is at least this share of the best:
a doubtful atom has its score, and one that is left out has nothing."""

THRESHOLDS = (0.3, 0.35, 0.4, 0.45, 0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8)
"""Probabilities among which the threshold of a model is chosen."""


def bright(simulated: Simulated) -> Single:
    """Grey levels in which the columns are bright, as the network knows no others."""
    dark = simulated.columns.intensity.sum() < 0
    return -simulated.image.pixels if dark else simulated.image.pixels


def find_and_score(search: Search, scale: InputScale, settings: Settings) -> Scored:
    """Find candidates on a scale, and gather the evidence for each and for the image."""
    found = search.candidates(scale, "offset", "mask")
    return fit_and_score(search, scale, found, search.pixels, moving=True, settings=settings)


@dataclass(frozen=True, eq=False)
class CalibrationImage:
    """One image whose columns are known, and every candidate that a model finds in it.

    Parameters
    ----------
    truth
        The columns of the image.
    candidates
        Everything that may be a column, however unlikely, after the fit.
    evidence
        What there is for each candidate.
    image
        What there is for an image of atom columns.
    shape
        Rows and columns of the image [px].
    binning
        How many of its pixels are one on the scale on which it was searched.
    """

    truth: Columns
    candidates: Columns
    evidence: Evidence
    image: ImageEvidence
    shape: tuple[int, int]
    binning: float = 1.0

    @classmethod
    def of(cls, model: Model, labelled: Simulated) -> "CalibrationImage":
        """Let a model look for columns in a labelled image, on the scale that suits it."""
        settings = settings_of(model)
        search = Search(bright(labelled), model, settings.network, settings.find)
        scale = best_scale(search.trials, labelled.image.pixel_size, dark=False)
        scored = find_and_score(search, scale, settings)
        binning = max(1.0, float(scale.binning.factors.max()))
        shape = labelled.image.shape
        return cls(labelled.columns, scored.columns, scored.evidence, scored.image, shape, binning)

    @property
    def match_distance(self) -> float:
        """Largest distance of a found column from the true one, and width of the border [px]."""
        return MATCH_DISTANCE * self.binning

    @property
    def repeats(self) -> bool:
        """Whether it is the image of a crystal."""
        return self.image.spots is None

    def judged(self) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
        """Compare the candidates with the truth.

        Returns
        -------
        true
            Whether each candidate is a column.
        counts
            Whether it can be judged: not at the border, and not at a column that cannot be
            detected.
        """
        pairs = pair_columns(
            self.truth,
            self.candidates.positions,
            self.match_distance,
            shape=self.shape,
            border=self.match_distance,
        )
        true, counts = np.zeros((2, len(self.candidates)), bool)
        true[pairs.found] = True
        counts[pairs.false] = True
        return true, counts | true

    def score(self, calibration: Calibration, threshold: float) -> Score:
        """Score the candidates that are at least as probable as a threshold."""
        likely = probability(self.evidence, calibration) >= threshold
        return score(
            self.truth,
            self.candidates[likely],
            self.match_distance,
            shape=self.shape,
            border=self.match_distance,
        )


@dataclass(frozen=True, eq=False)
class CalibrationSet:
    """Images whose columns are known, with the candidates of one model.

    Parameters
    ----------
    images
        One by one.
    """

    images: tuple[CalibrationImage, ...]

    @classmethod
    def of(cls, model: Model, images: Iterable[Simulated]) -> "CalibrationSet":
        """Let a model look for columns in labelled images."""
        return cls(tuple(CalibrationImage.of(model, labelled) for labelled in images))

    def calibration(self) -> Calibration:
        """Give the weights with which the probabilities of these candidates are right.

        Without candidates of a kind the network's confidence is taken as it is.
        """
        true, counts = (
            np.concatenate(parts)
            for parts in zip(*(image.judged() for image in self.images), strict=True)
        )
        evidence = Evidence.joined([image.evidence for image in self.images])
        crystal, single = (counts & (evidence.repeated == one) for one in (True, False))
        return Calibration(
            regression(
                evidence[crystal].crystal_terms, true[crystal], usual=NETWORK_ALONE.crystal
            ),
            regression(evidence[single].single_terms, true[single], usual=NETWORK_ALONE.single),
        )

    def of_kind(self, *, repeated: bool) -> "CalibrationSet":
        """Give the images of crystals, or those in which nothing repeats."""
        return CalibrationSet(tuple(one for one in self.images if one.repeats == repeated))

    def judge_of(self, part: AtomsCard) -> AtomsCard:
        """Give a card whose weights and thresholds are right for candidates in these images."""
        weights = self.calibration()
        crystals, others = (self.of_kind(repeated=one) for one in (True, False))
        if crystals.images:
            threshold = crystals.best_threshold(weights)
            part = replace(part, calibration=weights.crystal, threshold=threshold)
        if others.images:
            single = SingleAtoms(weights.single, others.best_threshold(weights, NEARLY_BEST))
            part = replace(part, single_atoms=single)
        return part

    def best_threshold(self, calibration: Calibration, share: float = 1.0) -> float:
        """Give the lowest threshold whose F1 is at least a share of the best F1."""
        f1 = {threshold: self.score(calibration, threshold).f1 for threshold in THRESHOLDS}
        best = max(f1.values())
        return min(threshold for threshold, one in f1.items() if one >= share * best)

    def score(self, calibration: Calibration, threshold: float) -> Score:
        """Score the candidates of all images that are at least as probable as a threshold."""
        return sum((image.score(calibration, threshold) for image in self.images), NOTHING)

    def score_with(self, part: AtomsCard) -> Score:
        """Score what a model with such a card reports in all images."""
        return self.of_kind(repeated=True).score(part.weights, part.threshold) + self.of_kind(
            repeated=False
        ).score(part.weights, part.single_atoms.threshold)
