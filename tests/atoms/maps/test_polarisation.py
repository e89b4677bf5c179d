"""Displacements of a sublattice whose truth is drawn."""

import numpy as np
import pytest
from drawn_crystals import PEROVSKITE, SQUARE, crystal
from hypothesis import given
from hypothesis import strategies as st

from colonnade.atoms.columns import Columns
from colonnade.atoms.maps.polarisation import Polarisation, polarisation
from colonnade.core.arrays import Array
from colonnade.core.errors import ColonnadeError

PIXEL = 0.02
"""Size of a pixel [nm]; a cell is 0.4 nm."""


def polar(moved: Array, noise: float = 0.1, seed: int = 1, **others: object) -> Columns:
    """A perovskite whose fainter columns are moved by (y, x) [px]."""
    columns = crystal(noise=noise, seed=seed, pixel_size=(PIXEL, PIXEL), **others)  # type: ignore[arg-type]
    at = columns.positions + np.where(columns.labels["site"][:, None] == 1, moved, 0.0)
    return Columns(
        at[:, 0],
        at[:, 1],
        columns.sigma_y,
        columns.sigma_x,
        intensity=columns.intensity,
        pixel_size=columns.pixel_size,
    )


def test_ten_picometres_are_measured_with_their_direction() -> None:
    found = polarisation(polar(np.array([-0.5, 0.0])))
    assert found.unit == "nm"
    assert found.mean == pytest.approx([-0.010, 0.0], abs=3e-4)
    assert found.typical == pytest.approx(0.010, abs=5e-4)
    assert np.median(found.direction) == pytest.approx(-90, abs=3)
    table = found.table()
    assert list(table)[:6] == ["y_px", "x_px", "dy_nm", "dx_nm", "sigma_dy_nm", "sigma_dx_nm"]


def test_errors_are_as_large_as_they_say() -> None:
    moved = np.array([0.3, -0.4])
    found = [polarisation(polar(moved, noise=0.15, seed=seed)) for seed in range(6)]
    away = np.concatenate([(each.displacement - PIXEL * moved) / each.sigma for each in found])
    assert 0.65 < (np.abs(away) < 1).mean() < 0.71
    assert 0.93 < (np.abs(away) < 2).mean() < 0.97


def test_the_error_of_the_mean_counts_columns_that_cages_share() -> None:
    found = [polarisation(polar(np.zeros(2), noise=0.2, seed=seed)) for seed in range(40)]
    away = np.array([each.mean / each.sigma_mean for each in found])
    assert 0.75 < np.sqrt(np.mean(away**2)) < 1.25


def test_noise_is_beyond_two_standard_errors_as_often_as_chance_has_it() -> None:
    found = [polarisation(polar(np.zeros(2), noise=0.2, seed=seed)) for seed in range(6)]
    share = np.mean(np.concatenate([each.significance for each in found]) > 2)
    assert 0.03 < share < 0.065


def test_a_wall_between_domains_stays_where_it_is() -> None:
    whole = crystal(noise=0.05)
    left = whole.x[:, None] < 260
    moved = np.where(left, [0.5, 0.0], [-0.5, 0.0])
    found = polarisation(polar(moved, noise=0.05))
    side = found.columns.x < 260
    assert (found.displacement[side, 0] > 0).all()
    assert (found.displacement[~side, 0] < 0).all()


@given(
    st.floats(-0.02, 0.02), st.floats(-0.02, 0.02), st.floats(-0.03, 0.03), st.floats(-0.01, 0.01)
)
def test_homogeneous_strain_is_no_polarisation(
    along_y: float, along_x: float, shear: float, other: float
) -> None:
    stretch = [[1 + along_y, shear], [other, 1 + along_x]]
    found = polarisation(crystal(noise=0.0, stretch=stretch))
    assert np.abs(found.displacement).max() < 1e-6


def test_pixels_that_are_not_square_give_nanometres_along_both_axes() -> None:
    columns = polar(np.array([0.5, 0.5])).with_pixel_size((0.02, 0.03))
    assert polarisation(columns).mean == pytest.approx([0.010, 0.015], abs=4e-4)


def test_without_a_calibration_there_are_pixels() -> None:
    found = polarisation(crystal())
    assert "dy_px" in found.table()
    assert not any("nm" in name for name in found.table())


def test_only_complete_cages_are_measured() -> None:
    columns = crystal(noise=0.01)
    corner = np.argmin(np.hypot(*(columns.positions - [200, 260]).T))
    assert columns.labels["site"][corner] == 0
    kept = np.arange(len(columns)) != corner
    before, after = polarisation(columns), polarisation(columns[kept])
    assert len(before.columns) - len(after.columns) == 4


def test_rows_that_the_scan_moves_are_part_of_the_errors() -> None:
    columns = crystal(noise=0.05, shape=(1600, 200))
    rows = np.round(columns.y / 10).astype(int)
    jitter = 0.3 * np.random.default_rng(3).standard_normal(rows.max() + 1)
    found = polarisation(
        Columns(
            columns.y,
            columns.x + jitter[rows],
            columns.sigma_y,
            columns.sigma_x,
            intensity=columns.intensity,
        )
    )
    away = found.displacement[:, 1] / found.sigma[:, 1]
    assert 0.75 < np.sqrt(np.mean(away**2)) < 1.25
    assert any("scan distortion" in note for note in found.notes)


def named(sublattice: int | None, cage: int | None) -> Polarisation:
    return polarisation(crystal(), sublattice=sublattice, cage=cage)


def test_either_sublattice_can_make_the_cages() -> None:
    assert (named(0, None).sublattice, named(0, None).cage) == (0, 1)
    assert (named(None, None).sublattice, named(None, None).cage) == (1, 0)


def test_one_sublattice_makes_no_cages() -> None:
    with pytest.raises(ColonnadeError, match="one sublattice"):
        polarisation(crystal(sites=[(0.0, 0.0)], intensity=[1.0]))


def test_a_sublattice_that_is_not_there_is_named() -> None:
    with pytest.raises(ColonnadeError, match="no sublattice 5"):
        named(5, 0)


def test_columns_on_one_side_make_no_cage() -> None:
    columns = crystal(SQUARE, [PEROVSKITE[0], (0.0, 0.3)], [1.0, 0.5], noise=0.05)
    with pytest.raises(ColonnadeError, match="one side"):
        polarisation(columns)
