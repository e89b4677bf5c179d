"""The shipped model on simulated images, and on images as people have them."""

import warnings
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial import cKDTree

import colonnade
from colonnade import ColonnadeWarning, Columns, Micrograph, Model
from colonnade.atoms.bench.degradation_series import draw_degraded
from colonnade.atoms.bench.structures import STRUCTURES, draw_structure
from colonnade.atoms.card import AtomsCard
from colonnade.atoms.library.sources import Simulator
from colonnade.atoms.locate.locate import (
    FITTED,
    SEARCHED,
    WHOLE,
    Options,
    Refinement,
    locate_frame,
)
from colonnade.atoms.score import Score, score
from colonnade.atoms.simulate.image import Simulated, Simulation
from colonnade.core.bench.case import Case
from colonnade.core.errors import ImageError
from colonnade.core.files.batch import sample
from colonnade.core.images.binning import Binning
from colonnade.core.work.draws import NEVER
from colonnade.core.work.recipe import load

NOT_ATOMIC = "this does not look like an image of atom columns"

RECIPES = Path(__file__).parents[3] / "recipes" / "atoms"


def simulated(crystal: str = "Au [110]", size: tuple[int, int] = (160, 224)) -> Simulated:
    """A good image of a perfect crystal, with a thousand electrons in its brightest pixel."""
    recipe = load(Simulation, RECIPES / "strontium-titanate.toml")
    specimen = replace(
        recipe.specimen,
        crystals=(crystal,),
        resolved=0.0,
        composition=NEVER,
        disorder=NEVER,
        vacancies=NEVER,
        substitutions=NEVER,
    )
    imaging = replace(
        recipe.imaging,
        pixel_size=(0.02, 0.02),
        source=(0.05, 0.05),
        convergence=(25.0, 25.0),
        voltages=(300.0,),
        counts=(1000.0, 1000.0),
    )
    scan = replace(recipe.scan, jitter=NEVER, jitter_y=NEVER, shear=NEVER)
    detector = replace(recipe.detector, streaks=NEVER, dropouts=0.0, saturation=0.0)
    chosen = replace(
        recipe, size=size, specimen=specimen, imaging=imaging, scan=scan, detector=detector
    )
    return Simulator(chosen, seed=3)(0)


def compare(one: Simulated, found: Columns) -> Score:
    return score(one.columns, found, gate=3.0, shape=one.image.shape, border=3.0)


@pytest.fixture(scope="module")
def model() -> Model:
    return Model.load("atoms")


@pytest.mark.parametrize("crystal", ["GaAs [110]", "Si [110]", "Au [110]", "MoS2 [001]"])
def test_good_images_are_found_whole(crystal: str, model: Model) -> None:
    one = simulated(crystal)
    found = colonnade.locate(one.image, model=model)
    result = compare(one, found)
    assert result.recall > 0.98
    assert result.precision > 0.99
    assert result.rms < 0.2


def test_each_refinement_is_nearer_to_the_truth_than_the_one_before(model: Model) -> None:
    one = simulated()
    refinements: tuple[Refinement, ...] = ("com", "offset", "mle")
    com, offset, mle = (
        compare(one, colonnade.locate(one.image, model=model, refine=refine)).rms
        for refine in refinements
    )
    assert offset < 0.9 * com
    assert mle < 0.9 * offset


@pytest.mark.parametrize("refine", ["com", "offset"])
def test_only_fitted_positions_have_standard_errors(refine: Refinement, model: Model) -> None:
    one = simulated()
    fitted = colonnade.locate(one.image, model=model)
    assert (np.stack([fitted.sigma_y, fitted.sigma_x]) > 0).all()
    other = colonnade.locate(one.image, model=model, refine=refine)
    assert np.isnan([other.sigma_y, other.sigma_x]).all()
    for columns in (fitted, other):
        assert (columns.intensity > 0).all()
        assert (columns.width > 0).all()
        assert (columns.labels["snr"] > 0).all()


