"""Other things are drawn alike from the same seed, and no two are alike."""

import numpy as np
import pytest

from colonnade.atoms.train.other_images import KINDS, OtherImages


@pytest.fixture(scope="module")
def images() -> list[np.ndarray]:
    draw = OtherImages(seed=3, part=1, side=96)
    return [draw(index).pixels for index in range(2 * len(KINDS))]


def test_all_kinds_take_turns_and_have_something_to_see(images: list[np.ndarray]) -> None:
    draw = OtherImages(seed=3, part=1, side=96)
    names = [draw(index).name for index in range(len(KINDS))]
    assert names == [f"{kind} 1" for kind in KINDS]
    for pixels in images:
        assert pixels.shape == (96, 96)
        assert pixels.dtype == np.float32
        assert np.isfinite(pixels).all()
        assert pixels.std() > 0


def test_no_two_are_alike_but_of_the_same_seed_and_part(images: list[np.ndarray]) -> None:
    assert len({one.tobytes() for one in images}) == len(images)
    for index in range(0, len(KINDS), 4):
        again = OtherImages(seed=3, part=1, side=96)(index).pixels
        np.testing.assert_array_equal(again, images[index])
        for other in (OtherImages(seed=4, part=1, side=96), OtherImages(seed=3, part=2, side=96)):
            assert not np.array_equal(other(index).pixels, images[index])
