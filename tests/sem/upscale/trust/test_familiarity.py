"""The verdict on a material: of the measured image, in whatever size and grey levels it comes."""

import numpy as np
import pytest
from scipy.ndimage import gaussian_filter
from small_model import balls

from colonnade.sem.card import Familiarity
from colonnade.sem.looks import SIDE
from colonnade.sem.train.familiarity import Seen, calibrate
from colonnade.sem.upscale.trust.familiarity import Look, probability, unlike_training


def stripes(seed: int, shape: tuple[int, int] = (SIDE, SIDE)) -> np.ndarray:
    """Lines that wander, with noise."""
    rng = np.random.default_rng(seed)
    x = np.arange(shape[1])
    phase = 8 * gaussian_filter(rng.standard_normal(shape), 8)
    period = rng.uniform(6, 10)
    return 100 + 60 * np.sin(2 * np.pi * x / period + phase) + rng.normal(0, 4, shape)


def seen(name: str, images: list[np.ndarray]) -> list[Seen]:
    return [Seen(name, Look.of([image], 1)) for image in images]


@pytest.fixture(scope="module")
def knows_balls() -> Familiarity:
    """Of a model that has learned balls and no stripes."""
    return calibrate(
        seen("balls", [balls((SIDE, SIDE), n) for n in range(40)]),
        seen("stripes", [stripes(n) for n in range(40)]),
        seen("balls", [balls((SIDE, SIDE), n) for n in range(40, 60)]),
    )


def verdict(familiarity: Familiarity, image: np.ndarray) -> float:
    found = unlike_training(familiarity, [image], 1)
    assert found is not None
    return found


def test_balls_are_known_and_stripes_are_not(knows_balls: Familiarity) -> None:
    known = [verdict(knows_balls, balls((SIDE, SIDE), n)) for n in range(100, 140)]
    unknown = [verdict(knows_balls, stripes(n)) for n in range(100, 140)]
    assert np.mean(np.array(known) >= 0.5) <= 0.15
    assert min(unknown) > 0.9


@pytest.mark.parametrize("shape", [(64, 64), (150, 90)])
def test_the_size_does_not_decide(knows_balls: Familiarity, shape: tuple[int, int]) -> None:
    rng = np.random.default_rng(5)
    image = np.full(shape, 60.0)
    y, x = np.indices(shape)
    for _ in range(round(12 * image.size / SIDE**2)):
        inside = np.hypot(y - rng.uniform(0, shape[0]), x - rng.uniform(0, shape[1]))
        image[inside < rng.uniform(2, 6)] = rng.uniform(100, 200)
    image += rng.normal(0, 4, shape)
    assert verdict(knows_balls, image) < 0.5
    assert verdict(knows_balls, stripes(5, shape)) > 0.9


def test_brightness_and_contrast_do_not_decide(knows_balls: Familiarity) -> None:
    image = stripes(3)
    assert verdict(knows_balls, 70 * image + 900) == pytest.approx(verdict(knows_balls, image))


def test_parts_that_show_nothing_do_not_count(knows_balls: Familiarity) -> None:
    image = balls((SIDE, SIDE), 101)
    beside = np.concatenate([image, np.full((SIDE, 3 * SIDE), 60.0)], axis=1)
    assert verdict(knows_balls, beside) == pytest.approx(verdict(knows_balls, image), abs=1e-6)


def test_what_is_small_or_empty_cannot_be_told(knows_balls: Familiarity) -> None:
    assert unlike_training(knows_balls, [balls((SIDE, SIDE - 1))], 1) is None
    assert unlike_training(knows_balls, [np.full((90, 90), 7.0)], 1) is None
    assert unlike_training(Familiarity(), [balls((90, 90))], 1) is None


def test_a_training_image_is_known(knows_balls: Familiarity) -> None:
    look = Look.of([balls((SIDE, SIDE), 0)], 1)
    assert probability(knows_balls, look) < 0.1
