"""Probabilities of candidates: they rise with the evidence, and they are right."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from colonnade.atoms.card import AtomsCard
from colonnade.atoms.library.sources import Simulator
from colonnade.atoms.locate.judge.probability import Evidence, probability
from colonnade.atoms.network import NETWORK_ALONE, Calibration
from colonnade.atoms.simulate.image import Simulation
from colonnade.atoms.train.calibration import CalibrationSet
from colonnade.core.learn.model import Model
from colonnade.core.work.recipe import load, named_recipe

confidences = st.floats(0.01, 0.99)
contrasts = st.floats(0.5, 90.0)
supports = st.floats(-0.2, 1.0)


standings = st.floats(-2.0, 12.0)
ratios = st.floats(-2.0, 5.0)


def evidence(confidence: object, snr: object, support: object) -> Evidence:
    arrays = (np.atleast_1d(np.asarray(one, float)) for one in (confidence, snr, support))
    return Evidence.in_crystal(*arrays)


def alone(
    confidence: object, prominence: object, clearance: object, snr: object, contrast: float
) -> Evidence:
    confidence, prominence, clearance, snr = (
        np.atleast_1d(np.asarray(one, float)) for one in (confidence, prominence, clearance, snr)
    )
    return Evidence.alone(confidence, snr, prominence, clearance, contrast)


def weights() -> Calibration:
    return AtomsCard.of(Model.load("atoms").card).weights


@given(confidences)
def test_the_network_alone_gives_its_own_confidence(confidence: float) -> None:
    for one in (evidence(confidence, 5.0, 0.5), alone(confidence, 4.0, 3.0, 5.0, 2.0)):
        assert probability(one, NETWORK_ALONE)[0] == pytest.approx(confidence)


@given(confidences, confidences, contrasts, contrasts, supports, supports)
def test_more_evidence_never_lowers_a_probability(
    low: float, high: float, faint: float, bright: float, lonely: float, repeated: float
) -> None:
    confidence, snr, support = (
        np.sort(pair) for pair in ([low, high], [faint, bright], [lonely, repeated])
    )
    said = probability(Evidence.in_crystal(confidence, snr, support), weights())
    assert said[0] <= said[1]
    assert ((said > 0) & (said < 1)).all()


@given(
    *[st.tuples(one, one).map(sorted) for one in (confidences, standings, standings, contrasts)]
)
def test_what_stands_out_more_is_never_less_likely_a_single_atom(
    confidence: list[float], prominence: list[float], clearance: list[float], snr: list[float]
) -> None:
    said = probability(alone(confidence, prominence, clearance, snr, 1.0), weights())
    assert said[0] <= said[1]
    assert ((said > 0) & (said < 1)).all()


@given(ratios, ratios)
def test_where_dark_spots_are_as_many_as_bright_ones_no_spot_means_much(
    low: float, high: float
) -> None:
    low, high = sorted((low, high))
    texture, atoms = (
        probability(alone(0.6, 4.5, 3.5, 5.0, one), weights())[0] for one in (low, high)
    )
    assert texture <= atoms
    even, bright = (
        probability(alone(0.6, 4.5, 3.5, 5.0, one), weights())[0] for one in (0.0, 3.0)
    )
    assert even < bright / 2


def test_images_of_both_kinds_are_judged_each_by_its_own_evidence() -> None:
    crystal, other = evidence([0.6, 0.7], [3.0, 9.0], [0.4, 0.1]), alone(0.6, 4.0, 3.0, 5.0, 2.0)
    both = probability(Evidence.joined([crystal, other]), weights())
    expected = [*probability(crystal, weights()), *probability(other, weights())]
    np.testing.assert_allclose(both, expected, rtol=1e-14)


def test_what_is_not_known_counts_as_the_least_contrast() -> None:
    two = evidence([0.5, 0.5], [np.nan, 0.3], [0.0, 0.0])
    said = probability(two, Calibration((0.0, 1.0, 1.0, 0.0), NETWORK_ALONE.single))
    assert said[0] == said[1]


def test_the_packaged_model_is_as_often_right_as_it_says() -> None:
    recipe = load(Simulation, named_recipe("dumbbells", "atoms"))
    source = Simulator(recipe, seed=41)
    model = Model.load("atoms")
    held_out = CalibrationSet.of(model, (source(index) for index in range(6)))
    judged = [one.judged() for one in held_out.images]
    said = np.concatenate(
        [
            probability(one.evidence, AtomsCard.of(model.card).weights)[fair]
            for one, (_, fair) in zip(held_out.images, judged, strict=True)
        ]
    )
    true = np.concatenate([true[fair] for true, fair in judged])
    sure, doubtful = said > 0.9, said < 0.3
    assert sure.sum() > 100
    assert true[sure].mean() > 0.9
    assert true[doubtful].mean() < 0.4
