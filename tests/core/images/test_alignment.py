"""Where a coarse image lies in a finer one of the same field."""

import numpy as np
import pytest
from drawn_scene import Blobs, noise, similarity

from colonnade.core.images.alignment import NoFitError, align, fits

SCENE = Blobs(3)
FINE = 60 + 100 * SCENE.sharp((256, 288))


def recorded(where, shape, sigma=8.0, blur=0.5):
    rng = np.random.default_rng(5)
    image = 60 + 100 * SCENE.coarse(shape, where, blur) + noise(shape, sigma, rng)
    return image.astype(np.float32)


def rms_error(found, where, shape, scale):
    """Root mean square error of the places of pixels [coarse px]."""
    wrong = found.where.grid() - where(np.indices(shape).astype(float))
    return float(np.sqrt((wrong**2).sum(0).mean())) / scale


@pytest.mark.parametrize(
    ("factor", "shape", "change", "rotation", "centre"),
    [
        (2, (112, 120), 1.0, 0.0, (130.3, 139.6)),
        (2, (112, 120), 1.037, 2.3, (124.7, 146.1)),
        (4, (60, 64), 0.96, -6.4, (126.0, 141.2)),
    ],
)
def test_shift_scale_and_rotation_are_found(factor, shape, change, rotation, centre):
    where = similarity(shape, centre, factor * change, rotation)
    found = align(recorded(where, shape), FINE, factor)
    assert rms_error(found, where, shape, factor) < 0.05
    assert found.where.scale == pytest.approx(factor * change, rel=2e-3)
    assert found.where.rotation == pytest.approx(rotation, abs=0.1)
    assert found.fitting > 0.9
    assert found.error < 0.15


def test_a_smooth_distortion_is_followed():
    def drift(place):
        return np.stack([1.2 * np.sin(place[0] / 25), 1.5 * np.cos(place[0] / 30)])

    shape = (112, 120)
    where = similarity(shape, (128.0, 144.0), 2.0, field=drift)
    found = align(recorded(where, shape, sigma=4.0), FINE, 2)
    assert rms_error(found, where, shape, 2) < 0.15
    assert rms_error(found, where, shape, 2) < found.error < 0.5


def test_a_fine_image_of_a_part_of_the_field_is_found():
    shape = (112, 120)
    where = similarity(shape, (120.0, 140.0), 2.0)
    part = FINE[50:240, 80:280]
    found = align(recorded(where, shape), part, 2)
    there = found.where(np.array([[70.0, 75.0]]))[0] + [50, 80]
    assert there == pytest.approx(where(np.array([[70.0], [75.0]]))[:, 0], abs=0.2)


def test_another_field_is_no_fit():
    where = similarity((96, 96), (128.0, 144.0), 2.0)
    other = 60 + 100 * Blobs(11).sharp((256, 288))
    with pytest.raises(NoFitError) as error:
        align(recorded(where, (96, 96)), other, 2)
    assert not error.value.begun


def test_another_scale_is_no_fit():
    coarse = recorded(similarity((60, 64), (128.0, 144.0), 4.0), (60, 64))
    assert fits(coarse, FINE, 4)
    assert not fits(coarse, FINE, 2)
