"""What a card keeps to tell materials by."""

from dataclasses import replace

import numpy as np

from colonnade.sem.card import Familiarity
from colonnade.sem.looks import QUANTITIES
from colonnade.sem.simulate.materials.mixture import Materials, Shares
from colonnade.sem.train.familiarity import AXES, Seen, calibrate, familiarity_of
from colonnade.sem.train.task import SemRecipe, SemTask
from colonnade.sem.upscale.trust.familiarity import Look, probability


def cloud(name: str, at: float, seed: int, count: int = 40) -> list[Seen]:
    """Images whose descriptions lie about one place."""
    rng = np.random.default_rng(seed)
    rows = rng.standard_normal((count, QUANTITIES))
    rows[:, :3] += at
    return [Seen(name, Look(row[None], np.ones(1))) for row in rows]


def share_unlike(found: Familiarity, images: list[Seen]) -> float:
    return float(np.mean([probability(found, image.look) >= 0.5 for image in images]))


def test_false_alarms_stay_few_and_others_are_told() -> None:
    held_out = cloud("known", 0, 1, 99)
    found = calibrate(cloud("known", 0, 0, 300), cloud("other", 12, 2), held_out)
    assert share_unlike(found, held_out) <= 0.05
    assert share_unlike(found, cloud("third", 12, 3)) > 0.95
    assert len(found.axes) == AXES
    assert len(found.references) == 300


def test_where_nothing_differs_nothing_is_told() -> None:
    known, other = cloud("known", 0, 0), cloud("other", 0, 0)
    assert calibrate(known, other, cloud("known", 5, 1)) == Familiarity()


def test_a_model_of_all_materials_is_calibrated_by_leaving_each_out() -> None:
    learned = [*cloud("first", 0, 0), *cloud("second", 20, 1), *cloud("third", -20, 2)]
    held_out = [*cloud("first", 0, 3), *cloud("second", 20, 4), *cloud("third", -20, 5)]
    found = calibrate(learned, [], held_out)
    assert share_unlike(found, held_out) <= 0.05
    assert share_unlike(found, cloud("fourth", 60, 6)) == 1


def test_one_material_alone_leaves_nothing_to_calibrate_on() -> None:
    assert calibrate(cloud("only", 0, 0), [], cloud("only", 0, 1)) == Familiarity()


def test_a_task_learns_what_its_pairs_look_like(recipe: SemRecipe) -> None:
    shares = Shares(**dict.fromkeys(Shares.__dataclass_fields__, 0.0) | {"fibres": 1.0})
    materials = Materials(shares=shares)
    simulation = replace(recipe.simulation, size=(96, 96), materials=materials)
    task = SemTask(replace(recipe, simulation=simulation, validation_images=6))
    found = familiarity_of(task)
    assert found == familiarity_of(task)
    assert len(found.references) == 18
    known = [Seen.of(pair) for pair in task.held_out.calibration]
    assert share_unlike(found, known) == 0
    assert found.weight > 0
