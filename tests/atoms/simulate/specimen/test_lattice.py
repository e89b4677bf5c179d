"""Lattices: repeats, rows and mirror images that crystallography fixes."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.spatial import cKDTree

from colonnade.atoms.simulate.specimen.crystals import Projection, known_crystal
from colonnade.atoms.simulate.specimen.lattice import (
    ROWS,
    Lattice,
    Line,
    flipped,
    is_mirror,
    nearest_distances,
    repeat_along_beam,
    repeat_vectors,
    twin_rows,
)

STRAIN = np.array([[0.01, -0.004], [0.007, -0.02]])
LOW, HIGH = np.array([-1.0, -2.0]), np.array([4.0, 3.0])

angles = st.floats(0, 2 * math.pi)


def placed(crystal: str | Projection, rotation: float = 0.4, strain: object = 0) -> Lattice:
    if isinstance(crystal, str):
        crystal = known_crystal(crystal)
    return Lattice(crystal, rotation, np.array([0.3, 0.7]), np.zeros((2, 2)) + strain)


def lengths(crystal: str) -> list[float]:
    return [float(n) for n in np.linalg.norm(repeat_vectors(known_crystal(crystal)), axis=1)]


@pytest.mark.parametrize(
    ("crystal", "expected"),
    [
        ("Au [110]", [0.4078 * math.sqrt(6) / 4] * 2),
        ("Au [100]", [0.4078 / 2] * 2),
        ("Au [111]", [0.4078 / math.sqrt(6)] * 2),
        ("Fe [100]", [0.2867 / math.sqrt(2)] * 2),
        ("SrTiO3 [100]", [0.3905] * 2),
        ("graphene [001]", [0.246] * 2),
    ],
)
def test_repeats_are_those_of_the_columns_not_of_the_cell(
    crystal: str, expected: list[float]
) -> None:
    assert lengths(crystal) == pytest.approx(expected, rel=2e-3)


@pytest.mark.parametrize(
    ("crystal", "expected"),
    [
        ("Au [110]", 0.4078 / math.sqrt(2)),
        ("Au [100]", 0.4078),
        ("Si [110]", 0.5431 / math.sqrt(2)),
        ("SrTiO3 [100]", 0.3905),
    ],
)
def test_a_repeat_along_the_beam_is_as_short_as_can_be(crystal: str, expected: float) -> None:
    assert repeat_along_beam(known_crystal(crystal)) == pytest.approx(expected, rel=2e-3)


def test_a_sheet_has_one_repeat_that_is_all_of_it() -> None:
    for name in ("graphene [001]", "MoS2 [001]"):
        crystal = known_crystal(name)
        assert repeat_along_beam(crystal) == crystal.period


@pytest.mark.parametrize(
    ("crystal", "expected"),
    [("Au [110]", 0.2497), ("Si [110]", 0.1358), ("SrTiO3 [100]", 0.19525)],
)
def test_nearest_neighbours(crystal: str, expected: float) -> None:
    assert nearest_distances(known_crystal(crystal)) == pytest.approx(expected, rel=1e-3)


@pytest.mark.parametrize("crystal", ["Au [110]", "Si [110]", "SrTiO3 [110]", "MoS2 [001]"])
@given(rotation=angles)
def test_columns_stand_where_the_lattice_says(crystal: str, rotation: float) -> None:
    lattice = placed(crystal, rotation, STRAIN)
    positions, index = lattice.fill(LOW, HIGH)
    assert ((positions >= LOW) & (positions <= HIGH)).all()
    cells = (positions - lattice.motif[index]) @ np.linalg.inv(lattice.basis)
    np.testing.assert_allclose(cells, np.round(cells), atol=1e-6)


def test_rows_come_densest_first_and_lead_from_column_to_column() -> None:
    lattice = placed("Au [110]")
    rows = lattice.rows()
    found = np.linalg.norm(rows, axis=1)
    assert (np.diff(found) >= 0).all()
    assert found[:3] == pytest.approx([0.24973, 0.24973, 0.28836], rel=1e-3)
    positions, _ = lattice.fill(LOW, HIGH)
    inner = positions[((positions > LOW + 1) & (positions < HIGH - 1)).all(1)]
    for row in rows[:5]:
        np.testing.assert_allclose(cKDTree(positions).query(inner + row)[0], 0, atol=1e-9)


@pytest.mark.parametrize(
    ("crystal", "gap"),
    [
        ("Au [110]", 0.4078 / math.sqrt(3)),
        # Two planes of {111} are three times as far from each other as the halves of each.
        ("Si [110]", 0.75 * 0.5431 / math.sqrt(3)),
        ("SrTiO3 [100]", 0.3905 / 2),
    ],
)
@given(rotation=angles, near=st.tuples(st.floats(0, 2), st.floats(0, 2)))
def test_a_line_between_rows_is_in_the_middle_of_the_widest_gap(
    crystal: str, gap: float, rotation: float, near: tuple[float, float]
) -> None:
    lattice = placed(crystal, rotation)
    line = lattice.line_between_rows(lattice.rows()[0], np.array(near))
    positions, _ = lattice.fill(LOW, HIGH)
    distance = line.distance(*positions.T)
    assert distance[distance > 0].min() == pytest.approx(gap / 2, rel=2e-3)
    assert distance[distance < 0].max() == pytest.approx(-gap / 2, rel=2e-3)
    spacing = abs(np.linalg.det(lattice.basis)) / np.linalg.norm(lattice.rows()[0])
    assert abs(np.array(near) @ line.normal - line.offset) <= spacing / 2 + 1e-9


@pytest.mark.parametrize("crystal", ["Au [110]", "Si [110]", "SrTiO3 [110]", "MoS2 [001]"])
def test_a_mirrored_lattice_has_its_columns_at_the_mirror_images(crystal: str) -> None:
    lattice = placed(crystal, strain=STRAIN)
    line = Line(np.array([0.6, 0.8]), 1.3)
    positions, index = lattice.fill(LOW - 6, HIGH + 6)
    images = positions - 2 * line.distance(*positions.T)[:, None] * line.normal
    mirrored, kind = lattice.mirrored(line).fill(LOW, HIGH)
    distance, nearest = cKDTree(images).query(mirrored)
    np.testing.assert_allclose(distance, 0, atol=1e-9)
    np.testing.assert_array_equal(index[nearest], kind)


def test_twice_mirrored_is_the_same() -> None:
    lattice = placed("Si [110]", strain=STRAIN)
    line = Line(np.array([0.6, 0.8]), 1.3)
    again = lattice.mirrored(line).mirrored(line)
    np.testing.assert_allclose(again.fill(LOW, HIGH)[0], lattice.fill(LOW, HIGH)[0], atol=1e-9)


@pytest.mark.parametrize(
    ("crystal", "row", "expected"),
    [
        ("Au [100]", (1, 0), True),
        ("Au [100]", (1, 1), True),
        ("Au [100]", (2, 1), False),
        ("Au [110]", (1, 0), False),
        ("Au [110]", (1, 1), True),
        ("Si [110]", (1, 0), False),
    ],
)
def test_mirrors_of_crystals(crystal: str, row: tuple[int, int], expected: bool) -> None:
    projection = known_crystal(crystal)
    assert is_mirror(projection, np.array(row) @ repeat_vectors(projection)) is expected


@pytest.mark.parametrize(("crystal", "count"), [("Si [110]", 2), ("GaAs [110]", 1)])
def test_dumbbells_of_two_elements_have_one_mirror_only(crystal: str, count: int) -> None:
    """Along and across them if both atoms are alike."""
    projection = known_crystal(crystal)
    rows = np.array([(1, 1), (1, -1)]) @ repeat_vectors(projection)
    assert sum(is_mirror(projection, row) for row in rows) == count


@pytest.mark.parametrize(
    ("crystal", "length"),
    [
        # {111} of the face-centred and the diamond cubic, {112} of the body-centred crystal.
        ("Au [110]", 0.4078 * math.sqrt(6) / 4),
        ("Si [110]", 0.5431 * math.sqrt(6) / 4),
        ("SrTiO3 [100]", 0.3905 * math.sqrt(5)),
    ],
)
def test_twins_grow_on_the_densest_planes_that_are_no_mirrors(crystal: str, length: float) -> None:
    projection = known_crystal(crystal)
    rows = ROWS[twin_rows(projection)] @ repeat_vectors(projection)
    assert np.linalg.norm(rows, axis=1) == pytest.approx(length, rel=1e-3)


@pytest.mark.parametrize(
    ("crystal", "nearest"),
    [
        # The mirror runs through a plane of gold, but half-way along bonds of silicon.
        ("Au [110]", 2 * 0.4078 / math.sqrt(3)),
        ("Si [110]", 0.5431 * math.sqrt(3) / 4),
    ],
)
def test_a_twin_fits_as_in_nature(crystal: str, nearest: float) -> None:
    lattice = placed(crystal)
    row = (ROWS[twin_rows(lattice.crystal)] @ lattice.basis)[0]
    line = lattice.twin_line(row, np.array([1.0, 1.0]))
    positions, _ = lattice.fill(LOW, HIGH)
    distance = np.abs(line.distance(*positions.T))
    assert 2 * distance[distance > 1e-6].min() == pytest.approx(nearest, rel=1e-3)


def test_a_flipped_crystal_is_remembered() -> None:
    crystal = known_crystal("Si [110]")
    assert flipped(crystal) is flipped(crystal)
    assert flipped(crystal).composition == crystal.composition
