"""Tilt series: what is drawn is what the views show, and the truth does not know of it."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.ndimage import center_of_mass

from colonnade.core.arrays import Array
from colonnade.core.errors import RecipeError
from colonnade.core.work.draws import NEVER, Draws
from colonnade.tomo.reconstruct.plan import Plan
from colonnade.tomo.simulate.beam import binned, expose
from colonnade.tomo.simulate.phantoms.bodies import Bodies, solid
from colonnade.tomo.simulate.phantoms.mixture import FAMILIES, Phantoms, PhantomShares
from colonnade.tomo.simulate.phantoms.shapes import Ellipsoid
from colonnade.tomo.simulate.recording import DrawnRecording, Recording
from colonnade.tomo.simulate.series import SeriesSimulation, simulate
from colonnade.tomo.simulate.stage import Alignment, Stage
from colonnade.tomo.simulate.tilting import Tilts, draw_tilts

STILL = Stage(misaligned=0.0)
CLEAN = Recording(clean=1.0, backed=0.0, drifting=0.0, speckled=0.0)
COARSE = Tilts(reach=(60.0,), step=(10.0,), irregular=0.0)
SMALL = SeriesSimulation(size=(48, 4, 48), tilts=COARSE)
PERFECT = DrawnRecording(
    clean=False,
    dose=100.0,
    detector=0.0,
    colour="white",
    correlation=0.0,
    background=0.0,
    drift=0.0,
    hot=0.0,
)


def rng(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


def only(name: str) -> Phantoms:
    return Phantoms(shares=PhantomShares(**(dict.fromkeys(FAMILIES, 0.0) | {name: 1.0})))


@pytest.mark.parametrize("size", [(48, 4, 48), (32, 1, 64)])
def test_the_same_generator_gives_the_same_series(size: tuple[int, int, int]) -> None:
    recipe = replace(SMALL, size=size)
    one, same, other = (simulate(recipe, rng(seed)) for seed in (4, 4, 5))
    np.testing.assert_array_equal(one.series.views, same.series.views)
    np.testing.assert_array_equal(one.truth, same.truth)
    assert one.drawn == same.drawn
    assert one.series.views.tobytes() != other.series.views.tobytes()
    assert one.truth.shape == size
    assert one.series.shape == (13, *size[1:])


def test_a_clean_series_is_reconstructed() -> None:
    recipe = replace(
        SMALL,
        phantoms=only("faceted"),
        tilts=replace(COARSE, reach=(75.0,), step=(3.0,)),
        stage=STILL,
        recording=CLEAN,
    )
    simulated = simulate(recipe, rng(8))
    plan = Plan(simulated.series.angles, 48, 48, weight=0.05)
    slices = plan.reconstruct(simulated.series.rows(slice(None))).slices
    truth = simulated.truth.transpose(1, 0, 2)
    error = float(np.mean((slices - truth) ** 2))
    assert 10 * np.log10(float(truth.max()) ** 2 / error) > 30


def test_noise_is_as_strong_as_counts_say() -> None:
    ideal = np.linspace(2, 8, 5, dtype=np.float32)[:, None, None] * np.ones((1, 60, 80), "f4")
    detector = 4.0
    recorded = replace(PERFECT, detector=detector).record(ideal, rng(1))
    gain = 100 / 8
    expected = np.sqrt(ideal[:, 0, 0] * gain + detector**2) / gain
    np.testing.assert_allclose(recorded.noise, expected, rtol=1e-5)
    np.testing.assert_allclose((recorded.views - ideal).std((1, 2)), expected, rtol=0.05)
    np.testing.assert_allclose(recorded.views.mean((1, 2)), ideal[:, 0, 0], rtol=0.01)


def test_correlated_noise_is_correlated_along_x_and_as_strong() -> None:
    ideal = np.full((4, 100, 120), 5.0, np.float32)
    recorded = replace(PERFECT, colour="short", correlation=0.5).record(ideal, rng(2))
    noise = (recorded.views - ideal) / recorded.noise[:, None, None]
    assert float(noise.var()) == pytest.approx(1, rel=0.03)
    assert float((noise[:, :, 1:] * noise[:, :, :-1]).mean()) == pytest.approx(0.5, abs=0.02)
    assert float((noise[:, 1:] * noise[:, :-1]).mean()) == pytest.approx(0, abs=0.02)


def test_background_beam_and_hot_pixels_come_on_top() -> None:
    ideal = np.zeros((41, 40, 50), np.float32)
    ideal[:, 10:20, 20:30] = 4.0
    wanted = replace(PERFECT, clean=True, background=0.25, drift=0.05)
    recorded = wanted.record(ideal, rng(3))
    assert recorded.background == 1.0
    assert float(recorded.beam.std()) == pytest.approx(0.05, rel=0.01)
    assert float(np.abs(np.diff(recorded.beam)).max()) < 0.03
    np.testing.assert_allclose(recorded.views[:, 0, 0], recorded.beam, rtol=1e-6)
    np.testing.assert_allclose(recorded.views[:, 15, 25], 5 * recorded.beam, rtol=1e-6)
    assert not recorded.noise.any()
    hot = replace(PERFECT, clean=True, hot=0.01).record(ideal, rng(4)).views - ideal
    assert float((hot > 0).mean()) == pytest.approx(0.01, rel=0.1)
    assert hot[hot > 0].min() >= 2


def ball_views(alignment: Alignment, angles: Array) -> Array:
    """Views of a ball, and room around it in the volume."""
    size = (40, 30, 60)
    shape = Ellipsoid(np.array([4.0, -3.0, 10.0]), np.eye(3), np.full(3, 7.0))
    border = alignment.border(size)
    ball = Bodies("ball", [solid(shape, 1.0)])
    views, _ = expose(ball, size, angles, border, alignment.axis_offset)
    moved = alignment.move(views, border)
    return np.array([center_of_mass(view) for view in binned(moved)]) - [14.5, 29.5]


def test_shifts_shift() -> None:
    angles = np.array([-40.0, 0.0, 25.0])
    shifts = np.array([[1.3, -2.4], [0.0, 0.0], [-0.6, 3.7]])
    aligned = ball_views(Alignment(np.zeros((3, 2)), 0.0, 0.0), angles)
    shifted = ball_views(Alignment(shifts, 0.0, 0.0), angles)
    np.testing.assert_allclose(shifted - aligned, shifts, atol=0.01)


def test_the_axis_turns_the_views_about_their_middle() -> None:
    angles, turn = np.array([-40.0, 0.0, 25.0]), np.deg2rad(12.0)
    aligned = ball_views(Alignment(np.zeros((3, 2)), 0.0, 0.0), angles)
    turned = ball_views(Alignment(np.zeros((3, 2)), 0.0, 12.0), angles)
    # What lay on the axis, along y, comes to lie towards x.
    matrix = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    np.testing.assert_allclose(turned, aligned @ matrix.T, atol=0.02)


def test_the_axis_may_be_off_the_middle() -> None:
    angles, offset = np.array([-40.0, 0.0, 25.0]), 2.5
    found = ball_views(Alignment(np.zeros((3, 2)), offset, 0.0), angles)
    tilts = np.deg2rad(angles)
    expected = (10 - offset) * np.cos(tilts) + 4 * np.sin(tilts) + offset
    np.testing.assert_allclose(found[:, 1], expected, atol=0.01)


def test_what_is_drawn_is_said() -> None:
    recipe = replace(
        SMALL,
        stage=Stage(misaligned=1.0, shift=(0.5, 0.5), axis_offset=(2.0, 2.0)),
        recording=replace(CLEAN, clean=0.0, dose=(200.0, 200.0)),
    )
    simulated = simulate(recipe, rng(6))
    assert simulated.axis_offset == 2
    assert simulated.axis_angle == simulated.drawn["stage.axis_angle"] != 0
    assert float(simulated.shifts.std()) == pytest.approx(0.5, rel=0.4)
    assert simulated.drawn["recording.dose"] == pytest.approx(200)
    assert simulated.noise.shape == simulated.beam.shape == (13,)
    assert simulated.noise.all()


def test_misalignment_is_not_in_the_truth() -> None:
    stage = Stage(misaligned=1.0)
    moved, still = (
        simulate(replace(SMALL, stage=replace(stage, **less), recording=CLEAN), rng(7))
        for less in ({}, {"shift": NEVER, "axis_offset": NEVER, "axis_angle": NEVER})
    )
    np.testing.assert_allclose(moved.truth, still.truth, atol=1e-5)
    assert float(np.abs(moved.series.views - still.series.views).max()) > 0.5


def test_a_film_fills_the_views_at_every_tilt_and_gets_thicker() -> None:
    recipe = replace(SMALL, phantoms=only("film"), stage=STILL, recording=CLEAN)
    simulated = simulate(recipe, rng(8))
    views = simulated.series.views[:, :, :]
    assert views.min() > 0
    columns = views.mean((1, 2)) * np.cos(np.deg2rad(simulated.series.degrees))
    np.testing.assert_allclose(columns, columns[6], rtol=0.2)


def test_tilts_are_even_or_known() -> None:
    even = draw_tilts(Tilts(reach=(70.0,), step=(3.0,), irregular=0.0), Draws(rng()))
    np.testing.assert_allclose(even, np.arange(-69, 70, 3))
    uneven = draw_tilts(Tilts(reach=(70.0,), step=(3.0,), irregular=1.0), Draws(rng()))
    assert len(uneven) == len(even)
    assert 0.02 < float((uneven - even).std()) < 0.7
    assert (np.diff(uneven) > 0).all()
    assert Tilts(reach=(60.0, 70.0), step=(2.0, 3.0)).most_views == 71


@pytest.mark.parametrize(
    ("make", "why"),
    [
        (lambda: replace(SMALL, size=(8, 4, 48)), r"at least \(16, 1, 16\)"),
        (lambda: Tilts(reach=(90.0,)), "between 0 and 80 degrees"),
        (lambda: Tilts(reach=(60.0,), step=(70.0,)), "no more than tilts.reach"),
        (lambda: Tilts(reach=()), "at least one number"),
        (lambda: Recording(correlation=(0.1, 0.9)), "between 0 and 0.66"),
    ],
)
def test_what_cannot_be_is_refused(make: object, why: str) -> None:
    with pytest.raises(RecipeError, match=why):
        make()  # type: ignore[operator]
