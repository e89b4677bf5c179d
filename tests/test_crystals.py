"""Projected crystals: distances, densities and brightness that crystallography fixes."""

import math

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy.spatial import cKDTree

from colonnade.atoms.crystals import (
    CLOSEST,
    STRUCTURES,
    Projection,
    invented_crystal,
    known_crystal,
)
from colonnade.core.errors import RecipeError

FIELD = (6.0, 9.0)

angles = st.floats(0, 2 * math.pi)
corners = st.tuples(st.floats(-1, 1), st.floats(-1, 1))


def density(projection: Projection) -> float:
    """Columns per area [1/nm²]."""
    return len(projection.positions) / abs(float(np.linalg.det(projection.basis)))


def distances(
    projection: Projection, neighbours: int, rotation: float = 0.4, origin: tuple = (0.1, 0.3)
) -> np.ndarray:
    """Distances of columns well inside a field of view to their nearest neighbours [nm]."""
    positions, _ = projection.columns(FIELD, rotation, origin)
    inner = positions[((positions > 1) & (positions < np.array(FIELD) - 1)).all(1)]
    assert len(inner) > 10
    return cKDTree(positions).query(inner, neighbours + 1)[0][:, 1:]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Si [110]", 4 / (0.5431**2 / math.sqrt(2))),
        ("Si [100]", 8 / 0.5431**2),
        ("Au [100]", 4 / 0.4078**2),
        ("Au [110]", 2 / (0.4078**2 / math.sqrt(2))),
        ("Au [111]", 4 * math.sqrt(3) / 0.4078**2),
        ("Fe [111]", math.sqrt(3) / 0.2867**2),
        ("SrTiO3 [100]", 4 / 0.3905**2),
        ("graphene [001]", 2 / (math.sqrt(3) / 2 * 0.246**2)),
        ("MoS2 [001]", 2 / (math.sqrt(3) / 2 * 0.316**2)),
    ],
)
def test_columns_per_area(name: str, expected: float) -> None:
    assert density(known_crystal(name)) == pytest.approx(expected, rel=1e-6)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Si [110]", [0.135775]),
        ("Au [100]", [0.2039] * 4),
        ("Au [110]", [0.249726] * 4 + [0.288358] * 2),
        ("Au [111]", [0.166483] * 6),
        ("Al [111]", [0.165341] * 6),
        ("Fe [100]", [0.202728] * 4),
        ("graphene [001]", [0.142028] * 3),
        ("MoS2 [001]", [0.182443] * 3),
    ],
)
def test_nearest_distances(name: str, expected: list[float]) -> None:
    found = distances(known_crystal(name), len(expected))
    np.testing.assert_allclose(found, np.broadcast_to(expected, found.shape), atol=2e-6)


def test_gallium_and_arsenic_stand_in_dumbbells() -> None:
    positions, brightness = known_crystal("GaAs [110]").columns(FIELD, 0.2, (0, 0))
    inner = ((positions > 1) & (positions < np.array(FIELD) - 1)).all(1)
    distance, partner = cKDTree(positions).query(positions[inner], 2)
    np.testing.assert_allclose(distance[:, 1], 5.653 / 40, rtol=1e-6)
    pair = np.sort(brightness[partner], axis=1)
    np.testing.assert_allclose(pair[:, 1] / pair[:, 0], (33 / 31) ** 1.7)


def test_strontium_titanate_shows_three_kinds_of_columns() -> None:
    positions, brightness = known_crystal("SrTiO3 [100]").columns(FIELD, 0.3, (0.2, 0.1))
    kinds, kind = np.unique(np.round(brightness, 6), return_inverse=True)
    np.testing.assert_allclose(kinds, [8**1.7, 22**1.7 + 8**1.7, 38**1.7], rtol=1e-7)
    counts = np.bincount(kind)
    assert counts[0] == pytest.approx(2 * counts[1], rel=0.1)
    inner = ((positions > 1) & (positions < np.array(FIELD) - 1)).all(1)
    strontium, titanium, oxygen = (
        positions[(kind == 2) & inner],
        *(cKDTree(positions[kind == i]) for i in (1, 0)),
    )
    np.testing.assert_allclose(titanium.query(strontium, 4)[0], 0.390500 / math.sqrt(2), atol=2e-6)
    np.testing.assert_allclose(oxygen.query(strontium, 4)[0], 0.390500 / 2, atol=2e-6)


def test_sulphur_above_sulphur_adds_up() -> None:
    assert sorted(known_crystal("MoS2 [001]").brightness) == pytest.approx([2 * 16**1.7, 42**1.7])


