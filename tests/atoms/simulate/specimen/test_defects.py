"""Dislocations, faults, and atoms that are missing, foreign or on top."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.spatial import cKDTree

from colonnade.atoms.simulate.specimen.crystals import known_crystal
from colonnade.atoms.simulate.specimen.defects import (
    POISSON,
    EdgeDislocation,
    StackingFault,
    apart,
    draw_dislocations,
    draw_fault,
)
from colonnade.atoms.simulate.specimen.grains import Grain
from colonnade.atoms.simulate.specimen.lattice import Lattice, Line, nearest_distances
from colonnade.atoms.simulate.specimen.regions import Facet, Region
from colonnade.atoms.simulate.specimen.stacks import (
    ATOM,
    NEIGHBOURS,
    Stacks,
    scattered,
    single_atoms,
    staying,
    substituted,
    with_atoms,
)
from colonnade.core.work.draws import Draws

EXPONENT = 1.7

FIELD = np.array([7.0, 8.0])

seeds = st.integers(0, 2**32 - 1)


def draws_of(seed: int) -> Draws:
    return Draws(np.random.default_rng(seed))


def gold(rotation: float = 0.4) -> Lattice:
    return Lattice(known_crystal("Au [110]"), rotation, np.array([0.3, 0.7]), np.zeros((2, 2)))


def stacks(count: int = 20000) -> Stacks:
    """Columns of five silicon atoms each."""
    rows = np.stack(np.divmod(np.arange(count), 200), 1) * 0.3
    thickness = 5 * 0.384
    return Stacks(
        rows,
        np.full(count, 5 * 14**EXPONENT / thickness),
        np.full(count, thickness),
        np.full(count, 14),
        np.full(count, 5.0),
        staying(count),
    )


# By hand, for a Burgers vector of length 1 along x and Poisson's ratio 0.3: 0.0568 is
# 1 / (2 pi * 2.8), and 0.0158 is log(2) / (2 pi * 7).
@pytest.mark.parametrize(
    ("x", "y", "expected"),
    [
        (1, 0, (0, -0.0568411)),
        (0, 1, (0.25, 0.0568411)),
        (0, -1, (-0.25, 0.0568411)),
        (1, 1, (0.125 + 0.0568411, -0.0157597)),
        (-1, 1, (0.375 - 0.0568411, -0.0157597)),
    ],
)
def test_displacements_are_those_of_the_textbook(
    x: float, y: float, expected: tuple[float, float]
) -> None:
    for length in (1.0, 0.25):
        dislocation = EdgeDislocation(np.array([2.0, 3.0]), np.array([0.0, length]))
        moved = dislocation.at(np.array([[2 + length * y, 3 + length * x]]))[0, ::-1]
        np.testing.assert_allclose(moved, length * np.array(expected), atol=1e-6 * length)


@given(angle=st.floats(0, 6.28), distance=st.floats(0.5, 3.0), turned=st.floats(0, 6.28))
def test_forces_are_in_balance_around_a_dislocation(
    angle: float, distance: float, turned: float
) -> None:
    """Navier's equation: the Laplacian and the gradient of the divergence cancel."""
    burgers = 0.25 * np.array([math.sin(turned), math.cos(turned)])
    dislocation = EdgeDislocation(np.zeros(2), burgers)
    here, step = distance * np.array([math.sin(angle), math.cos(angle)]), 1e-3
    if abs(math.remainder(angle - turned, 2 * math.pi)) > 3.1:
        return  # the cut
    offsets = step * np.stack(np.meshgrid([-1, 0, 1], [-1, 0, 1], indexing="ij"), -1)
    u = dislocation.at((here + offsets).reshape(-1, 2)).reshape(3, 3, 2) / step**2
    second = [u[2, 1] - 2 * u[1, 1] + u[0, 1], u[1, 2] - 2 * u[1, 1] + u[1, 0]]
    mixed = (u[2, 2] - u[2, 0] - u[0, 2] + u[0, 0]) / 4
    gradient = np.array([second[0][0] + mixed[1], second[1][1] + mixed[0]])
    balance = second[0] + second[1] + gradient / (1 - 2 * POISSON)
    np.testing.assert_allclose(balance, 0, atol=1e-3 * np.abs(second).max() + 1e-6)


def test_the_crystal_has_slipped_by_the_burgers_vector_along_the_cut() -> None:
    dislocation = EdgeDislocation(np.zeros(2), np.array([0.0, 0.25]))
    for x in (-0.5, -2.0, -20.0):
        above, below = dislocation.at(np.array([[1e-9, x], [-1e-9, x]]))
        np.testing.assert_allclose(above - below, [0, 0.25], atol=1e-6)


