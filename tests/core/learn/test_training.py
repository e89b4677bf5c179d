"""The training loop resumes to the bit, shares its work, and writes down what it did."""

import csv
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from typing import Protocol

import numpy as np
import pytest
import torch
from left_over import half_written
from safetensors.torch import load_file
from torch import nn

from colonnade.atoms.train.task import AtomsRecipe, AtomsTask
from colonnade.core.errors import ColonnadeWarning, FileError, RecipeError, WorkersError
from colonnade.core.learn.checkpoints import BEFORE, CHECKPOINT
from colonnade.core.learn.trained import Trained
from colonnade.core.learn.training import (
    LOG,
    Sample,
    Scores,
    Task,
    TrainingRecipe,
    fit,
    learning_rate,
    with_adamw,
)
from colonnade.core.work.recipe import load

RECIPE = TrainingRecipe(
    steps=60, batch=4, warmup=5, save_every=10, workers=0, learning_rate=0.02, average=0.9
)


def layers(seed: int, *layers: nn.Module) -> nn.Module:
    """Give layers weights that depend on the seed alone."""
    network = nn.Sequential(*layers)
    generator = torch.Generator().manual_seed(seed)
    for layer in network:
        if isinstance(layer, nn.Linear):
            nn.init.uniform_(layer.weight, -1, 1, generator=generator)
            nn.init.uniform_(layer.bias, -1, 1, generator=generator)
    return network


@dataclass(frozen=True)
class Points:
    """Points on the line y = 2 x, with noise."""

    stop_at: int | None = None

    def __call__(self, index: int) -> Sample:
        if self.stop_at is not None and index >= self.stop_at:
            raise KeyboardInterrupt
        rng = np.random.default_rng(index)
        x = rng.uniform(-1, 1, 1)
        values = {"x": x, "y": 2 * x + 0.01 * rng.standard_normal(1)}
        return {k: torch.tensor(v, dtype=torch.float32) for k, v in values.items()}


class Line:
    """Learn a line with one network."""

    def __init__(self, stop_at: int | None = None, *, seed: int = 5) -> None:
        self.samples, self.seed = Points(stop_at), seed

    @property
    def identity(self) -> dict[str, str]:
        return {"seed": str(self.seed), "data": "a line"}

    @cached_property
    def networks(self) -> Mapping[str, Trained]:
        network = layers(self.seed, nn.Linear(1, 8), nn.BatchNorm1d(8), nn.ReLU(), nn.Linear(8, 1))
        return {"line": with_adamw(network, RECIPE)}

    def step(self, batch: Sample, step: int) -> Scores:
        line = self.networks["line"]
        loss = (line(batch["x"]) - batch["y"]).square().mean()
        line.descend(loss)
        return {"loss": float(loss.detach())}

    def validate(self) -> Scores:
        x = torch.linspace(-1, 1, 11)[:, None]
        network = self.networks["line"].averaged.eval()
        with torch.no_grad():
            return {"worst": float((network(x) - 2 * x).abs().max())}


class Adversaries:
    """A forger of points on a line and a judge of them, each with an optimiser of its own.

    The judge learns at every step, the forger at every second.
    """

    def __init__(self, stop_at: int | None = None) -> None:
        self.samples = Points(stop_at)
        self.order: list[str] = []

    @property
    def identity(self) -> dict[str, str]:
        return {"seed": "1", "data": "a line"}

    @cached_property
    def networks(self) -> Mapping[str, Trained]:
        forger = layers(1, nn.Linear(1, 8), nn.Tanh(), nn.Linear(8, 1))
        judge = layers(2, nn.Linear(2, 8), nn.Tanh(), nn.Linear(8, 1))
        return {
            "forger": Trained(
                forger,
                torch.optim.Adam(forger.parameters()),
                learning_rate=0.01,
                average=0.8,
                precision="float32",
            ),
            "judge": Trained(
                judge,
                torch.optim.SGD(judge.parameters(), momentum=0.5),
                learning_rate=0.05,
                average=0.0,
                precision="bfloat16",
            ),
        }

    def step(self, batch: Sample, step: int) -> Scores:
        forger, judge = self.networks["forger"], self.networks["judge"]
        real = torch.cat([batch["x"], batch["y"]], 1)
        forged = torch.cat([batch["x"], forger(batch["x"])], 1)
        unmasked = (judge(real).float() - 1).square().mean()
        unmasked = unmasked + judge(forged.detach()).float().square().mean()
        judge.descend(unmasked)
        self.order.append("judge")
        fooled = (judge(forged).float() - 1).square().mean()
        if step % 2:
            forger.descend(fooled)
            self.order.append("forger")
        return {"judge": float(unmasked.detach()), "forger": float(fooled.detach())}

    def validate(self) -> Scores:
        with torch.no_grad():
            x = torch.linspace(-1, 1, 11)[:, None]
            forged = self.networks["forger"].averaged(x)
        return {"off": float((forged - 2 * x).abs().mean())}


