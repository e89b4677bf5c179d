"""A calibration set knows which candidates are columns, and what threshold serves best."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from colonnade.atoms.columns import Columns
from colonnade.atoms.locate.judge.atomic import ImageEvidence
from colonnade.atoms.locate.judge.mean_column import MeanColumn
from colonnade.atoms.locate.judge.probability import Evidence, probability
from colonnade.atoms.network import NETWORK_ALONE
from colonnade.atoms.simulate.image import Simulated
from colonnade.atoms.train.calibration import (
    THRESHOLDS,
    CalibrationImage,
    CalibrationSet,
    bright,
)
from colonnade.core.images.micrograph import Micrograph
from colonnade.core.learn.model import Model

SHAPE = (100, 100)
CRYSTAL = ImageEvidence(1.0, 0.9, 0.02, MeanColumn(0.0, 0.8, 0.22), None)


def grid(count: int) -> np.ndarray:
    """Positions 12 px apart, well inside the image."""
    y, x = np.mgrid[14:90:12, 14:90:12].reshape(2, -1)
    return np.stack([y, x], 1)[:count].astype(float)


def image_of(true: np.ndarray, candidates: np.ndarray, confidence: np.ndarray) -> CalibrationImage:
    """Make an image whose candidates the network is so confident of."""
    truth = Columns(y=true[:, 0], x=true[:, 1]).with_labels(detectable=1)
    found = Columns(y=candidates[:, 0], x=candidates[:, 1])
    blank = np.zeros(len(candidates))
    evidence = Evidence.in_crystal(confidence, blank + 5, blank)
    return CalibrationImage(truth, found, evidence, CRYSTAL, SHAPE)


def test_candidates_near_a_column_are_true_and_others_are_not() -> None:
    true = grid(3)
    candidates = np.array([true[0] + [1, 0.5], true[1] + [0, 2.9], true[2] + [3.1, 0], [60, 60]])
    judged, counts = image_of(true, candidates, np.full(4, 0.5)).judged()
    assert judged.tolist() == [True, True, False, False]
    assert counts.all()


def test_candidates_at_the_border_and_at_what_cannot_be_detected_do_not_count() -> None:
    true = grid(2)
    labelled = image_of(true, np.array([true[0], true[1], [1.0, 50.0]]), np.full(3, 0.5))
    truth = labelled.truth.with_labels(detectable=[1, 0])
    judged, counts = CalibrationImage(
        truth, labelled.candidates, labelled.evidence, CRYSTAL, SHAPE
    ).judged()
    assert judged.tolist() == [True, False, False]
    assert counts.tolist() == [True, False, False]


def test_a_score_counts_candidates_from_the_threshold_on() -> None:
    true = grid(4)
    candidates = np.concatenate([true, [[80.0, 60.0]]])
    confidence = np.array([0.9, 0.8, 0.6, 0.3, 0.7])
    images = CalibrationSet((image_of(true, candidates, confidence),) * 2)
    for threshold, expected in ((0.75, (4, 4, 0)), (0.5, (6, 2, 2)), (0.0, (8, 0, 2))):
        result = images.score(NETWORK_ALONE, threshold)
        assert (result.found, result.missed, result.false) == expected


@given(
    confidence=st.lists(st.floats(0.05, 0.95), min_size=20, max_size=36),
    right=st.integers(1, 19),
    share=st.sampled_from([1.0, 0.99, 0.9]),
)
def test_the_best_threshold_is_the_lowest_of_those_about_as_good(
    confidence: list[float], right: int, share: float
) -> None:
    positions = grid(len(confidence))
    known = CalibrationSet((image_of(positions[:right], positions, np.array(confidence)),))
    chosen = known.best_threshold(NETWORK_ALONE, share)
    f1 = {one: known.score(NETWORK_ALONE, one).f1 for one in THRESHOLDS}
    assert f1[chosen] >= share * max(f1.values())
    assert all(f1[one] < share * max(f1.values()) for one in THRESHOLDS if one < chosen)


def test_a_calibration_makes_a_network_that_is_too_confident_right() -> None:
    """Half of the candidates of which it is confident to 0.9 are columns, and none of the rest."""
    rng = np.random.default_rng(3)
    images = []
    for _ in range(12):
        places = grid(36)
        high = rng.random(36) < 0.5
        true = places[high & (rng.random(36) < 0.5)]
        images.append(image_of(true, places, np.where(high, 0.9, 0.1)))
    known = CalibrationSet(tuple(images))
    confident = Evidence.in_crystal(*(np.array([one]) for one in (0.9, 5.0, 0.0)))
    said = probability(confident, known.calibration())
    judged = [one.judged() for one in images]
    share = np.mean(
        np.concatenate(
            [t[one.evidence.confidence > 0.5] for (t, _), one in zip(judged, images, strict=True)]
        )
    )
    assert said[0] == pytest.approx(share, abs=0.03)
    assert share == pytest.approx(0.5, abs=0.12)


def test_without_any_candidate_the_network_is_taken_at_its_word() -> None:
    nothing = image_of(grid(3), np.zeros((0, 2)), np.zeros(0))
    assert CalibrationSet((nothing,)).calibration() == NETWORK_ALONE


def simulated(sign: float) -> Simulated:
    """Draw columns 12 px apart, bright or dark, in a little noise."""
    y, x = np.indices((96, 96))
    places = grid(36)
    grey = sum(np.exp(-((y - a) ** 2 + (x - b) ** 2) / (2 * 2.0**2)) for a, b in places)
    grey = grey + 0.05 * np.random.default_rng(0).standard_normal(grey.shape)
    pixels = (5 + sign * grey).astype(np.float32)
    columns = Columns(
        y=places[:, 0], x=places[:, 1], intensity=np.full(len(places), sign)
    ).with_labels(detectable=1)
    return Simulated(
        image=Micrograph(pixels),
        columns=columns,
        drawn={},
        clean=pixels,
        no_background=pixels,
        sharpened=pixels,
    )


def test_dark_columns_are_made_bright() -> None:
    dark, light = simulated(-1), simulated(1)
    np.testing.assert_array_equal(bright(dark), -dark.image.pixels)
    np.testing.assert_array_equal(bright(light), light.image.pixels)


@pytest.mark.parametrize("sign", [1.0, -1.0])
def test_the_packaged_model_finds_plain_columns_of_either_sign(sign: float) -> None:
    known = CalibrationSet.of(Model.load("atoms"), [simulated(sign)])
    true, _ = known.images[0].judged()
    assert true.sum() == 36
    result = known.score(NETWORK_ALONE, 0.5)
    assert (result.found, result.missed) == (36, 0)
    assert result.rms < 0.1
