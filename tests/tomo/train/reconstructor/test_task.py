"""What a reconstructing network is shown, and what a step changes."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from colonnade.core.errors import RecipeError
from colonnade.core.learn.training import Sample
from colonnade.tomo.reconstruct.evidence import Evidence
from colonnade.tomo.train.reconstructor.prepared import prepare, total_variation
from colonnade.tomo.train.reconstructor.pull import pull
from colonnade.tomo.train.reconstructor.task import (
    RESTORER,
    ReconstructorRecipe,
    ReconstructorTask,
    prepared,
    restore,
    sample,
)


@pytest.fixture(scope="module")
def task(recipe: ReconstructorRecipe) -> ReconstructorTask:
    return ReconstructorTask(recipe)


def batch_of(task: ReconstructorTask, count: int = 3) -> Sample:
    several = [task.samples(number) for number in range(count)]
    return {name: torch.stack([one[name] for one in several]) for name in several[0]}


@pytest.mark.parametrize("along_z", [0, 1])
@pytest.mark.parametrize("along_x", [0, 1])
def test_a_flipped_slice_has_the_views_that_are_shown_with_it(
    task: ReconstructorTask, along_z: int, along_x: int
) -> None:
    one = task.source(1)
    shown = sample(one, 40, 1.0, along_z, along_x)
    angles = tuple(shown["angles"][~shown["angles"].isnan()].tolist())
    projector = total_variation(angles, 32, 32).projector
    left = (
        projector.project(shown["slices"][2:].numpy())[0]
        - shown["sinogram"][: len(angles)].numpy()
    )
    level = float(shown["noise"]) / one.noise
    unflipped = total_variation(one.angles, 32, 32).projector.project(one.truth[None])[0]
    expected = (unflipped - one.sinogram) * level
    assert np.sqrt((left**2).mean()) == pytest.approx(np.sqrt((expected**2).mean()), rel=1e-3)


def test_slices_that_were_made_once_are_the_same_when_read(
    recipe: ReconstructorRecipe, tmp_path: Path
) -> None:
    source = prepared(recipe, 0)
    kept = prepare(source, 2, tmp_path / "slices", lambda *_: None, workers=1)
    assert kept.identity == source.identity
    made, read = source(1), kept(1)
    assert (read.angles, read.noise, read.weight, read.family) == (
        made.angles,
        made.noise,
        made.weight,
        made.family,
    )
    for name in ("sinogram", "tv", "sirt", "truth"):
        np.testing.assert_allclose(getattr(read, name), getattr(made, name), rtol=3e-4, atol=1e-6)


def test_gradients_go_through_the_projections(task: ReconstructorTask) -> None:
    """The derivative along any direction is what the pull changes by, as it is linear."""
    one = task.source(0)
    evidence = Evidence(total_variation(one.angles, 32, 32), 1.0)
    torch.manual_seed(0)
    slices, direction, weights = torch.rand(3, 32, 32)
    slices.requires_grad_()
    sinogram = torch.from_numpy(one.sinogram)
    (gradient,) = torch.autograd.grad((weights * pull(slices, sinogram, evidence)).sum(), slices)
    with torch.no_grad():
        moved = pull(slices + direction, sinogram, evidence) - pull(slices, sinogram, evidence)
    changed = float((weights * moved).sum())
    assert float((gradient * direction).sum()) == pytest.approx(changed, rel=1e-3)


def test_an_untrained_network_leaves_the_slices_as_they_are(task: ReconstructorTask) -> None:
    batch = batch_of(task)
    found, _ = restore(task.networks[RESTORER].network, batch, task.recipe)
    assert len(found) == task.recipe.steps
    assert torch.equal(found[-1], batch["slices"][:, 0])


def test_training_lowers_the_loss(recipe: ReconstructorRecipe) -> None:
    task = ReconstructorTask(recipe)
    batch = batch_of(task)
    task.networks[RESTORER].prepare(2e-3)
    losses = [task.step(batch, step)["image"] for step in range(30)]
    assert losses[-1] < losses[0] - 0.05


def test_a_network_of_the_seed_begins_with_sirt_and_sees_nothing_else(
    recipe: ReconstructorRecipe,
) -> None:
    task = ReconstructorTask(replace(recipe, begins="sirt", pulled=False, steps=1))
    batch = batch_of(task)
    network = task.networks[RESTORER].network
    found, _ = restore(network, batch, task.recipe)
    assert torch.equal(found[0], batch["slices"][:, 1])
    blind = {**batch, "sinogram": torch.zeros_like(batch["sinogram"])}
    with torch.no_grad():
        for weights in network.parameters():
            weights.add_(0.01)
    assert torch.equal(
        restore(network, batch, task.recipe)[0][0], restore(network, blind, task.recipe)[0][0]
    )


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"slices": 0}, "must be at least 1"),
        ({"pulled": False}, "sees the slice alone has one step"),
    ],
)
def test_a_recipe_that_makes_no_sense_is_refused(
    recipe: ReconstructorRecipe, change: dict[str, object], said: str
) -> None:
    with pytest.raises(RecipeError, match=said):
        replace(recipe, **change)  # type: ignore[arg-type]


def test_series_that_are_not_aligned_are_refused(recipe: ReconstructorRecipe) -> None:
    stage = replace(recipe.simulation.stage, misaligned=0.5)
    with pytest.raises(RecipeError, match="series that are aligned"):
        replace(recipe, simulation=replace(recipe.simulation, stage=stage))