class Stoppable(Protocol):
    """Makes a task whose samples end early."""

    def __call__(self, stop_at: int | None = None) -> Task: ...


TASKS = [Line, Adversaries]


def train(
    task: Task, folder: Path, recipe: TrainingRecipe = RECIPE, *, resume: bool = False
) -> dict[str, nn.Module]:
    folder.mkdir(exist_ok=True)
    return fit(task, recipe, folder, resume=resume, progress=lambda *_: None)


def same(one: dict[str, nn.Module], other: dict[str, nn.Module]) -> bool:
    """Whether all networks have the same weights, to the bit."""
    return one.keys() == other.keys() and all(
        torch.equal(value, other[name].state_dict()[key])
        for name, network in one.items()
        for key, value in network.state_dict().items()
    )


@pytest.mark.parametrize("make", TASKS)
def test_an_interrupted_run_ends_with_the_same_bits(make: Stoppable, tmp_path: Path) -> None:
    whole, broken = tmp_path / "whole", tmp_path / "broken"
    expected = train(make(), whole)
    with pytest.raises(KeyboardInterrupt):
        train(make(stop_at=4 * 37), broken)
    resumed = train(make(), broken, resume=True)
    assert same(resumed, expected)
    for name in (CHECKPOINT, BEFORE):
        assert (whole / name).read_bytes() == (broken / name).read_bytes()
    assert (whole / LOG).read_text() == (broken / LOG).read_text()


@pytest.mark.parametrize("make", TASKS)
def test_a_run_goes_on_from_the_checkpoint_before_if_the_newest_is_damaged(
    make: Stoppable, tmp_path: Path
) -> None:
    whole, broken = tmp_path / "whole", tmp_path / "broken"
    expected = train(make(), whole)
    with pytest.raises(KeyboardInterrupt):
        train(make(stop_at=4 * 37), broken)
    content = (broken / CHECKPOINT).read_bytes()
    (broken / CHECKPOINT).write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
    with pytest.warns(ColonnadeWarning, match="goes on from checkpoint-before"):
        resumed = train(make(), broken, resume=True)
    assert same(resumed, expected)
    assert (whole / LOG).read_text() == (broken / LOG).read_text()


def test_a_process_that_prepares_samples_and_dies_is_told_in_a_sentence(tmp_path: Path) -> None:
    deadly = Line()
    deadly.samples = os._exit  # type: ignore[assignment]  # as each sample ends its process
    with pytest.raises(WorkersError, match=r"prepares samples died.* go on with --resume"):
        train(deadly, tmp_path, replace(RECIPE, workers=1))


def test_two_networks_learn_in_turn_each_with_its_own_optimiser(tmp_path: Path) -> None:
    task = Adversaries()
    train(task, tmp_path, replace(RECIPE, steps=4))
    assert task.order == ["judge", "judge", "forger", "judge", "judge", "forger"]
    forger, judge = (task.networks[name] for name in ("forger", "judge"))
    assert (forger.updates, judge.updates) == (2, 4)
    assert {"exp_avg", "exp_avg_sq"} <= forger.optimizer.state_dict()["state"][0].keys()
    assert judge.optimizer.state_dict()["state"][0].keys() == {"momentum_buffer"}


def test_each_network_has_its_own_average_and_rate(tmp_path: Path) -> None:
    task = Adversaries()
    averaged = train(task, tmp_path, replace(RECIPE, steps=5))
    forger, judge = (task.networks[name] for name in ("forger", "judge"))
    # An average that keeps nothing is the network itself.
    torch.testing.assert_close(
        averaged["judge"].state_dict(), judge.network.state_dict(), atol=0, rtol=0
    )
    assert not torch.equal(averaged["forger"][0].weight, forger.network[0].weight)
    # Still in the warm-up: the fifth of five steps takes the highest rate.
    assert forger.optimizer.param_groups[0]["lr"] == 0.01
    assert judge.optimizer.param_groups[0]["lr"] == 0.05


def test_a_forger_learns_from_its_judge(tmp_path: Path) -> None:
    train(Adversaries(), tmp_path, replace(RECIPE, steps=400, batch=32, save_every=100))
    with (tmp_path / LOG).open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert list(rows[0]) == ["step", "judge", "forger", "off"]
    assert float(rows[-1]["off"]) < 0.5 * float(rows[0]["off"])


