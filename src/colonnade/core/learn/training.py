"""The one training loop: it resumes, averages weights, and runs on one process or many.

What is trained is a `Task`; nothing here knows what its images show. Sample number `i` of a task
is always the same, so a run that was killed goes on from its last checkpoint and ends with the
same weights, to the bit on a CPU, as one that was not.
"""

import copy
import csv
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from math import cos, pi
from pathlib import Path
from typing import Literal, Protocol

import torch
import torch.distributed as dist
from safetensors.torch import load_file, save
from torch import Tensor, nn
from torch.utils.data import DataLoader, Dataset

from colonnade.core.errors import FileError, RecipeError
from colonnade.core.figures.plots import draw_training
from colonnade.core.work.progress import Progress
from colonnade.core.work.writing import atomic

Sample = dict[str, Tensor]
Scores = dict[str, float]


@dataclass(frozen=True)
class TrainingRecipe:
    """How long and how fast to train."""

    steps: int = 12000
    """Batches to learn from."""
    batch: int = 16
    """Images a step, all processes together."""
    learning_rate: float = 2e-3
    """Highest learning rate; reached after the warm-up, then lowered along a cosine to zero."""
    warmup: int = 200
    """Steps of the warm-up."""
    weight_decay: float = 1e-4
    """How strongly AdamW pulls the weights to zero."""
    average: float = 0.999
    """Decay of the running average of the weights; the average is what is kept."""
    precision: Literal["float32", "bfloat16"] = "float32"
    """Of the arithmetic; bfloat16 is faster where the processor knows it, and ten times slower
    where it does not. The weights are kept as float32."""
    save_every: int = 250
    """Steps between checkpoints, each with a validation."""
    workers: int = 1
    """Processes that prepare samples; 0 prepares them in the training process."""

    def __post_init__(self) -> None:
        if self.steps < 1 or self.batch < 1 or self.save_every < 1:
            raise RecipeError("training.steps, batch and save_every must be at least 1")


class Task(Protocol):
    """What a wing gives to the training loop."""

    def network(self) -> nn.Module:
        """Build the untrained network, always with the same weights."""

    def sample(self, index: int) -> Sample:
        """Make sample `index`, always the same."""

    def loss(self, network: nn.Module, batch: Sample) -> Tensor:
        """Mean loss of a batch."""

    def validate(self, network: nn.Module, device: torch.device) -> Scores:
        """Score the network on images it was not trained on."""


CHECKPOINT = "checkpoint.safetensors"
LOG = "log.csv"


def fit(
    task: Task, recipe: TrainingRecipe, folder: Path, *, resume: bool, progress: Progress
) -> nn.Module:
    """Train a network and return its averaged weights.

    Parameters
    ----------
    task
        What to train.
    recipe
        How long and how fast.
    folder
        Where the checkpoint, the log and its figure are kept.
    resume
        Go on from the checkpoint in the folder, if there is one.
    progress
        Called with the step and the number of steps.
    """
    with _processes() as (rank, world, device):
        state = _State(task, recipe, device)
        if (folder / CHECKPOINT).exists():
            if not resume:
                raise FileError(f"{folder} holds a training; go on with --resume or name another")
            state.load(folder / CHECKPOINT)
        log = _Log(folder / LOG, state.step) if rank == 0 else None
        losses: list[float] = []
        for batch in _batches(task, recipe, state.step, rank, world):
            losses.append(state.advance(task, batch))
            if state.step % recipe.save_every == 0 or state.step == recipe.steps:
                scores = {"loss": sum(losses) / len(losses)}
                losses.clear()
                if log is not None:
                    scores |= task.validate(state.averaged, device)
                    log.add(state.step, scores)
                    state.save(folder / CHECKPOINT)
            if rank == 0:
                progress(state.step, recipe.steps)
        averaged: nn.Module = state.averaged.cpu().eval()
        return averaged