def test_the_hough_transform_finds_what_the_mask_does(model: Model) -> None:
    one = simulated()
    found = colonnade.locate(one.image, model=model, detect="hough")
    result = compare(one, found)
    assert result.recall > 0.98
    assert result.precision > 0.98


def test_the_threshold_is_a_score_from_which_candidates_count(model: Model) -> None:
    one = simulated()
    image = one.image.pixels + np.random.default_rng(0).normal(0, 12_000, one.image.shape)
    tables = [
        colonnade.locate(image, pixel_size=0.02, model=model, threshold=threshold)
        for threshold in (0.0, 0.5, 0.9, 1.0)
    ]
    lengths = [len(table) for table in tables]
    assert lengths == sorted(lengths, reverse=True)
    assert lengths[0] > lengths[2] > 0
    assert ((tables[0].score >= 0) & (tables[0].score <= 1)).all()
    for table, threshold in zip(tables[1:], (0.5, 0.9, 1.0), strict=True):
        likely = tables[0][tables[0].score >= threshold]
        np.testing.assert_array_equal(table.positions, likely.positions)
    own = colonnade.locate(image, pixel_size=0.02, model=model)
    given = colonnade.locate(
        image, pixel_size=0.02, model=model, threshold=AtomsCard.of(model.card).threshold
    )
    np.testing.assert_array_equal(own.positions, given.positions)


def test_without_a_calibration_the_same_columns_are_found_and_no_nm_invented(
    model: Model,
) -> None:
    one = simulated()
    with pytest.warns(ColonnadeWarning, match="no pixel size"):
        found = colonnade.locate(one.image.pixels, model=model)
    assert compare(one, found).f1 > 0.98
    assert found.pixel_size is None
    assert "y_nm" not in found.table()


def assert_same_inside(
    found: Columns, expected: Columns, shape: tuple[int, int], worst: float
) -> None:
    """Every column that the border does not touch is in both tables, at nearly the same place."""
    for one, other in ((found, expected), (expected, found)):
        inside = ((one.positions > 4) & (one.positions < np.array(shape) - 5)).all(1)
        distance = cKDTree(other.positions).query(one.positions[inside])[0]
        assert distance.max() < worst


@pytest.mark.parametrize(("refine", "worst"), [("offset", 0.5), ("mle", 0.05)])
@pytest.mark.parametrize("factor", [2, 3])
def test_finer_pixels_give_the_same_columns(
    factor: int, refine: Refinement, worst: float, model: Model
) -> None:
    one = simulated()
    fine = np.kron(one.image.pixels, np.ones((factor, factor), np.float32))
    found = colonnade.locate(fine, pixel_size=0.02 / factor, model=model, refine=refine)
    coarse = colonnade.locate(one.image, model=model, refine=refine)
    y, x = Binning(factor, factor).apply_to(found.positions).T
    assert_same_inside(replace(found, y=y, x=x), coarse, one.image.shape, worst)
    assert found.positions_nm is not None


@pytest.mark.parametrize(("refine", "worst"), [("offset", 1e-3), ("mle", 0.05)])
def test_unequal_pixel_sizes_are_binned_each_along_its_axis(
    refine: Refinement, worst: float, model: Model
) -> None:
    one = simulated()
    stretched = np.repeat(one.image.pixels, 3, axis=1)
    found = colonnade.locate(stretched, pixel_size=(0.02, 0.02 / 3), model=model, refine=refine)
    expected = colonnade.locate(one.image, model=model, refine=refine)
    y, x = Binning(1, 3).apply_to(found.positions).T
    assert_same_inside(replace(found, y=y, x=x), expected, one.image.shape, worst)


@pytest.mark.parametrize("refine", ["offset", "mle"])
def test_gain_and_black_level_change_nothing(refine: Refinement, model: Model) -> None:
    one = simulated()
    usual = colonnade.locate(one.image, model=model, refine=refine)
    other = Micrograph(3.5 * one.image.pixels - 700, one.image.pixel_size)
    changed = colonnade.locate(other, model=model, refine=refine)
    assert_same_inside(changed, usual, one.image.shape, 1e-2)
    if refine == "offset":
        np.testing.assert_allclose(changed.positions, usual.positions, atol=1e-2)
    inside = ((usual.positions > 4) & (usual.positions < np.array(one.image.shape) - 5)).all(1)
    np.testing.assert_allclose(changed.intensity[inside], 3.5 * usual.intensity[inside], rtol=2e-2)


