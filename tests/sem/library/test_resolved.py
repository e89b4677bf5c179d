"""How far an image is resolved."""

import numpy as np
import pytest
from drawn_scene import Blobs
from recorded_fields import blobs
from scipy.ndimage import gaussian_filter

from colonnade.sem.library.resolved import blocks_for, resolved


def test_crisp_edges_reach_farther_than_soft_ones():
    rng = np.random.default_rng(0)
    sharp = 200 * Blobs(1).sharp((256, 256)) > 100
    found = [
        resolved(gaussian_filter(100.0 * sharp, sigma) + rng.standard_normal(sharp.shape))
        for sigma in (0.3, 1.0, 2.0, 4.0)
    ]
    assert found == sorted(found, reverse=True)
    assert found[0] > 0.4
    assert found[2] < 0.25
    assert found[3] < 0.125


def test_noise_hides_what_is_fine():
    rng = np.random.default_rng(0)
    image = blobs(1, 256, shortest=8)
    assert resolved(image + 60 * rng.standard_normal(image.shape)) < resolved(image)


def test_rounding_hides_what_no_noise_does():
    soft = gaussian_filter(200 * Blobs(1).sharp((256, 256)), 3)
    assert resolved(soft) < 0.25


@pytest.mark.parametrize(
    ("frequency", "block"), [(0.4, 1), (0.28, 1), (0.2, 2), (0.07, 4), (0.03, 0)]
)
def test_soft_images_need_larger_pixels(frequency, block):
    assert blocks_for(frequency) == block
