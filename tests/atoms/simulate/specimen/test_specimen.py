"""Specimens: scenes have the geometry that they are named for, and nothing impossible in them."""

import math
from collections.abc import Callable
from dataclasses import fields, replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial import ConvexHull, cKDTree

from colonnade.atoms.simulate.specimen.crystals import known_crystal
from colonnade.atoms.simulate.specimen.films import Grid, add_rims
from colonnade.atoms.simulate.specimen.grains import SCENES, Grain
from colonnade.atoms.simulate.specimen.growth import grow, thickness_map
from colonnade.atoms.simulate.specimen.lattice import (
    Lattice,
    Line,
    nearest_distances,
    repeat_along_beam,
)
from colonnade.atoms.simulate.specimen.regions import Facet, Region, polygon
from colonnade.atoms.simulate.specimen.specimen import (
    ELEMENTS,
    Scene,
    Scenes,
    Specimen,
    build,
    margin,
)
from colonnade.atoms.simulate.specimen.stacks import Stacks
from colonnade.atoms.simulate.specimen.thickness import Terrace, Thickness
from colonnade.core.errors import RecipeError
from colonnade.core.work.draws import Draws
from colonnade.core.work.recipe import from_dict, to_dict

EXPONENT = 1.7
NEVER = (0.0, 0.0)
SIZE, PIXEL = (200, 260), 0.025
FIELD = np.array(SIZE) * PIXEL
NAMES = [item.name for item in fields(Scenes)]
CRYSTALS = ("Au [110]", "Si [110]", "SrTiO3 [100]", "MoS2 [001]")

seeds = st.integers(0, 2**32 - 1)
scenes = st.sampled_from(NAMES)


def only(scene: str) -> Scenes:
    return Scenes(**{name: float(name == scene) for name in NAMES})


def perfect(scene: str, *crystals: str, **changes: object) -> Specimen:
    """A recipe that leaves nothing but place, turn and thickness to chance."""
    recipe = Specimen(
        crystals=crystals or CRYSTALS,
        invented=0.0,
        scenes=only(scene),
        wedge=NEVER,
        terraced=0.0,
        strain=NEVER,
        disorder=NEVER,
        vacancies=NEVER,
        substitutions=NEVER,
        adatoms=NEVER,
        composition=NEVER,
        dislocations=0.0,
        stacking_faults=0.0,
        supported=0.0,
        rim=NEVER,
        contaminated=0.0,
    )
    return replace(recipe, **changes)


def built(
    recipe: Specimen, seed: int = 0, size: tuple[int, int] = SIZE, pixel: float = PIXEL
) -> tuple[Scene, dict[str, float | str]]:
    draws = Draws(np.random.default_rng(seed))
    return build(recipe, size, pixel, 0.0, EXPONENT, draws), draws.record


def scene_of(recipe: Specimen, seed: int = 0, **where: object) -> Scene:
    return built(recipe, seed, **where)[0]


def inner(positions: np.ndarray, within: float = 0.0) -> np.ndarray:
    return ((positions >= within) & (positions <= FIELD - within)).all(1)


def at_pixels(values: np.ndarray, positions: np.ndarray) -> np.ndarray:
    """Values of a map at positions in the field of view."""
    y, x = np.round(positions / PIXEL).astype(int).T
    return values[np.minimum(y, SIZE[0] - 1), np.minimum(x, SIZE[1] - 1)]


def plant(crystal: str, rotation: float = 0.4) -> Callable[[str], Lattice]:
    def lattice(label: str) -> Lattice:
        return Lattice(known_crystal(crystal), rotation, np.array([0.3, 0.7]), np.zeros((2, 2)))

    return lattice


def arranged(scene: str, crystal: str, seed: int = 0) -> list[Grain]:
    return SCENES[scene](FIELD, plant(crystal), Draws(np.random.default_rng(seed)))


def flat(thickness: float = 10.0, *terraces: Terrace, wedge: float = 0.0) -> Thickness:
    middle = Line(np.array([0.0, 1.0]), FIELD[1] / 2)
    return Thickness(thickness, wedge, middle, FIELD[1], terraces)


