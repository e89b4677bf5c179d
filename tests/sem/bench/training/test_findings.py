"""Findings are decided by numbers: with made-up networks, as their numbers are."""

from itertools import pairwise

import numpy as np
import pytest
from made_up_study import NOWHERE, network, study

from colonnade.sem.bench.training.findings import epochs_to, findings, recall
from colonnade.sem.bench.training.plan import TASTE, Training
from colonnade.sem.bench.training.results import StudyResults, Trained


def verdicts(results: StudyResults) -> list[bool | None]:
    return [one.reproduced for one in findings(results)]


def replaced(results: StudyResults, training: Training, **changed: float) -> StudyResults:
    other = network(results.plan, training, **changed)
    return StudyResults(results.plan, {**results.trained, training: other})


def test_networks_as_they_were_found_reproduce_every_finding() -> None:
    assert verdicts(study()) == [True] * 6
    for one in findings(study()):
        assert one.numbers.endswith(".")
        assert "nan" not in one.numbers


def test_epochs_are_fewer_as_an_epoch_is_longer() -> None:
    results = study()
    gain = 0.9
    epochs = [epochs_to(results.of(images=count), gain) for count in (1, 5, 20)]
    assert epochs[0] > epochs[1] > epochs[2]
    slow = replaced(results, Training("tin_balls", 20, 4, False), speed=0.02)
    assert verdicts(slow)[0] is False


def test_epochs_to_a_gain_lie_between_the_looks_on_either_side() -> None:
    trained = study().of(images=1)
    looks = trained.looks
    for before, after in pairwise(looks):
        middle = (before.mean("gain_db") + after.mean("gain_db")) / 2
        assert epochs_to(trained, middle) == pytest.approx(np.sqrt(before.epochs * after.epochs))
    assert epochs_to(trained, -1) == looks[0].epochs
    assert np.isnan(epochs_to(trained, 99))


@pytest.mark.parametrize("changed", [{"spectrum": 0.9}, {"own": 1.0}, {"gain": 2.0}])
def test_one_image_must_look_sharp_be_learned_by_heart_and_be_worse(
    changed: dict[str, float],
) -> None:
    assert verdicts(study(**changed))[1] is False


def test_enough_is_enough_only_if_more_adds_nothing() -> None:
    more = replaced(study(), Training("tin_balls", 1000, 4, False), gain=3.5)
    assert verdicts(more)[2] is False


def test_particles_must_be_lost_from_the_coarser_pixels_and_large_ones_come_back() -> None:
    results = study()
    far = results.of(factor=8)
    assert recall(far, 8) == 0
    assert recall(far, 12) == 1
    same = Trained(far.training, far.looks, far.materials, results.of().particles, NOWHERE)
    found = StudyResults(results.plan, {**results.trained, far.training: same})
    assert verdicts(found)[3] is False


def test_a_network_of_its_own_material_must_invent_less() -> None:
    same = replaced(study(), Training("cathode", 100, 4, True), in_cathode=39.0)
    assert verdicts(same)[4] is False


def test_what_invents_nothing_does_not_generate() -> None:
    honest = replaced(study(), Training("tin_balls", 100, 4, True), invented=9.0)
    assert verdicts(honest)[5] is False


def test_an_unfinished_study_and_a_taste_decide_nothing() -> None:
    results = study()
    some = dict(list(results.trained.items())[:-1])
    assert findings(StudyResults(results.plan, some)) == []
    assert TASTE.is_taste
