"""Probabilities of candidates: they rise with what speaks for a column, and they are right."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from colonnade.atoms.card import AtomsCard
from colonnade.atoms.library.sources import Simulator, named_recipe
from colonnade.atoms.locate.judge.probability import (
    NETWORK_ALONE,
    Evidence,
    calibrate,
    probability,
)
from colonnade.atoms.simulate.image import Simulation
from colonnade.atoms.train.calibration import CalibrationSet
from colonnade.core.learn.model import Model
from colonnade.core.work.recipe import load

heights = st.floats(0.01, 0.99)
contrasts = st.floats(0.5, 90.0)
echoes = st.floats(-0.2, 1.0)


def evidence(height: object, snr: object, echo: object) -> Evidence:
    return Evidence(*(np.atleast_1d(np.asarray(one, float)) for one in (height, snr, echo)))


@given(heights)
def test_the_network_alone_says_the_height_of_its_mask(height: float) -> None:
    said = probability(evidence(height, 5.0, 0.5), NETWORK_ALONE)
    assert said[0] == pytest.approx(height)


@given(heights, heights, contrasts, contrasts, echoes, echoes)
def test_more_height_contrast_and_echo_never_lower_a_probability(
    low: float, high: float, faint: float, plain: float, lonely: float, repeated: float
) -> None:
    weights = AtomsCard.of(Model.load("atoms").card).calibration
    height, snr, echo = (
        np.sort(pair) for pair in ([low, high], [faint, plain], [lonely, repeated])
    )
    said = probability(Evidence(height, snr, echo), weights)
    assert said[0] <= said[1]
    assert ((said > 0) & (said < 1)).all()


def test_what_is_not_known_counts_as_the_least_contrast() -> None:
    two = evidence([0.5, 0.5], [np.nan, 0.3], [0.0, 0.0])
    said = probability(two, (0.0, 1.0, 1.0, 0.0))
    assert said[0] == said[1]


def test_a_calibration_makes_probabilities_right() -> None:
    """CalibrationSet that are columns by a known law of what speaks for them: the law is found."""
    rng = np.random.default_rng(5)
    height, snr = rng.uniform(0.05, 0.95, 20_000), np.exp(rng.uniform(0, 4, 20_000))
    known = evidence(height, snr, rng.uniform(0, 1, 20_000))
    law = (-1.0, 0.8, 0.5, 2.0)
    true = rng.random(20_000) < probability(known, law)
    found = calibrate(known, true)
    np.testing.assert_allclose(found, law, atol=0.15)
    said = probability(known, found)
    for low in np.arange(0.1, 0.9, 0.1):
        chosen = (said >= low) & (said < low + 0.1)
        assert true[chosen].mean() == pytest.approx(said[chosen].mean(), abs=0.05)


def test_the_packaged_model_is_as_often_right_as_it_says() -> None:
    recipe = load(Simulation, named_recipe("dumbbells"))
    source = Simulator(recipe, seed=41)
    model = Model.load("atoms")
    held_out = CalibrationSet.of(model, (source(index) for index in range(6)))
    judged = [one.judged() for one in held_out.images]
    said = np.concatenate(
        [
            probability(one.evidence, AtomsCard.of(model.card).calibration)[fair]
            for one, (_, fair) in zip(held_out.images, judged, strict=True)
        ]
    )
    true = np.concatenate([true[fair] for true, fair in judged])
    sure, doubtful = said > 0.9, said < 0.3
    assert sure.sum() > 100
    assert true[sure].mean() > 0.9
    assert true[doubtful].mean() < 0.4
