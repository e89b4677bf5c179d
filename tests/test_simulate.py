"""Simulated images: their statistics and geometry are those of the recipe, their truth is true."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.interpolate import CubicSpline
from scipy.ndimage import maximum_filter
from scipy.spatial import cKDTree

from colonnade.atoms.columns import Columns
from colonnade.atoms.simulate import (
    Faults,
    Imaging,
    Simulated,
    Simulation,
    Specimen,
    render,
    simulate,
)
from colonnade.core.errors import RecipeError

NEVER = (0.0, 0.0)

PERFECT = Faults(read_noise=NEVER, jitter=NEVER, streaks=NEVER, smoothed=0.0, exported=0.0)


def recipe(
    crystal: str = "Au [100]",
    *,
    size: tuple[int, int] = (96, 144),
    pixel: float = 0.02,
    fwhm: float = 0.1,
    counts: float = 1000.0,
    single_atoms: float = 0.0,
    empty: float = 0.0,
) -> Simulation:
    """A recipe that leaves nothing but place, turn and noise to chance.

    `counts` is the number of electrons in the brightest pixel of a column.
    """
    specimen = Specimen(
        crystals=(crystal,),
        invented=0.0,
        boundaries=0.0,
        single_atoms=single_atoms,
        empty=empty,
        vacancies=NEVER,
        disorder=NEVER,
        composition=NEVER,
        thickness_ramp=NEVER,
    )
    imaging = Imaging(
        pixel_size=(pixel, pixel),
        probe_fwhm=(fwhm, fwhm),
        astigmatism=NEVER,
        tails=NEVER,
        shear=NEVER,
        scattered=(0.05, 0.05),
        dose=(counts / 0.05 / pixel**2,) * 2,
        most_counts=1e9,
        background=NEVER,
        clouds=NEVER,
        support=NEVER,
    )
    return Simulation(size, specimen, imaging, PERFECT)


def drawn(what: Simulation, seed: int = 0) -> Simulated:
    return simulate(what, np.random.default_rng(seed))


def imaged(what: Simulation, **changes: object) -> Simulation:
    return replace(what, imaging=replace(what.imaging, **changes))


def alone(columns: Columns, size: tuple[int, int], distance: float) -> Columns:
    """Columns as far from every other and from the border [px]."""
    positions = columns.positions
    nearest = cKDTree(positions).query(positions, 2)[0][:, 1]
    edge = np.minimum(positions, np.array(size) - 1 - positions).min(1)
    return columns[(nearest > distance) & (edge > distance)]


def inner(columns: Columns, size: tuple[int, int], margin: float) -> Columns:
    positions = columns.positions
    return columns[(np.minimum(positions, np.array(size) - 1 - positions) > margin).all(1)]


def centres_of_mass(image: np.ndarray, positions: np.ndarray, reach: int) -> np.ndarray:
    steps = np.arange(-reach, reach + 1)
    centres = []
    for y, x in np.round(positions).astype(int):
        part = image[y - reach : y + reach + 1, x - reach : x + reach + 1]
        along = (part.sum(1) @ steps, part.sum(0) @ steps) / part.sum()
        centres.append(along + np.array([y, x]))
    return np.reshape(centres, (-1, 2))


def one_atom(what: Simulation, distance: float, first: int = 0) -> tuple[Simulated, int, int]:
    """An image with a single atom that far from all others, and the pixel nearest to it."""
    for seed in range(first, first + 50):
        made = drawn(replace(what, specimen=replace(what.specimen, single_atoms=1.0)), seed)
        if len(made.columns) > 1 and len(found := alone(made.columns, what.size, distance)):
            y, x = np.round(found.positions[0]).astype(int)
            return made, int(y), int(x)
    raise AssertionError("no atom is alone")


def full_width(profile: np.ndarray) -> float:
    """Width at half of the maximum of a profile with one peak."""
    spline = CubicSpline(np.arange(profile.size), profile)
    fine = spline(np.linspace(0, profile.size - 1, 4000))
    left, right = CubicSpline(np.arange(profile.size), profile - fine.max() / 2).roots(
        extrapolate=False
    )
    return float(right - left)


ALL = Simulation(size=(48, 72))
"""Everything left to chance, on a small image that is not square."""


def test_the_same_seed_gives_the_same_bits() -> None:
    for seed in range(4):
        one, two = drawn(ALL, seed), drawn(ALL, seed)
        assert one.image.pixels.tobytes() == two.image.pixels.tobytes()
        assert one.clean.tobytes() == two.clean.tobytes()
        assert one.image.pixel_size == two.image.pixel_size
        for name, values in one.columns.table().items():
            assert values.tobytes() == two.columns.table()[name].tobytes()


def test_another_seed_gives_another_image() -> None:
    images = {drawn(ALL, seed).image.pixels.tobytes() for seed in range(8)}
    assert len(images) == 8


@pytest.mark.parametrize("crystal", ["Au [110]", "Fe [100]", "SrTiO3 [100]", "graphene [001]"])
def test_whatever_is_drawn_is_an_image_with_its_truth(crystal: str) -> None:
    many = replace(ALL, specimen=replace(ALL.specimen, crystals=(crystal,)))
    for seed in range(25):
        made = drawn(many, seed)
        assert made.image.shape == made.clean.shape == (48, 72)
        assert np.isfinite(made.image.pixels).all()
        assert (made.clean >= 0).all()
        table = made.columns.table()
        for name in ("y_px", "x_px", "y_nm", "x_nm", "intensity", "width_px", "asked", "snr"):
            assert np.isfinite(table[name]).all()
        assert (made.columns.positions > -0.5).all()
        assert (made.columns.positions < [47.5, 71.5]).all()
        assert set(made.columns.labels["asked"]) <= {0, 1}
        assert made.columns.pixel_size == made.image.pixel_size
        low, high = many.imaging.pixel_size
        assert low * 0.999 < made.image.pixel_size[0] < high * 1.001


@pytest.mark.parametrize("shear", [NEVER, (0.05, 0.05)])
@pytest.mark.parametrize("tails", [NEVER, (0.3, 0.3)])
def test_the_truth_is_where_the_columns_are(
    shear: tuple[float, float], tails: tuple[float, float]
) -> None:
    """Isolated columns have their centre of mass at the position that the truth states."""
    size = (240, 320)
    single = recipe(size=size, pixel=0.03, fwhm=0.06, single_atoms=1.0)
    compared = 0
    for seed in range(3):
        made = drawn(imaged(single, shear=shear, tails=tails), seed)
        truth = alone(made.columns, size, 18)
        centres = centres_of_mass(made.clean, truth.positions, 8)
        np.testing.assert_allclose(centres, truth.positions, rtol=0, atol=0.01)
        reach = np.arange(-8, 9)
        compared += len(truth)
        for (y, x), intensity in zip(
            np.round(truth.positions).astype(int), truth.intensity, strict=True
        ):
            total = made.clean[np.ix_(y + reach, x + reach)].sum()
            assert total == pytest.approx(intensity, rel=5e-3)
    assert compared > 30


def test_drift_moves_columns_by_as_much_as_it_says() -> None:
    """An affine map by a matrix near one; its mean square departure is what the recipe says."""
    size = (120, 160)
    departures = []
    for seed in range(40):
        straight = drawn(recipe(size=size), seed)
        sheared = drawn(imaged(recipe(size=size), shear=(0.01, 0.01)), seed)
        before, after = straight.columns.positions, sheared.columns.positions
        distance, pair = cKDTree(before).query(after)
        near = distance < 3
        from_centre = before[pair[near]] - np.array(size) / 2
        moved = after[near] - before[pair[near]]
        matrix, *_ = np.linalg.lstsq(from_centre, moved, rcond=None)
        np.testing.assert_allclose(from_centre @ matrix, moved, atol=1e-6)
        departures.append(matrix)
    assert np.std(departures) == pytest.approx(0.01, rel=0.25)


@pytest.mark.parametrize("fwhm", [0.06, 0.1, 0.16])
@pytest.mark.parametrize("pixel", [0.008, 0.015])
def test_a_single_atom_is_as_wide_as_the_probe(fwhm: float, pixel: float) -> None:
    reach = int(1.5 * fwhm / pixel)
    what = recipe(size=(280, 360), pixel=pixel, fwhm=fwhm)
    made, y, x = one_atom(what, 4 * fwhm / pixel)
    across = made.clean[y, x - reach : x + reach + 1]
    down = made.clean[y - reach : y + reach + 1, x]
    assert full_width(across) == pytest.approx(fwhm / pixel, rel=0.01)
    assert full_width(down) == pytest.approx(fwhm / pixel, rel=0.01)


def test_astigmatism_is_the_relative_difference_of_the_widths() -> None:
    ratios = []
    what = imaged(recipe(size=(240, 240)), astigmatism=(0.1, 0.1))
    for seed in range(0, 300, 50):
        made, y, x = one_atom(what, 20, seed)
        down, across = made.clean[y - 9 : y + 10, x], made.clean[y, x - 9 : x + 10]
        ratios.append(full_width(down) / full_width(across))
    assert set(np.round(ratios, 1)) == {0.9, 1.1}
    np.testing.assert_allclose(np.abs(np.log(ratios)), 0.1, rtol=0.02)


@pytest.mark.parametrize(("dose", "pixel"), [(1e6, 0.02), (4e6, 0.02), (1e6, 0.04), (3e8, 0.01)])
def test_electrons_are_dose_times_area(dose: float, pixel: float) -> None:
    blank = imaged(recipe(empty=1.0, pixel=pixel), dose=(dose, dose), background=(1.0, 1.0))
    made = drawn(blank)
    expected = 0.05 * dose * pixel**2
    np.testing.assert_allclose(made.clean, expected, rtol=1e-9)
    error = np.sqrt(expected / made.clean.size)
    assert made.image.pixels.mean() == pytest.approx(expected, abs=4 * error)


def test_no_pixel_gets_more_electrons_than_the_recipe_allows() -> None:
    blank = imaged(recipe(empty=1.0), dose=(1e12, 1e12), background=(1.0, 1.0), most_counts=700.0)
    np.testing.assert_allclose(drawn(blank).clean, 700.0)


@pytest.mark.parametrize("counts", [2.0, 300.0])
def test_without_faults_the_noise_is_poisson(counts: float) -> None:
    what = imaged(recipe("SrTiO3 [100]", counts=counts, size=(200, 200)), background=(0.3, 0.3))
    made = drawn(what)
    residual = (made.image.pixels - made.clean) / np.sqrt(made.clean)
    assert residual.mean() == pytest.approx(0, abs=0.02)
    spread = np.sqrt((2 + (1 / made.clean).mean()) / residual.size)
    assert residual.var() == pytest.approx(1, abs=4 * spread)
    right, below = residual[:, 1:] * residual[:, :-1], residual[1:] * residual[:-1]
    assert right.mean() == pytest.approx(0, abs=0.02)
    assert below.mean() == pytest.approx(0, abs=0.02)


def test_jitter_moves_whole_rows_by_its_length() -> None:
    """On an upright edge, the rows' shifts have the standard deviation that was asked for."""
    what = recipe(counts=1e7, size=(400, 60), pixel=0.02, fwhm=0.3, single_atoms=1.0)
    what = replace(what, faults=replace(PERFECT, jitter=(0.01, 0.01)))
    made = drawn(what, 3)
    slope = np.gradient(made.clean, axis=1)
    change = made.image.pixels - made.clean
    usable = (slope**2).sum(1) > 0.2 * (slope**2).sum(1).max()
    shifts = -(slope * change).sum(1)[usable] / (slope**2).sum(1)[usable]
    assert usable.sum() > 60
    assert shifts.std() == pytest.approx(0.01 / 0.02, rel=0.3)