def grown(grains: list[Grain], thickness: Thickness | None = None) -> Stacks:
    corners = (-np.full(2, margin(FIELD)), FIELD + margin(FIELD))
    return grow(grains, [], thickness or flat(), corners, EXPONENT)


def boundary(grains: list[Grain]) -> Line:
    return grains[0].region.facets[0].line


# Whatever the scene


@given(scene=scenes, seed=seeds)
@settings(max_examples=60)
def test_whatever_is_drawn_is_possible(scene: str, seed: int) -> None:
    made = scene_of(Specimen(crystals=CRYSTALS, scenes=only(scene)), seed)
    count = len(made.positions)
    assert made.positions.shape == (count, 2)
    for values in (made.strength, made.thickness, made.atomic_number):
        assert values.shape == (count,)
        assert np.isfinite(values).all()
        assert (values > 0).all()
    assert np.isfinite(made.positions).all()
    assert ((made.positions >= -margin(FIELD)) & (made.positions <= FIELD + margin(FIELD))).all()
    assert made.atomic_number.max(initial=1) <= 92
    for film in (made.crystal, made.amorphous):
        assert film.shape == SIZE
        assert film.dtype == np.float32
        assert np.isfinite(film).all()
        assert film.min() >= 0


@given(scene=scenes, seed=seeds)
def test_the_same_seed_gives_the_same_bits(scene: str, seed: int) -> None:
    recipe = Specimen(crystals=CRYSTALS, scenes=only(scene))
    (one, record), (two, other) = built(recipe, seed), built(recipe, seed)
    assert record == other
    for item in fields(Scene):
        first, second = getattr(one, item.name), getattr(two, item.name)
        assert first == second if item.name == "name" else first.tobytes() == second.tobytes()


@given(scene=scenes, seed=seeds)
@settings(max_examples=60)
def test_no_two_columns_are_nearer_than_matter_allows(scene: str, seed: int) -> None:
    recipe = Specimen(
        crystals=CRYSTALS,
        scenes=only(scene),
        disorder=NEVER,
        strain=(0.0, 0.005),
        adatoms=(1.0, 1.0),
        dislocations=0.5,
        stacking_faults=0.5,
    )
    made = scene_of(recipe, seed)
    if len(made.positions) > 1:
        # Invented columns stand 0.1 nm apart, those of silicon 0.136 nm.
        nearest = cKDTree(made.positions).query(made.positions, 2)[0][:, 1]
        assert nearest.min() >= 0.75 * (0.1 if "invented" in made.name else 0.1357) - 1e-9


@given(scene=scenes, seed=seeds)
@settings(max_examples=40)
def test_columns_hold_whole_repeats(scene: str, seed: int) -> None:
    recipe = Specimen(crystals=CRYSTALS, invented=0.0, scenes=only(scene), adatoms=NEVER)
    made = scene_of(recipe, seed)
    if made.name == "none" or "|" in made.name:
        return
    crystal = known_crystal(made.name)
    repeats = made.thickness / repeat_along_beam(crystal)
    np.testing.assert_allclose(repeats, np.round(repeats), atol=1e-9)
    assert repeats.min(initial=1) >= 1
    if crystal.layer:
        np.testing.assert_array_equal(made.thickness, crystal.period)
        assert set(np.unique(made.crystal)) <= {np.float32(0), np.float32(crystal.period)}


def test_all_scenes_and_defects_come_by_default() -> None:
    records = [built(Specimen(crystals=CRYSTALS), seed)[1] for seed in range(400)]
    # But for gaps, which came later: older recipes keep their images.
    assert {str(record["scene"]) for record in records} == set(NAMES) - {"gap"}
    for defect in ("stacking_fault", "dislocated", "terraced", "contaminated", "supported"):
        assert {record.get(f"specimen.{defect}") for record in records} >= {0.0, 1.0}


@pytest.mark.parametrize("scene", NAMES)
def test_the_record_names_the_scene_and_its_crystals(scene: str) -> None:
    made, record = built(perfect(scene, "Au [110]", "SrTiO3 [100]"), 4)
    assert record["scene"] == scene
    assert record["crystal"] == made.name
    if scene in ("single_atoms", "film", "vacuum"):
        assert made.name == "none"
    elif scene == "interface":
        assert set(made.name.split(" | ")) <= {"Au [110]", "SrTiO3 [100]"}
    else:
        assert made.name in ("Au [110]", "SrTiO3 [100]")


