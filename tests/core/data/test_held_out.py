"""No image serves two ends: training, calibration, scores."""

from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from colonnade.core.data.held_out import HeldOut
from colonnade.core.errors import ColonnadeWarning


@dataclass(frozen=True)
class Numbered:
    """A collection of so many images, each of which is its own number."""

    count: int
    identity: str = "numbers"

    def __len__(self) -> int:
        return self.count

    def __call__(self, index: int) -> str:
        return str(index)


@dataclass(frozen=True)
class Simulator:
    """Simulates images that say of which part of a seed they are."""

    part: int
    identity: str = "simulated"

    def __call__(self, index: int) -> str:
        return f"part {self.part}, {index}"


@given(count=st.integers(2, 40), wanted=st.integers(1, 30))
def test_a_library_is_divided_between_both_ends(count: int, wanted: int) -> None:
    held_out = HeldOut.of(Simulator, wanted, Numbered(count))
    calibration, scores = list(held_out.calibration), list(held_out.scores)
    assert not set(calibration) & set(scores)
    assert set(calibration) | set(scores) <= {str(number) for number in range(count)}
    assert len(calibration) == len(held_out.calibration) == min(wanted, (count + 1) // 2)
    assert len(scores) == len(held_out.scores) == min(wanted, count // 2)


def test_neighbours_in_a_library_serve_both_ends_alike() -> None:
    """Images of one family tend to stand together."""
    held_out = HeldOut.of(Simulator, 64, Numbered(6))
    assert list(held_out.calibration) == ["0", "2", "4"]
    assert list(held_out.scores) == ["1", "3", "5"]


def test_one_image_is_too_few_for_two_ends_and_that_is_said() -> None:
    with pytest.warns(ColonnadeWarning, match="the scores are of simulated images"):
        held_out = HeldOut.of(Simulator, 3, Numbered(1))
    assert list(held_out.calibration) == ["0"]
    assert list(held_out.scores) == ["part 3, 0", "part 3, 1", "part 3, 2"]


def test_without_a_library_all_are_simulated_of_parts_that_no_training_uses() -> None:
    held_out = HeldOut.of(Simulator, 2, None)
    assert list(held_out.calibration) == ["part 1, 0", "part 1, 1"]
    assert list(held_out.scores) == ["part 3, 0", "part 3, 1"]
