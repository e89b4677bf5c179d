"""What is shown to a network, and what a step changes."""

from dataclasses import replace
from itertools import count

import numpy as np
import pytest
import torch

from colonnade.core.errors import RecipeError
from colonnade.core.learn.training import fit
from colonnade.sem.conditions import CHANNELS
from colonnade.sem.train.task import DISCRIMINATOR, GENERATOR, Losses, SemRecipe, SemTask


def test_image_and_truth_are_on_one_scale(recipe: SemRecipe) -> None:
    """The mean of the truth over a coarse pixel is the coarse pixel, but for blur and noise."""
    task = SemTask(recipe)
    sharpest = max(range(20), key=lambda n: float(task.source(n).drawn["instrument.clean"]))
    sample = task.samples(sharpest)
    assert sample["image"].shape == (CHANNELS, 32, 32)
    coarse = torch.nn.functional.avg_pool2d(sample["truth"][None, None], 2)[0, 0]
    together = torch.stack([sample["image"][0].flatten(), coarse.flatten()])
    assert torch.corrcoef(together)[0, 1] > 0.9
    assert abs(float((sample["image"][0] - coarse).mean())) < 0.1


def test_samples_are_flipped_but_never_turned(recipe: SemRecipe) -> None:
    task = SemTask(recipe)
    ways = set()
    for number in range(12):
        shown, plain = task.samples(number)["truth"].numpy(), task.source(number).high
        flips = {
            (down, across): np.corrcoef(shown.ravel(), plain[::down, ::across].ravel())[0, 1]
            for down in (1, -1)
            for across in (1, -1)
        }
        best = max(flips, key=lambda way: flips[way])
        assert flips[best] == pytest.approx(1, abs=1e-4)
        ways.add(best)
    assert len(ways) == 4


def test_training_lowers_the_loss(recipe: SemRecipe) -> None:
    task = SemTask(recipe)
    batch = {k: torch.stack([task.samples(n)[k] for n in range(4)]) for k in ("image", "truth")}
    for trained in task.networks.values():
        trained.prepare(2e-3)
    losses = [task.step(batch, step)["image"] for step in range(25)]
    assert losses[-1] < losses[0] - 0.05


def test_the_discriminator_has_a_head_start(recipe: SemRecipe) -> None:
    weights = Losses(adversarial=0.01, content=1.0, discriminator_width=4, head_start=1)
    task = SemTask(replace(recipe, losses=weights))
    batch = {k: v[None] for k, v in task.samples(0).items()}
    for trained in task.networks.values():
        trained.prepare(1e-3)
    before = {name: _first(task, name) for name in (GENERATOR, DISCRIMINATOR)}
    scores = task.step(batch, 0)
    assert scores.keys() == {"image", "interval", "adversarial", "content", DISCRIMINATOR}
    assert torch.equal(before[GENERATOR], _first(task, GENERATOR))
    assert not torch.equal(before[DISCRIMINATOR], _first(task, DISCRIMINATOR))
    task.step(batch, 1)
    assert not torch.equal(before[GENERATOR], _first(task, GENERATOR))


def _first(task: SemTask, name: str) -> torch.Tensor:
    return next(iter(task.networks[name].network.parameters())).detach().clone()


def test_a_training_writes_its_gain(
    recipe: SemRecipe, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("run")
    steps = count()
    networks = fit(
        SemTask(recipe), recipe.training, folder, resume=False, progress=lambda *_: next(steps)
    )
    assert networks.keys() == {GENERATOR}
    header, row = (folder / "log.csv").read_text().splitlines()
    assert header == "step,image,interval,gain_db"
    assert -20 < float(row.split(",")[-1]) < 20


def test_the_materials_are_those_of_the_pairs(recipe: SemRecipe) -> None:
    assert {"tin balls", "rock"} <= set(SemTask(recipe).materials)


def test_rewording_the_card_leaves_a_training_what_it_is(recipe: SemRecipe) -> None:
    reworded = replace(recipe, failures="knows tin balls alone")
    assert SemTask(reworded).identity == SemTask(recipe).identity
    assert SemTask(replace(recipe, exposures=3)).identity != SemTask(recipe).identity


def test_impossible_recipes_are_refused(recipe: SemRecipe) -> None:
    with pytest.raises(RecipeError, match="multiples of 2 times 4"):
        replace(recipe, simulation=replace(recipe.simulation, size=(60, 64)))
    with pytest.raises(RecipeError, match="at least 1"):
        replace(recipe, exposures=0)
    with pytest.raises(RecipeError, match="needs a discriminator"):
        Losses(content=1.0)