def test_streaks_change_the_brightness_of_rows() -> None:
    what = imaged(recipe(empty=1.0, counts=1e6, size=(300, 100)), background=(1.0, 1.0))
    made = drawn(replace(what, faults=replace(PERFECT, streaks=(0.02, 0.02))))
    assert (made.image.pixels.mean(1) / 1e6).std() == pytest.approx(0.02, rel=0.15)


def test_an_export_has_at_most_256_grey_levels() -> None:
    what = replace(recipe(), faults=replace(PERFECT, exported=1.0))
    pixels = drawn(what).image.pixels
    assert pixels.min() == 0
    assert pixels.max() == 255
    np.testing.assert_array_equal(pixels, np.round(pixels))


def test_smoothing_makes_the_noise_of_neighbours_alike() -> None:
    what = imaged(recipe(empty=1.0), background=(1.0, 1.0))
    made = drawn(replace(what, faults=replace(PERFECT, smoothed=1.0, smoothing=(1.0, 1.0))))
    noise = made.image.pixels - made.clean
    alike = (noise[:, 1:] * noise[:, :-1]).mean() / noise.var()
    assert alike == pytest.approx(np.exp(-1 / 4), abs=0.05)


def test_an_empty_specimen_has_no_columns() -> None:
    for seed in range(5):
        assert len(drawn(replace(ALL, specimen=Specimen(empty=1.0)), seed).columns) == 0