def test_every_crystal_may_be_asked_for() -> None:
    names = {built(Specimen(), seed, (32, 32))[0].name for seed in range(12)}
    assert len(names) > 6


# Perfect crystals


@pytest.mark.parametrize("crystal", CRYSTALS)
def test_strength_and_atomic_number_are_those_of_the_crystal(crystal: str) -> None:
    made, projection = scene_of(perfect("crystal", crystal)), known_crystal(crystal)
    expected = dict(
        zip(
            projection.atomic_numbers().tolist(),
            projection.strength(EXPONENT).tolist(),
            strict=True,
        )
    )
    for number, strength in zip(made.atomic_number, made.strength, strict=True):
        assert strength == pytest.approx(expected[number])
    assert set(made.atomic_number.tolist()) == set(expected)


@pytest.mark.parametrize("changes", [{}, {"dislocations": 1.0}, {"stacking_faults": 1.0}])
@pytest.mark.parametrize("crystal", ["Au [110]", "SrTiO3 [100]"])
def test_columns_are_as_dense_in_the_margin_as_inside(
    crystal: str, changes: dict[str, float]
) -> None:
    recipe = perfect("crystal", crystal, **changes)
    seen = [inner(scene_of(recipe, seed).positions) for seed in range(12)]
    density = np.mean([here.sum() for here in seen]) / np.prod(FIELD)
    projection = known_crystal(crystal)
    expected = len(projection.positions) / abs(np.linalg.det(projection.basis))
    assert density == pytest.approx(expected, rel=0.02)
    beyond = np.mean([(~here).sum() for here in seen])
    area = np.prod(FIELD + 2 * margin(FIELD)) - np.prod(FIELD)
    assert beyond / area == pytest.approx(density, rel=0.03)


@pytest.mark.parametrize(("size", "pixel"), [((128, 128), 0.005), ((64, 900), 0.05)])
@given(scene=scenes, seed=seeds)
def test_small_and_large_fields_are_covered(
    size: tuple[int, int], pixel: float, scene: str, seed: int
) -> None:
    made = scene_of(Specimen(crystals=CRYSTALS, scenes=only(scene)), seed, size=size, pixel=pixel)
    assert made.crystal.shape == made.amorphous.shape == size
    if scene in ("crystal", "twin", "antiphase"):
        area = np.prod(np.array(size) * pixel + 2 * margin(np.array(size) * pixel))
        assert len(made.positions) > 3 * area


def test_strain_stretches_the_crystal() -> None:
    expected = nearest_distances(known_crystal("Au [100]"))[0]
    for strain, spread in ((0.0, 0.0), (0.01, 0.01)):
        recipe = perfect("crystal", "Au [100]", strain=(strain, strain))
        stretched = []
        for seed in range(40):
            positions = scene_of(recipe, seed, size=(64, 64)).positions
            tree = cKDTree(positions)
            middle = positions[tree.query(np.full(2, 0.8))[1]]
            stretched.append(tree.query(middle, 5)[0][1:].mean() / expected - 1)
        # The mean over the four neighbours is that of two components, drawn independently.
        assert np.std(stretched) == pytest.approx(spread / math.sqrt(2), rel=0.35, abs=1e-9)


def test_disorder_moves_columns_by_its_standard_deviation_but_never_far() -> None:
    recipe = perfect("crystal", "Au [100]")
    still = scene_of(recipe, 3)
    moved = scene_of(replace(recipe, disorder=(0.005, 0.005)), 3)
    distance, nearest = cKDTree(still.positions).query(moved.positions)
    seen = inner(still.positions[nearest])
    steps = (moved.positions - still.positions[nearest])[seen]
    assert steps.std() == pytest.approx(0.005, rel=0.1)
    assert np.abs(steps).max() <= 0.015 + 1e-12
    assert distance[seen].max() < 0.022


def test_vacancies_are_missing_columns() -> None:
    share, missing, total = 0.1, 0, 0
    for seed in range(8):
        recipe = perfect("crystal", "Au [100]")
        whole = scene_of(recipe, seed).positions
        found = scene_of(replace(recipe, vacancies=(share, share)), seed).positions
        assert cKDTree(whole).query(found)[0].max() < 1e-9
        missing += len(whole) - len(found)
        total += len(whole)
    assert missing / total == pytest.approx(share, abs=4 * math.sqrt(share * 0.9 / total))


