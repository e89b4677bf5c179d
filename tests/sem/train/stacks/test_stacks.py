"""A network for stacks: what it is shown, what it is to make small, and its model file."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from small_model import RECIPE, write_model

from colonnade.core.errors import ModelError, RecipeError
from colonnade.core.learn.model import Model
from colonnade.core.learn.training import TrainingRecipe
from colonnade.core.work.draws import NEVER
from colonnade.core.work.recipe import dumps, loads
from colonnade.sem.card import SemCard
from colonnade.sem.conditions import CHANNELS
from colonnade.sem.library.stacks import StackSimulator, StackSource, write_stacks
from colonnade.sem.simulate.solids.mixture import Solids, SolidShares
from colonnade.sem.simulate.stack import FIB, Milling, StackSimulation
from colonnade.sem.train.networks import SrRecipe, SuperResolution
from colonnade.sem.train.run import train_model
from colonnade.sem.train.stacks.exposures import StackExposures
from colonnade.sem.train.stacks.losses import change_loss
from colonnade.sem.train.stacks.network import AlongZ, channels, interpolation
from colonnade.sem.train.stacks.run import train_stack_model
from colonnade.sem.train.stacks.task import StackRecipe, StackTask, normalised
from colonnade.sem.train.task import GENERATOR
from colonnade.sem.upscale.along_z.predict import predict_stack

SIMULATION = StackSimulation(
    size=(28, 24, 32), solids=Solids(shares=SolidShares(cathode=0.0, porous=1.0, balls=1.0))
)


@pytest.fixture(scope="module")
def recipe() -> StackRecipe:
    return StackRecipe(
        name="tiny-z4",
        simulation=SIMULATION,
        network=SrRecipe(width=16, blocks=2, coarse_blocks=1, interval_width=4),
        training=TrainingRecipe(
            steps=2, batch=2, learning_rate=1e-3, warmup=0, save_every=2, workers=0
        ),
        exposures=2,
        validation_stacks=3,
        failures="knows nothing",
    )


def test_linear_interpolation_goes_through_the_middles() -> None:
    """A ramp along z is itself at the finer slices, as each slice shows its middle."""
    weights = interpolation(4, 5)
    assert weights.shape == (4, 5)
    ramp = torch.arange(5.0)
    torch.testing.assert_close(weights @ ramp, 2 + torch.tensor([-3.0, -1.0, 1.0, 3.0]) / 8)


def test_samples_are_slices_in_a_row_and_what_lies_in_them(recipe: StackRecipe) -> None:
    still = Milling((1.0, 1.0), NEVER, NEVER, NEVER, NEVER, 0.0)
    clean = replace(FIB, clean=1.0, probe=NEVER, sharp_probe=NEVER, charging=0.0, jittering=0.0)
    clean = replace(clean, streaked=0.0, exported=0.0, astigmatic=0.0)
    simulation = replace(SIMULATION, milling=still, instrument=clean)
    task = StackTask(replace(recipe, simulation=simulation))
    for number in range(6):
        sample = task.samples(number)
        assert sample["image"].shape == (3, channels(5), 24, 32)
        assert sample["truth"].shape == (12, 24, 32)
        middles = sample["truth"].reshape(3, 4, 24, 32).mean(1)
        torch.testing.assert_close(sample["image"][:, 2], middles, rtol=0, atol=2e-3)


def test_stacks_of_one_solid_differ_in_their_instrument() -> None:
    source = StackExposures(SIMULATION, 3, 2)
    first, again, other = source(0), source(0), source(32)
    assert np.array_equal(first.low, again.low)
    assert first.material == other.material
    assert first.drawn["instrument.dose"] != other.drawn["instrument.dose"]


def test_changes_are_as_strong_as_in_truth_or_cost() -> None:
    truth = torch.randn(2, 8, 12, 12)
    smooth = (truth[:, :-1] + truth[:, 1:]) / 2
    assert float(change_loss(truth, truth)) == 0
    # Means of two slices differ by half of what the first and the third do: a quarter in power.
    assert float(change_loss(smooth, truth)) == pytest.approx(np.log(4) ** 2, rel=0.2)
    # Stronger by a factor costs what weaker by it does.
    louder, quieter = change_loss(2 * truth, truth), change_loss(truth, 2 * truth)
    assert float(louder) == pytest.approx(float(quieter), rel=0.01)


def test_training_lowers_the_loss_of_slices(recipe: StackRecipe) -> None:
    task = StackTask(recipe)
    samples = [task.samples(number) for number in range(4)]
    batch = {name: torch.stack([sample[name] for sample in samples]) for name in samples[0]}
    task.networks[GENERATOR].prepare(2e-3)
    losses = [sum(task.step(batch, step).values()) for step in range(20)]
    assert losses[-1] < losses[0] - 0.1


@torch.no_grad()
def test_a_network_begins_with_the_features_of_a_model_for_images(tmp_path: Path) -> None:
    start = write_model(tmp_path / "tiny-x2.onnx", 2, "tiny-x2")
    recipe = StackRecipe(network=RECIPE, simulation=SIMULATION)
    network = StackTask(recipe, start=start).networks[GENERATOR].network.eval()
    images = torch.randn(1, CHANNELS, 16, 16)
    others = torch.randn(1, 2, 16, 16)
    together = torch.cat([others, images[:, :1], others, images[:, 1:]], dim=1)
    torch.manual_seed(2)  # as the small model was made
    trunk = SuperResolution(RECIPE, 2)
    for weights in trunk.parameters():
        weights.add_(0.05 * torch.randn_like(weights))
    assert isinstance(network, AlongZ)
    expected = trunk.trunk(images)
    torch.testing.assert_close(network.trunk(together), expected, rtol=1e-4, atol=1e-4)


def test_a_training_ends_with_a_model_that_answers_as_its_network(
    recipe: StackRecipe, tmp_path: Path
) -> None:
    (tmp_path / "recipe.toml").write_text(dumps(recipe))
    said = train_model(
        tmp_path / "recipe.toml",
        tmp_path / "run",
        data=None,
        start=None,
        resume=False,
        progress=lambda *_: None,
    )
    assert said == f"trained {tmp_path / 'run' / 'tiny-z4.onnx'}"
    model = Model(tmp_path / "run" / "tiny-z4.onnx")
    card, part = model.card, SemCard.of(model.card)
    assert loads(StackRecipe, card.recipe, "card") == recipe
    assert (part.slices, part.thinner, card.factor) == (5, 4, 1)
    assert part.materials == ("balls", "porous ceramic")
    assert part.interval_factor > 0
    assert 0 <= card.scores["lowest_coverage"] <= card.scores["coverage"] <= 1
    assert card.scores["changes"] > 0
    pair = StackSimulator(SIMULATION, 9)(0)
    shown = normalised(pair, 5)["image"]
    maps = model(shown.numpy())
    assert maps.shape == (7, 8, 24, 32)
    found = predict_stack(model, pair.low)
    assert found.volume.shape == pair.high.shape
    header, _ = (tmp_path / "run" / "log.csv").read_text().splitlines()
    assert header == "step,image,interval,change,gain_db,changes"
    with pytest.raises(ModelError, match="is for stacks along z"):
        train_model(
            None,
            tmp_path / "more",
            data=None,
            start=str(model.path),
            resume=False,
            progress=lambda *_: None,
        )


def test_stacks_of_a_library_are_those_that_were_simulated(
    recipe: StackRecipe, tmp_path: Path
) -> None:
    source = StackSimulator(SIMULATION, 5)
    write_stacks(source, 2, tmp_path / "library", lambda *_: None)
    kept, made = StackSource(tmp_path / "library")(1), source(1)
    assert np.array_equal(kept.low, made.low)
    assert np.array_equal(kept.high, made.high)
    assert (kept.factor, kept.in_plane, kept.material) == (4, 1, made.material)
    assert kept.drawn["milling.depth"] == made.drawn["milling.depth"]
    other = replace(recipe, simulation=replace(SIMULATION, size=(28, 32, 32)))
    (tmp_path / "recipe.toml").write_text(dumps(other))
    with pytest.raises(RecipeError, match="choose a recipe or a library to match"):
        train_stack_model(
            tmp_path / "recipe.toml",
            tmp_path / "run",
            data=tmp_path / "library",
            start=None,
            resume=False,
            progress=lambda *_: None,
        )


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"slices": 4}, "an odd number of 3 or more"),
        ({"slices": 9}, "has 7 slices, and the network is to see 9"),
        ({"network": SrRecipe(kind="paper")}, "network.kind must be light"),
        ({"exposures": 0}, "must be at least 1"),
        ({"simulation": replace(SIMULATION, in_plane=2)}, "in_plane must be 1"),
        ({"simulation": replace(SIMULATION, size=(28, 24, 30))}, "must be multiples of 4"),
    ],
)
def test_impossible_recipes_are_refused(
    recipe: StackRecipe, changes: dict[str, object], why: str
) -> None:
    with pytest.raises(RecipeError, match=why):
        replace(recipe, **changes)  # type: ignore[arg-type]