@pytest.mark.parametrize("structure", ["Si", "Au", "SrTiO3", "graphene", "WS2"])
@given(zone=st.tuples(*[st.integers(0, 9)] * 3))
def test_no_atom_is_lost_along_any_zone_axis(structure: str, zone: tuple[int, int, int]) -> None:
    """Brightness per area is that of the crystal's volume times its repeat along the beam."""
    assume(any(zone))
    atoms = STRUCTURES[structure]()
    cell = atoms.cell.array / 10
    repeat = np.linalg.norm(np.array(zone) / math.gcd(*zone) @ cell)
    expected = (atoms.numbers.astype(float) ** 1.7).sum() * repeat / abs(np.linalg.det(cell))
    projection = known_crystal("{} [{}{}{}]".format(structure, *zone))
    area = abs(np.linalg.det(projection.basis))
    assert projection.brightness.sum() / area == pytest.approx(expected, rel=1e-6)


@pytest.mark.parametrize("name", ["Si [110]", "Au [111]", "SrTiO3 [100]", "graphene [001]"])
@given(rotation=angles, origin=corners)
def test_a_turned_crystal_is_the_same_crystal(
    name: str, rotation: float, origin: tuple[float, float]
) -> None:
    projection = known_crystal(name)
    positions, brightness = projection.columns(FIELD, rotation, origin)
    assert len(positions) / math.prod(FIELD) == pytest.approx(density(projection), rel=0.06)
    assert brightness.mean() == pytest.approx(projection.brightness.mean(), rel=0.04)
    straight = distances(projection, 3)[0]
    turned = distances(projection, 3, rotation, origin)
    np.testing.assert_allclose(turned, np.broadcast_to(straight, turned.shape), atol=1e-9)


@pytest.mark.parametrize("name", ["Si [110]", "Si [014]", "Si [144]", "CeO2 [034]"])
@given(size=st.tuples(st.floats(0.5, 2), st.floats(0.5, 2)), rotation=angles, origin=corners)
def test_the_field_of_view_is_filled_to_its_corners(
    name: str, size: tuple[float, float], rotation: float, origin: tuple[float, float]
) -> None:
    """What is seen does not depend on how much more there is to see around it."""
    seen, _ = known_crystal(name).columns(size, rotation, origin)
    wide, _ = known_crystal(name).columns((6, 6), rotation, (origin[0] + 2, origin[1] + 2))
    wide = wide - 2
    depth = np.minimum(wide, np.array(size) - wide).min(1)
    assume(not (np.abs(depth) < 1e-6).any())
    assert len(seen) == (depth > 0).sum()
    if len(seen):
        np.testing.assert_allclose(cKDTree(wide).query(seen)[0], 0, atol=1e-9)


@given(rotation=angles)
def test_a_column_stands_where_the_origin_is(rotation: float) -> None:
    positions, _ = known_crystal("Au [100]").columns((2, 3), rotation, (0.7, 1.9))
    assert cKDTree(positions).query([0.7, 1.9])[0] == pytest.approx(0, abs=1e-12)


def test_indices_with_a_common_factor_are_the_same_axis() -> None:
    once, twice = known_crystal("Si [110]"), known_crystal("Si [220]")
    np.testing.assert_allclose(twice.brightness, once.brightness)
    np.testing.assert_allclose(twice.basis, once.basis, atol=1e-12)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("Unobtainium [100]", "SrTiO3"),
        ("si [110]", "Si"),
        ("", "Au"),
        ("Si", "[100]"),
        ("Si [000]", "[100]"),
        ("Si [11]", "[100]"),
        ("Si [1100]", "[100]"),
        ("Si [1-10]", "[100]"),
        ("Si [abc]", "[100]"),
        ("Si [11²]", "[100]"),
    ],
)
def test_an_unknown_crystal_or_axis_is_refused(name: str, said: str) -> None:
    with pytest.raises(RecipeError) as caught:
        known_crystal(name)
    assert repr(name.partition(" ")[0]) in str(caught.value) or repr(name) in str(caught.value)
    assert said in str(caught.value)


@given(seed=st.integers(0, 2**32 - 1))
def test_an_invented_crystal_keeps_its_columns_apart(seed: int) -> None:
    projection = invented_crystal(np.random.default_rng(seed))
    assert 1 <= len(projection.positions) <= 4
    assert (projection.brightness > 0).all()
    assert distances(projection, 1).min() >= CLOSEST - 1e-9


def test_invented_crystals_are_many_and_of_every_number_of_columns() -> None:
    rng = np.random.default_rng(0)
    drawn = [invented_crystal(rng) for _ in range(60)]
    assert {len(projection.positions) for projection in drawn} == {1, 2, 3, 4}
    assert len({projection.basis.tobytes() for projection in drawn}) == 60
