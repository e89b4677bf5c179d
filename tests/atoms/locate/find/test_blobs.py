"""Blobs of a mask are found wherever they lie, in masks of any size."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial import cKDTree

from colonnade.atoms.locate.find.blobs import BAND, find_blobs
from colonnade.atoms.locate.find.settings import BlobSettings


def mask_of(positions: np.ndarray, shape: tuple[int, int], height: float = 0.9) -> np.ndarray:
    mask = np.zeros(shape, np.float32)
    for y, x in positions:
        rows, columns = (np.arange(count) for count in shape)
        peak = np.exp(-0.5 * ((rows[:, None] - y) ** 2 + (columns - x) ** 2) / 1.25**2)
        mask = np.maximum(mask, height * peak.astype(np.float32))
    return mask


@settings(max_examples=15)
@given(st.integers(0, 2**32 - 1))
def test_a_mask_in_several_bands_holds_what_it_holds_in_one(seed: int) -> None:
    """Turned on its side the same mask has fewer rows than a band."""
    rng = np.random.default_rng(seed)
    rows = np.arange(BAND - 60 + rng.uniform(0, 12), BAND + 40, 12)
    positions = np.stack([rows, rng.uniform(2, 26, len(rows))], 1)
    mask = mask_of(positions, (BAND + 41, 29))
    high, wide = find_blobs(mask, 0.3), find_blobs(mask.T.copy(), 0.3)
    assert len(high) == len(wide) > 0
    distance, turned = cKDTree(wide.positions[:, ::-1]).query(high.positions)
    assert distance.max() < 1e-9
    np.testing.assert_array_equal(wide.confidence[turned], high.confidence)


def test_the_centre_of_a_blob_is_that_of_its_column() -> None:
    found = find_blobs(mask_of(np.array([[20.3, 14.8]]), (40, 30)), 0.3)
    np.testing.assert_allclose(found.positions, [[20.3, 14.8]], atol=0.1)
    assert 0.8 < found.confidence[0] <= 0.9


def test_blobs_that_touch_are_split_and_lower_ones_have_their_own_confidence() -> None:
    near = np.array([[20.0, 12.0], [20.0, 16.0]])
    mask = np.maximum(mask_of(near[:1], (40, 30)), mask_of(near[1:], (40, 30), 0.4))
    found = find_blobs(mask, 0.3)
    order = np.argsort(found.positions[:, 1])
    np.testing.assert_allclose(found.positions[order], near, atol=0.5)
    np.testing.assert_allclose(found.confidence[order], [0.9, 0.4], atol=0.02)


def test_a_plateau_of_several_pixels_is_one_candidate() -> None:
    mask = np.zeros((20, 20), np.float32)
    mask[8:10, 8:10] = 0.8
    found = find_blobs(mask, 0.3)
    np.testing.assert_allclose(found.positions, [[8.5, 8.5]])


def test_what_does_not_fall_off_within_its_reach_is_no_blob() -> None:
    y, x = np.indices((60, 60)) - 30
    wide = (0.9 * np.exp(-0.5 * (y**2 + x**2) / 12.0**2)).astype(np.float32)
    assert len(find_blobs(wide, 0.3)) == 0
    assert len(find_blobs(wide, 0.3, BlobSettings(reach=14))) == 1
