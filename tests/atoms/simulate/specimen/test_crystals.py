"""Projected crystals: distances, densities and compositions that crystallography fixes."""

import math
import sys
from pathlib import Path

import numpy as np
import pytest
from ase.formula import Formula
from ase.neighborlist import neighbor_list
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy.spatial import cKDTree

from colonnade.atoms.simulate.specimen.catalogue import CATALOGUE
from colonnade.atoms.simulate.specimen.crystals import (
    CLOSEST,
    SAME_COLUMN,
    SHORTEST_REPEAT,
    Projection,
    crystal_files,
    draw_crystal,
    invented_crystal,
    known_crystal,
)
from colonnade.core.errors import FileError, RecipeError
from colonnade.core.work.draws import Draws

FIELD = (6.0, 9.0)
EVERY_VIEW = [f"{name} {zone}" for name, entry in CATALOGUE.items() for zone in entry.zones]

angles = st.floats(0, 2 * math.pi)
corners = st.tuples(st.floats(-1, 1), st.floats(-1, 1))


def area(projection: Projection) -> float:
    """Area of one repeat [nm²]."""
    return abs(float(np.linalg.det(projection.basis)))


def density(projection: Projection) -> float:
    """Columns per area [1/nm²]."""
    return len(projection.positions) / area(projection)


def nearest(projection: Projection, strongest: float = 0.0) -> float:
    """Shortest distance of two columns, of those with this share of the greatest strength [nm]."""
    positions, index = projection.columns((3, 3), 0.4, (0.1, 0.3))
    strength = projection.strength(1.7)
    positions = positions[strength[index] >= strongest * strength.max()]
    return float(cKDTree(positions).query(positions, 2)[0][:, 1].min())


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


@pytest.mark.parametrize(
    ("name", "elements", "expected"),
    [
        ("NaCl", {"Na", "Cl"}, 0.2820),
        ("C", {"C"}, 0.1545),
        ("GaN", {"Ga", "N"}, 0.1950),
        ("CeO2", {"Ce", "O"}, 0.2343),
        ("TiO2-rutile", {"Ti", "O"}, 0.1948),
        ("TiO2-anatase", {"Ti", "O"}, 0.1934),
        ("MgAl2O4", {"Al", "O"}, 0.193),
        ("Al2O3", {"Al", "O"}, 0.1856),
        ("LiCoO2", {"Co", "O"}, 0.1921),
        ("LiFePO4", {"P", "O"}, 0.1525),
        ("SiO2", {"Si", "O"}, 0.1608),
        ("PbTiO3", {"Ti", "O"}, 0.1770),
        ("LaMnO3", {"Mn", "O"}, 0.1907),
        ("DyScO3", {"Sc", "O"}, 0.207),
        ("BiFeO3", {"Bi", "O"}, 0.231),
        ("YBa2Cu3O7", {"Cu", "O"}, 0.185),
        ("Bi2Te3", {"Bi", "Te"}, 0.307),
        ("MoS2", {"Mo", "S"}, 0.241),
        ("PtSe2-1T", {"Pt", "Se"}, 0.250),
        ("Ti3C2", {"Ti", "C"}, 0.207),
        ("hBN", {"B", "N"}, 0.1446),
    ],
)
def test_bonds_have_their_published_lengths(
    name: str, elements: set[str], expected: float
) -> None:
    atoms = CATALOGUE[name].build()
    first, second, length = neighbor_list("ijd", atoms, 3.2)
    symbols = atoms.get_chemical_symbols()
    found = [
        d
        for i, j, d in zip(first, second, length, strict=True)
        if {symbols[i], symbols[j]} == elements
    ]
    assert min(found) / 10 == pytest.approx(expected, abs=0.002)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Au", 19.30),
        ("W", 19.25),
        ("Ti", 4.506),
        ("Mg", 1.738),
        ("Sn", 7.287),
        ("Si", 2.329),
        ("GaAs", 5.318),
        ("CdTe", 5.85),
        ("GaN", 6.10),
        ("NaCl", 2.165),
        ("PbTe", 8.24),
        ("MgO", 3.58),
        ("CeO2", 7.215),
        ("UO2", 10.97),
        ("SrTiO3", 5.12),
        ("BaTiO3", 6.02),
        ("PbTiO3", 7.95),
        ("BiFeO3", 8.34),
        ("LiNbO3", 4.65),
        ("TiO2-rutile", 4.25),
        ("TiO2-anatase", 3.89),
        ("Al2O3", 3.987),
        ("MgAl2O4", 3.58),
        ("Fe3O4", 5.20),
        ("SiO2", 2.65),
        ("ZrO2-monoclinic", 5.83),
        ("LiCoO2", 5.06),
        ("LiFePO4", 3.60),
        ("YBa2Cu3O7", 6.38),
        ("Bi2Te3", 7.86),
        ("graphite", 2.26),
        ("Fe3C", 7.69),
        ("FePt", 15.1),
        ("FeS2", 5.01),
    ],
)
def test_crystals_have_the_density_of_handbooks(name: str, expected: float) -> None:
    atoms = CATALOGUE[name].build()
    density = atoms.get_masses().sum() / atoms.get_volume() * 1.66054
    assert density == pytest.approx(expected, rel=0.01)


