"""Strain and rotation against crystals whose deformation is known."""

import numpy as np
import pytest
from drawn_crystals import HEXAGONAL, SILICON, crystal, turn
from hypothesis import given, settings
from hypothesis import strategies as st

from colonnade.atoms.columns import Columns
from colonnade.atoms.maps.known_cell import KnownCell
from colonnade.atoms.maps.strain import Strain, strain
from colonnade.core.errors import ColonnadeError

MIDDLE = 260.0


def half_deformed(matrix: object, noise: float, seed: int = 1, **others: object) -> Columns:
    """A crystal whose right half is deformed by a matrix on (y, x) about the middle."""
    whole = crystal(noise=0.0, seed=seed, **others)  # type: ignore[arg-type]
    middle = np.array([200.0, MIDDLE])
    at = whole.positions - middle
    at = np.where(at[:, 1:] > 0, at @ np.asarray(matrix).T, at) + middle
    at += noise * np.random.default_rng(seed).standard_normal(at.shape)
    sigma = np.full(len(at), max(noise, 1e-3))
    return Columns(at[:, 0], at[:, 1], sigma, sigma, intensity=whole.intensity)


def of_right(found: Strain) -> np.ndarray:
    """Components well within the right half."""
    return np.asarray(found.values[found.columns.x > MIDDLE + 60])


COMPONENTS = {
    "along x": (((1, 0), (0, 1.005)), (0.005, 0, 0, 0)),
    "along y": (((1.005, 0), (0, 1)), (0, 0.005, 0, 0)),
    "shear": (((1, 0.005), (0.005, 1)), (0, 0, 0.005, 0)),
    "rotation": (turn(1.5), (0, 0, 0, 1.5)),
}


@pytest.mark.parametrize("name", COMPONENTS)
def test_half_a_percent_is_measured_to_a_twentieth(name: str) -> None:
    matrix, truth = COMPONENTS[name]
    found = strain(half_deformed(matrix, noise=0.1), reference=(0, 400, 0, MIDDLE - 60))
    off = of_right(found) - truth
    assert np.abs(off[:, :3].mean(axis=0)).max() < 5e-4
    assert abs(off[:, 3].mean()) < 0.03


def test_a_rotation_is_positive_from_x_towards_y() -> None:
    columns = half_deformed(turn(2), noise=0.0)
    right = columns.positions[(columns.x > MIDDLE) & (np.abs(columns.y - 200) < 1)]
    # Turned from x towards y, what lies to the right moves down, which is towards larger y.
    assert right[-1, 0] >= right[0, 0]
    found = strain(columns, reference=(0, 400, 0, MIDDLE - 60))
    assert of_right(found)[:, 3].mean() == pytest.approx(2, abs=0.01)


def test_a_rotation_is_no_strain() -> None:
    found = strain(half_deformed(turn(4), noise=0.0), reference=(0, 400, 0, MIDDLE - 60))
    assert np.abs(of_right(found)[:, :3]).max() < 1e-6


def test_standard_errors_are_right() -> None:
    away = []
    for seed in range(4):
        found = strain(crystal(noise=0.3, seed=seed))
        away.append(found.values / found.sigma)
    beyond = np.abs(np.concatenate(away))
    assert (beyond < 1).mean(axis=0) == pytest.approx(4 * [0.683], abs=0.03)
    assert (beyond < 2).mean(axis=0) == pytest.approx(4 * [0.954], abs=0.02)


def test_errors_that_are_too_small_are_seen_and_mended() -> None:
    columns = crystal(noise=0.3)
    hopeful = Columns(
        columns.y,
        columns.x,
        columns.sigma_y / 3,
        columns.sigma_x / 3,
        intensity=columns.intensity,
    )
    found, right = strain(hopeful), strain(columns)
    assert found.excess == pytest.approx(3, rel=0.1)
    assert found.sigma == pytest.approx(right.sigma, rel=0.1)
    assert "times as much" in found.notes[0]
    assert right.notes == ()


def test_what_moves_within_the_cell_is_no_strain() -> None:
    columns = crystal(noise=0.0)
    moved = np.where((columns.labels["site"] == 1) & (columns.x > MIDDLE), 1.5, 0.0)
    polar = Columns(columns.y + moved, columns.x, intensity=columns.intensity)
    found = strain(polar, reference=(0, 400, 0, MIDDLE - 60))
    assert np.abs(of_right(found)[:, :3]).max() < 1e-6


def test_a_known_cell_is_the_reference() -> None:
    columns = crystal(noise=0.05, pixel_size=(0.02, 0.02), stretch=turn(7))
    exact = strain(columns, cell=KnownCell(0.4, 0.4))
    assert np.abs(exact.values[:, :3].mean(axis=0)).max() < 2e-4
    found = strain(columns, cell=KnownCell(0.396, 0.4))
    # The crystal is 1 % larger than the cell along one of its sides.
    assert found.e_xx.mean() + found.e_yy.mean() == pytest.approx(0.0101, abs=3e-4)


def test_a_known_cell_may_be_larger_than_the_smallest() -> None:
    columns = crystal(
        ((0, 40), (28.28, 0)), SILICON, (1, 1, 1, 1), noise=0.05, pixel_size=(0.01358, 0.01358)
    )
    found = strain(columns, cell=KnownCell(0.5431, 0.3840))
    assert np.abs(found.values[:, :3].mean(0)).max() < 5e-4


def test_a_cell_that_is_not_there_is_refused() -> None:
    columns = crystal(pixel_size=(0.02, 0.02))
    with pytest.raises(ColonnadeError, match=r"no cell of 0\.3 x 0\.37 nm"):
        strain(columns, cell=KnownCell(0.3, 0.37, 101))
    with pytest.raises(ColonnadeError, match="needs a pixel size"):
        strain(crystal(), cell=KnownCell(0.4, 0.4))


def test_a_reference_without_columns_is_refused() -> None:
    with pytest.raises(ColonnadeError, match="reference holds no columns"):
        strain(crystal(), reference=(0, 10, 2000, 2010))


def test_pixels_that_are_not_square_make_no_strain() -> None:
    square = crystal(HEXAGONAL, ((0, 0),), (1,), stretch=turn(10), noise=0.0)
    flat = Columns(
        square.y / 1.25, square.x, intensity=square.intensity, pixel_size=(0.0125, 0.01)
    )
    found = strain(flat, cell=KnownCell(0.2, 0.2, 60))
    assert np.abs(found.values[:, :3]).max() < 1e-3


@settings(max_examples=15, deadline=None)
@given(
    st.floats(-0.02, 0.02),
    st.floats(-0.02, 0.02),
    st.floats(-0.01, 0.01),
    st.floats(-3, 3),
    st.integers(0, 89),
)
def test_any_small_deformation_is_measured(
    e_xx: float, e_yy: float, e_xy: float, rotation: float, angle: int
) -> None:
    matrix = turn(rotation) @ np.array([[1 + e_yy, e_xy], [e_xy, 1 + e_xx]])
    columns = half_deformed(matrix, noise=0.0, stretch=turn(angle))
    found = strain(columns, reference=(0, 400, 0, MIDDLE - 60))
    assert of_right(found) == pytest.approx(
        np.tile((e_xx, e_yy, e_xy, rotation), (len(of_right(found)), 1)), abs=2e-5
    )