def test_no_column_lies_outside_of_the_image(model: Model) -> None:
    """Not even one whose peak the border cuts."""
    one = simulated()
    found = colonnade.locate(one.image, model=model, threshold=0.0)
    assert (found.positions >= -0.5).all()
    assert (found.positions <= np.array(one.image.shape) - 0.5).all()


def test_a_stack_gives_the_columns_of_every_frame(model: Model) -> None:
    one = simulated()
    stack = np.stack([one.image.pixels, one.image.pixels[::-1]])
    found = colonnade.locate(stack, pixel_size=0.02, model=model)
    first, second = (found[found.labels["frame"] == frame] for frame in (0, 1))
    assert compare(one, first).recall > 0.98
    assert len(second) == pytest.approx(len(first), rel=0.03)


def test_dead_rows_and_nans_are_mended_and_said(model: Model) -> None:
    one = simulated()
    broken = one.image.pixels.copy()
    broken[40] = 0
    broken[100, 60:64] = np.nan
    with pytest.warns(ColonnadeWarning) as notes:
        found = colonnade.locate(broken, pixel_size=0.02, model=model)
    assert any("row 40" in str(note.message) for note in notes)
    assert any("4 pixels" in str(note.message) for note in notes)
    assert compare(one, found).f1 > 0.98


def test_columns_are_given_only_where_the_image_has_numbers(model: Model) -> None:
    one = simulated()
    whole = locate_frame(one.image, model).columns
    broken = one.image.pixels.copy()
    broken[:, 100:] = np.nan
    broken[:12] = np.inf
    found = locate_frame(Micrograph(broken, one.image.pixel_size), model).columns
    assert (found.x < 101).all()
    assert (found.y > 10).all()
    seen = whole[(whole.x < 96) & (whole.y > 16)]
    distance, _ = cKDTree(found.positions).query(seen.positions)
    assert (distance < 0.5).mean() > 0.98


def test_columns_between_scattered_nans_are_found(model: Model) -> None:
    one = simulated()
    broken = one.image.pixels.copy()
    broken[np.random.default_rng(0).random(broken.shape) < 0.4] = np.nan
    found = locate_frame(Micrograph(broken, one.image.pixel_size), model).columns
    assert compare(one, found).f1 > 0.97


@pytest.mark.parametrize("unit", [2.0**-140, 2.0**100, 2.0**900])
def test_vast_and_tiny_grey_levels_change_nothing(unit: float, model: Model) -> None:
    one = simulated(size=(96, 128))
    pixels = one.image.pixels.astype(float)
    usual = locate_frame(Micrograph(pixels, one.image.pixel_size), model).columns
    found = locate_frame(Micrograph(pixels * unit, one.image.pixel_size), model).columns
    assert len(usual) > 20
    np.testing.assert_allclose(found.positions, usual.positions, atol=1e-3)
    np.testing.assert_allclose(found.intensity, usual.intensity * unit, rtol=1e-3)


def test_a_hot_pixel_hides_no_column(model: Model) -> None:
    one = simulated()
    hot = one.image.pixels.astype(float)
    hot[70, 90] = 1e30
    found = locate_frame(Micrograph(hot, one.image.pixel_size), model)
    assert "1 pixel was hot" in found.notes[0]
    assert compare(one, found.columns).f1 > 0.98


def test_saturated_columns_are_said(model: Model) -> None:
    one = simulated()
    top = np.quantile(one.image.pixels, 0.9)
    found = locate_frame(Micrograph(one.image.pixels.clip(max=top), one.image.pixel_size), model)
    assert any(note.startswith("10 % of the pixels have the brightest") for note in found.notes)


