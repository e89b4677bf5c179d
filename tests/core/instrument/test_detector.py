"""Noise and detector faults: their statistics are what their names promise."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from colonnade.core.errors import RecipeError
from colonnade.core.instrument.detector import (
    Detector,
    DrawnDetector,
    count_electrons,
    draw_detector,
    smooth_field,
)
from colonnade.core.work.draws import Draws

seeds = st.integers(0, 2**32 - 1)
sizes = st.tuples(st.integers(8, 60), st.integers(8, 60))


@pytest.mark.parametrize("mean", [0.05, 3.0, 250.0])
def test_counts_are_poisson(mean: float) -> None:
    counts = count_electrons(np.full((300, 400), mean), 0.0, np.random.default_rng(1))
    error = np.sqrt(mean / counts.size)
    assert counts.mean() == pytest.approx(mean, abs=5 * error)
    spread = np.sqrt((2 + 1 / mean) / counts.size)
    assert counts.var() / mean == pytest.approx(1, abs=5 * spread)
    np.testing.assert_array_equal(counts, np.round(counts))


def test_read_noise_adds_its_variance() -> None:
    counts = count_electrons(np.full((300, 400), 10.0), 4.0, np.random.default_rng(2))
    assert counts.var() == pytest.approx(10 + 16, rel=0.03)
    assert counts.mean() == pytest.approx(10, abs=0.08)


def test_no_electrons_come_from_less_than_nothing() -> None:
    assert not count_electrons(np.full((9, 9), -3.0), 0.0, np.random.default_rng(0)).any()


@given(seed=seeds, size=sizes, length=st.floats(0.3, 200))
def test_a_smooth_field_has_no_mean_and_unit_spread(
    seed: int, size: tuple[int, int], length: float
) -> None:
    field = smooth_field(size, length, np.random.default_rng(seed))
    assert field.shape == size
    assert field.mean() == pytest.approx(0, abs=1e-5)
    assert field.std() == pytest.approx(1, abs=1e-5)


@pytest.mark.parametrize("length", [1.0, 1.5, 3.0, 4.2, 8.0])
def test_a_smooth_field_is_as_coarse_as_it_says(length: float) -> None:
    """White noise smoothed by a Gaussian is alike over one that is √2 as wide."""
    rng = np.random.default_rng(3)
    fields = [smooth_field((160, 224), length, rng) for _ in range(24)]
    for lag in np.round(length * np.array([0.7, 1.4, 2.8, 6])).astype(int):
        expected = np.exp(-(lag**2) / (4 * length**2))
        down = np.mean([(field[lag:] * field[:-lag]).mean() for field in fields])
        across = np.mean([(field[:, lag:] * field[:, :-lag]).mean() for field in fields])
        assert down == pytest.approx(expected, abs=0.05)
        assert across == pytest.approx(expected, abs=0.05)


@pytest.mark.parametrize("length", [1.0, 6.0])
def test_opposite_borders_of_a_smooth_field_know_nothing_of_each_other(length: float) -> None:
    rng = np.random.default_rng(8)
    fields = np.array([smooth_field((48, 64), length, rng) for _ in range(600)])
    assert (fields[:, 0] * fields[:, -1]).mean() == pytest.approx(0, abs=0.04)
    assert (fields[:, :, 0] * fields[:, :, -1]).mean() == pytest.approx(0, abs=0.04)


@pytest.mark.parametrize("length", [1.0, 3.0])
def test_a_smooth_field_is_as_rough_at_its_border_as_inside(length: float) -> None:
    rng = np.random.default_rng(9)
    spread = np.mean([smooth_field((64, 96), length, rng) ** 2 for _ in range(600)], axis=0)
    for strip in (spread[:3], spread[-3:], spread[:, :3], spread[:, -3:], spread[30:34]):
        assert strip.mean() == pytest.approx(1, abs=0.06)


def test_a_smooth_field_is_normal() -> None:
    rng = np.random.default_rng(10)
    grey = np.concatenate([smooth_field((64, 64), 2.0, rng).ravel() for _ in range(40)])
    assert np.mean(grey**3) == pytest.approx(0, abs=0.1)
    assert np.mean(grey**4) == pytest.approx(3, abs=0.2)


FLAT = np.full((300, 400), 40.0)


def record(detector: DrawnDetector, expected: np.ndarray = FLAT, seed: int = 0) -> np.ndarray:
    return detector.record(expected, np.random.default_rng(seed))


def test_a_perfect_detector_counts_electrons() -> None:
    image = record(DrawnDetector())
    np.testing.assert_array_equal(image, count_electrons(FLAT, 0.0, np.random.default_rng(0)))
    assert image.dtype == np.float32


@pytest.mark.parametrize("frames", [2, 8])
def test_frames_share_the_dose_and_each_is_read_out(frames: int) -> None:
    recipe = Detector(
        read_noise=(2.0, 2.0),
        streaks=(0.0, 0.0),
        offset=(0.0, 0.0),
        averaged=1.0,
        frames=(frames,),
        dropouts=0.0,
        saturation=0.0,
        bits=(0,),
    )
    detector = draw_detector(recipe, Draws(np.random.default_rng(0)))
    assert detector.frames == frames
    image = record(detector)
    assert image.mean() == pytest.approx(40, abs=0.1)
    assert image.var() == pytest.approx(40 + 4 * frames, rel=0.02)


@pytest.mark.parametrize("frames", [1, 4])
def test_a_beam_that_flickers_wavers_along_the_scan(frames: int) -> None:
    recipe = Detector(
        flicker=(0.05, 0.05), flicker_length=(30.0, 30.0), averaged=1.0, frames=(frames,)
    )
    drawn = draw_detector(recipe, Draws(np.random.default_rng(0)))
    flickering = DrawnDetector(flicker=drawn.flicker, flicker_length=drawn.flicker_length)
    image = record(flickering, np.full((400, 300), 1e6))
    relative = image.ravel() / 1e6 - 1
    assert relative.std() == pytest.approx(0.05 / np.sqrt(frames), rel=0.03)
    # Noise that was smoothed by a Gaussian is correlated as one that is the root of two wider.
    for lag in (15, 60):
        alike = (relative[:-lag] * relative[lag:]).mean() / relative.var()
        assert alike == pytest.approx(np.exp(-(lag**2) / (4 * 30**2)), abs=0.05)


@pytest.mark.parametrize("frames", [1, 4])
def test_streaks_are_rows_of_another_brightness(frames: int) -> None:
    share = (float(frames > 1), (frames,))
    recipe = Detector(streaks=(0.04, 0.04), averaged=share[0], frames=share[1], dropouts=0.0)
    drawn = draw_detector(recipe, Draws(np.random.default_rng(0)))
    image = record(DrawnDetector(streaks=drawn.streaks), np.full((3000, 40), 1e5))
    brightness = image.mean(1) / 1e5
    assert brightness.std() == pytest.approx(0.04 / np.sqrt(frames), rel=0.06)
    assert brightness.mean() == pytest.approx(1, abs=0.003)


def test_the_black_level_is_where_no_electron_is_counted() -> None:
    np.testing.assert_array_equal(record(DrawnDetector(offset=12.5), 0 * FLAT), 12.5)
    assert record(DrawnDetector(offset=12.5)).mean() == pytest.approx(52.5, abs=0.1)


def test_lost_rows_are_one_level_or_the_row_before() -> None:
    same = DrawnDetector(lost=0.1)
    image, whole = record(same), record(DrawnDetector())
    lost = np.flatnonzero((image != whole).any(1))
    assert len(lost) == 30
    level = [np.ptp(image[row]) == 0 for row in lost]
    copy = [row > 0 and (image[row] == image[row - 1]).all() for row in lost]
    assert all(one or other for one, other in zip(level, copy, strict=True))
    assert 5 < sum(level) < 25
    assert image.min() >= whole.min()
    assert image.max() <= whole.max()


def test_a_row_that_one_of_several_frames_lost_is_mostly_there() -> None:
    image, whole = record(DrawnDetector(lost=0.1, frames=8)), record(DrawnDetector())
    lost = np.flatnonzero((image != whole).any(1))
    assert len(lost) == 30
    for row in lost:
        assert np.corrcoef(image[row], whole[row])[0, 1] > 0.9


@pytest.mark.parametrize("full", [0.001, 0.02])
def test_a_full_detector_cuts_the_brightest_and_nothing_else(full: float) -> None:
    bright = np.linspace(1e5, 2e5, 40_000).reshape(160, 250)
    image, whole = record(DrawnDetector(full=full), bright), record(DrawnDetector(), bright)
    cut = image != whole
    assert cut.mean() == pytest.approx(full, abs=1e-4)
    assert (image[cut] == image.max()).all()
    assert whole[cut].min() > image[~cut].max() - 1


@pytest.mark.parametrize("bits", [8, 12, 16])
def test_a_digitiser_has_as_many_levels_as_bits_give(bits: int) -> None:
    scene = np.linspace(0, 3e6, 250_000).reshape(500, 500)
    levels = record(DrawnDetector(bits=bits), scene)
    np.testing.assert_array_equal(levels, np.round(levels))
    assert levels.min() == 0
    assert levels.max() == 2**bits - 1
    assert len(np.unique(levels)) > 0.95 * 2 ** min(bits, 15)
    half = record(DrawnDetector(bits=bits, used=0.5), scene)
    assert half.max() == pytest.approx(2 ** (bits - 1), abs=1)
    counts = record(DrawnDetector(), scene)
    np.testing.assert_allclose(levels, levels.max() / counts.max() * counts, atol=0.51)


def test_a_digitiser_cuts_what_is_below_zero_and_survives_darkness() -> None:
    dark = record(DrawnDetector(read_noise=2.0, bits=12), 0 * FLAT)
    assert dark.min() == 0
    assert np.mean(dark == 0) == pytest.approx(0.5, abs=0.02)
    assert not record(DrawnDetector(bits=8), 0 * FLAT).any()
    assert not record(DrawnDetector(bits=8, offset=-5.0), 0 * FLAT).any()


def test_faults_befall_the_shares_of_the_images_that_are_asked_for() -> None:
    recipe = Detector(averaged=0.3, dropouts=0.2, lost=(0.01, 0.02), saturation=0.4)
    drawn = [draw_detector(recipe, Draws(np.random.default_rng(seed))) for seed in range(1500)]
    assert np.mean([one.frames > 1 for one in drawn]) == pytest.approx(0.3, abs=0.06)
    assert np.mean([one.lost > 0 for one in drawn]) == pytest.approx(0.2, abs=0.05)
    assert np.mean([one.full > 0 for one in drawn]) == pytest.approx(0.4, abs=0.06)
    for bits in (0, 8, 12, 16):
        assert np.mean([one.bits == bits for one in drawn]) == pytest.approx(0.25, abs=0.06)


@given(seed=seeds, size=sizes, top=st.floats(0, 1e5))
def test_a_record_is_finite_and_the_same_for_the_same_seed(
    seed: int, size: tuple[int, int], top: float
) -> None:
    recipe = Detector(averaged=0.5, dropouts=0.5, saturation=0.5)
    expected = top * np.random.default_rng(seed).random(size)
    kept = expected.copy()
    draws = Draws(np.random.default_rng(seed))
    detector = draw_detector(recipe, draws)
    assert detector == draw_detector(recipe, Draws(np.random.default_rng(seed)))
    assert all(name.startswith("detector.") for name in draws.record)
    image = record(detector, expected, seed)
    assert image.shape == size
    assert np.isfinite(image).all()
    np.testing.assert_array_equal(image, record(detector, expected, seed))
    np.testing.assert_array_equal(expected, kept)


def test_what_no_detector_has_is_refused() -> None:
    with pytest.raises(RecipeError, match="frames"):
        Detector(frames=(0, 4))
    with pytest.raises(RecipeError, match="bits"):
        Detector(bits=(24,))
    with pytest.raises(RecipeError, match="lost"):
        Detector(lost=(0.1, 1.5))