def test_a_crystal_of_vacancies_has_no_columns() -> None:
    what = recipe()
    made = drawn(replace(what, specimen=replace(what.specimen, vacancies=(1.0, 1.0))))
    assert len(made.columns) == 0
    assert not made.clean.any()


def test_vacancies_are_the_share_of_columns_that_is_missing() -> None:
    full = recipe(size=(400, 400))
    holed = replace(full, specimen=replace(full.specimen, vacancies=(0.2, 0.2)))
    counts = [[len(drawn(what, seed).columns) for seed in range(3)] for what in (full, holed)]
    assert np.sum(counts[1]) / np.sum(counts[0]) == pytest.approx(0.8, abs=0.05)


def test_disorder_is_the_displacement_of_the_columns() -> None:
    what = recipe(size=(300, 300))
    what = replace(what, specimen=replace(what.specimen, disorder=(0.006, 0.006)))
    positions = inner(drawn(what).columns, (300, 300), 6).positions
    distance = cKDTree(positions).query(positions, 5)[0][:, 1:].ravel() * 0.02
    near = distance[distance < 0.25]
    assert near.mean() == pytest.approx(0.2039, abs=0.002)
    assert near.std() == pytest.approx(0.006 * np.sqrt(2), rel=0.15)


def test_the_image_shows_the_crystal_at_its_scale() -> None:
    """Neighbouring gold columns along [100] are 0.2039 nm apart, and as dense as they must be."""
    size = (200, 300)
    made = drawn(recipe(size=size))
    positions = inner(made.columns, size, 15).positions
    nearest = cKDTree(made.columns.positions).query(positions, 5)[0][:, 1:]
    np.testing.assert_allclose(nearest, 0.2039 / 0.02, rtol=1e-6)
    assert len(made.columns) * 0.2039**2 == pytest.approx(4 * 6, rel=0.05)


