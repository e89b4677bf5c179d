"""No image serves two ends: training, calibration, scores."""

from dataclasses import dataclass, replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from colonnade.atoms.columns import Columns
from colonnade.atoms.library.sources import Simulator
from colonnade.atoms.simulate.image import Simulated, Simulation
from colonnade.atoms.train.held_out import HeldOut
from colonnade.core.errors import ColonnadeWarning
from colonnade.core.images.micrograph import Micrograph

SIMULATION = replace(Simulation(), size=(16, 16))


@dataclass(frozen=True)
class Numbered:
    """A collection of images that show their own number."""

    count: int
    identity: str = "numbers"

    def __len__(self) -> int:
        return self.count

    def __call__(self, index: int) -> Simulated:
        pixels = np.full((4, 4), index, np.float32)
        columns = Columns(y=np.zeros(0), x=np.zeros(0))
        return Simulated(
            image=Micrograph(pixels),
            columns=columns,
            drawn={},
            clean=pixels,
            no_background=pixels,
            sharpened=pixels,
        )


def numbers(images: object) -> list[int]:
    return [int(one.image.pixels[0, 0]) for one in images]  # type: ignore[attr-defined]


@given(count=st.integers(2, 40), wanted=st.integers(1, 30))
def test_a_library_is_divided_between_both_ends(count: int, wanted: int) -> None:
    held_out = HeldOut.of(SIMULATION, 0, wanted, Numbered(count))
    calibration, scores = numbers(held_out.calibration), numbers(held_out.scores)
    assert not set(calibration) & set(scores)
    assert set(calibration) | set(scores) <= set(range(count))
    assert len(calibration) == len(held_out.calibration) == min(wanted, (count + 1) // 2)
    assert len(scores) == len(held_out.scores) == min(wanted, count // 2)


def test_neighbours_in_a_library_serve_both_ends_alike() -> None:
    """Images of one crystal tend to stand together."""
    held_out = HeldOut.of(SIMULATION, 0, 64, Numbered(6))
    assert numbers(held_out.calibration) == [0, 2, 4]
    assert numbers(held_out.scores) == [1, 3, 5]


def test_one_image_is_too_few_for_two_ends_and_that_is_said() -> None:
    with pytest.warns(ColonnadeWarning, match="the scores are of simulated images"):
        held_out = HeldOut.of(SIMULATION, 0, 3, Numbered(1))
    assert numbers(held_out.calibration) == [0]
    assert [one.image.shape for one in held_out.scores] == [(16, 16)] * 3


def test_without_a_library_all_are_simulated_and_none_serves_twice() -> None:
    held_out = HeldOut.of(SIMULATION, 7, 2, None)
    trained = Simulator(SIMULATION, 7)
    images = [*held_out.calibration, *held_out.scores, trained(0), trained(1)]
    assert len({one.image.pixels.tobytes() for one in images}) == 6


def test_simulated_images_are_those_of_the_seed() -> None:
    one, same, other = (HeldOut.of(SIMULATION, seed, 1, None) for seed in (7, 7, 8))
    pixels = [next(iter(held_out.scores)).image.pixels for held_out in (one, same, other)]
    np.testing.assert_array_equal(pixels[0], pixels[1])
    assert not np.array_equal(pixels[0], pixels[2])
