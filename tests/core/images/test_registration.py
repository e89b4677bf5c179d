"""Shifts between images, as a whole and in windows."""

import numpy as np
import pytest
from drawn_scene import Blobs, similarity
from hypothesis import given
from hypothesis import strategies as st

from colonnade.core.images.registration import (
    flattened,
    local_shifts,
    phase_correlation,
    window_peaks,
    window_sums,
)

SIZE = (96, 128)
SCENE = Blobs(1, shortest=8)


def shown(shift, size=SIZE):
    """The image whose position plus the shift shows what the scene does at the position."""
    middle = (np.array(size) - 1) / 2 - shift
    return SCENE.coarse(size, similarity(size, tuple(middle), 1.0))


@given(st.floats(-20, 20), st.floats(-25, 25))
def test_the_shift_of_an_image_is_found_to_a_tenth_of_a_pixel(y, x):
    peak = phase_correlation(flattened(shown((0, 0))), flattened(shown((y, x))))
    assert (peak.y, peak.x) == pytest.approx((y, x), abs=0.1)
    assert peak.height > 15


def test_a_part_of_an_image_is_found_in_it_on_either_side():
    whole = SCENE.sharp((160, 200))
    part = whole[90:150, 130:190]
    inside = phase_correlation(flattened(whole), flattened(part))
    assert (inside.y, inside.x) == pytest.approx((-90, -130), abs=0.1)
    around = phase_correlation(flattened(part), flattened(whole))
    assert (around.y, around.x) == pytest.approx((90, 130), abs=0.1)


def test_different_scenes_have_no_peak():
    heights = [
        phase_correlation(flattened(SCENE.sharp(SIZE)), flattened(Blobs(seed).sharp(SIZE))).height
        for seed in range(2, 8)
    ]
    assert max(heights) < 9


def test_windows_find_shifts_of_several_pixels():
    found = window_peaks(flattened(shown((0, 0))), flattened(shown((5.3, -7.6))), 48, height=6)
    assert found.known.mean() > 0.9
    off = found.shifts[found.known] - [5.3, -7.6]
    assert np.abs(np.median(off, axis=0)) == pytest.approx([0, 0], abs=0.3)


def test_small_shifts_scatter_by_their_errors():
    rng = np.random.default_rng(0)
    shift = np.array([0.21, -0.13])
    other, clean = shown((0, 0)), shown(-shift)
    deviations = []
    for _ in range(4):
        noisy = 3 * clean + 0.3 * rng.standard_normal(SIZE)
        found = local_shifts(flattened(noisy), flattened(other), 16)
        rest = found.shifts - shift
        deviations.append(np.einsum("yxi,yxij,yxj->yx", rest, found.information, rest))
    assert np.mean(deviations) == pytest.approx(2, rel=0.25)


def test_another_blur_and_gain_do_not_move_the_shift():
    shift = np.array([0.2, -0.1])
    middle = (np.array(SIZE) - 1) / 2 + shift
    blurred = 5 + 2 * SCENE.coarse(SIZE, similarity(SIZE, tuple(middle), 1.0), blur=1.0)
    found = local_shifts(flattened(blurred), flattened(shown((0, 0))), 16)
    mean = np.linalg.solve(
        found.information.sum((0, 1)),
        np.einsum("yxij,yxj->i", found.information, found.shifts),
    )
    assert mean == pytest.approx(shift, abs=0.02)


def test_nothing_is_known_along_an_edge():
    edge = np.tile((np.arange(64) > 30).astype(np.float32), (64, 1))
    rng = np.random.default_rng(0)
    found = local_shifts(
        flattened(edge + 0.05 * rng.standard_normal((64, 64))), flattened(edge), 32
    )
    assert found.errors[0, 0] > 100 / np.sqrt(found.information[0, 0, 1, 1])


def test_windows_that_touch_a_mask_are_forgotten():
    image = flattened(shown((0, 0)))
    mask = np.zeros(SIZE, bool)
    mask[20, 40] = True
    found = local_shifts(image, image, 16).clear_of(mask)
    assert np.argwhere(~found.known).tolist() == [[1, 2]]


def test_window_sums_are_those_of_slices():
    image = np.random.default_rng(0).random((37, 50))
    corners = np.array([[[0, 0], [0, 20]], [[9, 0], [9, 20]]])
    sums = window_sums(image, corners, 13)
    expected = [[image[y : y + 13, x : x + 13].sum() for y, x in row] for row in corners]
    assert sums == pytest.approx(np.array(expected), rel=1e-5)
