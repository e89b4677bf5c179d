"""Discs that a careful network does not expect are listed, and those that it expects are not."""

import numpy as np
import pytest

from colonnade.core.arrays import Single
from colonnade.core.images.tiles import Part
from colonnade.sem.upscale.predict import Prediction
from colonnade.sem.upscale.trust import invented
from colonnade.sem.upscale.trust.invented import invented_features

FACTOR, SIDE, HALF_WIDTH = 4, 40, 8.0
CENTRES = ((40.0, 60.0), (100.0, 30.0), (120.0, 128.0))


class Companion:
    """Answers with an image that is known."""

    shape = (SIDE, SIDE)

    def __init__(self, image: Single) -> None:
        self.image = image

    def part(self, part: Part) -> Prediction:
        fine = tuple(slice(FACTOR * one.start, FACTOR * one.stop) for one in part)
        image = self.image[fine]
        return Prediction(image, np.full_like(image, HALF_WIDTH))


def hills() -> Single:
    """A smooth image whose grey levels span 200."""
    y, x = np.mgrid[: SIDE * FACTOR, : SIDE * FACTOR] / (SIDE * FACTOR)
    return np.asarray(100 + 50 * np.sin(3 * y) + 150 * x**2, np.float32)


def discs(contrasts: tuple[float, ...], diameter: float = 6.0) -> Single:
    """The same with discs."""
    image = hills()
    y, x = np.indices(image.shape)
    for (row, column), contrast in zip(CENTRES, contrasts, strict=True):
        image += contrast * np.clip(0.5 + diameter / 2 - np.hypot(y - row, x - column), 0, 1)
    return image


@pytest.mark.parametrize("sign", [1, -1])
def test_a_disc_that_is_not_expected_is_listed_and_one_that_is_expected_is_not(sign: int) -> None:
    drawn = discs((sign * 60.0, sign * 60.0, sign * 60.0))
    expected = discs((sign * 60.0, sign * 5.0, sign * 45.0))
    [found] = invented_features(drawn, Companion(expected), FACTOR)
    assert (found.y, found.x) == pytest.approx(CENTRES[1], abs=1)
    assert found.kind == "invented"
    assert found.size == pytest.approx(6, rel=0.3)
    # Half of 60 is 30, of which 5 are expected, give or take 8 / 1.645.
    assert found.evidence == pytest.approx(25 / (HALF_WIDTH / 1.645), rel=0.15)


def test_the_list_does_not_depend_on_how_the_image_is_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn, companion = discs((60.0, -60.0, 60.0)), Companion(hills())
    whole = invented_features(drawn, companion, FACTOR)
    monkeypatch.setattr(invented, "TILE", 16)
    cut = invented_features(drawn, companion, FACTOR)
    assert len(whole) == 3
    for one, other in zip(whole, cut, strict=True):
        assert (one.y, one.x, one.size) == (other.y, other.x, other.size)
        assert one.evidence == pytest.approx(other.evidence, rel=1e-4)


def test_of_an_image_that_is_all_one_grey_nothing_is_listed() -> None:
    flat = np.full((SIDE * FACTOR,) * 2, 7.0, np.float32)
    assert invented_features(flat, Companion(flat), FACTOR) == []


def test_of_rings_around_one_middle_the_surest_is_listed() -> None:
    # A bright middle on a wide paler disc answers to filters of both sizes.
    y, x = np.indices(hills().shape)
    away = np.hypot(y - 80, x - 80)
    drawn = np.asarray(hills() + 60 * (away <= 7) + 100 * (away <= 2), np.float32)
    sizes = [
        round(one.size)
        for one in invented_features(drawn, Companion(hills()), FACTOR)
        if np.hypot(one.y - 80, one.x - 80) < 2
    ]
    assert sizes == [4]