# One atom alone is hardly enough to tell an image of atoms from one of something else.
@pytest.mark.filterwarnings("ignore:this does not look like")
@pytest.mark.parametrize("shape", [(9, 9), (8, 70), (33, 17)])
def test_images_smaller_than_the_networks_reach_are_searched(
    shape: tuple[int, int], model: Model
) -> None:
    y, x = np.indices(shape)
    image = np.exp(-((y - 4) ** 2 + (x - 4.0) ** 2) / 8)
    image += 0.01 * np.random.default_rng(0).standard_normal(shape)
    found = colonnade.locate(image, pixel_size=0.02, model=model)
    assert np.all(found.positions < np.array(shape))


def test_noise_without_columns_gives_hardly_any(model: Model) -> None:
    noise = np.random.default_rng(1).poisson(20, (256, 256))
    with pytest.warns(ColonnadeWarning, match=NOT_ATOMIC):
        assert not len(colonnade.locate(noise, pixel_size=0.02, model=model))


@pytest.mark.parametrize(
    ("case", "share"),
    [(Case("WS2 [001]", "contrast", 0.07, number), 0.01) for number in range(3)]
    + [(Case(STRUCTURES, "contamination", np.nan, 2), 0.1)],
    ids=str,
)
def test_next_to_nothing_is_found_in_the_rings_of_a_sheet(
    case: Case, share: float, model: Model
) -> None:
    """Noise on a bright background lies there, and at high dose light from all around."""
    draw = draw_structure if case.series == STRUCTURES else draw_degraded
    made = draw(case)
    found = locate_frame(made.image, model).columns
    tree = cKDTree(made.truth.positions)
    spacing = np.median(tree.query(made.truth.positions, 2)[0][:, 1])
    last = np.array(made.image.shape) - 1
    inner = ((found.positions > spacing) & (found.positions < last - spacing)).all(1)
    distance, _ = tree.query(found.positions[inner])
    # What is farther away than a ring is wide lies beside the sheet.
    in_rings = (distance > 0.5 * spacing) & (distance < 1.3 * spacing)
    assert in_rings.sum() <= share * inner.sum()


def test_an_empty_result_is_a_table_of_no_rows(tmp_path: Path, model: Model) -> None:
    y, x = np.indices((64, 64))
    with pytest.warns(ColonnadeWarning, match=NOT_ATOMIC):
        found = colonnade.locate(y + 2.0 * x, pixel_size=0.02, model=model)
    found.to_csv(tmp_path / "none.csv")
    assert len(Columns.from_csv(tmp_path / "none.csv")) == 0


@pytest.mark.parametrize(
    "image", [np.zeros((32, 32)), np.full((32, 32), np.nan), np.ones((32, 32)) * 1j, np.ones(5)]
)
def test_what_is_no_image_is_refused(image: np.ndarray, model: Model) -> None:
    with pytest.raises(ImageError):
        colonnade.locate(image, model=model)


@settings(max_examples=5)
@given(st.integers(0, 3), st.booleans())
def test_turning_the_image_turns_the_columns(turns: int, flip: bool) -> None:
    model = Model.load("atoms")
    image = simulated(size=(128, 160)).image.pixels
    turned = np.rot90(image[:, ::-1] if flip else image, turns).copy()
    columns = locate_frame(
        Micrograph(turned, (0.02, 0.02)), model, Options(refine="offset")
    ).columns
    upright = locate_frame(
        Micrograph(image, (0.02, 0.02)), model, Options(refine="offset")
    ).columns
    assert len(columns) == pytest.approx(len(upright), rel=0.03)


def test_the_sample_is_found_with_its_calibration() -> None:
    from colonnade.core.files.batch import sample

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = colonnade.locate(sample())
    assert found.pixel_size == pytest.approx((0.016, 0.016), rel=1e-4)
    # 907 lie inside, and some more are cut by the border.
    assert 895 <= len(found) < 950


def test_pixels_too_coarse_for_atoms_are_said(model: Model) -> None:
    noise = np.random.default_rng(1).poisson(20, (64, 64))
    notes = locate_frame(Micrograph(noise, (0.25, 0.25)), model).notes
    assert any("too coarse to resolve" in note for note in notes)