def test_composition_spreads_the_logarithm_of_the_strength() -> None:
    made = scene_of(perfect("crystal", "Au [100]", composition=(0.2, 0.2)))
    relative = np.log(made.strength / known_crystal("Au [100]").strength(EXPONENT)[0])
    assert relative.std() == pytest.approx(0.2, rel=0.12)
    assert abs(relative.mean()) < 0.03


def test_adatoms_are_as_many_as_asked_for() -> None:
    """Those on top of columns too: what they scatter is there."""
    density, extra = 0.5, []
    area = np.prod(FIELD + 2 * margin(FIELD))
    for seed in range(20):
        recipe = perfect("crystal", "Al [100]", thickness=(5.0, 5.0))
        bare = scene_of(recipe, seed)
        made, record = built(replace(recipe, adatoms=(density, density)), seed)
        element = int(record["specimen.element"])
        assert element in ELEMENTS
        more = (made.strength * made.thickness).sum() - (bare.strength * bare.thickness).sum()
        extra.append(more / element**EXPONENT)
        assert (made.atomic_number == element).any()
    # Some have a neighbour that is too near, and go.
    expected = density * area * (1 - density / 2 * math.pi * 0.2**2)
    assert np.mean(extra) == pytest.approx(expected, abs=4 * math.sqrt(expected / 20))


# Thickness


def test_a_wedge_changes_the_thickness_across_the_field() -> None:
    recipe = perfect("crystal", "Au [110]", thickness=(30.0, 30.0), wedge=(0.5, 0.5))
    for seed in range(4):
        made, record = built(recipe, seed)
        direction = float(record["specimen.wedge_direction"])
        normal = np.array([math.sin(direction), math.cos(direction)])
        extent = np.abs(normal) @ FIELD
        # The slope is 15 nm over the extent; steps of a repeat leave an error.
        design = np.column_stack([made.positions - FIELD / 2, np.ones(len(made.positions))])
        slope = np.linalg.lstsq(design, made.thickness)[0]
        np.testing.assert_allclose(slope[:2], 15 / extent * normal, atol=0.03)
        assert slope[2] == pytest.approx(30, abs=0.03)
        at_corners = made.crystal[[0, 0, -1, -1], [0, -1, 0, -1]]
        assert at_corners.max() == pytest.approx(37.5, abs=0.1)
        assert at_corners.min() == pytest.approx(22.5, abs=0.1)


def test_a_terrace_is_a_step_of_whole_repeats() -> None:
    repeat = repeat_along_beam(known_crystal("Au [110]"))
    up, down = (Terrace(Line(np.array([1.0, 0.0]), y), n) for y, n in ((1.0, 3), (3.0, -1)))
    grains = arranged("crystal", "Au [110]")
    stacks = grown(grains, flat(20 * repeat, up, down))
    expected = np.select([stacks.positions[:, 0] > 3, stacks.positions[:, 0] > 1], [22, 23], 20)
    np.testing.assert_allclose(stacks.thickness / repeat, expected)
    crystal = thickness_map(grains, flat(20 * repeat, up, down), Grid.of(SIZE, PIXEL))
    np.testing.assert_allclose(crystal[[10, 80, 150], 7] / repeat, [20, 23, 22], rtol=1e-5)


def test_terraces_are_drawn_as_the_recipe_says() -> None:
    recipe = perfect("crystal", "Au [110]", thickness=(9.0, 9.0), terraced=1.0, terraces=(2, 2))
    recipe = replace(recipe, terrace_height=(4, 4))
    repeat, found = repeat_along_beam(known_crystal("Au [110]")), set()
    for seed in range(10):
        found |= set(np.round(scene_of(recipe, seed).thickness / repeat).astype(int))
    assert found <= {31 - 8, 31 - 4, 31, 31 + 4, 31 + 8}
    assert len(found) >= 4


