"""The sentence says how well a volume agrees with the views."""

from dataclasses import replace

import numpy as np
import pytest

from colonnade.tomo.reconstruction import Assessment

HALF = Assessment(
    "series",
    "tv",
    (8, 4, 8),
    (2.0, 2.0, 2.0),
    (-60.0, 0.0, 60.0),
    noise=np.array([2.0, 2.0, 2.0]),
    residual=np.array([1.0, 1.0, 1.0]),
    seconds=1.0,
)


def test_the_residual_is_told_in_the_noise_of_all_views() -> None:
    assert HALF.residual_over_noise == 0.5
    uneven = replace(HALF, residual=np.array([1.0, 1.0, 2.0]))
    assert uneven.residual_over_noise == pytest.approx(np.sqrt(2) / 2)


@pytest.mark.parametrize(
    ("residual", "shifts", "said"),
    [
        (1.0, (), "it shows a part of the noise"),
        (2.0, (), "1.00 times the noise of the measured views, as it should"),
        (3.0, (), "is the series aligned?"),
        (3.0, ((0.0, 1.0),) * 3, "the views do not agree to within their noise"),
    ],
)
def test_the_sentence_says_what_that_means(
    residual: float, shifts: tuple[tuple[float, float], ...], said: str
) -> None:
    found = replace(HALF, residual=np.full(3, residual), shifts=shifts)
    assert said in found.sentence
    assert found.sentence.startswith("series: 8 x 4 x 8 voxels of 2 nm by total variation")


def test_back_projection_is_not_taken_for_a_misalignment() -> None:
    found = replace(HALF, method="wbp", residual=np.full(3, 4.0))
    assert "weighted back-projection is fitted to none" in found.sentence


def test_views_without_noise_are_not_compared_with_it() -> None:
    assert "no noise" in replace(HALF, noise=np.zeros(3)).sentence