def test_pixels_in_which_no_column_can_be_seen_are_refused(model: Model) -> None:
    dots = simulated().image.pixels
    with pytest.raises(ImageError, match="has pixels of 2 nm, in which no atom column can be"):
        colonnade.locate(Micrograph(dots, (0.02, 2.0), "dots"), model=model)


@pytest.mark.parametrize("size", [0.0, -1.0, np.nan, np.inf, 1e-9, 1e6, (0.02, 0.0)])
def test_a_pixel_size_that_no_micrograph_has_is_refused(
    size: float | tuple[float, float], model: Model
) -> None:
    with pytest.raises(ImageError, match="no micrograph's"):
        colonnade.locate(np.eye(32), pixel_size=size, model=model)


def test_dark_spots_are_atoms_where_the_pixel_size_says_so(model: Model) -> None:
    """Pores and cracks are dark too, and nothing else tells them from atoms."""
    rng = np.random.default_rng(4)
    y, x = np.mgrid[:160, :160]
    bright = rng.normal(100, 10, (160, 160))
    for top, left in rng.uniform(12, 148, (20, 2)):
        bright += 60 * np.exp(-((y - top) ** 2 + (x - left) ** 2) / (2 * 1.8**2))
    dark = Micrograph((200 - bright).astype(np.float32))
    assert not locate_frame(dark, model).shows_columns
    for image in (replace(dark, pixel_size=(0.03, 0.03)), Micrograph(bright.astype(np.float32))):
        found = locate_frame(image, model)
        assert found.shows_columns
        assert 18 <= len(found.columns) <= 21


@pytest.mark.parametrize("bright", [1, 40])
def test_single_electrons_and_hot_pixels_are_no_atoms(bright: int, model: Model) -> None:
    image = np.zeros((128, 128), np.float32)
    image.flat[np.random.default_rng(1).choice(image.size, 16 * bright, replace=False)] = 1000
    for pixel_size in (None, (0.016, 0.016)):
        assert not locate_frame(Micrograph(image, pixel_size), model).shows_columns


def test_a_colour_array_and_an_empty_stack_are_refused(model: Model) -> None:
    with pytest.raises(ImageError, match="colour"):
        colonnade.locate(np.zeros((64, 48, 3)), model=model)
    with pytest.raises(ImageError, match="no frames"):
        colonnade.locate(np.zeros((0, 64, 48)), model=model)


def wall() -> Micrograph:
    """Squares of a board, with edges: the network is confident of every one of them."""
    y, x = np.mgrid[:224, :224] // 20
    grey = 200.0 * ((y + x) % 2) + np.random.default_rng(0).normal(0, 5, (224, 224))
    return Micrograph(grey.astype(np.float32), name="board")


def test_what_is_no_image_of_atoms_is_said_to_be_none(model: Model) -> None:
    found = locate_frame(wall(), model)
    assert not found.shows_columns
    assert not len(found.columns)
    assert any(NOT_ATOMIC in note for note in found.notes)


def test_what_was_seen_there_can_be_had_at_a_low_score(model: Model) -> None:
    found = locate_frame(wall(), model, Options(threshold=0.0))
    assert len(found.columns) > 30
    assert found.columns.score.max() < 0.5 < AtomsCard.of(model.card).threshold


def test_images_of_atoms_pass(model: Model) -> None:
    for crystal in ("Au [110]", "MoS2 [001]"):
        found = locate_frame(simulated(crystal).image, model)
        assert found.shows_columns
        assert found.atomic > 0.8


def test_progress_goes_on_while_an_image_is_searched_and_fitted(model: Model) -> None:
    steps: list[tuple[int, int]] = []
    locate_frame(colonnade.read(sample()), model, progress=lambda *step: steps.append(step))
    assert {whole for _, whole in steps} == {WHOLE}
    assert sorted({done for done, _ in steps}) == [0, SEARCHED, FITTED]
    assert steps == sorted(steps)
