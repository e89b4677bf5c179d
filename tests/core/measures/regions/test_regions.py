"""Regions of discs and balls whose sizes are known."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.ndimage import gaussian_filter

from colonnade.core.errors import ImageError
from colonnade.core.measures.regions.found import Regions
from colonnade.core.measures.regions.levels import Levels
from colonnade.core.measures.regions.parting import Parts
from colonnade.core.measures.regions.population import quantile, whole_chance
from colonnade.core.measures.regions.settings import RegionSettings

SIDE = 128


def disc(shape, centre, radius):
    places = np.indices(shape)
    away = np.sqrt(sum((one - at) ** 2 for one, at in zip(places, centre, strict=True)))
    return np.clip(radius + 0.5 - away, 0, 1)


def levels(shown, half_width=5.0, blur=1.0, spacing=None):
    grey = (20 + 100 * gaussian_filter(shown, blur)).astype(np.float32)
    width = np.broadcast_to(np.float32(half_width), grey.shape)
    ndim = grey.ndim
    return Levels(grey, width, (1.0,) * ndim, spacing or (1.0,) * ndim)


def regions(*args, **options):
    return Regions.of(levels(*args, **options), RegionSettings())


@given(radius=st.floats(6, 30), y=st.floats(0, 1), x=st.floats(0, 1))
def test_a_disc_has_its_size_its_place_and_is_round(radius, y, x):
    centre = (60 + y, 62 + x)
    found = regions(disc((SIDE, SIDE), centre, radius))
    assert found.count == 1
    assert found.shapes.diameter[0] == pytest.approx(2 * radius, abs=0.4)
    assert found.shapes.centres[0] == pytest.approx(centre, abs=0.1)
    assert found.shapes.widths[0] == pytest.approx([2 * radius] * 2, rel=0.05)
    assert found.shapes.roundness[0] == pytest.approx(1, abs=0.15)
    low, high = found.diameters
    assert low[0] < 2 * radius < high[0]


def test_a_ball_between_thick_slices_has_its_volume():
    z, y, x = np.indices((20, 64, 64)).astype(float)
    away = np.sqrt((2 * (z - 10)) ** 2 + (y - 32) ** 2 + (x - 30) ** 2)
    found = regions(np.clip(12.5 - away, 0, 1), blur=0.5, spacing=(2.0, 1.0, 1.0))
    assert found.shapes.diameter[0] == pytest.approx(24, rel=0.02)
    assert found.shapes.widths[0] == pytest.approx([24, 24, 24], rel=0.04)
    assert found.shapes.roundness[0] == pytest.approx(1, abs=0.06)


def test_discs_that_touch_are_two_and_a_dumbbell_with_a_wide_neck_is_one():
    shape = (SIDE, SIDE)
    apart = np.maximum(disc(shape, (64, 50), 12), disc(shape, (64, 74), 12))
    joined = np.maximum(disc(shape, (64, 58), 12), disc(shape, (64, 66), 12))
    assert regions(apart).count == 2
    assert regions(joined).count == 1


def test_what_is_parted_does_not_run_over_the_border_to_the_other_side():
    shape = (SIDE, SIDE)
    found = regions(disc(shape, (60, 0), 9) + disc(shape, (61, SIDE - 1), 9))
    assert sorted(found.shapes.centres[:, 1] > SIDE / 2) == [False, True]
    assert found.shapes.box[:, 1] == pytest.approx([10, 10], abs=1)


@given(neck=st.floats(0.3, 0.95))
def test_a_more_willing_neck_parts_no_less(neck):
    rng = np.random.default_rng(3)
    shown = np.zeros((SIDE, SIDE))
    for _ in range(40):
        shown = np.maximum(shown, disc(shown.shape, rng.uniform(0, SIDE, 2), 9))
    parts = Parts.of(shown > 0.5, (1.0, 1.0))
    assert parts.joined(neck, 0.75).max() <= parts.joined(neck + 0.05, 0.75).max()


def test_what_the_image_guesses_is_not_measured_and_only_in_the_upper_end():
    shape = (SIDE, SIDE)
    sure, guessed = disc(shape, (40, 40), 12), disc(shape, (90, 90), 12)
    width = np.where(guessed > 0, 200, 5).astype(np.float32)
    found = regions(sure + guessed, half_width=width)
    assert found.measured.tolist() == [True, False]
    true = sure.mean()
    assert found.fraction.low < true < found.fraction.value * 1.05
    assert found.fraction.high > 1.5 * true
    assert found.number.value == 1
    assert found.number.high >= 2


def test_nothing_is_known_where_the_half_width_is_infinite():
    shown = disc((SIDE, SIDE), (60, 60), 12)
    found = regions(shown, half_width=np.where(shown > 0, np.inf, 5).astype(np.float32))
    assert not found.measured.any()
    assert np.isfinite(found.drawn).all()


def test_errors_that_are_correlated_make_intervals_wider():
    shown = disc((SIDE, SIDE), (60, 60), 20)
    settings = RegionSettings(edge_of_all=0, edge_of_each=0, edge_px=0)
    spreads = []
    for correlation in (0.0, 4.0):
        given_levels = levels(shown, half_width=20.0)
        wide = Levels(
            given_levels.grey, given_levels.half_width, (correlation,) * 2, given_levels.spacing
        )
        spreads.append(Regions.of(wide, settings).drawn.std())
    # Of white noise n pixels of an outline average out; here they are one every 2 * sqrt(pi) * 4.
    assert spreads[1] > 2 * spreads[0]


def test_a_darker_core_makes_no_hole_and_specks_beside_make_no_particle():
    rim = disc((SIDE, SIDE), (60, 60), 25) - 0.6 * disc((SIDE, SIDE), (60, 60), 20)
    found = regions(rim)
    assert found.count == 1
    assert found.shapes.diameter[0] == pytest.approx(50, abs=1.2)


def test_what_is_slowly_lit_is_measured_alike_everywhere():
    shape = (256, 256)
    centres = [(y, x) for y in (40, 128, 210) for x in (40, 128, 210)]
    shown = sum(disc(shape, one, 14) for one in centres)
    lit = levels(shown)
    grey = lit.grey + np.linspace(0, 80, 256, dtype=np.float32)
    found = Regions.of(Levels(grey, lit.half_width, (1.0, 1.0), (1.0, 1.0)), RegionSettings())
    assert found.count == 9
    assert found.shapes.diameter == pytest.approx([28] * 9, abs=0.6)


def test_those_that_touch_the_border_weigh_on_none_of_the_sizes():
    rng = np.random.default_rng(5)
    medians, naive = [], []
    for _ in range(300):
        radii = rng.choice([2.0, 20.0], 60, p=[0.5, 0.5])
        centres = rng.uniform(-20, 120, (60, 2))
        whole = ((centres > radii[:, None]) & (centres < 100 - radii[:, None])).all(1)
        box = np.repeat(2 * radii[whole], 2).reshape(-1, 2)
        weights = 1 / whole_chance(box, (100, 100))
        small = radii[whole] == 2
        medians.append(weights[small].sum() / weights.sum())
        naive.append(small.mean())
    assert np.mean(naive) > 0.65
    assert np.mean(medians) == pytest.approx(0.5, abs=0.03)


def test_the_median_of_weights_is_that_of_repeats():
    values = np.array([1.0, 5.0, 9.0])
    assert quantile(values, np.array([1.0, 1.0, 5.0]), 0.5) > quantile(values, np.ones(3), 0.5)


def test_an_image_of_one_level_is_refused():
    with pytest.raises(ImageError, match="alike"):
        regions(np.zeros((32, 32)))
