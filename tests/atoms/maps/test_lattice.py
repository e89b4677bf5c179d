"""The cell and the sublattices of a crystal, without being told anything."""

import numpy as np
import pytest
from drawn_crystals import HEXAGONAL, SILICON, crystal, turn
from hypothesis import given, settings
from hypothesis import strategies as st

from colonnade.atoms.columns import Columns
from colonnade.atoms.maps.lattice import NONE, find_lattice
from colonnade.atoms.maps.translations import find_translations, reduced
from colonnade.core.errors import ColonnadeError


def sides(basis: np.ndarray) -> list[float]:
    return [float(np.hypot(*side)) for side in basis]


def test_bright_and_dim_columns_are_two_sublattices() -> None:
    lattice = find_lattice(crystal())
    assert sides(lattice.basis) == pytest.approx([20, 20], abs=0.02)
    assert lattice.sites == pytest.approx(np.array([[0, 0], [0.5, 0.5]]), abs=0.01) or np.allclose(
        np.abs(lattice.sites[1]), 0.5, atol=0.01
    )
    assert lattice.intensity == pytest.approx([1, 0.5], rel=0.02)


def test_each_column_gets_the_sublattice_that_it_is_of() -> None:
    columns = crystal(HEXAGONAL, ((0, 0), (1 / 3, 1 / 3)), (1, 0.2))
    assert (find_lattice(columns).sublattice == columns.labels["site"]).all()


def test_where_all_columns_are_alike_the_cell_is_the_smaller_one() -> None:
    basis = find_translations(crystal(intensity=(1, 1)))
    assert sides(basis) == pytest.approx(2 * [np.sqrt(200)], abs=0.02)


def test_a_vector_within_a_dumbbell_is_no_translation() -> None:
    lattice = find_lattice(crystal(((0, 40), (28.3, 0)), SILICON, (1, 1, 1, 1)))
    assert lattice.count == 2
    assert abs(np.linalg.det(lattice.basis)) == pytest.approx(40 * 28.3 / 2, rel=1e-3)


def test_a_long_cell_of_unlike_planes_is_found_whole() -> None:
    sites = [(0, 0), (0, 0.18), (0.5, 0.33), (0.5, 0.5), (0.5, 0.67), (0, 0.82)]
    columns = crystal(((0, 20), (110, 0)), sites, (1, 1, 0.4, 0.4, 0.4, 1), shape=(600, 500))
    assert sides(find_lattice(columns).basis) == pytest.approx([20, 110], abs=0.05)


@pytest.mark.parametrize("angle", [0, 17, 45, 118])
def test_turning_the_crystal_turns_the_cell(angle: float) -> None:
    lattice = find_lattice(crystal(stretch=turn(angle)))
    assert sides(lattice.basis) == pytest.approx([20, 20], abs=0.02)
    assert (lattice.sublattice != NONE).mean() > 0.99


def test_columns_lie_where_the_lattice_says() -> None:
    columns = crystal(noise=0.2)
    lattice = find_lattice(columns)
    off = columns.positions - lattice.fractions @ lattice.basis
    assert off.std(axis=0) == pytest.approx([0.2, 0.2], rel=0.1)


@settings(max_examples=15, deadline=None)
@given(st.floats(0.06, 0.4), st.floats(0.6, 1.6), st.integers(0, 179), st.integers(0, 2**32 - 1))
def test_any_cell_with_two_sublattices_is_found(
    place: float, ratio: float, angle: int, seed: int
) -> None:
    basis = ((0.0, 22.0), (22.0 * ratio, 0.0))
    sites = ((0, 0), (0.5 - place / 4, 0.5 + place / 4))
    columns = crystal(basis, sites, (1, 0.4), stretch=turn(angle), seed=seed)
    lattice = find_lattice(columns)
    assert lattice.count == 2
    assert abs(np.linalg.det(lattice.basis)) == pytest.approx(22 * 22 * ratio, rel=5e-3)
    assert (lattice.sublattice == columns.labels["site"]).mean() > 0.98


def test_the_other_grain_is_no_sublattice() -> None:
    left, right = (
        crystal(sites=[(0, 0)], intensity=[1]),
        crystal(sites=[(0, 0)], intensity=[1], stretch=turn(20)),
    )
    left, right = left[left.x < 300], right[right.x > 310]
    columns = Columns(np.append(left.y, right.y), np.append(left.x, right.x))
    lattice = find_lattice(columns)
    assert lattice.count == 1
    of_left = lattice.sublattice[: len(left)] != NONE
    of_right = lattice.sublattice[len(left) :] != NONE
    assert (of_left.mean() > 0.97 and of_right.mean() < 0.1) or (
        of_right.mean() > 0.97 and of_left.mean() < 0.1
    )


def test_what_does_not_repeat_has_no_lattice() -> None:
    draw = np.random.default_rng(5)
    columns = Columns(*draw.uniform(0, 500, (2, 6)))
    with pytest.raises(ColonnadeError, match="too few for a lattice"):
        find_lattice(columns)
    with pytest.raises(ColonnadeError, match="lie upon each other"):
        find_lattice(Columns(np.full(30, 5.0), np.full(30, 5.0)))
    row = Columns(np.full(40, 9.0) + draw.normal(0, 0.1, 40), 12.0 * np.arange(40))
    with pytest.raises(ColonnadeError, match="one direction only"):
        find_lattice(row)


def test_vacancies_leave_the_count_of_cells_right() -> None:
    columns = crystal(noise=0.05)
    kept = columns[np.random.default_rng(2).uniform(size=len(columns)) > 0.2]
    lattice = find_lattice(kept)
    known = lattice.sublattice != NONE
    off = (kept.positions - lattice.fractions @ lattice.basis)[known]
    assert known.mean() > 0.98
    assert (off - off.mean(axis=0)).std() < 0.1
    assert (lattice.sublattice == kept.labels["site"])[known].all()


@given(st.floats(0, 2 * np.pi), st.floats(0.1, 50), st.floats(0.9, 3), st.integers(-9, 9))
def test_a_centred_cell_has_shortest_sides_however_it_is_written(
    angle: float, side: float, height: float, moved: int
) -> None:
    # Two vectors are equally long, and rounding could go from one to the other for ever.
    turned = turn(np.degrees(angle)) * side
    one, two = np.array([[0, 1], [height, 0.5]]) @ turned
    basis = reduced(np.array([one, two + moved * one]))
    assert sorted(sides(basis)) == pytest.approx(sorted(sides(np.array([one, two]))))
    assert abs(np.linalg.det(basis)) == pytest.approx(height * side**2)
