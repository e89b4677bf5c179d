"""Frames lie where they were shifted to, and their average is the scene."""

import numpy as np
import pytest
from drawn_series import MARGIN, blobs, lattice, series, whole
from hypothesis import given, settings
from hypothesis import strategies as st

from colonnade.core.errors import ImageError
from colonnade.core.images.series.register import average, register

SIZE = (72, 96)
SCENE = blobs((SIZE[0] + 2 * MARGIN, SIZE[1] + 2 * MARGIN))


def walk(rng, frames, step):
    shifts = np.cumsum(rng.normal(0, step, (frames, 2)), axis=0)
    return np.clip(shifts - shifts[0], 4 - MARGIN, MARGIN - 4)


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_drift_is_found_to_a_few_hundredths_of_a_pixel_and_errors_say_so(seed):
    rng = np.random.default_rng(seed)
    made = series(SCENE, whole(walk(rng, 8, 2.0), SIZE[0]), 1.0, rng)
    drift = register(made.frames)
    error = drift.shifts - made.shifts
    assert drift.shifts[0] == pytest.approx([0, 0], abs=1e-12)
    error -= error.mean(0)
    assert np.abs(error).max() < 0.15
    assert 0.4 < np.std(error / drift.errors) < 1.8


def test_a_lattice_is_followed_by_the_smallest_steps():
    rng = np.random.default_rng(4)
    scene = lattice((SIZE[0] + 2 * MARGIN, SIZE[1] + 2 * MARGIN))
    steady = np.stack([np.linspace(0, 18, 13), np.linspace(0, -15, 13)], axis=1)
    made = series(scene, whole(steady, SIZE[0]), 2.0, rng)
    assert register(made.frames).shifts == pytest.approx(made.shifts, abs=0.2)


def test_a_field_that_leaves_the_first_frame_is_followed():
    rng = np.random.default_rng(5)
    long = blobs((SIZE[0] + 2 * MARGIN, 2 * SIZE[1] + 2 * MARGIN))
    away = np.stack([np.zeros(16), np.linspace(0, -1.1 * SIZE[1], 16)], axis=1)
    made = series(long, whole(away, SIZE[0]), 0.5, rng)
    frames = [frame[:, : SIZE[1]] for frame in made.frames]
    assert register(frames).shifts == pytest.approx(away, abs=0.25)


def test_rows_that_jitter_are_put_back_before_frames_are_summed():
    rng = np.random.default_rng(6)
    rows = whole(walk(rng, 24, 0.5), SIZE[0]) + rng.normal(size=(24, SIZE[0], 2)) * [0.5, 1.0]
    made = series(SCENE, rows, 0.5, rng)
    straight = average(made.frames)
    assert straight.jitter == pytest.approx([0.5, 1.0], rel=0.25)
    still = series(SCENE, whole(np.zeros((1, 2)), SIZE[0]), 0.0, rng).frames[0]
    left = misfit(straight, still)
    raw = np.mean(made.frames, axis=0)
    assert left < 0.35 * np.std((raw - still)[8:-8, 8:-8])


def misfit(found, still):
    """How far an average is from the scene where both are known [grey levels]."""
    top, first = np.round(found.drift.shifts[0]).astype(int)
    rows = slice(max(top, 0) + 6, SIZE[0] - 8)
    columns = slice(max(first, 0) + 6, SIZE[1] - 8)
    part = found.pixels[rows.start - top : rows.stop - top, columns.start - first :]
    part = part[:, : columns.stop - columns.start]
    return float(np.std(part - still[rows, columns][: len(part)]))


def test_frames_without_faults_are_averaged_as_they_are_but_for_their_border():
    rng = np.random.default_rng(7)
    made = series(SCENE, whole(np.zeros((6, 2)), SIZE[0]), 0.3, rng)
    found = average(made.frames)
    top, first = np.round(found.drift.shifts[0]).astype(int)
    height, width = found.pixels.shape
    mean = np.mean(made.frames, axis=0)[top : top + height, first : first + width]
    assert (
        np.abs(found.pixels - mean)[4:-4, 4:-4].max() < 1.5
    )  # of noise of 1.2 and contrast of 10
    assert found.drift.range == pytest.approx([0, 0], abs=0.1)


def test_frames_without_contrast_are_not_moved():
    flat = [np.full(SIZE, level, np.float32) for level in (1, 2, 3)]
    drift = register(flat)
    assert (drift.shifts == 0).all()
    assert np.isnan(drift.errors).all()


def test_frames_of_different_sizes_are_refused():
    with pytest.raises(ImageError, match="differ in size"):
        register([np.zeros((20, 20), np.float32), np.zeros((20, 21), np.float32)])