def test_no_two_atoms_of_the_catalogue_overlap() -> None:
    assert len(CATALOGUE) >= 64
    for name, entry in CATALOGUE.items():
        assert len(neighbor_list("d", entry.build(), 0.9)) == 0, name


def test_every_crystal_has_the_composition_of_its_name() -> None:
    said = {"graphite": "C", "graphene": "C", "hBN": "BN"}
    for name, entry in CATALOGUE.items():
        found = entry.build().symbols.formula.reduce()[0].count()
        assert found == Formula(said.get(name, name.partition("-")[0])).count(), name


def test_every_view_of_the_catalogue_holds_the_atoms_of_its_volume_as_columns() -> None:
    for name in EVERY_VIEW:
        projection = known_crystal(name)
        atoms = CATALOGUE[name.partition(" ")[0]].build()
        everything = np.sort(np.concatenate(projection.composition))
        np.testing.assert_array_equal(everything, np.sort(atoms.numbers), err_msg=name)
        per_area = len(atoms) / (atoms.get_volume() / 1000) * projection.period
        assert len(everything) / area(projection) == pytest.approx(per_area), name
        assert nearest(projection, strongest=0.3) > SHORTEST_REPEAT, name
        assert nearest(projection) > SAME_COLUMN, name


@pytest.mark.parametrize(
    "structure", ["Si", "Fe", "SrTiO3", "Co", "Al2O3", "TiO2-anatase", "Ga2O3", "LaMnO3"]
)
@given(zone=st.tuples(*[st.integers(-6, 6)] * 3))
def test_no_atom_is_lost_along_any_zone_axis(structure: str, zone: tuple[int, int, int]) -> None:
    """Atoms per area are those of the crystal's volume times its repeat along the beam."""
    assume(any(zone))
    atoms = CATALOGUE[structure].build()
    cell = atoms.cell.array / 10
    repeat = float(np.linalg.norm(np.array(zone) / math.gcd(*zone) @ cell))
    try:
        projection = known_crystal("{} [{} {} {}]".format(structure, *zone))
    except RecipeError:  # columns that repeat too closely to be told apart
        assume(False)
    assert projection.period == pytest.approx(repeat)
    assert area(projection) * repeat == pytest.approx(abs(np.linalg.det(cell)))
    everything = np.concatenate(projection.composition)
    np.testing.assert_array_equal(np.sort(everything), np.sort(atoms.numbers))
    assert nearest(projection) > SAME_COLUMN - 1e-9
    first, second = np.linalg.norm(projection.basis, axis=1)
    assert SHORTEST_REPEAT <= first <= second * (1 + 1e-6)


