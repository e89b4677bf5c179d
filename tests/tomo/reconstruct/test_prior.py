"""Slices that are likely beforehand, beside the views and the total variation."""

import numpy as np
import pytest
from test_methods import SIDE, TILTS, decibels, solids, views

from colonnade.tomo.reconstruct.projector import Projector
from colonnade.tomo.reconstruct.sirt import Sirt, sirt
from colonnade.tomo.reconstruct.tv import Prior, TotalVariation

NOISE = 3.0
WEIGHT = 30.0


@pytest.fixture(scope="module")
def projector() -> Projector:
    return Projector(TILTS, SIDE, SIDE)


def test_a_prior_of_no_strength_changes_nothing(projector: Projector) -> None:
    sinograms = views(solids(), TILTS, NOISE)
    start = sirt(projector, sinograms, Sirt(20))
    weak = Prior(np.ones_like(start), np.zeros_like(start))
    solve = TotalVariation(projector)
    np.testing.assert_array_equal(
        solve(sinograms, WEIGHT, start), solve(sinograms, WEIGHT, start, weak)
    )


def test_a_strong_prior_is_what_comes_out(projector: Projector) -> None:
    sinograms = views(solids(), TILTS, NOISE)
    likely = np.full((2, SIDE, SIDE), 0.25, np.float32)
    strong = Prior(likely, np.full_like(likely, 1e5))
    found = TotalVariation(projector)(sinograms, WEIGHT, likely, strong)
    np.testing.assert_allclose(found, likely, atol=0.02)


def test_a_prior_that_is_right_helps_as_much_as_it_is_trusted(projector: Projector) -> None:
    """A prior that is off by a twentieth, trusted as such, leaves less than half of the error."""
    truth = solids()
    sinograms = views(truth, TILTS, NOISE)
    start = sirt(projector, sinograms, Sirt(20))
    solve = TotalVariation(projector)
    rng = np.random.default_rng(3)
    likely = np.asarray(truth + 0.05 * rng.standard_normal(truth.shape), np.float32)
    strength = np.full_like(likely, (NOISE / 0.05) ** 2)
    alone = decibels(solve(sinograms, WEIGHT, start), truth)
    together = decibels(solve(sinograms, WEIGHT, likely, Prior(likely, strength)), truth)
    assert (together > alone + 6).all()
    assert (together > decibels(likely, truth) + 2).all()
