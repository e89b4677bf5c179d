"""The description of a material: shapes count, grey levels and dose hardly do."""

import numpy as np
import pytest
from scipy.ndimage import gaussian_filter

from colonnade.sem.looks import QUANTITIES, SCALES, SHAPES, SIDE, describe

PER_SCALE = SHAPES + 17
"""Numbers of each scale; the shares of the kinds of curvature are the first."""


def block(seed: int = 0) -> np.ndarray:
    rng = np.random.default_rng(seed)
    return gaussian_filter(rng.standard_normal((SIDE, SIDE)), 2).astype(np.float32)


def test_brightness_and_contrast_drop_out() -> None:
    image = block()
    rows = describe(np.stack([image, 500 * image + 3000]))
    assert rows.shape == (2, QUANTITIES)
    np.testing.assert_allclose(rows[1], rows[0], atol=2e-3)


def test_blocks_are_described_each_by_itself() -> None:
    images = np.stack([block(1), block(2), block(3)])
    together, alone = describe(images), np.concatenate([describe(one[None]) for one in images])
    np.testing.assert_allclose(together, alone, rtol=1e-12)


def test_a_half_turn_changes_nothing() -> None:
    image = block()
    rows = describe(np.stack([image, image[::-1, ::-1]]))
    np.testing.assert_allclose(rows[1], rows[0], rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize(("sign", "kind"), [(1, 0), (-1, SHAPES - 1)])
def test_bright_balls_are_caps_and_pits_are_cups(sign: int, kind: int) -> None:
    y, x = np.indices((SIDE, SIDE)) - (SIDE - 1) / 2
    ball = sign * np.exp(-(y**2 + x**2) / (2 * 3.0**2))
    shares = describe(ball[None].astype(np.float32))[0, :SHAPES] ** 2
    assert shares.sum() == pytest.approx(1, abs=1e-6)
    # At the middle of a Gaussian both curvatures are equal, and nowhere as strong.
    assert shares[kind] == shares.max()
    assert shares[kind] > 100 * shares[SHAPES - 1 - kind]


def test_a_line_is_a_ridge_that_runs_one_way() -> None:
    x = np.arange(SIDE) - (SIDE - 1) / 2
    line = np.tile(np.exp(-(x**2) / (2 * 2.5**2)), (SIDE, 1)).astype(np.float32)
    row = describe(line[None])[0]
    shares = row[:SHAPES] ** 2
    # One curvature is 0: the index is a quarter and three quarters of the way.
    assert shares[[1, 2, 5, 6]].sum() == pytest.approx(1, abs=1e-6)
    coherence = row[PER_SCALE - 3]
    assert coherence == pytest.approx(1, abs=1e-6)


def test_noise_alone_is_told_by_theory() -> None:
    noise = np.random.default_rng(0).standard_normal((200, SIDE, SIDE)).astype(np.float32)
    mean = describe(noise).mean(0)
    for number in range(len(SCALES)):
        shares = mean[number * PER_SCALE :][:SHAPES] ** 2
        # Neither side of a Gaussian field is preferred.
        np.testing.assert_allclose(shares, shares[::-1], atol=0.02)
    # Squared gradients of isotropic noise are exponential: their second moment is twice the
    # squared mean; differences from pixel to pixel at the finest scale change this little.
    spread = mean[SHAPES + 2]
    assert spread == pytest.approx(np.log(2), abs=0.05)


def test_what_is_flat_at_a_scale_stays_finite() -> None:
    dot = np.zeros((SIDE, SIDE), np.float32)
    dot[0, 0] = 1
    checks = np.indices((SIDE, SIDE)).sum(0) % 2
    assert np.isfinite(describe(np.stack([dot, checks.astype(np.float32)]))).all()
