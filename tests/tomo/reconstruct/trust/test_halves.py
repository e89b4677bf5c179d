"""Halves agree as far as what they share is stronger than what each has of its own."""

import numpy as np
import pytest

from colonnade.core.measures.wedge import Wedge
from colonnade.tomo.reconstruct.trust.halves import Halves

WEDGE = Wedge.of(np.arange(-60.0, 61.0, 2.0))


def white(seed: int) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=(12, 48, 64)).astype(np.float32)


@pytest.mark.parametrize("ratio", [0.0, 1.0, 3.0])
def test_the_correlation_follows_from_the_ratio_of_signal_to_noise(ratio: float) -> None:
    shared = np.sqrt(np.float32(ratio)) * white(0)
    found = Halves.of(shared + white(1), shared + white(2), WEDGE)
    assert found.missing is not None
    for part in (found.measured, found.missing):
        assert part.correlation[1:].mean() == pytest.approx(ratio / (1 + ratio), abs=0.03)
        assert part.frequency[-1] == pytest.approx(0.5, abs=0.03)


def test_each_part_is_correlated_on_its_own() -> None:
    z, x = np.indices((48, 64)) - np.array([23.5, 31.5]).reshape(2, 1, 1)
    along_z, along_x = np.sin(0.25 * 2 * np.pi * z), np.sin(0.25 * 2 * np.pi * x)
    one, other = 0.1 * white(1) + 30 * along_x, 0.1 * white(2) + 30 * along_x
    other = other - 30 * along_z
    found = Halves.of((one + 30 * along_z).astype(np.float32), other.astype(np.float32), WEDGE)
    assert found.missing is not None
    near = np.abs(found.missing.frequency - 0.25).argmin()
    assert found.missing.correlation[near] == pytest.approx(-1, abs=0.05)
    near = np.abs(found.measured.frequency - 0.25).argmin()
    assert found.measured.correlation[near] == pytest.approx(1, abs=0.05)


def test_nothing_is_missing_from_a_full_range() -> None:
    full = Wedge.of(np.arange(-90.0, 90.0, 2.0))
    assert Halves.of(white(0), white(1), full).missing is None