@given(seed=seeds, rotation=st.floats(0, 6.28))
def test_a_burgers_circuit_closes_with_the_burgers_vector(seed: int, rotation: float) -> None:
    """Steps from column to column around the core, each a lattice vector of the crystal."""
    lattice = gold(rotation)
    dislocation = draw_dislocations(Grain(lattice, Region()), FIELD, draws_of(seed))[0]
    core = dislocation.core
    positions, _ = lattice.fill(core - 4.5, core + 4.5)
    positions = positions + dislocation.at(positions)
    turns = np.linspace(0, 2 * np.pi, 200)
    ring = core + 3.0 * np.stack([np.sin(turns), np.cos(turns)], 1)
    path = positions[cKDTree(positions).query(ring)[1]]
    jumps = np.diff(path, axis=0) @ np.linalg.inv(lattice.basis)
    assert np.abs(jumps - np.round(jumps)).max() < 0.25
    closure = np.round(jumps).sum(0) @ lattice.basis
    assert np.abs(np.abs(closure @ dislocation.burgers) - dislocation.reach**2) < 1e-9
    assert np.linalg.norm(closure) == pytest.approx(dislocation.reach)


def test_burgers_vectors_are_the_shortest_and_cores_lie_between_planes() -> None:
    lattice = gold()
    positions, _ = lattice.fill(-FIELD, 2 * FIELD)
    counts = set()
    for seed in range(30):
        found = draw_dislocations(Grain(lattice, Region()), FIELD, draws_of(seed))
        counts.add(len(found))
        for dislocation in found:
            assert dislocation.reach == pytest.approx(0.4078 * math.sqrt(6) / 4, rel=1e-3)
            normal = np.array([-dislocation.burgers[1], dislocation.burgers[0]])
            heights = (positions - dislocation.core) @ normal / dislocation.reach
            assert np.abs(heights).min() == pytest.approx(0.4078 / math.sqrt(3) / 2, rel=1e-3)
    assert counts == {1, 2, 3}


def test_dislocations_of_an_edge_lie_in_the_crystal() -> None:
    """Eight places are drawn, so all miss a crystal that fills half of the field once in 256."""
    region = Region((Facet(Line(np.array([1.0, 0.0]), 3.5)),))
    drawn = [draw_dislocations(Grain(gold(), region), FIELD, draws_of(seed)) for seed in range(60)]
    # The nearest gap between planes may be half a spacing outside.
    inside = [region.inside(found.core[None] - [0.12, 0])[0] for one in drawn for found in one]
    assert np.mean(inside) > 0.96


@given(seed=seeds)
def test_a_stacking_fault_shifts_one_side_along_a_row(seed: int) -> None:
    lattice = gold()
    draws = draws_of(seed)
    fault = draw_fault(Grain(lattice, Region()), FIELD, draws)
    positions, _ = lattice.fill(np.zeros(2), FIELD)
    moved = fault.at(positions)
    beyond = fault.line.distance(*positions.T) > 0
    assert beyond.any()
    assert not beyond.all()
    np.testing.assert_array_equal(moved[~beyond], 0)
    np.testing.assert_allclose(moved[beyond], np.broadcast_to(fault.slip, moved[beyond].shape))
    assert abs(fault.slip @ fault.line.normal) < 1e-12
    share = float(draws.record["specimen.slip"])
    cells = fault.slip / share @ np.linalg.inv(lattice.basis)
    np.testing.assert_allclose(cells, np.round(cells), atol=1e-9)


def test_columns_that_crowd_go_and_the_first_grain_has_precedence() -> None:
    crystal = known_crystal("Au [110]")
    room = 0.75 * nearest_distances(crystal)[0]
    positions = np.array([[0, 0], [0, 0.9 * room], [0, 2.0], [0, 2 + 1.1 * room], [5, 5]])
    grain, index = np.array([1, 0, 0, 1, 1]), np.zeros(5, int)
    order = np.argsort(grain, kind="stable")
    keep = apart(positions[order], grain[order], index, [crystal, crystal])
    np.testing.assert_array_equal(np.sort(order[keep]), [1, 2, 3, 4])


def test_a_perfect_crystal_is_not_thinned_out() -> None:
    """Not even one whose columns stand 0.03 nm apart."""
    for name in ("Au [110]", "SrTiO3 [100]", "PbTiO3 [100]", "In2O3 [111]"):
        crystal = known_crystal(name)
        positions, index = crystal.columns((4, 4), 0.3, (0.1, 0.2))
        assert apart(positions, np.zeros(len(index), int), index, [crystal]).all()