@given(zone=st.tuples(*[st.integers(-4, 4)] * 3), seed=st.integers(0, 99))
def test_every_atom_of_the_crystal_falls_on_a_column(
    zone: tuple[int, int, int], seed: int
) -> None:
    """Distances within the plane, of atoms chosen at random, are those of two columns."""
    assume(any(zone))
    atoms = CATALOGUE["TiO2-rutile"].build()
    rng = np.random.default_rng(seed)
    pair = rng.integers(len(atoms), size=2)
    steps = rng.integers(-2, 3, 3) @ atoms.cell.array
    apart = (atoms.positions[pair[1]] + steps - atoms.positions[pair[0]]) / 10
    beam = np.array(zone) @ atoms.cell.array
    across = float(np.linalg.norm(np.cross(apart, beam)) / np.linalg.norm(beam))
    projection = known_crystal("TiO2-rutile [{} {} {}]".format(*zone))
    found, _ = projection.columns((8, 8), 0.0, (4, 4))
    distances = np.linalg.norm(projection.positions[:, None] + 4 - found, axis=-1)
    assert np.abs(distances - across).min() < SAME_COLUMN


@pytest.mark.parametrize(
    ("name", "spacing"),
    [
        ("Au [110]", 0.4078 / math.sqrt(3)),  # (111)
        ("W [111]", 0.31652 / math.sqrt(2)),  # (110)
        ("Ti [100]", 0.46855 / 2),  # (0002)
        ("SrTiO3 [100]", 0.3905 / 2),  # (200)
        ("LiCoO2 [100]", 1.40516 / 6),  # (0006)
        ("graphite [210]", 0.6711 / 2),  # (0002)
    ],
)
def test_columns_stand_in_the_planes_of_the_crystal(name: str, spacing: float) -> None:
    """Some direction has the columns in rows at multiples of the spacing of lattice planes."""
    heavy = known_crystal(name)
    heaviest = heavy.positions[heavy.atomic_numbers() == max(heavy.atomic_numbers())]
    steps = np.stack(np.meshgrid(range(-6, 7), range(-6, 7)), -1).reshape(-1, 2)
    waves = steps @ np.linalg.inv(heavy.basis).T
    lengths = np.linalg.norm(waves, axis=1)
    found = waves[np.isclose(lengths, 1 / spacing, rtol=1e-6)]
    phases = np.exp(2j * np.pi * (heaviest - heaviest[0]) @ found.T)
    assert np.abs(phases.mean(0)).max() == pytest.approx(1)


def test_gallium_and_arsenic_stand_in_dumbbells() -> None:
    projection = known_crystal("GaAs [110]")
    positions, index = projection.columns(FIELD, 0.2, (0, 0))
    inner = ((positions > 1) & (positions < np.array(FIELD) - 1)).all(1)
    distance, partner = cKDTree(positions).query(positions[inner], 2)
    np.testing.assert_allclose(distance[:, 1], 5.653 / 40, rtol=1e-6)
    pair = np.sort(projection.atomic_numbers()[index][partner], axis=1)
    np.testing.assert_array_equal(pair, np.broadcast_to([31, 33], pair.shape))


def test_strontium_titanate_shows_three_kinds_of_columns() -> None:
    projection = known_crystal("SrTiO3 [100]")
    assert sorted(projection.composition) == [(8,), (8,), (22, 8), (38,)]
    positions, index = projection.columns(FIELD, 0.3, (0.2, 0.1))
    number = projection.atomic_numbers()[index]
    inner = ((positions > 1) & (positions < np.array(FIELD) - 1)).all(1)
    strontium, titanium, oxygen = (
        positions[(number == 38) & inner],
        *(cKDTree(positions[number == z]) for z in (22, 8)),
    )
    np.testing.assert_allclose(titanium.query(strontium, 4)[0], 0.390500 / math.sqrt(2), atol=2e-6)
    np.testing.assert_allclose(oxygen.query(strontium, 4)[0], 0.390500 / 2, atol=2e-6)