def test_a_boundary_to_vacuum_or_another_grain_leaves_part_of_the_crystal() -> None:
    what = recipe(size=(200, 200), crystal="Fe [100]")
    what = replace(what, specimen=replace(what.specimen, boundaries=1.0))
    whole = 16 / 0.2867**2 * 2
    counts = np.array([len(drawn(what, seed).columns) for seed in range(24)])
    assert (counts < 1.02 * whole).all()
    assert 2 < (counts < 0.9 * whole).sum() < 16


@pytest.mark.parametrize(
    ("fwhm", "columns_per_dumbbell", "asked"), [(0.08, 2, 1), (0.17, 2, 0), (0.28, 1, 1)]
)
def test_what_no_image_can_separate_is_not_asked_for(
    fwhm: float, columns_per_dumbbell: int, asked: int
) -> None:
    """Two equal Gaussians have two peaks from two standard deviations apart."""
    size = (240, 300)
    made = drawn(recipe("Si [110]", fwhm=fwhm, size=size))
    truth = inner(made.columns, size, 30)
    inner_area = (size[0] - 61) * (size[1] - 61) * 0.02**2
    dumbbells = inner_area / (0.5431**2 / np.sqrt(2) / 2)
    assert len(truth) / dumbbells == pytest.approx(columns_per_dumbbell, rel=0.12)
    assert (truth.labels["asked"] == asked).all()


def test_a_merged_dumbbell_stands_in_its_middle() -> None:
    size = (240, 300)
    merged = drawn(recipe("Si [110]", fwhm=0.28, size=size), 2)
    apart = drawn(recipe("Si [110]", fwhm=0.08, size=size), 2)
    pairs = cKDTree(apart.columns.positions).query(inner(merged.columns, size, 16).positions, 2)
    np.testing.assert_allclose(pairs[0], 0.135775 / 2 / 0.02, atol=1e-6)


def test_smoothing_hides_what_it_blurs_together() -> None:
    size = (200, 240)
    sharp = recipe("Si [110]", pixel=0.035, fwhm=0.08, size=size)
    blurred = replace(sharp, faults=replace(PERFECT, smoothed=1.0, smoothing=(1.8, 1.8)))
    for what, asked in ((sharp, True), (blurred, False)):
        columns = inner(drawn(what).columns, size, 12)
        assert len(columns) > 200
        assert (columns.labels["asked"] == asked).all()


def test_oxygen_is_not_asked_for_where_titanium_hides_it() -> None:
    size = (240, 300)
    for fwhm, seen in ((0.08, True), (0.16, False)):
        columns = inner(drawn(recipe("SrTiO3 [100]", fwhm=fwhm, size=size)).columns, size, 16)
        share = columns.intensity / columns.intensity.max()
        oxygen = share < 0.2
        assert oxygen.mean() == pytest.approx(0.5, abs=0.05)
        np.testing.assert_allclose(share[oxygen], (8 / 38) ** 1.7, rtol=1e-6)
        assert (columns.labels["asked"][oxygen] == seen).all()
        assert columns.labels["asked"][~oxygen].all()