def test_a_crystal_is_never_thinner_than_one_repeat() -> None:
    down = Terrace(Line(np.array([0.0, 1.0]), 0.0), -100)
    repeat = repeat_along_beam(known_crystal("Au [110]"))
    grains = arranged("crystal", "Au [110]")
    stacks = grown(grains, flat(3.0, down, wedge=3.0))
    assert stacks.thickness.min() == repeat
    assert thickness_map(grains, flat(3.0, down), Grid.of(SIZE, PIXEL)).min() >= repeat - 1e-6


# Boundaries


@pytest.mark.parametrize("crystal", ["Au [110]", "Si [110]", "SrTiO3 [110]", "MoS2 [001]"])
@given(seed=seeds)
def test_a_twin_is_the_mirror_image(crystal: str, seed: int) -> None:
    grains = arranged("twin", crystal, seed)
    line, stacks = boundary(grains), grown(grains)
    images = stacks.positions - 2 * line.distance(*stacks.positions.T)[:, None] * line.normal
    seen = ((images > -margin(FIELD)) & (images < FIELD + margin(FIELD))).all(1)
    distance, nearest = cKDTree(stacks.positions).query(images[seen])
    # The boundary is moved by a tenth of a picometre, so that columns on it belong to one side.
    np.testing.assert_allclose(distance, 0, atol=3e-4)
    np.testing.assert_array_equal(stacks.atomic_number[nearest], stacks.atomic_number[seen])


@pytest.mark.parametrize("crystal", ["Au [110]", "Si [110]"])
def test_a_twin_is_not_the_same_crystal_and_loses_no_column(crystal: str) -> None:
    projection = known_crystal(crystal)
    density = len(projection.positions) / abs(np.linalg.det(projection.basis))
    counts = []
    for seed in range(20):
        grains = arranged("twin", crystal, seed)
        stacks = grown(grains)
        counts.append(len(stacks.positions))
        beyond = boundary(grains).distance(*stacks.positions.T) > 0.3
        straight, _ = grains[0].lattice.fill(-np.full(2, 1.0), FIELD + 1)
        away = cKDTree(straight).query(stacks.positions[beyond])[0]
        assert np.median(away) > 0.03
        assert cKDTree(straight).query(stacks.positions[~beyond])[0].min() < 1e-9
    expected = density * np.prod(FIELD + 2 * margin(FIELD))
    assert np.mean(counts) == pytest.approx(expected, rel=0.02)


@given(seed=seeds)
def test_antiphase_domains_are_half_a_repeat_apart(seed: int) -> None:
    one, other = arranged("antiphase", "SrTiO3 [100]", seed)
    shift = (other.lattice.origin - one.lattice.origin) @ np.linalg.inv(one.lattice.basis)
    np.testing.assert_allclose(2 * shift, np.round(2 * shift), atol=1e-9)
    assert np.abs(shift - np.round(shift)).max() == pytest.approx(0.5)
    stacks = grown([one, other])
    strontium = stacks.positions[stacks.atomic_number == 38]
    beyond = boundary([one, other]).distance(*strontium.T) > 0
    for grain, positions in ((one, strontium[~beyond]), (other, strontium[beyond])):
        cells = (positions - grain.lattice.motif[0]) @ np.linalg.inv(one.lattice.basis)
        rest = cells - cells[:1]
        np.testing.assert_allclose(rest, np.round(rest), atol=1e-6)


@given(seed=seeds)
def test_a_grain_boundary_parts_two_turned_crystals(seed: int) -> None:
    grains = arranged("grain_boundary", "Au [110]", seed)
    line, stacks = boundary(grains), grown(grains)
    distance = line.distance(*stacks.positions.T)
    for grain, here in zip(grains, (distance < -0.4, distance > 0.4), strict=True):
        cells = (stacks.positions[here] - grain.lattice.motif[0]) @ np.linalg.inv(
            grain.lattice.basis
        )
        np.testing.assert_allclose(cells, np.round(cells), atol=1e-6)
    # It runs through the middle of the field of view, so both crystals are seen.
    assert (distance < 0).any()
    assert (distance > 0).any()


