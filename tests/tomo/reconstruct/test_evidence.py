"""What views want of slices, and how it is shown to a network."""

import numpy as np
import pytest

from colonnade.tomo.reconstruct.evidence import CHANNELS, EMPHASIS, SLICES, Evidence
from colonnade.tomo.reconstruct.projector import Projector
from colonnade.tomo.reconstruct.tv import TotalVariation

SIDE = 32
TILTS = tuple(np.arange(-60.0, 61.0, 4.0))


@pytest.fixture(scope="module")
def evidence() -> Evidence:
    return Evidence(TotalVariation(Projector(TILTS, SIDE, SIDE)), 0.5)


def disc(radius: float) -> np.ndarray:
    z, x = np.indices((SIDE, SIDE)) - (SIDE - 1) / 2
    return np.clip(radius - np.hypot(z, x), 0, 1).astype(np.float32)[None]


def test_views_that_are_explained_want_nothing(evidence: Evidence) -> None:
    slices = disc(8)
    pull = evidence.pull(slices, evidence.projector.project(slices))
    assert np.abs(pull).max() < 1e-5


def test_views_want_what_is_missing(evidence: Evidence) -> None:
    """Of a disc that is too small the pull grows the rim, and by no more than is missing."""
    truth, slices = disc(9), disc(7)
    pull = evidence.pull(slices, evidence.projector.project(truth))
    missing = truth - slices
    assert np.corrcoef(pull.ravel(), missing.ravel())[0, 1] > 0.4
    assert 0.1 < float((pull * missing).sum() / (missing * missing).sum()) / EMPHASIS < 1


def test_the_noisier_the_views_the_less_they_want(evidence: Evidence) -> None:
    sinograms = evidence.projector.project(disc(9))
    pulls = [
        np.abs(Evidence(evidence.solve, noise).pull(disc(7), sinograms)).mean()
        for noise in (0.1, 1.0, 10.0)
    ]
    assert pulls[0] > pulls[1] > pulls[2]


def test_a_network_is_shown_slices_and_numbers_in_one_order(evidence: Evidence) -> None:
    slices, fine, coarse = disc(7), disc(8), disc(6)
    sinograms = evidence.projector.project(disc(9))
    shown = evidence.channels(slices, fine, coarse, sinograms)
    assert shown.shape == (1, CHANNELS, SIDE, SIDE)
    for channel, one in enumerate([slices, fine, coarse, evidence.pull(slices, sinograms)]):
        np.testing.assert_array_equal(shown[:, channel], one)
    numbers = shown[0, SLICES:, 0, 0]
    np.testing.assert_allclose(numbers, [np.log10(0.5 / np.sqrt(31)), -2 / 3, 2 / 3], rtol=1e-5)
    assert np.ptp(shown[0, SLICES:], axis=(1, 2)).max() == 0