@pytest.mark.parametrize("crystal", ["Si [110]", "SrTiO3 [100]", "GaAs [110]", "MoS2 [001]"])
def test_nearly_every_column_that_is_asked_for_has_a_peak_of_its_own(crystal: str) -> None:
    size = (200, 240)
    distances = []
    for fwhm in np.linspace(0.06, 0.2, 15):
        made = drawn(recipe(crystal, fwhm=fwhm, size=size), 1)
        truth = inner(made.columns, size, 8)
        asked = truth[truth.labels["asked"] > 0].positions
        peaks = np.argwhere(made.clean == maximum_filter(made.clean, 3))
        if len(asked):
            distances.append(cKDTree(peaks).query(asked)[0] / (fwhm / 0.02))
    assert np.mean(np.concatenate(distances) < 0.5) > 0.98


def test_columns_below_the_noise_are_not_asked_for() -> None:
    size = (160, 200)
    for counts, there, asked in ((0.05, False, False), (0.3, True, False), (100.0, True, True)):
        columns = drawn(recipe(counts=counts, size=size)).columns
        assert (len(columns) > 0) == there
        assert (columns.labels["asked"] == asked).all()


@pytest.mark.parametrize("read_noise", [0.0, 120.0])
def test_signal_to_noise_is_that_of_a_matched_filter(read_noise: float) -> None:
    """Fitting a known shape to noise on a high background, the best anyone can do."""
    what = imaged(recipe(size=(300, 300), counts=100.0, single_atoms=1.0), background=(100.0,) * 2)
    what = replace(what, faults=replace(PERFECT, read_noise=(read_noise, read_noise)))
    made = drawn(what, 5)
    assert len(made.columns) > 20
    truth = alone(made.columns, (300, 300), 12)[:8]
    rng = np.random.default_rng(0)
    sigma, reach = 0.1 / 0.02 / 2.3548, np.arange(-8, 9)
    for (y, x), intensity, snr in zip(
        truth.positions, truth.intensity, truth.labels["snr"], strict=True
    ):
        down, across = (np.exp(-0.5 * ((np.round(c) + reach - c) / sigma) ** 2) for c in (y, x))
        shape = np.outer(down, across)
        noise = rng.poisson(10_000.0, (2000, *shape.shape)) - 10_000.0
        noise += read_noise * rng.standard_normal(noise.shape)
        fitted = (noise * shape).sum((1, 2)) / (shape**2).sum()
        height = intensity / (2 * np.pi * sigma**2)
        assert height / fitted.std() == pytest.approx(snr, rel=0.06)


def test_texture_of_the_support_hides_faint_columns() -> None:
    plain = recipe(counts=3000.0, single_atoms=1.0, size=(200, 200))
    for texture, asked in ((0.0, True), (0.1, True), (0.9, False)):
        columns = drawn(imaged(plain, support=(texture, texture)), 1).columns
        assert len(columns) > 5
        assert (columns.labels["asked"] == asked).all()


def test_rendered_columns_add_up_to_the_current_they_got() -> None:
    positions = np.array([[40.3, 60.8], [55.0, 71.2]])
    amplitude = np.array([2.0, 0.5])
    for tails in (0.0, 0.4):
        image = render(positions, amplitude, 2.5, 3.0, tails, (100, 130))
        assert image.sum() == pytest.approx(2 * np.pi * 2.5 * 3.0 * 2.5, rel=1e-4)
        rows, columns = np.indices(image.shape)
        centre = [(image * axis).sum() / image.sum() for axis in (rows, columns)]
        np.testing.assert_allclose(centre, amplitude @ positions / 2.5, atol=1e-3)


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: Simulation(size=(4, 100)),
        lambda: Simulation(specimen=Specimen(crystals=())),
        lambda: drawn(recipe("Kryptonite [100]")),
        lambda: drawn(imaged(recipe(), pixel_size=(0.0, 0.1))),
        lambda: drawn(imaged(recipe(), dose=(1e6, 1e5))),
    ],
    ids=["size", "no crystal", "crystal", "pixel size", "dose"],
)
def test_an_impossible_recipe_is_refused(wrong: object) -> None:
    with pytest.raises(RecipeError):
        wrong()  # type: ignore[operator]
