"""The training loop resumes to the bit, shares its work, and writes down what it did."""

import csv
import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from colonnade.atoms.train.task import AtomsRecipe, AtomsTask
from colonnade.core.errors import FileError, RecipeError
from colonnade.core.learn.training import (
    CHECKPOINT,
    LOG,
    Sample,
    Scores,
    TrainingRecipe,
    fit,
    learning_rate,
)
from colonnade.core.work.recipe import load


class Line:
    """Learn y = 2 x + noise."""

    def __init__(self, stop_at: int | None = None) -> None:
        self.stop_at = stop_at

    def network(self) -> nn.Module:
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(5)
            return nn.Sequential(nn.Linear(1, 8), nn.BatchNorm1d(8), nn.ReLU(), nn.Linear(8, 1))

    def sample(self, index: int) -> Sample:
        if self.stop_at is not None and index >= self.stop_at:
            raise KeyboardInterrupt
        rng = np.random.default_rng(index)
        x = rng.uniform(-1, 1, 1)
        values = {"x": x, "y": 2 * x + 0.01 * rng.standard_normal(1)}
        return {k: torch.tensor(v, dtype=torch.float32) for k, v in values.items()}

    def loss(self, network: nn.Module, batch: Sample) -> Tensor:
        return (network(batch["x"]) - batch["y"]).square().mean()

    def validate(self, network: nn.Module, device: torch.device) -> Scores:
        x = torch.linspace(-1, 1, 11)[:, None]
        return {"worst": float((network.eval()(x) - 2 * x).abs().max())}


RECIPE = TrainingRecipe(
    steps=60, batch=4, warmup=5, save_every=10, workers=0, learning_rate=0.02, average=0.9
)


def train(task: Line, folder: Path, *, resume: bool = False) -> nn.Module:
    return fit(task, RECIPE, folder, resume=resume, progress=lambda *_: None)


def test_an_interrupted_run_ends_with_the_same_bits(tmp_path: Path) -> None:
    whole, broken = tmp_path / "whole", tmp_path / "broken"
    whole.mkdir()
    broken.mkdir()
    expected = train(Line(), whole).state_dict()
    with pytest.raises(KeyboardInterrupt):
        train(Line(stop_at=4 * 37), broken)
    resumed = train(Line(), broken, resume=True).state_dict()
    assert all(torch.equal(resumed[name], expected[name]) for name in expected)
    assert (whole / CHECKPOINT).read_bytes() == (broken / CHECKPOINT).read_bytes()
    assert (whole / LOG).read_text() == (broken / LOG).read_text()


def test_a_trained_network_knows_its_task(tmp_path: Path) -> None:
    network = train(Line(), tmp_path)
    assert Line().validate(network, torch.device("cpu"))["worst"] < 0.4


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


def test_the_learning_rate_warms_up_and_falls_to_zero() -> None:
    rates = [learning_rate(RECIPE, step) for step in range(RECIPE.steps)]
    assert rates[:5] == pytest.approx([0.004, 0.008, 0.012, 0.016, 0.02])
    assert all(later < earlier for earlier, later in pairwise(rates[5:]))
    assert rates[-1] < 1e-3 * RECIPE.learning_rate


def test_a_batch_must_be_shared_evenly(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(RecipeError, match="at least 1"):
        TrainingRecipe(batch=0)


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
        network = fit(task, chosen.training, folder, resume=False, progress=lambda *_: None)
        weights.append(network.state_dict())
    assert all(torch.equal(weights[0][key], weights[1][key]) for key in weights[0])


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