def test_strength_is_the_sum_of_powers_per_length() -> None:
    titanate = known_crystal("SrTiO3 [100]")
    assert titanate.period == pytest.approx(0.3905)
    expected = np.array([8**1.6, 8**1.6, 22**1.6 + 8**1.6, 38**1.6]) / 0.3905
    np.testing.assert_allclose(np.sort(titanate.strength(1.6)), expected)
    np.testing.assert_allclose(known_crystal("Au [110]").strength(0), 1 / 0.28836, rtol=1e-4)


def test_a_sheet_counts_its_atoms_once() -> None:
    sheet = known_crystal("MoS2 [001]")
    assert sheet.layer
    assert not known_crystal("MoS2-bulk [001]").layer
    assert sorted(sheet.strength(1.7) * sheet.period) == pytest.approx([2 * 16**1.7, 42**1.7])


def test_phases_of_a_dichalcogenide_differ_in_their_columns() -> None:
    assert sorted(known_crystal("WSe2 [001]").composition) == [(34, 34), (74,)]
    assert sorted(known_crystal("TiS2-1T [001]").composition) == [(16,), (16,), (22,)]


def test_a_rhombohedral_perovskite_shows_the_cube_it_is_nearly() -> None:
    for zone, expected in [("[2-21]", 0.379), ("[100]", 0.379 / math.sqrt(2))]:
        projection = known_crystal(f"LaAlO3 {zone}")
        positions, index = projection.columns(FIELD, 0.1, (0, 0))
        lanthanum = positions[projection.atomic_numbers()[index] == 57]
        inner = ((lanthanum > 1) & (lanthanum < np.array(FIELD) - 1)).all(1)
        found = cKDTree(lanthanum).query(lanthanum[inner], 3)[0][:, 1:]
        np.testing.assert_allclose(found, expected, rtol=0.005)


def test_dysprosium_scandate_shows_its_zigzag() -> None:
    dysprosium = known_crystal("DyScO3 [001]")
    heavy = dysprosium.positions[dysprosium.atomic_numbers() == 66]
    # Along [001] of Pnma the four Dy have heights 1/4 and 3/4 and x = ±0.0607, 1/2 ± 0.0607.
    assert len(heavy) == 4
    distances = np.linalg.norm(heavy[:, None] - heavy, axis=-1)
    expected = math.hypot(2 * 0.0607 * 0.57194, 0.79044 / 2)
    assert np.isclose(distances, expected, rtol=1e-6).any()


@pytest.mark.parametrize("name", ["Si [110]", "Au [111]", "SrTiO3 [100]", "graphene [001]"])
@given(rotation=angles, origin=corners)
def test_a_turned_crystal_is_the_same_crystal(
    name: str, rotation: float, origin: tuple[float, float]
) -> None:
    projection = known_crystal(name)
    positions, index = projection.columns(FIELD, rotation, origin)
    assert len(positions) / math.prod(FIELD) == pytest.approx(density(projection), rel=0.06)
    strength = projection.strength(1.7)
    assert strength[index].mean() == pytest.approx(strength.mean(), rel=0.04)
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


def test_strain_stretches_the_turned_crystal() -> None:
    """Rows of the pattern move by position @ strain, whatever way the crystal is turned."""
    strain = np.array([[0.03, 0.01], [0.0, -0.02]])
    gold = known_crystal("Au [110]")
    relaxed, which = gold.columns((4, 4), 0.7, (2, 2))
    strained, stretched = gold.columns((4, 4), 0.7, (2, 2), strain)
    near = np.linalg.norm(relaxed - 2, axis=1) < 1.5
    expected = (relaxed[near] - 2) @ (np.eye(2) + strain) + 2
    distance, partner = cKDTree(strained).query(expected)
    np.testing.assert_allclose(distance, 0, atol=1e-9)
    np.testing.assert_array_equal(stretched[partner], which[near])


