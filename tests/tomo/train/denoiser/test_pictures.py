"""Pictures are crisp, of every kind that is asked for, and the same for the same generator."""

import numpy as np
import pytest

from colonnade.core.errors import RecipeError
from colonnade.tomo.train.denoiser.pictures import (
    KINDS,
    Ground,
    Pictures,
    PictureShares,
    draw_picture,
)

SIDE = 64


def of_kind(kind: str) -> Pictures:
    shares = PictureShares(**{name: float(name == kind) for name in KINDS})
    return Pictures(shares=shares, mixed=0.0, blurred=0.0, faint=0.0)


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_fills_the_range_of_grey_levels(kind: str) -> None:
    for seed in range(4):
        picture = draw_picture(of_kind(kind), SIDE, np.random.default_rng(seed))
        assert picture.shape == (SIDE, SIDE)
        assert picture.dtype == np.float32
        assert picture.min() == 0
        assert picture.max() == pytest.approx(1)


def test_the_same_generator_gives_the_same_picture() -> None:
    one, other = (draw_picture(Pictures(), SIDE, np.random.default_rng(3)) for _ in range(2))
    assert np.array_equal(one, other)


def test_edges_of_plates_are_one_pixel_wide() -> None:
    """The largest step from a pixel to the next is more than half of the range."""
    steps = [
        np.abs(np.diff(draw_picture(of_kind("plates"), SIDE, np.random.default_rng(n)))).max()
        for n in range(8)
    ]
    assert np.median(steps) > 0.5


def test_a_faint_picture_keeps_what_contrast_is_asked_for() -> None:
    recipe = Pictures(faint=1.0, contrast=(0.1, 0.1))
    picture = draw_picture(recipe, SIDE, np.random.default_rng(0))
    assert picture.max() == pytest.approx(1)
    assert picture.min() == pytest.approx(0.9)


def test_a_part_of_the_ground_holds_all_within_reach() -> None:
    ground = Ground.of(SIDE)
    rows, columns = ground.near((20.0, 5.0), 7.0)
    assert ground.y[rows].min() <= 13
    assert ground.y[rows].max() >= 27
    assert ground.x[:, columns].min() == ground.x.min()
    assert ground.x[:, columns].max() >= 12


def test_impossible_recipes_are_refused() -> None:
    with pytest.raises(RecipeError, match="contrast"):
        Pictures(contrast=(0.0, 1.0))
    nothing = PictureShares(**dict.fromkeys(KINDS, 0.0))
    with pytest.raises(RecipeError, match="shares of pictures"):
        draw_picture(Pictures(shares=nothing), SIDE, np.random.default_rng(0))