def test_at_an_interface_there_is_another_crystal() -> None:
    parallel = 0
    for seed in range(30):
        made, record = built(perfect("interface", "Au [110]", "SrTiO3 [100]"), seed)
        if made.name == "Au [110] | SrTiO3 [100]":
            gold = made.positions[made.atomic_number == 79]
            strontium = made.positions[made.atomic_number == 38]
            assert len(gold) > 5
            assert len(strontium) > 5
            assert (cKDTree(gold).query(strontium)[0] > 0.11).all()
        parallel += record["specimen.parallel"] == 1
    assert 5 < parallel < 25


def test_parallel_rows_run_along_the_interface() -> None:
    for seed in range(30):
        draws = Draws(np.random.default_rng(seed))
        one, other = SCENES["interface"](
            FIELD,
            lambda label: plant({"crystal": "Au [110]", "other": "Si [110]"}[label])(""),
            draws,
        )
        if draws.record["specimen.parallel"]:
            normal = boundary([one, other]).normal
            rows = other.lattice.rows()[:3]
            assert np.abs(rows @ normal).min() < 1e-9
            line = boundary([one, other])
            for grain in (one, other):
                positions, _ = grain.lattice.fill(np.zeros(2), FIELD)
                assert np.abs(line.distance(*positions.T)).min() > 0.03


# Edges and particles


@given(seed=seeds)
def test_there_is_no_column_in_vacuum(seed: int) -> None:
    for scene in ("edge", "particle"):
        grains = arranged(scene, "Au [110]", seed)
        stacks = grown(grains)
        regions = [grain.region for grain in grains]
        assert np.any([region.inside(stacks.positions) for region in regions], axis=0).all()
        grid = Grid.of(SIZE, PIXEL)
        crystal = thickness_map(grains, flat(), grid)
        depth = np.max([region.depth(grid.y, grid.x) for region in regions], axis=0)
        assert (crystal[depth > 1e-3] > 0).all()
        assert (crystal[depth < -1e-3] == 0).all()


@given(seed=seeds)
def test_an_edge_thins_to_one_repeat(seed: int) -> None:
    grains = arranged("edge", "Au [110]", seed)
    (grain,) = grains
    stacks, repeat = grown(grains, flat(8.0)), repeat_along_beam(known_crystal("Au [110]"))
    depth = grain.region.depth(*stacks.positions.T)
    slope = grain.region.facets[0].slope
    repeats = stacks.thickness / repeat
    expected = np.minimum(1 + np.floor(slope * depth / repeat), np.round(8.0 / repeat))
    np.testing.assert_allclose(repeats, expected)
    assert repeats[depth < 0.1].max(initial=1) <= 1
    crystal = thickness_map(grains, flat(8.0), Grid.of(SIZE, PIXEL))
    seen = inner(stacks.positions)
    between = at_pixels(crystal, stacks.positions[seen])
    # Between the surfaces of the columns beside it.
    assert np.abs(between - stacks.thickness[seen]).max() <= 1.25 * repeat


def test_the_outermost_columns_of_a_particle_have_one_to_three_atoms() -> None:
    repeat = repeat_along_beam(known_crystal("Au [110]"))
    outermost, middle = [], []
    for seed in range(25):
        for grain in arranged("particle", "Au [110]", seed):
            around = grain.region.centre - 6, grain.region.centre + 6
            stacks = grow([grain], [], flat(40.0), around, EXPONENT)
            hull = ConvexHull(stacks.positions).vertices
            outermost += np.round(stacks.thickness[hull] / repeat).tolist()
            middle.append(stacks.thickness.max())
            depth = grain.region.depth(*stacks.positions.T)
            assert depth[np.argmax(stacks.thickness)] > 0.3 * depth.max()
    assert set(outermost) <= {1, 2, 3}
    assert np.mean(outermost) < 2
    assert min(middle) > 2 * repeat
    assert max(middle) > 3.0


@given(seed=seeds)
def test_particles_are_convex_and_do_not_touch(seed: int) -> None:
    grains = arranged("particle", "Au [110]", seed)
    for i, grain in enumerate(grains):
        assert (grain.region.centre >= 0).all()
        assert (grain.region.centre <= FIELD).all()
        assert len(grain.region.facets) in (6, 8)
        turns = np.linspace(0, 2 * np.pi, 50)
        circle = grain.region.reach * np.stack([np.sin(turns), np.cos(turns)], 1)
        assert not grain.region.inside(grain.region.centre + 1.001 * circle).any()
        for other in grains[:i]:
            between = np.linalg.norm(grain.region.centre - other.region.centre)
            assert between > grain.region.reach + other.region.reach