def test_of_a_chain_of_crowded_columns_every_other_stays() -> None:
    crystal = known_crystal("Au [110]")
    positions = np.stack([np.zeros(7), 0.15 * np.arange(7)], 1)
    keep = apart(positions, np.zeros(7, int), np.zeros(7, int), [crystal])
    np.testing.assert_array_equal(keep, [True, False] * 3 + [True])


def test_nothing_is_apart() -> None:
    keep = apart(np.empty((0, 2)), np.empty(0, int), np.empty(0, int), [])
    assert keep.shape == (0,)


def test_foreign_atoms_are_in_their_share_of_the_columns() -> None:
    before, share = stacks(), 0.2
    after = substituted(before, share, 32, EXPONENT, np.random.default_rng(1))
    changed = after.strength != before.strength
    error = math.sqrt(share * (1 - share) / len(before))
    assert changed.mean() == pytest.approx(share, abs=4 * error)
    np.testing.assert_array_equal(after.atomic_number, np.where(changed, 32, 14))
    # Whole atoms, from one to all five, each as often.
    per_atom = (32**EXPONENT - 14**EXPONENT) / before.thickness
    atoms = ((after.strength - before.strength) / per_atom)[changed]
    np.testing.assert_allclose(atoms, np.round(atoms), atol=1e-9)
    counts = np.bincount(np.round(atoms).astype(int), minlength=6)
    assert counts[0] == 0
    np.testing.assert_allclose(counts[1:] / counts.sum(), 0.2, atol=0.03)


def test_a_light_foreign_atom_names_a_column_only_where_no_other_is_left() -> None:
    before = stacks()
    after = substituted(before, 0.5, 6, EXPONENT, np.random.default_rng(2))
    light = after.atomic_number == 6
    np.testing.assert_allclose(after.strength[light], 5 * 6**EXPONENT / before.thickness[light])
    assert (after.strength[~light] > 5 * 6**EXPONENT / before.thickness[~light]).all()
    assert light.mean() == pytest.approx(0.1, abs=0.02)


def test_an_atom_lies_on_a_column_or_beside_it() -> None:
    before = stacks(400)
    places = np.array([[0.0, 0.1], [0.03, 0.28], [0.15, 0.15]])
    after = with_atoms(before, single_atoms(places, 79, EXPONENT))
    assert len(after) == len(before) + 1
    np.testing.assert_array_equal(after.positions[-1], places[2])
    assert after.atomic_number[-1] == 79
    total = (after.strength * after.thickness).sum() - (before.strength * before.thickness).sum()
    assert total == pytest.approx(3 * 79**EXPONENT)
    np.testing.assert_array_equal(np.flatnonzero(after.atomic_number[:-1] == 79), [0, 1])
    np.testing.assert_array_equal(after.thickness[:-1], before.thickness)


def test_two_atoms_may_lie_on_one_column() -> None:
    before = stacks(400)
    places = np.array([[0.3, 0.19], [0.3, 0.41]])
    after = with_atoms(before, single_atoms(places, 79, EXPONENT))
    gain = (after.strength - before.strength) * before.thickness
    np.testing.assert_allclose(gain[gain > 0], [2 * 79**EXPONENT])


def test_a_single_atom_scatters_as_one() -> None:
    atoms = single_atoms(np.zeros((3, 2)), 78, 1.6)
    np.testing.assert_allclose(atoms.strength * atoms.thickness, 78**1.6)
    np.testing.assert_array_equal(atoms.thickness, ATOM)


@given(seed=seeds, density=st.floats(0, 10))
def test_scattered_atoms_keep_their_distance(seed: int, density: float) -> None:
    places = scattered(np.array([-1.0, 2.0]), np.array([3.0, 7.0]), density, draws_of(seed).rng)
    assert ((places >= [-1, 2]) & (places <= [3, 7])).all()
    if len(places) > 1:
        assert cKDTree(places).query(places, 2)[0][:, 1].min() >= NEIGHBOURS


def test_scattered_atoms_are_as_many_as_asked_for() -> None:
    places = scattered(np.zeros(2), np.full(2, 100.0), 0.2, np.random.default_rng(3))
    # One of each pair that is too near goes.
    expected = 2000 * (1 - 0.1 * math.pi * 0.2**2)
    assert len(places) == pytest.approx(expected, abs=4 * math.sqrt(2000))


def test_displacements_add_up_over_a_fault() -> None:
    fault = StackingFault(Line(np.array([0.0, 1.0]), 1.0), np.array([0.1, 0.0]))
    np.testing.assert_array_equal(fault.at(np.array([[0.0, 0.5], [0.0, 1.5]])), [[0, 0], [0.1, 0]])
    assert fault.reach == pytest.approx(0.1)
