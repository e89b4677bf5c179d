"""What is shown of an image is where it is, at the size that is asked for."""

import numpy as np
import pytest
from small_model import balls

from colonnade.sem.feature import Feature
from colonnade.sem.upscale.report import believed_size
from colonnade.sem.upscale.shown import COLOURS, Shown, coloured

FACTOR = 4


def shown(low: np.ndarray, aspect: float = 1.0, *features: Feature) -> Shown:
    high = np.kron(low, np.ones((FACTOR, FACTOR)))
    return Shown(low, high, np.ones_like(high, np.float32), FACTOR, aspect, features)


def test_a_view_shows_all_three_at_one_size() -> None:
    view = shown(balls((30, 40)), aspect=1.5).view((slice(0, 30), slice(10, 40)), 60)
    assert [picture.size for picture in view.pictures] == [(60, 90)] * 3
    assert view.corner == (0, 40)
    assert view.scale == (90 / 120, 60 / 120)


def test_a_bright_spot_is_in_the_same_place_before_and_after() -> None:
    low = np.random.default_rng(0).normal(60, 4, (60, 80))
    low[20:23, 50:53] = 255
    view = shown(low).view((slice(0, 60), slice(0, 80)), 160)
    for picture in (view.before, view.after):
        bright = np.asarray(picture)[..., 0] == 255
        np.testing.assert_allclose(np.median(np.argwhere(bright), axis=0), (42.5, 102.5), atol=1)


def test_details_have_most_to_see_and_do_not_overlap() -> None:
    low = np.random.default_rng(0).normal(100, 1, (120, 200))
    low[70:110, 20:60:4] += 80
    low[10:40, 150:190:4] += 40
    first, second = shown(low).details(FACTOR * 40, FACTOR * 40, count=2)
    assert abs((first[0].start + first[0].stop) / 2 - 90) < 10
    assert abs((first[1].start + first[1].stop) / 2 - 40) < 10
    assert abs((second[0].start + second[0].stop) / 2 - 25) < 12
    assert abs((second[1].start + second[1].stop) / 2 - 170) < 12


def test_each_half_width_has_a_colour_and_a_larger_one_a_brighter() -> None:
    colours = coloured(np.linspace(0, 2, 50, dtype=np.float32), 2.0).astype(float)
    brightness = colours @ [0.299, 0.587, 0.114]
    assert (np.diff(brightness) > 0).all()
    unknown = coloured(np.array([np.nan], np.float32), 2.0)
    assert np.array_equal(unknown[0], colours[-1])


def test_features_are_ringed_where_they_are_in_both_images() -> None:
    feature = Feature(y=100.0, x=60.0, size=20.0, kind="missing", evidence=5.0)
    view = shown(balls((60, 80)), 1.0, feature).view((slice(0, 60), slice(0, 80)), 320)
    colour = tuple(int(COLOURS["missing"][n : n + 2], 16) for n in (1, 3, 5))
    for picture in (view.before, view.after):
        ring = np.argwhere((np.asarray(picture) == colour).all(-1))
        np.testing.assert_allclose(ring.mean(0), (100, 60), atol=1)
        distance = np.hypot(*(ring - (100, 60)).T)
        assert distance.min() > 8
        assert distance.max() < 16


@pytest.mark.parametrize(
    ("shares", "size"),
    [
        ({2: 0.1, 4: 0.96, 8: 0.99}, 4),
        ({2: 0.97, 4: 0.5, 8: 0.99}, 8),
        ({2: 0.1, 4: 0.5}, None),
    ],
)
def test_a_size_is_believed_if_all_larger_ones_are(
    shares: dict[float, float], size: float | None
) -> None:
    assert believed_size(shares) == size