def test_facets_run_along_rows() -> None:
    for grain in arranged("particle", "SrTiO3 [100]", 5):
        rows = grain.lattice.rows()[:4]
        for facet in grain.region.facets:
            assert np.abs(rows @ facet.line.normal).min() < 1e-9


def test_the_depth_in_a_square_is_the_distance_from_its_nearest_side() -> None:
    normals = np.array([[1.0, 0], [-1, 0], [0, 1], [0, -1]])
    square = polygon(normals, np.full(4, 2.0), np.array([1.0, 2.0, 3.0, 4.0]))
    square = square.moved(np.array([5.0, 7.0]))
    y, x = np.array([5.0, 6.5, 5.0, 5.0, 8.0]), np.array([7.0, 7.0, 8.9, 5.5, 7.0])
    np.testing.assert_allclose(square.depth(y, x), [2, 0.5, 0.1, 0.5, -1])
    np.testing.assert_allclose(square.height(y, x), [2, 0.5, 0.3, 2, -1])
    assert square.reach == pytest.approx(2 * math.sqrt(2))


# What is not a crystal


def test_a_rim_follows_the_edge() -> None:
    region = Region((Facet(Line(np.array([0.0, 1.0]), 3.0), 1.0),))
    film = np.ones(SIZE, np.float32)
    add_rims(film, Grid.of(SIZE, PIXEL), [region], 0.5)
    x = np.array([2.4, 2.5, 2.75, 3.0, 3.25, 3.5, 3.6])
    np.testing.assert_allclose(
        film[100, np.round(x / PIXEL).astype(int)], [1, 1, 1.5, 2, 1.5, 1, 1], atol=1e-5
    )


@pytest.mark.parametrize("scene", ["edge", "particle"])
def test_edges_have_rims(scene: str) -> None:
    made = scene_of(perfect(scene, "Au [110]", rim=(0.8, 0.8)), 2)
    assert made.amorphous.max() == pytest.approx(1.6, abs=0.1)
    assert made.amorphous.min() == 0


def test_films_are_even_and_vacuum_is_empty() -> None:
    film = scene_of(perfect("film", support=(4.0, 4.0)))
    np.testing.assert_array_equal(film.amorphous, np.float32(4.0))
    assert len(film.positions) == 0
    vacuum = scene_of(Specimen(scenes=only("vacuum"), contaminated=1.0, supported=1.0))
    assert not vacuum.amorphous.any()
    assert not vacuum.crystal.any()
    assert len(vacuum.positions) == 0


def test_contamination_lies_on_the_film() -> None:
    made = scene_of(perfect("film", support=(4.0, 4.0), contaminated=1.0))
    assert made.amorphous.min() >= 4
    assert made.amorphous.max() > 4.4


def test_a_film_ends_in_vacuum_and_its_atoms_with_it() -> None:
    recipe = perfect(
        "single_atoms",
        single_atoms=(20.0, 20.0),
        support=(4.0, 4.0),
        bordered=1.0,
        border=(0.5, 0.5),
    )
    count, layers = 0, set()
    for seed in range(12):
        made, record = built(recipe, seed)
        layers.add(record["specimen.layers"])
        assert 4.0 - 1e-5 < made.amorphous.max() < 4.0 * record["specimen.layers"] + 1e-5
        atoms = made.positions[inner(made.positions)]
        count += len(atoms)
        assert (at_pixels(made.amorphous, atoms) > 0).all()
        if record["specimen.layers"] == 1:
            assert made.amorphous.min() == 0
    assert layers == {1.0, 2.0}
    assert count > 500


def test_residue_lies_in_patches() -> None:
    bare = perfect("film", support=(4.0, 4.0))
    shares = []
    for seed in range(12):
        more = scene_of(replace(bare, residue=1.0, residue_height=(2.0, 2.0)), seed).amorphous - 4
        assert more.min() == 0
        shares.append(float((more > 0).mean()))
    assert 0.1 < np.mean(shares) < 0.7


