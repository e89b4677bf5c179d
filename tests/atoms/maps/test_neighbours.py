"""Who neighbours whom, and how far."""

import numpy as np
import pytest
from drawn_crystals import HEXAGONAL, SILICON, SQUARE, crystal
from hypothesis import given
from hypothesis import strategies as st

from colonnade.atoms.columns import Columns
from colonnade.atoms.maps.bonds import OTHER, bonds
from colonnade.atoms.maps.neighbours import neighbours
from colonnade.atoms.maps.spacings import spacings
from colonnade.core.errors import ColonnadeError

HONEYCOMB = ((0.0, 0.0), (1 / 3, 1 / 3))
CRYSTALS = {
    "square": (SQUARE, [(0, 0)], 4),
    "close-packed": (HEXAGONAL, [(0, 0)], 6),
    "honeycomb": (HEXAGONAL, HONEYCOMB, 3),
    "perovskite": (SQUARE, [(0, 0), (0.5, 0.5)], 4),
    "dumbbells": (((28.4, 0), (0, 20)), SILICON, 3),
}


@pytest.mark.parametrize("name", CRYSTALS)
def test_crystals_have_their_coordination_whatever_the_noise(name: str) -> None:
    basis, sites, number = CRYSTALS[name]
    found = neighbours(crystal(basis, sites, [1.0] * len(sites), noise=0.3))
    inside = found.coordination[found.complete]
    assert len(inside) > 0.8 * len(found.columns)
    assert (inside == number).mean() > 0.99


def test_columns_at_a_border_are_not_complete() -> None:
    found = neighbours(crystal(noise=0.1))
    y, x = found.columns.positions.T
    assert not found.complete[(y < 5) | (x < 5)].any()
    assert found.complete[(y > 25) & (y < 375) & (x > 25) & (x < 495)].all()


def test_a_missing_column_takes_a_neighbour_from_each_of_its_own() -> None:
    columns = crystal(SQUARE, [(0, 0)], [1.0], noise=0.1)
    gone = np.argmin(np.hypot(*(columns.positions - [200, 260]).T))
    found = neighbours(columns[np.arange(len(columns)) != gone])
    assert (found.coordination[found.complete] == 3).sum() == 4


def test_columns_in_one_line_have_no_neighbours() -> None:
    with pytest.raises(ColonnadeError, match="one line"):
        neighbours(Columns(np.arange(9.0), 2 * np.arange(9.0)))


@given(st.floats(0, 360), st.floats(0.5, 3))
def test_neighbours_do_not_change_as_a_crystal_is_turned_or_scaled(
    angle: float, scale: float
) -> None:
    columns = crystal(noise=0.1, shape=(120, 120))
    turn = scale * np.exp(1j * np.radians(angle)) * (columns.x + 1j * columns.y)
    turned = neighbours(Columns(turn.imag, turn.real))
    assert np.array_equal(turned.pairs, neighbours(columns).pairs)


def test_dumbbells_are_as_long_as_they_are() -> None:
    found = bonds(crystal(((28.4, 0), (0, 20)), SILICON, [1.0] * 4, pixel_size=(0.019, 0.019)))
    short = found.length < 0.18
    assert found.length[short].mean() == pytest.approx(7.1 * 0.019, abs=1e-3)
    # All of these repeat in every cell, so they are of one kind.
    assert len(np.unique(found.kind[short])) == 1
    assert (found.kind != OTHER).mean() > 0.95


def test_errors_of_bonds_are_as_large_as_they_say() -> None:
    truth = np.hypot(10, 10)
    found = [bonds(crystal(noise=0.3, seed=seed)) for seed in range(3)]
    inner = [each.length < 17 for each in found]
    away = np.concatenate(
        [(f.length[k] - truth) / f.sigma_length[k] for f, k in zip(found, inner, strict=True)]
    )
    assert 0.65 < (np.abs(away) < 1).mean() < 0.71
    assert 0.93 < (np.abs(away) < 2).mean() < 0.97
    turned = np.concatenate(
        [
            (np.abs(f.direction[k]) - 45) / f.sigma_direction[k]
            for f, k in zip(found, inner, strict=True)
        ]
    )
    assert 0.65 < (np.abs(turned) < 1).mean() < 0.71


def test_errors_of_angles_between_bonds_are_as_large_as_they_say() -> None:
    found = bonds(crystal(noise=0.2, shape=(700, 700))).angles
    near = np.abs(found["angle_deg"] - 90) < 20
    away = (found["angle_deg"][near] - 90) / found["sigma_angle_deg"][near]
    assert near.mean() > 0.9
    assert 0.65 < (np.abs(away) < 1).mean() < 0.71
    assert 0.93 < (np.abs(away) < 2).mean() < 0.97


def test_bonds_without_a_lattice_are_of_one_kind() -> None:
    y, x = np.random.default_rng(1).uniform(0, 300, (2, 60))
    found = bonds(Columns(y, x))
    assert (found.kind == OTHER).all()
    assert found.notes


def test_columns_thrown_at_random_have_a_flat_pair_distribution() -> None:
    y, x = np.random.default_rng(4).uniform(0, 800, (2, 4000))
    inside = np.hypot(y - 400, x - 400) < 380
    for chosen in (np.ones(len(y), bool), inside):
        found = spacings(Columns(y[chosen], x[chosen]))
        wide = found.density.reshape(-1, 40).mean(axis=1)
        assert wide == pytest.approx(np.ones(len(wide)), abs=0.07)


def test_peaks_of_the_pair_distribution_are_the_distances_of_the_crystal() -> None:
    found = spacings(crystal(noise=0.1, pixel_size=(0.02, 0.02)))
    truth = 0.4 * np.array([np.sqrt(0.5), 1, np.sqrt(2), np.sqrt(2.5)])
    assert found.peaks[:4] == pytest.approx(truth, abs=0.003)
    assert np.median(found.nearest) == pytest.approx(truth[0], abs=0.01)


def test_few_columns_have_no_pair_distribution() -> None:
    with pytest.raises(ColonnadeError, match="too few"):
        spacings(Columns(np.arange(3.0), np.arange(3.0)))


def test_columns_that_are_all_in_one_place_have_no_neighbours() -> None:
    y, x = 1e-300 * np.indices((8, 8)).reshape(2, -1)
    with pytest.raises(ColonnadeError, match="not in one line"):
        neighbours(Columns(y, x))