def test_the_average_is_that_of_the_weights_it_saw() -> None:
    """Young averages forget the start: after n steps they keep n / (n + 10), or their decay."""
    network = nn.Linear(1, 1, bias=False)
    nn.init.zeros_(network.weight)
    sgd = torch.optim.SGD(network.parameters(), lr=1.0)
    trained = Trained(network, sgd, learning_rate=1.0, average=0.15, precision="float32")
    expected, weight = 0.0, 0.0
    for step in range(1, 6):
        trained.prepare(1.0)
        trained.descend(-trained(torch.ones(1, 1)).sum())
        weight += 1.0
        keep = min(0.15, step / (step + 10))
        expected = keep * expected + (1 - keep) * weight
        assert float(trained.averaged.weight) == pytest.approx(expected)
    assert network.weight.item() == 5.0


@pytest.mark.parametrize(
    ("precision", "dtype"), [("float32", torch.float32), ("bfloat16", torch.bfloat16)]
)
def test_the_arithmetic_has_the_precision_and_the_weights_are_single(
    precision: str, dtype: torch.dtype
) -> None:
    recipe = replace(RECIPE, precision=precision)
    trained = with_adamw(layers(0, nn.Linear(3, 2)), recipe)
    answer = trained(torch.ones(4, 3))
    assert answer.dtype == dtype
    trained.descend(answer.float().square().mean())
    assert all(parameter.dtype == torch.float32 for parameter in trained.network.parameters())


def test_a_trained_network_knows_its_task(tmp_path: Path) -> None:
    task = Line()
    networks = train(task, tmp_path)
    # Before, it is wrong by 2.
    assert task.validate()["worst"] < 0.5
    assert networks["line"] is task.networks["line"].averaged


def test_the_log_has_a_row_for_every_validation_and_a_figure(tmp_path: Path) -> None:
    train(Line(), tmp_path)
    with (tmp_path / LOG).open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [int(row["step"]) for row in rows] == [10, 20, 30, 40, 50, 60]
    assert float(rows[-1]["loss"]) < 0.7 * float(rows[0]["loss"])
    assert (tmp_path / "log.png").read_bytes().startswith(b"\x89PNG")


def test_a_finished_training_is_not_overwritten(tmp_path: Path) -> None:
    train(Line(), tmp_path)
    before = (tmp_path / CHECKPOINT).read_bytes()
    with pytest.raises(FileError, match="--resume"):
        train(Line(), tmp_path)
    assert (tmp_path / CHECKPOINT).read_bytes() == before


@pytest.mark.skipif(os.name == "nt", reason="Windows tells no process of another")
def test_a_checkpoint_that_was_half_written_goes_as_the_training_goes_on(tmp_path: Path) -> None:
    left = half_written(tmp_path / CHECKPOINT)
    train(Line(), tmp_path)
    assert not left.exists()


def test_a_training_of_another_seed_is_not_gone_on_with(tmp_path: Path) -> None:
    train(Line(), tmp_path)
    before = (tmp_path / CHECKPOINT).read_bytes()
    with pytest.raises(FileError, match="another seed"):
        train(Line(seed=6), tmp_path, resume=True)
    assert (tmp_path / CHECKPOINT).read_bytes() == before


def test_the_learning_rate_warms_up_and_falls_to_zero() -> None:
    rates = [learning_rate(RECIPE, step, 0.02) for step in range(RECIPE.steps)]
    assert rates[:5] == pytest.approx([0.004, 0.008, 0.012, 0.016, 0.02])
    assert all(later < earlier for earlier, later in pairwise(rates[5:]))
    assert rates[-1] < 1e-3 * 0.02


@pytest.mark.parametrize("key", ["steps", "batch", "save_every"])
def test_a_recipe_has_at_least_one_of_each(key: str) -> None:
    with pytest.raises(RecipeError, match="at least 1"):
        replace(RECIPE, **{key: 0})


SMALL = """
version = 1
name = "small"
validation_images = 2
[simulation]
size = [32, 32]
[network]
widths = [4, 8]
[training]
steps = 12
batch = 4
save_every = 3
workers = 0
precision = "float32"
"""


@pytest.fixture
def recipe(tmp_path: Path) -> Path:
    path = tmp_path / "small.toml"
    path.write_text(SMALL)
    return path


def colonnade(*words: object) -> list[str]:
    return [sys.executable, "-m", "colonnade", *map(str, words)]


