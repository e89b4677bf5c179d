"""One ring at one place."""

import numpy as np
import pytest

from colonnade.sem.feature import Feature
from colonnade.sem.upscale.trust.overlaps import stands_for, surest


def disc(x: float, size: float, evidence: float) -> Feature:
    return Feature(50.0, x, size, "invented", evidence)


@pytest.mark.parametrize(
    ("x", "size", "stays"),
    [
        (50.0, 4.0, False),  # within
        (50.0, 40.0, False),  # around
        (54.0, 20.0, False),  # its middle lies in the surer one
        (56.0, 3.0, True),  # beside it, a third of it within
        (59.0, 20.0, False),  # most of the surer one lies within it
        (70.0, 10.0, True),  # far away
    ],
)
def test_a_feature_stays_unless_a_surer_one_stands_for_it(x: float, size: float, stays: bool):
    strong, weak = disc(50.0, 10.0, 5.0), disc(x, size, 3.0)
    assert surest([weak, strong]) == [strong, weak][: 1 + stays]


def test_what_hides_a_weak_one_must_stay_itself():
    row = [disc(50.0, 10.0, 5.0), disc(54.0, 10.0, 4.0), disc(58.0, 10.0, 3.0)]
    assert surest(row) == [row[0], row[2]]


@pytest.mark.parametrize(("first", "second"), [(6.0, 6.0), (9.0, 4.0), (4.0, 9.0)])
def test_more_than_half_of_the_smaller_is_counted_as_on_a_grid(first: float, second: float):
    y, x = np.mgrid[-10:20:0.05, -10:20:0.05]
    for away in np.arange(first / 2 + 0.01, (first + second) / 2, 0.4):
        both = (np.hypot(y, x) < first / 2) & (np.hypot(y, x - away) < second / 2)
        share = both.sum() * 0.05**2 / (np.pi * min(first, second) ** 2 / 4)
        if abs(share - 0.5) > 0.01:
            one, other = np.array([[0.0, 0.0, first]]), np.array([0.0, away, second])
            assert stands_for(one, other).tolist() == [share > 0.5]


def test_of_none_there_is_none():
    assert surest([]) == []