class _State:
    """Everything that changes while training, and that a checkpoint therefore holds."""

    def __init__(self, task: Task, recipe: TrainingRecipe, device: torch.device) -> None:
        self.recipe, self.device, self.step = recipe, device, 0
        network: nn.Module = task.network().to(device)
        self.network = network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        self.averaged = copy.deepcopy(self.network).requires_grad_(False)
        self.optimizer = torch.optim.AdamW(
            self.network.parameters(), lr=0.0, weight_decay=recipe.weight_decay
        )
        # Gradients are averaged over the processes only through this wrapper.
        self.parallel: nn.Module = (
            nn.parallel.DistributedDataParallel(self.network)
            if dist.is_initialized()
            else self.network
        )

    def advance(self, task: Task, batch: Sample) -> float:
        """Take one step."""
        for group in self.optimizer.param_groups:
            group["lr"] = learning_rate(self.recipe, self.step)
        self.network.train()
        moved = {name: value.to(self.device) for name, value in batch.items()}
        with torch.autocast(
            self.device.type, torch.bfloat16, enabled=self.recipe.precision == "bfloat16"
        ):
            loss = task.loss(self.parallel, moved)
        self.optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        self.optimizer.step()
        self.step += 1
        self._average()
        return float(loss.detach())

    @torch.no_grad()
    def _average(self) -> None:
        # Young averages forget their random start quickly.
        keep = min(self.recipe.average, self.step / (self.step + 10))
        for mean, value in zip(
            self.averaged.state_dict().values(), self.network.state_dict().values(), strict=True
        ):
            if mean.is_floating_point():
                mean.lerp_(value, 1 - keep)
            else:
                mean.copy_(value)

    def save(self, path: Path) -> None:
        """Write a checkpoint; a killed run leaves the previous one."""
        tensors = {f"network.{k}": v for k, v in self.network.state_dict().items()}
        tensors |= {f"averaged.{k}": v for k, v in self.averaged.state_dict().items()}
        for i, parameter in enumerate(self.optimizer.state_dict()["state"].values()):
            tensors |= {f"optimizer.{i}.{k}": v for k, v in parameter.items()}
        tensors["step"] = torch.tensor(self.step)
        with atomic(path) as temporary:
            temporary.write_bytes(save({k: v.contiguous().cpu() for k, v in tensors.items()}))

    def load(self, path: Path) -> None:
        """Go back to a checkpoint."""
        tensors = load_file(path)
        for prefix, module in (("network.", self.network), ("averaged.", self.averaged)):
            module.load_state_dict(_below(tensors, prefix))
        state = self.optimizer.state_dict()
        count = len(list(self.network.parameters()))
        state["state"] = {i: _below(tensors, f"optimizer.{i}.") for i in range(count)}
        self.optimizer.load_state_dict(state)
        self.step = int(tensors["step"])


def _below(tensors: Sample, prefix: str) -> Sample:
    return {k.removeprefix(prefix): v for k, v in tensors.items() if k.startswith(prefix)}


def learning_rate(recipe: TrainingRecipe, step: int) -> float:
    """Learning rate of a step: a linear warm-up, then a cosine down to zero."""
    if step < recipe.warmup:
        return recipe.learning_rate * (step + 1) / recipe.warmup
    done = (step - recipe.warmup) / max(1, recipe.steps - recipe.warmup)
    return recipe.learning_rate * 0.5 * (1 + cos(pi * done))


@contextmanager
def _processes() -> Iterator[tuple[int, int, torch.device]]:
    """Rank, number of processes, device; joins the others where torchrun started several."""
    world = int(os.environ.get("WORLD_SIZE", "1"))
    cuda = torch.cuda.is_available()
    device = torch.device("cuda", int(os.environ.get("LOCAL_RANK", "0"))) if cuda else None
    if world == 1:
        yield 0, 1, device or torch.device("cpu")
        return
    dist.init_process_group("nccl" if cuda else "gloo")
    try:
        yield dist.get_rank(), world, device or torch.device("cpu")
        # A process that leaves early pulls the connection from under the others.
        dist.barrier()
    finally:
        dist.destroy_process_group()


class _Samples(Dataset[Sample]):
    def __init__(self, task: Task) -> None:
        self.task = task

    def __getitem__(self, index: int) -> Sample:
        return self.task.sample(index)


def _batches(
    task: Task, recipe: TrainingRecipe, start: int, rank: int, world: int
) -> Iterator[Sample]:
    """The batches from step `start` on; with several processes each takes its share."""
    if recipe.batch % world:
        raise RecipeError(f"training.batch {recipe.batch} is no multiple of {world} processes")
    indices = range(start * recipe.batch + rank, recipe.steps * recipe.batch, world)
    loader = DataLoader(
        _Samples(task),
        batch_size=recipe.batch // world,
        sampler=indices,
        num_workers=recipe.workers,
        prefetch_factor=4 if recipe.workers else None,
        worker_init_fn=_one_thread,
        multiprocessing_context="spawn" if recipe.workers else None,
    )
    yield from loader


def _one_thread(_: int) -> None:
    torch.set_num_threads(1)


class _Log:
    """A CSV of scores and its figure; rows after the checkpoint are dropped on resuming."""

    def __init__(self, path: Path, step: int) -> None:
        self.path = path
        self.rows: list[dict[str, str]] = []
        if step and path.exists():
            with path.open(newline="", encoding="utf-8") as file:
                self.rows = [row for row in csv.DictReader(file) if int(row["step"]) <= step]

    def add(self, step: int, scores: Scores) -> None:
        """Add a row, and write the file and the figure anew."""
        self.rows.append({"step": str(step)} | {k: f"{v:.6g}" for k, v in scores.items()})
        with atomic(self.path) as temporary, temporary.open("w", newline="") as file:
            writer = csv.DictWriter(file, self.rows[0].keys(), lineterminator="\n")
            writer.writeheader()
            writer.writerows(self.rows)
        draw_training(self.rows, self.path.with_suffix(".png"))
