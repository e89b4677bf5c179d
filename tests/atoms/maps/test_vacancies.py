"""Empty sites and columns of none, in images whose truth is drawn."""

import numpy as np
import pytest
from drawn_crystals import crystal

from colonnade.atoms.columns import Columns
from colonnade.atoms.maps.vacancies import vacancies
from colonnade.core.arrays import Array
from colonnade.core.images.micrograph import Micrograph

WIDTH, BRIGHT = 3.0, 3000.0


def drawn(columns: Columns, seed: int = 1) -> Micrograph:
    """Image of columns, with the noise of electrons."""
    y, x = np.arange(400)[:, None], np.arange(520)[:, None]
    along_y = np.exp(-(((y - columns.y) / WIDTH) ** 2) / 2)
    along_x = np.exp(-(((x - columns.x) / WIDTH) ** 2) / 2)
    clean = 10 + along_y * columns.intensity / (2 * np.pi * WIDTH**2) @ along_x.T
    return Micrograph(np.random.default_rng(seed).poisson(clean).astype(np.float32))


def known() -> Columns:
    """A perovskite whose columns have everything that a fit gives."""
    columns = crystal(noise=0.05)
    return Columns(
        columns.y,
        columns.x,
        columns.sigma_y,
        columns.sigma_x,
        score=np.ones(len(columns)),
        intensity=BRIGHT * columns.intensity,
        width=np.full(len(columns), WIDTH),
        labels={"snr": np.full(len(columns), 20.0)},
    )


def nearest(columns: Columns, places: Array) -> Array:
    return np.array([np.argmin(np.hypot(*(columns.positions - each).T)) for each in places])


PLACES = np.array([[100.0, 100], [200, 330], [310, 250], [150, 410]])


def test_missing_columns_are_vacancies_where_they_were() -> None:
    columns = known()
    gone = nearest(columns, PLACES)
    kept = columns[~np.isin(np.arange(len(columns)), gone)]
    found = vacancies(kept, drawn(kept))
    assert len(found.positions) == len(PLACES)
    order = nearest(columns, found.positions)
    assert set(order) == set(gone)
    assert np.abs(found.positions - columns.positions[order]).max() < 0.3
    assert (found.probability > 0.99).all()
    assert np.abs(found.intensity / found.sigma).max() < 4
    assert "4 of 4" in found.sentence


def test_columns_that_were_only_missed_are_no_vacancies() -> None:
    columns = known()
    missed = nearest(columns, PLACES)
    kept = columns[~np.isin(np.arange(len(columns)), missed)]
    found = vacancies(kept, drawn(columns))
    assert len(found.positions) == len(PLACES)
    assert (found.probability < 0.01).all()
    assert found.intensity / found.expected == pytest.approx(np.ones(4), abs=0.25)


def test_a_column_between_sites_is_an_interstitial() -> None:
    columns = known()
    extra = Columns(
        y=np.array([200.0]),
        x=np.array([265.0]),
        sigma_y=np.array([0.1]),
        sigma_x=np.array([0.1]),
        score=np.array([0.9]),
        intensity=np.array([BRIGHT]),
        width=np.array([WIDTH]),
        labels={"snr": np.array([20.0])},
    )
    found = vacancies(Columns.concatenate([columns, extra]))
    assert found.positions[found.interstitial] == pytest.approx(np.array([[200.0, 265.0]]))
    assert found.probability[found.interstitial] == pytest.approx([0.9])
    assert list(found.table()["kind"]) == ["interstitial"]


def test_without_an_image_a_sure_column_is_hardly_missed() -> None:
    columns = known()
    kept = columns[np.arange(len(columns)) != nearest(columns, PLACES[:1])]
    found = vacancies(kept)
    assert found.probability == pytest.approx([1.0], abs=1e-3)
    assert np.isnan(found.intensity).all()
    assert found.notes


def test_the_outside_of_a_crystal_is_not_empty() -> None:
    columns = known()
    particle = columns[np.hypot(columns.y - 200, columns.x - 260) < 120]
    assert len(vacancies(particle).positions) == 0
