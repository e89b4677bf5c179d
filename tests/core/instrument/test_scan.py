"""Scan errors: rows and positions move by what the recipe says, in nm."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.ndimage import gaussian_filter1d

from colonnade.core.errors import RecipeError
from colonnade.core.images.warp import lower_rows, shift_rows
from colonnade.core.instrument.scan import DrawnScan, Scan, draw_scan
from colonnade.core.work.draws import Draws

seeds = st.integers(0, 2**32 - 1)
sizes = st.tuples(st.integers(12, 60), st.integers(12, 60))

STILL = Scan()
"""A scan that nothing is said of has no errors."""

USUAL = Scan(
    jitter=(0.0, 0.02),
    jitter_y=(0.0, 0.02),
    humming=0.2,
    hum=(0.0, 0.02),
    flyback=(0.0, 0.05),
    drift=(0.0, 0.2),
    wander=(0.0, 0.02),
    shear=(0.0, 0.02),
)
RIGID = 0.05
SIZE = (180, 130)
PIXEL = 0.02


def drawn(recipe: Scan, seed: int = 0) -> DrawnScan:
    return draw_scan(recipe, Draws(np.random.default_rng(seed)), PIXEL, RIGID)


def ramp(size: tuple[int, int]) -> np.ndarray:
    return np.tile(np.arange(float(size[1])), (size[0], 1))


def row_shifts(
    scan: DrawnScan, rows: int, frames: int = 1, seed: int = 0, axis: int = 1
) -> np.ndarray:
    """How far each row of a ramp moved along an axis [px]."""
    image = ramp((rows, 200)) if axis else ramp((200, rows)).T
    moved = image - scan.shift(image, np.random.default_rng(seed), frames)
    return moved[:, 100] if axis else moved[4:-4, 100]


@given(seed=seeds, size=sizes, slope=st.floats(-5, 5))
def test_a_shifted_ramp_is_the_ramp_minus_the_shift(
    seed: int, size: tuple[int, int], slope: float
) -> None:
    shifts = np.random.default_rng(seed).uniform(-2, 2, size[0])
    shifted = shift_rows(slope * ramp(size), shifts)[:, 4:-4]
    expected = slope * (np.arange(size[1]) - shifts[:, None])[:, 4:-4]
    np.testing.assert_allclose(shifted, expected, atol=1e-4)


def test_a_row_that_moves_right_leaves_its_edge_behind_and_no_other_row() -> None:
    image = np.arange(40.0).reshape(4, 10) ** 2
    shifted = shift_rows(image, np.array([0.0, 3.0, -2.0, 100.0]))
    np.testing.assert_array_equal(shifted[0], image[0])
    np.testing.assert_array_equal(shifted[1], [*[image[1, 0]] * 3, *image[1, :-3]])
    np.testing.assert_array_equal(shifted[2], [*image[2, 2:], *[image[2, -1]] * 2])
    np.testing.assert_array_equal(shifted[3], image[3, 0])


@pytest.mark.parametrize("shift", [0.25, 0.5, -3.5])
def test_a_shift_by_part_of_a_pixel_moves_a_peak_and_does_not_widen_it(shift: float) -> None:
    x, sigma = np.arange(80.0), 2.0
    peak = np.exp(-((x - 40) ** 2) / (2 * sigma**2))
    moved = shift_rows(peak[None], np.array([shift]))[0].astype(float)
    centre = (moved * x).sum() / moved.sum()
    assert centre == pytest.approx(40 + shift, abs=1e-4)
    assert np.sqrt((moved * (x - centre) ** 2).sum() / moved.sum()) == pytest.approx(2, abs=1e-3)
    linear = np.interp(x - shift, x, peak)
    truth = np.exp(-((x - 40 - shift) ** 2) / (2 * sigma**2))
    assert np.abs(moved - truth).max() < np.abs(linear - truth).max() / 3


def test_frames_that_are_averaged_are_the_mean_of_their_images() -> None:
    rng = np.random.default_rng(1)
    image, shifts = rng.random((20, 50)), rng.normal(0, 3, (5, 20))
    mean = np.mean([shift_rows(image, frame) for frame in shifts], axis=0)
    np.testing.assert_allclose(shift_rows(image, shifts), mean, atol=1e-5)
    mean = np.mean([lower_rows(image, frame) for frame in shifts], axis=0)
    np.testing.assert_allclose(lower_rows(image, shifts), mean, atol=1e-5)


@given(seed=seeds, size=sizes)
def test_rows_that_all_move_down_alike_are_the_image_turned_and_moved_right(
    seed: int, size: tuple[int, int]
) -> None:
    rng = np.random.default_rng(seed)
    image, shift = rng.random(size), rng.uniform(-3, 3)
    down = lower_rows(image, np.full(size[0], shift))
    right = shift_rows(image.T, np.full(size[1], shift)).T
    np.testing.assert_allclose(down, right, atol=1e-5)


@pytest.mark.parametrize("frames", [1, 9])
def test_jitter_moves_rows_by_as_much_as_it_says_and_averages_away(frames: int) -> None:
    scan = drawn(replace(STILL, jitter=(0.015, 0.015)))
    shifts = PIXEL * row_shifts(scan, 4000, frames)
    assert shifts.std() == pytest.approx(0.015 / np.sqrt(frames), rel=0.06)
    assert np.corrcoef(shifts[1:], shifts[:-1])[0, 1] == pytest.approx(0, abs=0.08)
    scan = drawn(replace(STILL, jitter_y=(0.008, 0.008)))
    shifts = PIXEL * row_shifts(scan, 4000, frames, axis=0)
    assert shifts.std() == pytest.approx(0.008 / np.sqrt(frames), rel=0.06)
    np.testing.assert_allclose(row_shifts(scan, 60, frames), 0, atol=1e-4)


@pytest.mark.parametrize("period", [4.0, 17.5, 60.0])
def test_the_mains_are_one_line_in_the_power_spectrum(period: float) -> None:
    hum = replace(STILL, humming=1.0, hum=(0.02, 0.02), hum_period=(period, period))
    scan = drawn(hum)
    assert np.hypot(*scan.hum) * PIXEL == pytest.approx(0.02)
    for axis in (0, 1):
        shifts = row_shifts(scan, 1680 + 8 * (1 - axis), axis=axis)
        power = np.abs(np.fft.rfft(shifts)) ** 2
        assert power.argmax() == round(1680 / period)
        assert power.max() > 0.999 * power.sum()
        assert shifts.std() == pytest.approx(abs(scan.hum[axis]) / np.sqrt(2), rel=1e-3)


def test_the_mains_have_another_phase_in_each_frame() -> None:
    scan = drawn(replace(STILL, humming=1.0, hum=(0.02, 0.02), hum_period=(10.0, 10.0)))
    mean = [np.ptp(row_shifts(scan, 40, frames=16, seed=seed)) for seed in range(100)]
    one = np.ptp(row_shifts(scan, 40))
    # The mean of unit vectors in random directions: rms 1 / sqrt(16).
    assert np.sqrt(np.mean(np.square(mean))) / one == pytest.approx(1 / 4, rel=0.2)


def test_a_scan_without_errors_moves_nothing() -> None:
    scan = drawn(STILL)
    positions = np.random.default_rng(0).uniform(-20, 200, (50, 2))
    np.testing.assert_allclose(scan.move(positions, SIZE), positions, atol=1e-12)
    image = np.random.default_rng(0).random(SIZE)
    np.testing.assert_array_equal(
        scan.shift(image, np.random.default_rng(0)), image.astype(np.float32)
    )


def test_drift_adds_up_from_the_first_row_to_the_last() -> None:
    for seed in range(5):
        scan = drawn(replace(STILL, drift=(0.3, 0.3)), seed)
        ends = np.array([[-0.5, 40.0], [SIZE[0] - 0.5, 40.0]])
        moved = PIXEL * (scan.move(ends, SIZE) - ends)
        assert np.linalg.norm(moved[1] - moved[0]) == pytest.approx(0.3)
        np.testing.assert_allclose(moved.sum(0), 0, atol=1e-12)
        middle = np.array([[(SIZE[0] - 1) / 2, 7.0]])
        np.testing.assert_allclose(scan.move(middle, SIZE), middle, atol=1e-12)


def test_drift_has_every_direction() -> None:
    drift = np.array([drawn(replace(STILL, drift=(0.1, 0.1)), seed).drift for seed in range(800)])
    assert np.abs(drift.mean(0)).max() < 5 * 0.1 / PIXEL / np.sqrt(2 * 800)
    quarters = np.bincount(2 * (drift[:, 0] > 0) + (drift[:, 1] > 0))
    assert (np.abs(quarters - 200) < 5 * np.sqrt(200)).all()


def test_the_stage_wanders_by_as_much_as_it_says_and_slowly() -> None:
    rows = np.arange(float(SIZE[0]))
    still = np.stack([rows, np.full_like(rows, 60)], axis=1)
    for seed in range(5):
        scan = drawn(replace(STILL, wander=(0.04, 0.04)), seed)
        away = PIXEL * (scan.move(still, SIZE) - still)
        np.testing.assert_allclose(away.std(0), 0.04, rtol=1e-9)
        np.testing.assert_allclose(away.mean(0), 0, atol=1e-12)
        smooth = gaussian_filter1d(away, 3, axis=0, mode="nearest")
        assert np.abs(away - smooth).max() < 0.005


def test_the_start_of_each_line_is_off_and_recovers_exponentially() -> None:
    scan = drawn(replace(STILL, flyback=(0.05, 0.05), settling=(0.1, 0.1)))
    x = np.array([-30.0, -0.5, 12.5, 25.5, 129.0])
    points = np.stack([np.linspace(0, 170, 5), x], axis=1)
    moved = PIXEL * (scan.move(points, SIZE) - points)
    expected = -0.05 * np.exp([0, 0, -1, -2, -129.5 / 13])
    np.testing.assert_allclose(moved[:, 1], expected, atol=1e-12)
    np.testing.assert_allclose(moved[:, 0], 0, atol=1e-12)


def test_shear_is_an_affine_distortion_of_the_size_that_it_says() -> None:
    scans = [drawn(replace(STILL, shear=(0.02, 0.02)), seed) for seed in range(500)]
    strain = np.array([scan.affine - np.eye(2) for scan in scans])
    np.testing.assert_allclose(strain.std(0), 0.02, rtol=0.15)
    np.testing.assert_allclose(strain.mean(0), 0, atol=0.005)
    corners = np.array([[0.0, 0.0], [0.0, 129.0], [179.0, 0.0], [179.0, 129.0]])
    moved = scans[0].move(corners, SIZE)
    np.testing.assert_allclose(moved.mean(0), corners.mean(0), atol=1e-9)
    np.testing.assert_allclose(moved[3] - moved[2], moved[1] - moved[0], atol=1e-9)


@given(seed=seeds)
def test_each_position_moves_by_itself_and_lines_keep_their_order(seed: int) -> None:
    scan = drawn(USUAL, seed)
    rng = np.random.default_rng(seed)
    positions = rng.uniform(-20, 200, (300, 2))
    kept = positions.copy()
    moved = scan.move(positions, SIZE)
    np.testing.assert_array_equal(positions, kept)
    order = rng.permutation(300)
    np.testing.assert_allclose(scan.move(positions[order], SIZE), moved[order], rtol=1e-12)
    np.testing.assert_allclose(scan.move(positions[:1], SIZE), moved[:1], rtol=1e-12)
    line = np.stack([np.full(200, 30.0), np.linspace(-10, 140, 200)], axis=1)
    assert (np.diff(scan.move(line, SIZE)[:, 1]) > 0).all()
    assert scan.move(np.empty((0, 2)), SIZE).shape == (0, 2)


def test_an_error_is_as_many_nanometres_at_any_pixel_size() -> None:
    fine, coarse = (
        draw_scan(USUAL, Draws(np.random.default_rng(4)), pixel, RIGID) for pixel in (0.01, 0.03)
    )
    for name in ("jitter", "hum", "flyback", "drift", "wander"):
        np.testing.assert_allclose(getattr(fine, name) * 0.01, getattr(coarse, name) * 0.03)
    np.testing.assert_array_equal(fine.affine, coarse.affine)
    assert fine.settling == coarse.settling


def test_what_is_drawn_is_written_down_and_the_same_for_the_same_seed() -> None:
    one, two = (Draws(np.random.default_rng(7)) for _ in range(2))
    scan, same = draw_scan(USUAL, one, PIXEL, RIGID), draw_scan(USUAL, two, PIXEL, RIGID)
    assert one.record == two.record
    assert all(name.startswith("scan.") for name in one.record)
    assert scan.jitter[1] * PIXEL == pytest.approx(one.record["scan.jitter"])
    assert scan.jitter[0] * PIXEL == pytest.approx(one.record["scan.jitter_y"])
    np.testing.assert_array_equal(scan.wander, same.wander)
    image = np.random.default_rng(0).random(SIZE)
    kept = image.copy()
    shifted = [s.shift(image, np.random.default_rng(1), 3) for s in (scan, same)]
    np.testing.assert_array_equal(*shifted)
    np.testing.assert_array_equal(image, kept)


def test_the_mains_shake_the_share_of_images_that_is_asked_for() -> None:
    hums = [drawn(replace(STILL, humming=0.3, hum=(0.01, 0.02)), seed).hum for seed in range(600)]
    assert np.mean(np.any(hums, axis=1)) == pytest.approx(0.3, abs=0.09)


def test_a_period_or_a_settling_of_nothing_is_refused() -> None:
    with pytest.raises(RecipeError, match="hum_period"):
        Scan(hum_period=(0.0, 5.0))
    with pytest.raises(RecipeError, match="settling"):
        Scan(settling=(0.0, 0.1))