def test_a_thousand_columns_take_no_more_steps_than_ten() -> None:
    silicon = known_crystal("Si [110]")

    def steps(side: float) -> tuple[int, int]:
        """Count the columns in a field of this side [nm], and the calls that it takes."""
        calls: list[str] = []
        sys.setprofile(lambda frame, event, what: calls.append(event))
        try:
            positions, _ = silicon.columns((side, side), 0.3, (0.1, 0.1))
        finally:
            sys.setprofile(None)
        return len(positions), len(calls)

    (few, taken), (many, taken_too) = steps(0.7), steps(7)
    assert few < 50
    assert many > 900
    assert taken_too == taken


def test_indices_with_a_common_factor_are_the_same_axis() -> None:
    once, twice = known_crystal("Si [110]"), known_crystal("Si [220]")
    assert twice.composition == once.composition
    assert twice.period == pytest.approx(once.period)
    np.testing.assert_allclose(twice.basis, once.basis, atol=1e-12)


@pytest.mark.parametrize(
    ("name", "repeat"),
    [
        ("Si [1-10]", math.sqrt(2)),
        ("Si [-112]", math.sqrt(6)),
        ("Si [1 -1 0]", math.sqrt(2)),
        ("Si [1 0 12]", math.sqrt(145)),
        ("Si [-1 -1 -1]", math.sqrt(3)),
    ],
)
def test_zone_axes_are_read(name: str, repeat: float) -> None:
    projection = known_crystal(name)
    assert projection.period == pytest.approx(0.5431 * repeat)
    assert projection.name == name
    assert known_crystal(name) is projection


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("Unobtainium [100]", "Unobtainium"),
        ("si [110]", "Si"),
        ("SrTi03 [100]", "SrTiO3"),
        ("", "''"),
        ("Si", "[100]"),
        ("Si[110]", "Si,"),
        ("Si 110", "Si,"),
        ("Si [000]", "[100]"),
        ("Si [0 0 0]", "[100]"),
        ("Si [11]", "[100]"),
        ("Si [1100]", "[100]"),
        ("Si [1 -10]", "[100]"),
        ("Si [1.5 0 0]", "[100]"),
        ("Si [--110]", "[100]"),
        ("Si [abc]", "[100]"),
        ("Si [11²]", "[100]"),
        ("Si [40 40 41]", "too high"),
        ("graphene [100]", "single sheet"),
    ],
)
def test_an_unknown_crystal_or_axis_is_refused(name: str, said: str) -> None:
    with pytest.raises(RecipeError) as caught:
        known_crystal(name)
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


def test_draws_are_recorded_by_the_full_name() -> None:
    draws = Draws(np.random.default_rng(0))
    seen = set()
    for _ in range(40):
        projection = draw_crystal(("Si", "Au [100]"), draws, "crystal")
        assert draws.record == {"crystal": projection.name}
        seen.add(projection.name)
    assert seen == {"Au [100]", *(f"Si {zone}" for zone in CATALOGUE["Si"].zones)}


def test_all_draws_from_the_whole_catalogue() -> None:
    draws = Draws(np.random.default_rng(0))
    names = {draw_crystal(("all",), draws, "crystal").name for _ in range(150)}
    assert names < set(EVERY_VIEW)
    assert len({name.partition(" ")[0] for name in names}) > 60


@pytest.mark.parametrize("names", [(), ("Nonsense",), ("",)])
def test_nothing_to_draw_is_refused(names: tuple[str, ...]) -> None:
    with pytest.raises(RecipeError):
        draw_crystal(names, Draws(np.random.default_rng(0)), "crystal")


