"""A patch is hallucinated where it is drawn sharply and wrong, and not where it is blurred."""

import numpy as np
import pytest
from scipy.ndimage import gaussian_filter

from colonnade.core.errors import ImageError
from colonnade.core.measures.hallucination import PatchScan, scan_patches

SMALL = PatchScan(side=32)


def texture(seed: int) -> np.ndarray:
    return gaussian_filter(np.random.default_rng(seed).standard_normal((256, 256)), 1.2)


def test_a_true_output_has_no_hallucinations_and_another_texture_is_nothing_else() -> None:
    truth = texture(1)
    assert scan_patches([truth], [truth], SMALL).rate() == 0
    invented = scan_patches([texture(2)], [truth], SMALL)
    # It has no resolution of its own, so that it is judged at the limit of another method.
    assert invented.rate(limit=0.2) > 0.95


def test_the_patches_that_were_painted_over_are_found() -> None:
    truth = texture(3)
    image = truth + 0.2 * truth.std() * np.random.default_rng(4).standard_normal(truth.shape)
    image[64:128, 64:128] = texture(5)[64:128, 64:128]
    scanned = scan_patches([image], [truth], SMALL)
    found = {tuple(corner) for corner in scanned.corner[scanned.hallucinated()].tolist()}
    inside = {(0, y, x) for y in (64, 80, 96) for x in (64, 80, 96)}
    touching = {(0, y, x) for y in range(33, 128) for x in range(33, 128)}
    assert inside <= found <= touching


def test_a_blurred_output_invents_nothing() -> None:
    truth = texture(6)
    sharp = scan_patches([truth], [truth], SMALL)
    blurred = scan_patches([gaussian_filter(truth, 3) + 1e-3 * texture(7)], [truth], SMALL)
    assert blurred.correlation[:, 6:].mean() < 0.5
    assert blurred.rate(sharp.limit) == 0


def test_empty_patches_are_not_judged() -> None:
    truth = texture(8)
    truth[:128] = 0
    image = truth.copy()
    image[:128] = 1e-3 * texture(9)[:128]
    scanned = scan_patches([image], [truth], SMALL)
    assert not scanned.hallucinated(limit=0.2)[scanned.corner[:, 1] <= 96].any()


def test_patches_reach_the_borders_and_are_told_apart_by_image() -> None:
    images = [texture(seed)[:80, :50] for seed in (1, 2)]
    corner = scan_patches(images, images, SMALL).corner
    assert corner[corner[:, 0] == 1].tolist() == [
        [1, y, x] for y in (0, 16, 32, 48) for x in (0, 16, 18)
    ]


def test_what_is_too_small_is_refused() -> None:
    with pytest.raises(ImageError, match="64 px"):
        scan_patches([texture(1)[:50]], [texture(1)[:50]])
    with pytest.raises(ImageError, match="no images"):
        scan_patches([], [])
