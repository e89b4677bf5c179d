"""Tilts of cages of light columns whose truth is drawn."""

import numpy as np
import pytest
from drawn_crystals import crystal

from colonnade.atoms.columns import Columns
from colonnade.atoms.maps.tilts import tilts
from colonnade.core.errors import ColonnadeError

SIDE = 32.0


def tilted(
    degrees: float, along: tuple[int, int] = (1, 1), noise: float = 0.3, seed: int = 1
) -> Columns:
    """A perovskite with oxygen, whose cages are turned by an angle that alternates."""
    number = np.arange(14)
    cell = np.stack(np.meshgrid(number, number, indexing="ij"), -1).reshape(-1, 2)
    sign = np.where(cell @ along % 2 == 0, 1.0, -1.0)[:, None] * np.tan(np.radians(degrees))
    middle = SIDE * (cell + 1.0)
    half = SIDE / 2 * np.eye(2)
    oxygen = [middle + each + sign * [each[1], -each[0]] for each in half]
    places = np.concatenate([middle - SIDE / 2, middle, *oxygen])
    draw = np.random.default_rng(seed)
    y, x = (places + noise * draw.standard_normal(places.shape)).T
    bright = np.repeat([1.0, 0.6, 0.2, 0.2], len(cell))
    bright = bright * np.exp(0.02 * draw.standard_normal(len(y)))
    known = np.full(len(y), noise)
    return Columns(y, x, known, known, intensity=bright)


def test_alternating_tilts_are_measured_with_their_sign() -> None:
    found = tilts(tilted(4.0))
    assert found.corners == 4
    assert found.pattern == "alternate along both sides of the cell"
    assert found.amplitude == pytest.approx(4, abs=3 * found.sigma_amplitude + 0.02)
    first = np.argmin(found.columns.positions.sum(axis=1))
    cell = np.round(found.columns.positions / SIDE - 1).astype(int)
    truth = np.where(cell.sum(axis=1) % 2 == 0, 4.0, -4.0)
    assert np.sign(found.tilt[first]) == np.sign(truth[first])
    assert np.abs(found.tilt - truth).max() < 5 * found.sigma.max()


def test_errors_of_tilts_are_as_large_as_they_say() -> None:
    found = [tilts(tilted(0.0, noise=0.4, seed=seed)) for seed in range(8)]
    away = np.concatenate([each.tilt / each.sigma for each in found])
    assert 0.65 < (np.abs(away) < 1).mean() < 0.72
    assert 0.93 < (np.abs(away) < 2).mean() < 0.97


def test_without_light_columns_there_are_no_tilts() -> None:
    with pytest.raises(ColonnadeError, match="light columns"):
        tilts(crystal())
