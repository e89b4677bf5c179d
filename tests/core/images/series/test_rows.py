"""What rows tell of their shifts, one by one and together."""

import numpy as np
import pytest
from drawn_series import MARGIN, blobs, series, whole

from colonnade.core.images.series.rows import RowLikeness, RowPulls, row_shifts

SIZE = (96, 96)
SCENE = blobs((SIZE[0] + 2 * MARGIN, SIZE[1] + 2 * MARGIN))
EVERYWHERE = np.ones(SIZE, np.float32)
STILL = np.zeros((SIZE[0], 2))


def pulls(rng, jitter, step, noise=0.5):
    rows = rng.normal(size=(1, *STILL.shape)) * jitter
    rows += np.cumsum(rng.normal(size=(1, *STILL.shape)) * step, axis=1)
    rows -= rows.mean(1, keepdims=True)
    made = series(SCENE, rows, noise, rng)
    seen = series(SCENE, whole(np.zeros((1, 2)), SIZE[0]), 0.0, rng).frames[0]
    return RowPulls.of(made.frames[0], seen, EVERYWHERE), rows[0]


def test_a_common_shift_is_found_within_its_errors():
    rng = np.random.default_rng(0)
    seen = series(SCENE, whole(np.zeros((1, 2)), SIZE[0]), 0.0, rng).frames[0]
    off = []
    for _ in range(30):
        shift = rng.normal(0, 0.1, 2)
        made = series(SCENE, whole(shift[None], SIZE[0]), 2.0, rng)
        found, error = RowPulls.of(made.frames[0], seen, EVERYWHERE).common_shift()
        off.append((found - shift) / error)
    assert np.std(off) == pytest.approx(1, abs=0.3)
    assert np.mean(off) == pytest.approx(0, abs=0.4)


@pytest.mark.parametrize(
    ("jitter", "step"),
    [((0.0, 0.0), (0.0, 0.0)), ((0.2, 0.5), (0.0, 0.0)), ((0.1, 0.3), (0.05, 0.05))],
)
def test_jitter_and_slow_motion_are_told_from_noise_and_from_each_other(jitter, step):
    rng = np.random.default_rng(1)
    likeness = RowLikeness(16, 2.0)
    for _ in range(40):
        likeness.add(pulls(rng, jitter, step)[0], STILL)
    found_jitter, found_step = likeness.spreads()
    assert found_jitter == pytest.approx(jitter, abs=0.06)
    assert found_step == pytest.approx(step, abs=0.045)


def test_of_noise_alone_neither_jitter_nor_motion_is_made():
    rng = np.random.default_rng(4)
    likeness = RowLikeness(16, 2.0)
    for _ in range(4):
        likeness.add(pulls(rng, 0.0, 0.0, noise=20.0)[0], STILL)
    assert np.array(likeness.spreads()) == pytest.approx(0, abs=1e-12)


def test_rows_are_found_better_together_than_one_by_one():
    rng = np.random.default_rng(2)
    jitter, step = np.array([0.1, 0.1]), np.array([0.05, 0.05])
    alone, together = [], []
    for _ in range(10):
        told, true = pulls(rng, jitter, step, noise=2.0)
        found = row_shifts(told, STILL, jitter, step)
        single = np.stack([told.along(axis)[0] for axis in (0, 1)], axis=1)
        alone.append(np.median(np.abs(single - true)))
        together.append(np.median(np.abs(found - true)))
    assert np.mean(together) < 0.75 * np.mean(alone)


def test_without_jitter_and_motion_rows_stay_together():
    rng = np.random.default_rng(3)
    told, _ = pulls(rng, 0.3, 0.0)
    found = row_shifts(told, STILL, np.zeros(2), np.zeros(2))
    assert np.ptp(found, axis=0) == pytest.approx([0, 0], abs=1e-12)
