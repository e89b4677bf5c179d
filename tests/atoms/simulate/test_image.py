"""Simulated images: their statistics and geometry are those of the recipe, their truth is true."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.interpolate import CubicSpline
from scipy.ndimage import maximum_filter
from scipy.spatial import cKDTree

from colonnade.atoms.columns import Columns
from colonnade.atoms.simulate.image import Simulated, Simulation, simulate
from colonnade.atoms.simulate.optics.background import Background
from colonnade.atoms.simulate.optics.microscope import Imaging
from colonnade.atoms.simulate.optics.probe import FWHM, Probe
from colonnade.atoms.simulate.scan import StemScan
from colonnade.atoms.simulate.specimen.specimen import Scenes, Specimen
from colonnade.core.errors import RecipeError
from colonnade.core.instrument.detector import Detector
from colonnade.core.instrument.postprocess import Export
from colonnade.core.work.draws import NEVER

pytest.importorskip("ase")

SLAB = Specimen(
    crystals=("Au [100]",),
    invented=0.0,
    scenes=Scenes(crystal=1.0),
    thickness=(4.0, 4.0),
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
    contaminated=0.0,
)
"""A perfect crystal of one thickness."""

CORRECTED = Imaging(
    pixel_size=(0.02, 0.02),
    voltages=(300.0,),
    convergence=(25.0, 25.0),
    defocus=NEVER,
    spherical=NEVER,
    astigmatism=NEVER,
    coma=NEVER,
    source=(0.08, 0.08),
    thermal=(0.007, 0.007),
    mistilt=NEVER,
    exponent=(1.7, 1.7),
    bright_field=0.0,
    dose=(1e-3, 1e15),
    counts=(1000.0, 1000.0),
)
"""A microscope without aberrations, with a thousand electrons in the brightest pixel."""

SHIFTS = ("jitter", "jitter_y", "flyback", "drift", "wander", "shear")

PERFECT = Simulation(
    size=(96, 144),
    specimen=SLAB,
    imaging=CORRECTED,
    background=Background(level=NEVER, clouds=NEVER),
    scan=StemScan(**dict.fromkeys(SHIFTS, NEVER), humming=0),
    detector=Detector(
        read_noise=NEVER,
        streaks=NEVER,
        offset=NEVER,
        averaged=0,
        dropouts=0,
        saturation=0,
        bits=(0,),
    ),
    export=Export(interpolated=0, binned=0, smoothed=0, wiener=0, exported=0),
)
"""Nothing but place, turn and noise is left to chance."""

ALL = Simulation(size=(48, 72))
"""Everything left to chance, on a small image that is not square."""


def having(what: Simulation, part: str, **changes: object) -> Simulation:
    """The same recipe with other values in one of its parts."""
    return replace(what, **{part: replace(getattr(what, part), **changes)})


def drawn(what: Simulation, seed: int = 0) -> Simulated:
    return simulate(what, np.random.default_rng(seed))


def counts(what: Simulation, most: float) -> Simulation:
    return having(what, "imaging", counts=(most, most))


def of(crystal: str, what: Simulation = PERFECT) -> Simulation:
    return having(what, "specimen", crystals=(crystal,))


ATOMS = having(PERFECT, "specimen", scenes=Scenes(single_atoms=1.0), support=(1e-9, 1e-9))
"""Single atoms on next to nothing."""


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


def full_width(profile: np.ndarray) -> float:
    """Width at half of the maximum of a profile with one peak."""
    fine = CubicSpline(np.arange(profile.size), profile)(np.linspace(0, profile.size - 1, 4000))
    half = CubicSpline(np.arange(profile.size), profile - fine.max() / 2)
    left, right = half.roots(extrapolate=False)
    return float(right - left)


def test_the_same_seed_gives_the_same_bits() -> None:
    for seed in range(4):
        one, two = drawn(ALL, seed), drawn(ALL, seed)
        for name in ("clean", "no_background", "sharpened"):
            assert getattr(one, name).tobytes() == getattr(two, name).tobytes()
        assert one.image.pixels.tobytes() == two.image.pixels.tobytes()
        assert one.image.pixel_size == two.image.pixel_size
        assert one.drawn == two.drawn
        for name, values in one.columns.table().items():
            assert values.tobytes() == two.columns.table()[name].tobytes()


def test_another_seed_gives_another_image() -> None:
    assert len({drawn(ALL, seed).image.pixels.tobytes() for seed in range(8)}) == 8


def test_whatever_is_drawn_is_an_image_with_its_truth() -> None:
    scenes, dark = set(), set()
    for seed in range(80):
        made = drawn(ALL, seed)
        for image in (made.image.pixels, made.clean, made.no_background, made.sharpened):
            assert image.shape == ALL.size
            assert np.isfinite(image).all()
        assert made.clean.min() >= 0
        table = made.columns.table()
        for name in ("y_nm", "x_nm", "intensity", "width_px", "detectable", "snr"):
            assert np.isfinite(table[name]).all()
        positions = made.columns.positions
        assert ((positions > -0.5) & (positions < np.array(ALL.size) - 0.5)).all()
        assert (made.columns.labels["atomic_number"] > 0).all()
        assert (made.columns.labels["thickness"] > 0).all()
        assert np.isfinite([v for v in made.drawn.values() if not isinstance(v, str)]).all()
        scenes.add(made.drawn["scene"])
        dark.add(made.drawn["imaging.bright_field"])
    assert len(scenes) >= 9
    assert dark == {0.0, 1.0}


def test_every_field_of_the_recipe_is_drawn_within_its_limits() -> None:
    for seed in range(20):
        record = drawn(ALL, seed).drawn
        for part in ("imaging", "background", "scan", "detector", "export"):
            recipe = getattr(ALL, part)
            for name, limits in vars(recipe).items():
                value = record.get(f"{part}.{name}")
                if isinstance(limits, tuple) and len(limits) == 2 and isinstance(value, float):
                    faulty = value in (0.0, 1.0)  # a fault that this image does not have
                    kept = name in ("exponent", "dose") or faulty
                    assert kept or limits[0] <= value <= limits[1], f"{part}.{name}"


def test_noise_is_that_of_counted_electrons() -> None:
    made = drawn(having(PERFECT, "background", level=(0.5, 0.5)), 3)
    off = (made.image.pixels - made.clean) / np.sqrt(made.clean)
    assert off.mean() == pytest.approx(0, abs=5 / np.sqrt(off.size))
    assert off.var() == pytest.approx(1, abs=5 * np.sqrt(2 / off.size))


@pytest.mark.parametrize("most", [5.0, 250.0, 1e5])
def test_the_brightest_pixel_has_the_electrons_it_shall_have(most: float) -> None:
    assert drawn(counts(PERFECT, most)).clean.max() == pytest.approx(most, rel=1e-5)


def test_a_dose_is_electrons_per_area() -> None:
    """Twice the dose, or pixels of twice the area, count twice the electrons."""
    free = having(PERFECT, "imaging", counts=(1e-9, 1e12), dose=(1e7, 1e7))
    few = drawn(free).clean
    many = drawn(having(free, "imaging", dose=(2e7, 2e7))).clean
    np.testing.assert_allclose(many, 2 * few, rtol=1e-4, atol=1e-4 * few.max())
    large = having(free, "imaging", pixel_size=(0.02 * np.sqrt(2),) * 2)
    assert drawn(large).clean.mean() == pytest.approx(2 * few.mean(), rel=0.03)


def test_an_atom_scatters_what_its_intensity_says() -> None:
    """What the image holds of it is that many electrons."""
    few = having(ATOMS, "specimen", single_atoms=(0.5, 0.5))
    for seed in range(60):
        made = drawn(few, seed)
        if len(made.columns) > 1 and len(one := alone(made.columns, PERFECT.size, 34)):
            y, x = np.round(one.positions[0]).astype(int)
            total = made.no_background[y - 24 : y + 25, x - 24 : x + 25].sum()
            assert total == pytest.approx(one.intensity[0], rel=0.02)
            return
    raise AssertionError("no atom is alone")


@pytest.mark.parametrize(("voltage", "convergence"), [(300.0, 20.0), (80.0, 30.0)])
def test_an_atom_is_as_wide_as_diffraction_and_source_make_it(
    voltage: float, convergence: float
) -> None:
    sharp = having(
        ATOMS,
        "imaging",
        voltages=(voltage,),
        convergence=(convergence,) * 2,
        source=NEVER,
        thermal=NEVER,
        pixel_size=(0.006, 0.006),
    )
    sharp = having(replace(sharp, size=(200, 240)), "specimen", single_atoms=(2.0, 2.0))
    expected = 1.029 * Probe(voltage, convergence).wavelength / (2 * convergence / 1000)
    for seed in range(60):
        made = drawn(sharp, seed)
        if len(made.columns) > 1 and len(one := alone(made.columns, sharp.size, 45)):
            y, x = np.round(one.positions[0]).astype(int)
            profile = made.no_background[y, x - 25 : x + 26].astype(float)
            assert full_width(profile) * 0.006 == pytest.approx(expected, rel=0.03)
            return
    raise AssertionError("no atom is alone")


@pytest.mark.parametrize(
    "scan",
    [
        {},
        {"drift": (0.3, 0.3)},
        {"shear": (0.04, 0.04)},
        {"wander": (0.05, 0.05)},
        {"flyback": (0.3, 0.3)},
    ],
    ids=["none", "drift", "shear", "wander", "flyback"],
)
def test_slow_distortions_move_the_truth_with_the_image(scan: dict[str, object]) -> None:
    size = (120, 160)
    what = replace(having(PERFECT, "scan", **scan), size=size)
    for seed in (1, 2):
        made = drawn(what, seed)
        truth = inner(made.columns, size, 12)
        assert len(truth) > 10
        found = centres_of_mass(made.clean**4, truth.positions, 3)
        assert np.abs(found - truth.positions).mean() < 0.1


def test_jitter_moves_rows_but_not_the_truth() -> None:
    still, shaken = drawn(PERFECT, 4), drawn(having(PERFECT, "scan", jitter=(0.02, 0.02)), 4)
    np.testing.assert_allclose(still.clean, shaken.clean)
    np.testing.assert_array_equal(still.columns.positions, shaken.columns.positions)
    apart = [
        np.abs(made.image.pixels - made.clean).mean() / np.sqrt(made.clean.mean())
        for made in (still, shaken)
    ]
    assert apart[1] > 1.5 * apart[0]


def test_bright_field_shows_dark_columns() -> None:
    what = having(
        PERFECT, "imaging", bright_field=1.0, bright_depth=(0.3, 0.3), bright_level=(0.5, 0.5)
    )
    made = drawn(what, 2)
    assert (made.columns.intensity < 0).all()
    assert made.no_background.max() < 1e-3 * np.abs(made.no_background).max()
    y, x = np.round(inner(made.columns, what.size, 5).positions).astype(int).T
    assert made.clean[y, x].max() < np.median(made.clean)
    # The darkest column takes away three tenths of what is collected without a specimen.
    assert made.clean.min() / made.clean.max() == pytest.approx(0.7, abs=0.06)
    assert made.columns.labels["detectable"].all()


@pytest.mark.parametrize(
    "export",
    [{"interpolated": 1.0, "zoom": (2.3, 2.3)}, {"binned": 1.0}],
    ids=["zoomed", "binned"],
)
def test_truth_is_in_the_pixels_of_the_exported_picture(export: dict[str, object]) -> None:
    size = (110, 150)
    what = replace(having(PERFECT, "export", **export), size=size)
    made = drawn(counts(what, 1e6), 1)
    assert made.image.shape == size
    truth = inner(made.columns, size, 12)
    assert len(truth) > 20
    found = centres_of_mass(made.image.pixels.astype(float) ** 4, truth.positions, 3)
    assert np.abs(found - truth.positions).mean() < 0.06
    spacing = np.median(cKDTree(truth.positions).query(truth.positions, 2)[0][:, 1])
    assert spacing * 0.02 == pytest.approx(0.2039, rel=0.01)


def test_columns_under_a_scale_bar_are_not_asked_for() -> None:
    what = having(PERFECT, "export", exported=1.0, scale_bar=1.0, jpeg=0.0)
    made, plain = drawn(what, 5), drawn(having(what, "export", scale_bar=0.0), 5)
    barred = plain.columns.labels["detectable"] - made.columns.labels["detectable"]
    assert 0 < barred.sum() < 0.4 * len(barred)
    changed = made.image.pixels != plain.image.pixels
    y, x = np.round(made.columns.positions[barred == 0]).astype(int).T
    assert not changed[y, x].any()


def test_the_sharpened_image_is_sharper_at_the_same_places() -> None:
    made = drawn(PERFECT, 6)
    truth = inner(made.columns, PERFECT.size, 8)
    assert np.percentile(made.sharpened, 99.5) > 2 * np.percentile(made.no_background, 99.5)
    found = centres_of_mass(made.sharpened, truth.positions, 3)
    np.testing.assert_allclose(found, truth.positions, atol=0.05)


def test_thicker_is_brighter_but_less_and_less() -> None:
    """As channelling makes it; and what columns lose goes to the background between them."""
    free = having(PERFECT, "imaging", counts=(1e-9, 1e12), dose=(1e7, 1e7))
    made = [drawn(having(free, "specimen", thickness=(t, t))) for t in (4.0, 8.0, 16.0)]
    one, two, three = (float(np.median(each.columns.intensity)) for each in made)
    assert one < two < 2 * one
    assert two < three < 2 * two
    behind = [float((each.clean - each.no_background).mean()) for each in made]
    assert behind[0] < behind[1] / 2 < behind[2] / 4


def test_an_amorphous_film_has_a_texture() -> None:
    film = having(PERFECT, "specimen", scenes=Scenes(film=1.0), support=(8.0, 8.0))
    smooth = drawn(having(film, "background", roughness=(1e-6, 1e-6))).clean
    assert smooth.std() < 1e-3 * smooth.mean()
    spread = [
        drawn(having(film, "background", roughness=(r, r), grain=NEVER)).clean for r in (1.0, 2.0)
    ]
    shares = [image.std() / image.mean() for image in spread]
    assert shares[1] == pytest.approx(2 * shares[0], rel=0.05)
    # As many atoms as there are under the probe fluctuate as the root of their number.
    sigma = 0.05
    atoms = 100 * 8 * 4 * np.pi * sigma**2
    assert shares[0] == pytest.approx(1 / np.sqrt(atoms), rel=0.25)


@pytest.mark.parametrize(("source", "seen"), [(0.06, True), (0.5, False)])
def test_columns_that_merge_in_the_image_are_not_asked_for_apart(
    source: float, seen: bool
) -> None:
    what = having(of("Si [110]"), "imaging", source=(source, source))
    made = drawn(replace(what, size=(160, 160)), 1)
    columns = inner(made.columns, (160, 160), 10)
    nearest = cKDTree(columns.positions).query(columns.positions, 2)[0][:, 1].min() * 0.02
    assert bool(nearest == pytest.approx(0.1358, rel=0.01)) == seen
    if not seen:
        assert nearest > 0.25


def test_a_column_in_the_flank_of_another_is_not_asked_for() -> None:
    """Oxygen beside strontium and titanium shows where the probe is fine, and else does not."""
    detectable = {}
    for source in (0.04, 0.16):
        what = having(of("SrTiO3 [100]"), "imaging", source=(source, source))
        columns = drawn(counts(what, 1e6)).columns
        light = columns.labels["atomic_number"] == 8
        assert light.any()
        assert columns.labels["detectable"][~light].mean() > 0.95
        detectable[source] = float(columns.labels["detectable"][light].mean())
    assert detectable[0.04] > 0.9
    assert detectable[0.16] < 0.1


@pytest.mark.parametrize("crystal", ["Si [110]", "SrTiO3 [100]", "GaAs [110]", "MoS2 [001]"])
def test_every_column_that_is_asked_for_has_a_peak_of_its_own(crystal: str) -> None:
    size, distances = (160, 200), []
    for source in np.linspace(0.03, 0.2, 8):
        made = drawn(replace(having(of(crystal), "imaging", source=(source,) * 2), size=size), 1)
        truth = inner(made.columns, size, 8)
        detectable = truth[truth.labels["detectable"] > 0].positions
        peaks = np.argwhere(made.clean == maximum_filter(made.clean, 3))
        if len(detectable):
            distances.append(cKDTree(peaks).query(detectable)[0])
    assert np.mean(np.concatenate(distances) < 2) > 0.98


def test_columns_below_the_noise_are_not_asked_for() -> None:
    for most, there, detectable in ((0.02, False, False), (0.4, True, False), (100.0, True, True)):
        columns = drawn(counts(PERFECT, most)).columns
        assert (len(columns) > 0) == there
        assert (columns.labels["detectable"] == detectable).all()


@pytest.mark.parametrize("read_noise", [0.0, 120.0])
def test_signal_to_noise_is_that_of_a_matched_filter(read_noise: float) -> None:
    """Fitting the known shape to noise on a high background, the best anyone can do."""
    what = having(ATOMS, "background", level=(100.0, 100.0))
    what = having(what, "detector", read_noise=(read_noise, read_noise))
    what = having(what, "specimen", single_atoms=(1.0, 1.0))
    what = counts(replace(what, size=(300, 300)), 1e4)
    made = next(m for m in (drawn(what, seed) for seed in range(9)) if len(m.columns) > 20)
    truth = alone(made.columns, (300, 300), 22)[:6]
    rng, steps = np.random.default_rng(0), np.arange(-9, 10)
    level = float(np.median(made.clean))
    for (y, x), snr in zip(
        np.round(truth.positions).astype(int), truth.labels["snr"], strict=True
    ):
        shape = made.no_background[np.ix_(y + steps, x + steps)].astype(float)
        noise = rng.poisson(level, (2000, *shape.shape)) - level
        noise += read_noise * rng.standard_normal(noise.shape)
        fitted = (noise * shape).sum((1, 2)) / (shape**2).sum()
        assert 1 / fitted.std() == pytest.approx(snr, rel=0.08)


def test_texture_of_the_film_hides_faint_columns() -> None:
    film = {"support": (3.0, 3.0), "single_atoms": (4.0, 4.0)}
    plain = having(counts(ATOMS, 3000.0), "specimen", **film)
    for roughness, detectable in ((0.1, True), (1000.0, False)):
        rough = having(plain, "background", roughness=(roughness, roughness))
        columns = drawn(rough, 1).columns
        assert len(columns) > 5
        assert (columns.labels["detectable"] == detectable).mean() > 0.8


def test_leaning_columns_are_longer_along_their_lean() -> None:
    upright = drawn(PERFECT, 7)
    leaning = drawn(having(PERFECT, "imaging", mistilt=(20.0, 20.0)), 7)
    assert leaning.no_background.max() < 0.98 * leaning.clean.max() + upright.clean.max()
    assert leaning.columns.width.mean() > 1.05 * upright.columns.width.mean()


def test_pixels_are_drawn_evenly_over_the_decades() -> None:
    sizes = [drawn(replace(ALL, size=(8, 8)), seed).image.pixel_size for seed in range(200)]
    logs = np.log10([size[0] for size in sizes if size])
    assert np.mean(logs < np.log10(np.sqrt(0.005 * 0.05))) == pytest.approx(0.5, abs=0.12)
    assert logs.min() >= np.log10(0.005)
    assert logs.max() <= np.log10(0.05)


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: Simulation(size=(4, 100)),
        lambda: Specimen(crystals=()),
        lambda: drawn(of("Kryptonite [100]")),
        lambda: drawn(having(PERFECT, "imaging", pixel_size=(0.0, 0.1))),
        lambda: Imaging(dose=(1e6, 1e5)),
        lambda: drawn(having(PERFECT, "imaging", voltages=())),
    ],
    ids=["size", "no crystal", "crystal", "pixel size", "dose", "voltage"],
)
def test_an_impossible_recipe_is_refused(wrong: object) -> None:
    with pytest.raises(RecipeError):
        wrong()  # type: ignore[operator]


def test_the_width_is_that_of_the_probe() -> None:
    made = drawn(ATOMS, 1)
    expected = np.hypot(0.51 * Probe(300.0, 25.0).wavelength / 0.025, 0.08) / FWHM / 0.02
    assert made.columns.width.mean() == pytest.approx(expected, rel=0.15)


def test_half_an_atom_need_not_be_found_and_a_whole_one_must() -> None:
    """Half of the atoms hop while the beam is on them; what is missing of them is missing."""
    what = having(ATOMS, "specimen", single_atoms=(1.0, 1.0))
    atoms = replace(what.specimen.atoms, hopping=(0.5, 0.5), hop=(0.4, 0.4))
    what = counts(replace(having(what, "specimen", atoms=atoms), size=(300, 300)), 1e4)
    made = drawn(what)
    apart = alone(made.columns, (300, 300), 16)
    whole = np.array(
        [
            made.no_background[y - 9 : y + 10, x - 9 : x + 10].sum()
            for y, x in np.round(apart.positions).astype(int)
        ]
    )
    # The brightest are those that stayed.
    share, detectable = whole / whole.max(), apart.labels["detectable"] > 0
    assert detectable[share > 0.9].all()
    assert not detectable[share < 0.6].any()
    assert (share < 0.6).any()
    np.testing.assert_allclose(apart.intensity / apart.intensity.max(), share, atol=0.08)


def test_a_halo_adds_its_share_around_columns() -> None:
    bare = having(ATOMS, "specimen", single_atoms=(0.3, 0.3))
    bare = replace(having(bare, "imaging", counts=(1e-9, 1e15), dose=(1e8, 1e8)), size=(300, 300))
    tails = having(bare, "background", halo=(0.3, 0.3), halo_size=(0.5, 0.5))
    one, two = drawn(bare, 3), drawn(tails, 3)
    np.testing.assert_array_equal(one.no_background, two.no_background)
    halo = two.clean - one.clean
    assert halo.min() >= 0
    # What leaves the field on one side is not made up for on the other.
    assert halo.sum() == pytest.approx(0.3 * one.no_background.sum(), rel=0.25)
    assert halo.max() < 0.05 * one.no_background.max()


def test_a_heavy_atom_on_a_sheet_that_is_not_resolved_is_asked_for() -> None:
    what = having(of("graphene [001]"), "specimen", adatoms=(0.3, 0.3), thickness=(1.0, 1.0))
    what = replace(having(what, "imaging", source=(0.16, 0.16)), size=(200, 200))
    made = drawn(counts(what, 1e5), 2)
    heavy = inner(made.columns, (200, 200), 12)
    heavy = alone(heavy[heavy.labels["atomic_number"] > 40], (200, 200), 14)
    assert len(heavy) >= 2
    assert (heavy.labels["detectable"] == 1).all()
