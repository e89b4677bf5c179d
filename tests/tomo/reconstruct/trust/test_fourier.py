"""What was measured in Fourier space is told apart from what was not."""

import numpy as np
import pytest

from colonnade.tomo.reconstruct.projector import Projector
from colonnade.tomo.reconstruct.trust.fourier import Power
from colonnade.tomo.reconstruct.wbp import weighted_back_projection

SIDE = 64
TILTS = tuple(np.arange(-30.0, 61.0, 2.0))
"""Not the same on both sides, so that a sign matters."""


def wave(direction: float) -> np.ndarray:
    """A slice of one frequency, which a view at this tilt sees [degrees]."""
    z, x = np.indices((SIDE, SIDE)) - (SIDE - 1) / 2
    along = x * np.cos(np.deg2rad(direction)) + z * np.sin(np.deg2rad(direction))
    return np.sin(2 * np.pi * 0.2 * along)[None].astype(np.float32)


@pytest.mark.parametrize("direction", [-75.0, -45.0, -15.0, 15.0, 45.0, 75.0])
def test_a_wave_lies_in_the_wedge_unless_a_view_sees_it(direction: float) -> None:
    seen = np.abs(Projector(TILTS, SIDE, SIDE).project(wave(direction))[:, :, 8:-8]).max() > 10
    assert seen == (-31 <= direction <= 61)
    assert Power.of(wave(direction), TILTS).in_missing == pytest.approx(0 if seen else 1, abs=0.01)


def test_the_wedge_of_noise_has_its_share_of_the_power() -> None:
    slices = np.random.default_rng(1).normal(size=(8, SIDE, SIDE)).astype(np.float32)
    power = Power.of(slices, TILTS)
    assert power.in_missing == pytest.approx(power.wedge.missing, abs=0.02)


def test_back_projection_leaves_the_wedge_empty() -> None:
    sinograms = np.random.default_rng(2).normal(size=(8, len(TILTS), SIDE)).astype(np.float32)
    slices = weighted_back_projection(Projector(TILTS, SIDE, SIDE), sinograms)
    assert Power.of(slices, TILTS).in_missing < 0.05
