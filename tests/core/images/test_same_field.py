"""Images that overlap are of one field."""

import numpy as np
from drawn_scene import Blobs

from colonnade.core.images.same_field import same_fields


def test_overlapping_parts_of_a_mosaic_are_one_field_and_others_are_not():
    rng = np.random.default_rng(0)
    mosaic = Blobs(1, shortest=20).sharp((256, 640))
    tiles = [mosaic[:, left : left + 256] for left in (0, 128, 256, 384)]
    others = [Blobs(seed, shortest=20).sharp((256, 256)) for seed in (2, 3)]
    images = [others[0], *tiles, others[1]]
    noisy = [image + 0.3 * rng.standard_normal(image.shape) for image in images]
    assert same_fields(noisy) == [0, 1, 1, 1, 1, 5]


def test_noise_alone_is_never_the_same():
    rng = np.random.default_rng(0)
    assert same_fields(rng.standard_normal((4, 100, 80))) == [0, 1, 2, 3]