TRAIN = """
import sys
from pathlib import Path
from colonnade.atoms.train.task import AtomsRecipe, AtomsTask
from colonnade.core.work.recipe import load
from colonnade.core.learn.training import fit
recipe, folder = load(AtomsRecipe, Path(sys.argv[1])), Path(sys.argv[2])
fit(AtomsTask(recipe), recipe.training, folder, resume=True, progress=lambda *_: None)
"""


def test_a_killed_training_of_atoms_resumes_to_the_bit(tmp_path: Path, recipe: Path) -> None:
    whole, broken = tmp_path / "whole", tmp_path / "broken"
    whole.mkdir()
    broken.mkdir()
    environment = os.environ | {"OMP_NUM_THREADS": "1"}
    command = [sys.executable, "-c", TRAIN, recipe]
    subprocess.run([*command, whole], check=True, env=environment)
    running = subprocess.Popen([*command, broken], env=environment)
    deadline = time.monotonic() + 60
    while not (broken / CHECKPOINT).exists() and time.monotonic() < deadline:
        time.sleep(0.01)
    running.send_signal(signal.SIGKILL)
    running.wait()
    subprocess.run([*command, broken], check=True, env=environment)
    assert (whole / CHECKPOINT).read_bytes() == (broken / CHECKPOINT).read_bytes()
    assert (whole / LOG).read_text() == (broken / LOG).read_text()


def test_a_worker_gives_the_same_weights(tmp_path: Path, recipe: Path) -> None:
    alone = load(AtomsRecipe, recipe)
    alone = replace(alone, training=replace(alone.training, steps=2, save_every=2))
    helped = replace(alone, training=replace(alone.training, workers=1))
    weights = []
    for name, chosen in (("alone", alone), ("helped", helped)):
        (tmp_path / name).mkdir()
        task, folder = AtomsTask(chosen), tmp_path / name
        weights.append(fit(task, chosen.training, folder, resume=False, progress=lambda *_: None))
    assert same(*weights)


def test_two_processes_train_together(tmp_path: Path, recipe: Path) -> None:
    launch = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node=2"]
    words = colonnade("train", "atoms", "--recipe", recipe, "--out", tmp_path / "two")[1:]
    done = subprocess.run(
        [*launch, *words],
        env=os.environ | {"OMP_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    with (tmp_path / "two" / LOG).open(newline="") as file:
        assert [row["step"] for row in csv.DictReader(file)] == ["3", "6", "9", "12"]
    assert (tmp_path / "two" / "small.onnx").exists()


TWO_NETWORKS = """
import os, runpy, sys
from dataclasses import replace
from pathlib import Path
from safetensors.torch import save_file
names = runpy.run_path(sys.argv[1])
folder = Path(sys.argv[2])
recipe = replace(names["RECIPE"], steps=6, save_every=3)
networks = names["train"](names["Adversaries"](), folder, recipe)
weights = {f"{n}.{k}": v for n, one in networks.items() for k, v in one.state_dict().items()}
save_file(weights, folder / f"rank{os.environ['RANK']}.safetensors")
"""


def test_two_networks_are_the_same_in_both_of_two_processes(tmp_path: Path) -> None:
    script = tmp_path / "two.py"
    script.write_text(TWO_NETWORKS)
    launch = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node=2"]
    done = subprocess.run(
        [*launch, script, __file__, tmp_path],
        env=os.environ | {"OMP_NUM_THREADS": "1", "PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    first, second = (load_file(tmp_path / f"rank{rank}.safetensors") for rank in (0, 1))
    assert {name.split(".")[0] for name in first} == {"forger", "judge"}
    assert all(torch.equal(first[name], second[name]) for name in first)
    alone = train(Adversaries(), tmp_path / "alone", replace(RECIPE, steps=6))
    for name, network in alone.items():
        for key, value in network.state_dict().items():
            torch.testing.assert_close(first[f"{name}.{key}"], value, atol=0.01, rtol=0.01)


def test_resuming_with_another_seed_is_refused_on_the_command_line(
    tmp_path: Path, recipe: Path
) -> None:
    recipe.write_text(SMALL.replace("steps = 12", "steps = 3"))
    words = ("train", "atoms", "--recipe", recipe, "--out", tmp_path / "run")
    assert subprocess.run(colonnade(*words)).returncode == 0
    recipe.write_text("seed = 1\n" + recipe.read_text())
    done = subprocess.run(colonnade(*words, "--resume"), capture_output=True, text=True)
    assert done.returncode == 2
    assert "belongs to a training with another data and seed" in done.stderr
