"""Fit the verdict on whole images: what tells those of atom columns from others."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from colonnade.atoms.card import VERDICT_DEFAULT, AtomsCard
from colonnade.atoms.locate.find.search import Search
from colonnade.atoms.locate.judge.atomic import ImageEvidence
from colonnade.atoms.locate.judge.probability import Evidence, probability
from colonnade.atoms.locate.polarity import choose_scale
from colonnade.atoms.locate.scoring import Scored
from colonnade.atoms.locate.settings import settings_of
from colonnade.atoms.network import Verdict, Weights
from colonnade.atoms.train.calibration import CalibrationImage, find_and_score
from colonnade.atoms.train.regression import regression
from colonnade.core.images.micrograph import Micrograph
from colonnade.core.learn.model import Model

FEWEST = 4
"""An image with fewer columns among its candidates says little of what images of columns are."""

AGAINST = {"lattice": frozenset({4, 5}), "single": frozenset({2, 3, 5})}
"""The sharpness and the unevenness speak against columns, as do the spread, the fewness and the
unlikeness of spots."""


@dataclass(frozen=True)
class Case:
    """An image of which it is known whether it shows columns.

    Parameters
    ----------
    image
        What speaks for columns.
    columns
        How many would be reported if it were taken for one of columns.
    atomic
        Whether it is.
    """

    image: ImageEvidence
    columns: int
    atomic: bool

    @property
    def counts(self) -> float:
        """How much it counts: an image in which nothing is seen does no harm."""
        return float(1 + np.log1p(self.columns))


def search_other(model: Model, image: Micrograph) -> Scored:
    """Look for columns in any image, as it comes."""
    settings = settings_of(model)
    search = Search(image.pixels, model, settings.network, settings.find)
    scale = choose_scale(search.trials, image.pixel_size, settings.polarity, settings.fit)
    return find_and_score(search, scale, settings)


def verdict(
    known: Sequence[CalibrationImage], others: Sequence[Scored], part: AtomsCard
) -> Verdict:
    """Weights that tell images of atom columns from others.

    Parameters
    ----------
    known
        Simulated images. Those without any column among the candidates are of other things too.
    others
        What was found in images of other things.
    part
        Makes probabilities of the evidence for candidates.
    """
    cases = [
        *_simulated(known, part),
        *(Case(one.image, _reported(one.evidence, part), False) for one in others),
    ]
    return Verdict(*(_weights(cases, kind) for kind in ("lattice", "single")))


def _simulated(known: Sequence[CalibrationImage], part: AtomsCard) -> Iterator[Case]:
    for one in known:
        columns = int(one.judged()[0].sum())
        if columns >= FEWEST or not columns:
            yield Case(one.image, _reported(one.evidence, part), bool(columns))


def _reported(evidence: Evidence, part: AtomsCard) -> int:
    threshold = np.where(evidence.repeated, part.threshold, part.single_atoms.threshold)
    return int((probability(evidence, part.weights) >= threshold).sum())


def _weights(cases: Sequence[Case], kind: str) -> Weights:
    """Weights for images of one kind; those of columns count as much together as the others."""
    chosen = [one for one in cases if (one.image.spots is None) == (kind == "lattice")]
    usual: Weights = getattr(VERDICT_DEFAULT, kind)
    true = np.array([one.atomic for one in chosen], bool)
    if true.all() or not true.any():
        return usual
    counts = np.array([one.counts for one in chosen])
    share = counts / np.where(true, counts[true].sum(), counts[~true].sum())
    terms = np.stack([one.image.terms() for one in chosen])
    return regression(terms, true, usual, counts=share, against=AGAINST[kind])
