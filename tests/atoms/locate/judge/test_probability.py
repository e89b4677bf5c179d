"""Probabilities of candidates: they rise with the evidence, and they are right."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from colonnade.atoms.card import AtomsCard
from colonnade.atoms.library.sources import Simulator
from colonnade.atoms.locate.judge.probability import (
    NETWORK_AMONG_SINGLE,
    Evidence,
    calibrate,
    probability,
)
from colonnade.atoms.network import NETWORK_ALONE, Calibration
from colonnade.atoms.simulate.image import Simulation
from colonnade.atoms.train.calibration import CalibrationSet
from colonnade.core.learn.model import Model
from colonnade.core.work.recipe import load, named_recipe

confidences = st.floats(0.01, 0.99)
contrasts = st.floats(0.5, 90.0)
supports = st.floats(-0.2, 1.0)


standings = st.floats(-2.0, 12.0)


def evidence(confidence: object, snr: object, support: object) -> Evidence:
    arrays = (np.atleast_1d(np.asarray(one, float)) for one in (confidence, snr, support))
    return Evidence.in_crystal(*arrays)


def alone(confidence: object, prominence: object, clearance: object) -> Evidence:
    confidence, prominence, clearance = (
        np.atleast_1d(np.asarray(one, float)) for one in (confidence, prominence, clearance)
    )
    return Evidence.alone(confidence, np.full(len(confidence), 5.0), prominence, clearance)


def weights() -> Calibration:
    return AtomsCard.of(Model.load("atoms").card).weights


@given(confidences)
def test_the_network_alone_gives_its_own_confidence(confidence: float) -> None:
    for one in (evidence(confidence, 5.0, 0.5), alone(confidence, 4.0, 3.0)):
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


@given(*[st.tuples(one, one).map(sorted) for one in (confidences, standings, standings)])
def test_what_stands_out_more_is_never_less_likely_a_single_atom(
    confidence: list[float], prominence: list[float], clearance: list[float]
) -> None:
    said = probability(alone(confidence, prominence, clearance), weights())
    assert said[0] <= said[1]
    assert ((said > 0) & (said < 1)).all()


def test_images_of_both_kinds_are_judged_each_by_its_own_evidence() -> None:
    crystal, other = evidence([0.6, 0.7], [3.0, 9.0], [0.4, 0.1]), alone(0.6, 4.0, 3.0)
    both = probability(Evidence.joined([crystal, other]), weights())
    expected = [*probability(crystal, weights()), *probability(other, weights())]
    np.testing.assert_array_equal(both, expected)


def test_what_is_not_known_counts_as_the_least_contrast() -> None:
    two = evidence([0.5, 0.5], [np.nan, 0.3], [0.0, 0.0])
    said = probability(two, Calibration((0.0, 1.0, 1.0, 0.0), NETWORK_ALONE.single))
    assert said[0] == said[1]


def test_a_calibration_makes_probabilities_right() -> None:
    """Of candidates that are columns by a known law of their evidence, the law is found."""
    rng = np.random.default_rng(5)
    confidence, snr = rng.uniform(0.05, 0.95, 20_000), np.exp(rng.uniform(0, 4, 20_000))
    standing = rng.uniform(0, 6, (2, 20_000))
    known = Evidence.joined(
        [evidence(confidence, snr, rng.uniform(0, 1, 20_000)), alone(confidence, *standing)]
    )
    law = Calibration((-1.0, 0.8, 0.5, 2.0), (-4.0, NETWORK_AMONG_SINGLE, 0.6, 0.3))
    true = rng.random(40_000) < probability(known, law)
    found = calibrate(known, true)
    np.testing.assert_allclose(found.crystal, law.crystal, atol=0.15)
    np.testing.assert_allclose(found.single, law.single, atol=0.15)
    said = probability(known, found)
    for low in np.arange(0.1, 0.9, 0.1):
        chosen = (said >= low) & (said < low + 0.1)
        assert true[chosen].mean() == pytest.approx(said[chosen].mean(), abs=0.05)


def test_a_kind_without_images_is_left_to_the_network() -> None:
    rng = np.random.default_rng(6)
    confidence = rng.uniform(0.05, 0.95, 200)
    known = alone(confidence, *rng.uniform(0, 6, (2, 200)))
    found = calibrate(known, rng.random(200) < 0.5)
    assert found.crystal == NETWORK_ALONE.crystal
    assert found.single != NETWORK_ALONE.single


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
