"""Candidates are fitted, and the evidence is that of each of them."""

import numpy as np
import pytest
from numpy.typing import NDArray

from colonnade import Model
from colonnade.atoms.locate.candidates import Candidates, InputScale
from colonnade.atoms.locate.find.search import Search
from colonnade.atoms.locate.scoring import Scored, fit_and_score
from colonnade.atoms.locate.settings import settings_of
from colonnade.core.images.binning import Binning

SPACING, SIDE = 13.0, 130

SCALE = InputScale(Binning(), dark=False)


def lattice() -> NDArray[np.float64]:
    along = np.arange(SPACING / 2, SIDE, SPACING)
    return np.stack(np.meshgrid(along, along, indexing="ij"), -1).reshape(-1, 2)


def image(positions: NDArray[np.float64]) -> NDArray[np.float32]:
    y, x = (np.exp(-0.5 * ((np.arange(SIDE)[:, None] - at) / 2.3) ** 2) for at in positions.T)
    return np.random.default_rng(0).poisson(30 + 300 * y @ x.T).astype(np.float32)


def scored(
    pixels: NDArray[np.float32], positions: NDArray[np.float64], *, moving: bool = True
) -> Scored:
    search = Search(pixels, Model.load("atoms"))
    candidates = Candidates(positions, np.full(len(positions), 0.9))
    return fit_and_score(
        search, SCALE, candidates, pixels, moving=moving, settings=settings_of(search.model)
    )


def test_columns_of_a_crystal_have_lattice_support_and_stand_out() -> None:
    positions = lattice()
    found = scored(image(positions), positions)
    assert len(found.columns) == len(found.evidence.snr) >= len(positions)
    assert np.median(found.evidence.lattice_support) > 0.7
    assert np.median(found.evidence.snr) > 20
    np.testing.assert_array_equal(found.evidence.snr, found.columns.labels["snr"])
    assert not found.notes


def test_a_site_that_was_missed_is_fitted_and_has_the_confidence_of_the_network_there() -> None:
    positions = lattice()
    missed = int(np.argmin(np.linalg.norm(positions - 65, axis=1)))
    found = scored(image(positions), np.delete(positions, missed, axis=0))
    away = np.linalg.norm(found.columns.positions - positions[missed], axis=1)
    assert away.min() < 0.5
    assert found.evidence.confidence[away.argmin()] > 0.5


def test_a_missing_site_at_a_vacancy_does_not_stand_out() -> None:
    positions = lattice()
    vacancy = int(np.argmin(np.linalg.norm(positions - 65, axis=1)))
    present = np.delete(positions, vacancy, axis=0)
    found = scored(image(present), present)
    away = np.linalg.norm(found.columns.positions - positions[vacancy], axis=1)
    assert away.min() < SPACING / 2
    assert found.evidence.snr[away.argmin()] < 5
    assert found.evidence.confidence[away.argmin()] < 0.5


def test_single_atoms_have_no_lattice_support() -> None:
    rng = np.random.default_rng(2)
    places = lattice() + rng.uniform(-5, 5, (len(lattice()), 2))
    places = places[rng.random(len(places)) < 0.3]
    found = scored(image(places), places)
    assert not found.evidence.lattice_support.any()
    assert not found.repeats
    assert found.evidence.prominence[: len(places)].min() > 5


def test_an_atom_that_the_network_did_not_see_is_fitted_where_nothing_repeats() -> None:
    rng = np.random.default_rng(2)
    places = lattice() + rng.uniform(-5, 5, (len(lattice()), 2))
    places = places[rng.random(len(places)) < 0.3]
    hidden = int(np.argmin(np.linalg.norm(places - 65, axis=1)))
    found = scored(image(places), np.delete(places, hidden, axis=0))
    away = np.linalg.norm(found.columns.positions - places[hidden], axis=1)
    assert away.min() < 0.5
    assert found.evidence.prominence[away.argmin()] > 5


@pytest.mark.parametrize("moving", [True, False])
def test_only_columns_that_may_move_are_joined_by_missing_sites(moving: bool) -> None:
    positions = lattice()
    started = np.delete(positions, 44, axis=0)
    found = scored(image(positions), started, moving=moving)
    kept = np.array_equal(found.columns.positions[: len(started)], started)
    assert kept is not moving