CIF = """data_titanate
_cell_length_a 3.905
_cell_length_b 3.905
_cell_length_c 3.905
_cell_angle_alpha 90
_cell_angle_beta 90
_cell_angle_gamma 90
_symmetry_space_group_name_H-M 'P m -3 m'
loop_
_atom_site_label
_atom_site_type_symbol
_atom_site_fract_x
_atom_site_fract_y
_atom_site_fract_z
_atom_site_occupancy
Sr1 Sr 0 0 0 1.0
Ti1 Ti 0.5 0.5 0.5 1.0
O1 O 0.5 0.5 0 1.0
"""


def test_a_cif_is_seen_as_the_same_crystal_of_the_catalogue(tmp_path: Path) -> None:
    path = tmp_path / "my crystal [new].cif"
    path.write_text(CIF)
    mine, known = known_crystal(f"{path} [1-10]"), known_crystal("SrTiO3 [1-10]")
    assert mine.name == f"{path} [1-10]"
    assert sorted(mine.composition) == sorted(known.composition)
    assert mine.period == pytest.approx(known.period)
    here, there = (crystal.columns(FIELD, 0.3, (0.2, 0.1))[0] for crystal in (mine, known))
    np.testing.assert_allclose(cKDTree(here).query(there)[0], 0, atol=1e-9)


def test_a_cif_that_was_changed_is_read_again(tmp_path: Path) -> None:
    path = tmp_path / "a.cif"
    path.write_text(CIF)
    assert known_crystal(f"{path} [100]").period == pytest.approx(0.3905)
    path.write_text(CIF.replace("3.905", "4.000"))
    assert known_crystal(f"{path} [100]").period == pytest.approx(0.4)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "cannot be read"),
        ("", "holds 0 crystals"),
        ("this is a letter, not a CIF", "a.cif"),
        (CIF + CIF.replace("data_titanate", "data_other"), "holds 2 crystals"),
        (CIF.replace("Sr 0 0 0 1.0", "Sr 0 0 0 0.7"), "partly occupied"),
        (CIF + "Ba1 Ba 0 0 0 0.5\n", "partly occupied"),
        (CIF.replace("O1 O 0.5", "O1 O half"), "a.cif"),
        ("\0\1\2", "a.cif"),
        (CIF.replace("3.905", "abc"), "a.cif"),
    ],
)
def test_a_cif_that_is_no_whole_crystal_is_refused(
    tmp_path: Path, content: str | None, said: str
) -> None:
    path = tmp_path / "a.cif"
    if content is not None:
        path.write_text(content)
    with pytest.raises(FileError) as caught:
        known_crystal(f"{path} [100]")
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_cif_needs_a_zone_axis(tmp_path: Path) -> None:
    path = tmp_path / "a.cif"
    path.write_text(CIF)
    with pytest.raises(RecipeError, match="zone axis"):
        draw_crystal((str(path),), Draws(np.random.default_rng(0)), "crystal")


def test_the_files_among_the_names_are_listed_once() -> None:
    names = ("Si", "all", "b/x y.CIF [110]", "Au [100]", "a.cif [1 0 12]", "b/x y.CIF [100]")
    assert crystal_files(names) == [Path("b/x y.CIF"), Path("a.cif")]


@given(seed=st.integers(0, 2**32 - 1))
def test_an_invented_crystal_keeps_its_columns_apart(seed: int) -> None:
    projection = invented_crystal(np.random.default_rng(seed))
    assert 1 <= len(projection.positions) == len(projection.composition) <= 4
    assert all(1 <= len(atoms) <= 2 for atoms in projection.composition)
    assert all(5 <= z <= 83 for atoms in projection.composition for z in atoms)
    assert 0.2 <= projection.period <= 0.6
    assert not projection.layer
    assert distances(projection, 1).min() >= CLOSEST - 1e-9


def test_invented_crystals_are_many_and_of_every_number_of_columns() -> None:
    rng = np.random.default_rng(0)
    drawn = [invented_crystal(rng) for _ in range(60)]
    assert {len(projection.positions) for projection in drawn} == {1, 2, 3, 4}
    assert len({projection.basis.tobytes() for projection in drawn}) == 60
