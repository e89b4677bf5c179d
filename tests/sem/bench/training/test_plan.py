"""What the study trains, and in which order networks see the parts of their images."""

from dataclasses import replace

import numpy as np
import pytest

from colonnade.sem.bench.test_images import one_material
from colonnade.sem.bench.training.patches import GROUP, Patches
from colonnade.sem.bench.training.plan import FIRST_MATERIAL, PATCHES, TASTE, Plan, Training
from colonnade.sem.simulate.image import Simulation
from colonnade.sem.simulate.instrument import GOOD


def test_every_network_is_trained_once_and_those_of_the_findings_are_there() -> None:
    plan = Plan()
    names = [one.name for one in plan.trainings]
    assert len(set(names)) == len(names)
    for adversarial in (False, True):
        for count in plan.images:
            assert Training(FIRST_MATERIAL, count, 4, adversarial) in plan.trainings
        for material in plan.materials:
            assert Training(material, 100, 4, adversarial) in plan.trainings
    assert Training(FIRST_MATERIAL, 100, 8, adversarial=False) in plan.trainings


def test_an_epoch_of_a_hundred_images_has_as_many_batches_as_a_hundred_of_one() -> None:
    plan = Plan()
    one, hundred = (plan.marks(Training(FIRST_MATERIAL, n, 4, False)) for n in (1, 100))
    assert one[plan.steps] == 500
    assert hundred[plan.steps] == 5
    assert one[200] == 100
    assert hundred[200] == 1
    for count in plan.images:
        marks = plan.marks(Training(FIRST_MATERIAL, count, 4, False))
        assert max(marks) == plan.steps
        assert all(
            steps == pytest.approx(count * PATCHES / 8 * e, abs=0.5) for steps, e in marks.items()
        )


def test_a_taste_decides_nothing_and_the_study_does() -> None:
    assert TASTE.is_taste
    assert not Plan().is_taste


@pytest.fixture(scope="module")
def patches() -> Patches:
    recipe = Simulation(factor=2, size=(64, 64), materials=one_material("film"), instrument=GOOD)
    return Patches(recipe, seed=3, images=3, across=2)


def test_an_epoch_shows_every_part_of_every_image_once(patches: Patches) -> None:
    for epoch in range(2):
        shown = [patches(12 * epoch + place).high.tobytes() for place in range(12)]
        every = [
            patches.part(image, part).high.tobytes() for image in range(3) for part in range(4)
        ]
        assert sorted(shown) == sorted(every)
    orders = [[patches(12 * epoch + place).high.sum() for place in range(12)] for epoch in (0, 1)]
    assert orders[0] != orders[1]


def test_parts_belong_together_and_are_always_the_same(patches: Patches) -> None:
    again = replace(patches)
    for index in (0, 7, 40):
        pair = patches(index)
        assert (pair.low.shape, pair.high.shape) == ((16, 16), (32, 32))
        np.testing.assert_array_equal(pair.high, again(index).high)
        means = pair.high.reshape(16, 2, 16, 2).mean((1, 3))
        assert np.corrcoef(means.ravel(), pair.low.ravel())[0, 1] > 0.5


def test_more_images_than_are_kept_in_memory_are_all_shown_in_an_epoch(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    seen = []
    many = Patches(Simulation(), 0, GROUP + 50, 2)
    monkeypatch.setattr(Patches, "part", lambda _, image, part: seen.append((image, part)))
    for index in range(4 * (GROUP + 50)):
        many(index)
    assert len(set(seen)) == len(seen) == 4 * (GROUP + 50)
    first = {image for image, _ in seen[: 4 * GROUP]}
    assert len(first) == GROUP