def test_strewn_atoms_lie_on_the_film_beside_particles() -> None:
    recipe = perfect("particle", "Cu [100]", supported=1.0, bordered=1.0, border=(0.5, 0.5))
    count = 0
    for seed in range(6):
        bare = scene_of(recipe, seed)
        made = scene_of(replace(recipe, strewn=(4.0, 4.0)), seed)
        heavy = made.atomic_number > 29
        assert (made.atomic_number[~heavy] == 29).all()
        assert (~heavy).sum() <= len(bare.positions)
        atoms = made.positions[heavy & inner(made.positions)]
        count += len(atoms)
        assert (at_pixels(made.amorphous, atoms) > 0).all()
    assert count > 50


def test_a_gap_is_as_wide_as_it_says() -> None:
    for seed in range(6):
        made, record = built(perfect("gap", "Au [100]", "Cu [100]"), seed)
        angle = record["specimen.line"]
        across = made.positions @ np.array([np.sin(angle), np.cos(angle)])
        widest = np.diff(np.sort(across)).max()
        # No farther than a row of columns on either side.
        assert record["specimen.gap"] <= widest + 1e-9
        assert widest < record["specimen.gap"] + 2 * 0.21


def test_a_supported_crystal_has_a_film() -> None:
    made = scene_of(perfect("crystal", supported=1.0, support=(3.0, 3.0)))
    np.testing.assert_array_equal(made.amorphous, np.float32(3.0))


def test_single_atoms_scatter_as_one_and_are_as_many_as_asked_for() -> None:
    recipe, counts = perfect("single_atoms", single_atoms=(0.5, 0.5)), []
    for seed in range(40):
        made = scene_of(recipe, seed)
        counts.append(len(made.positions))
        assert set(made.atomic_number.tolist()) <= set(ELEMENTS)
        np.testing.assert_allclose(
            made.strength * made.thickness, made.atomic_number.astype(float) ** EXPONENT
        )
        assert made.amorphous.min() >= 1
    expected = 0.5 * np.prod(FIELD + 2 * margin(FIELD)) * (1 - 0.25 * math.pi * 0.2**2)
    assert np.mean(counts) == pytest.approx(expected, abs=4 * math.sqrt(expected / 40))


# The recipe


def test_a_recipe_goes_through_plain_values() -> None:
    recipe = Specimen(crystals=("Si [110]",), scenes=only("twin"), vacancies=(0.1, 0.2))
    assert from_dict(Specimen, to_dict(recipe)) == recipe


@pytest.mark.parametrize(
    "changes",
    [
        {"crystals": ()},
        {"vacancies": (-0.1, 0.1)},
        {"adatoms": (-1.0, 0.0)},
        {"supported": -0.5},
        {"strewn": (-1.0, 0.0)},
    ],
)
def test_an_impossible_recipe_is_refused(changes: dict[str, object]) -> None:
    with pytest.raises(RecipeError, match=f"specimen.{next(iter(changes))}"):
        Specimen(**changes)


@pytest.mark.parametrize(
    "recipe",
    [
        Specimen(scenes=Scenes(**dict.fromkeys(NAMES, 0.0))),
        Specimen(scenes=replace(only("crystal"), twin=-1.0)),
        perfect("crystal", thickness=(0.0, 1.0)),
        perfect("crystal", thickness=(2.0, 1.0)),
        perfect("crystal", supported=1.5),
        perfect("crystal", terraced=1.0, terraces=(3, 1)),
        perfect("crystal", "Unobtainium [100]"),
    ],
)
def test_an_impossible_draw_is_refused(recipe: Specimen) -> None:
    with pytest.raises(RecipeError):
        scene_of(recipe)


def test_crystals_are_drawn_again_until_the_probe_resolves_them() -> None:
    """Al along [110] repeats after 0.286 nm, C after 0.252 nm, CdTe after 0.458 nm."""
    names = ("Al [110]", "C [110]", "CdTe [110]")
    recipe = Specimen(crystals=names, invented=0.0, scenes=Scenes(crystal=1.0), resolved=1.0)
    shown = set()
    for seed in range(20):
        draws = Draws(np.random.default_rng(seed))
        build(recipe, (32, 32), 0.02, 0.3, EXPONENT, draws)
        shown.add(draws.record["crystal"])
    assert shown == {"CdTe [110]"}
