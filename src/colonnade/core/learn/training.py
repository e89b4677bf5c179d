"""The one training loop: data, schedule, checkpoints and log, on one process or many.

What is trained is a `Task`: it has one or several networks, and takes each step itself. Sample
number `i` of a task is always the same, so a run that was killed goes on from its last checkpoint
and ends with the same weights, to the bit on a CPU, as one that was not.
"""

import csv
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from math import cos, pi
from pathlib import Path
from typing import Protocol

import torch
import torch.distributed as dist
from torch import Tensor, nn
from torch.utils.data import DataLoader, Dataset

from colonnade.core.errors import FileError, RecipeError, WorkersError
from colonnade.core.figures.plots import draw_training
from colonnade.core.learn.checkpoints import Checkpoints
from colonnade.core.learn.trained import Precision, Trained, below
from colonnade.core.work.progress import Progress
from colonnade.core.work.temporary import remove_left
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
    precision: Precision = "float32"
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

    @property
    def identity(self) -> Mapping[str, str]:
        """What the weights depend on, such as recipe, seed and data: text by name."""

    @property
    def networks(self) -> Mapping[str, Trained]:
        """The networks by name; untrained at first, and always the same objects."""

    @property
    def samples(self) -> Callable[[int], Sample]:
        """Makes sample number `i`, always the same; other processes get a copy."""

    def step(self, batch: Sample, step: int) -> Scores:
        """Take a step with one network or several; give the losses, always by the same names."""

    def validate(self) -> Scores:
        """Score the averaged networks on images they were not trained on."""


LOG = "log.csv"
STEP = "step"
"""Name of the number of finished steps in checkpoints and in the log."""


def fit(
    task: Task, recipe: TrainingRecipe, folder: Path, *, resume: bool, progress: Progress
) -> dict[str, nn.Module]:
    """Train the networks of a task, and return each with its averaged weights.

    Parameters
    ----------
    task
        What to train.
    recipe
        How long and how fast.
    folder
        Where the checkpoints, the log and its figure are kept.
    resume
        Go on from the last checkpoint in the folder, if there is one.
    progress
        Called with the step and the number of steps.
    """
    with _processes() as (rank, world, device):
        checkpoints = Checkpoints(folder, task.identity)
        if checkpoints.exist() and not resume:
            raise FileError(f"{folder} holds a training; go on with --resume or name another")
        if rank == 0:
            remove_left(folder)
        step = _begin(task, checkpoints, device)
        log = _Log(folder / LOG, step)
        with _told_of_deaths():
            for batch in _batches(task.samples, recipe, step, rank, world):
                losses = _advance(task, recipe, batch, step, device)
                step += 1
                if rank != 0:
                    continue
                log.count(losses)
                if step % recipe.save_every == 0 or step == recipe.steps:
                    log.add(step, task.validate())
                    checkpoints.save(_state(task, step))
                progress(step, recipe.steps)
        return {name: one.averaged.cpu().eval() for name, one in task.networks.items()}


def with_adamw(network: nn.Module, recipe: TrainingRecipe) -> Trained:
    """Give a network the optimiser, the average and the precision of a recipe."""
    # A layout that convolutions are faster in.
    network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    optimizer = torch.optim.AdamW(network.parameters(), lr=0.0, weight_decay=recipe.weight_decay)
    return Trained(
        network,
        optimizer,
        learning_rate=recipe.learning_rate,
        average=recipe.average,
        precision=recipe.precision,
    )


def is_first_process() -> bool:
    """Whether this process, of those that torchrun started, is the one that writes."""
    return os.environ.get("RANK", "0") == "0"


def _begin(task: Task, checkpoints: Checkpoints, device: torch.device) -> int:
    """Bring the networks to where the training stands; give the number of finished steps."""
    tensors = checkpoints.load() if checkpoints.exist() else {}
    for name, trained in task.networks.items():
        trained.place(device)
        if tensors:
            trained.restore(below(tensors, f"{name}."))
    return int(tensors[STEP]) if tensors else 0


def _state(task: Task, step: int) -> dict[str, Tensor]:
    """Give everything that changes while training, and that a checkpoint therefore holds."""
    tensors = {
        f"{name}.{key}": value
        for name, trained in task.networks.items()
        for key, value in trained.state().items()
    }
    return tensors | {STEP: torch.tensor(step)}


def _advance(
    task: Task, recipe: TrainingRecipe, batch: Sample, step: int, device: torch.device
) -> Scores:
    for trained in task.networks.values():
        trained.prepare(learning_rate(recipe, step, trained.learning_rate))
    return task.step({name: value.to(device) for name, value in batch.items()}, step)


def learning_rate(recipe: TrainingRecipe, step: int, highest: float) -> float:
    """Learning rate of a step: a linear warm-up to the highest, then a cosine down to zero."""
    if step < recipe.warmup:
        return highest * (step + 1) / recipe.warmup
    done = (step - recipe.warmup) / max(1, recipe.steps - recipe.warmup)
    return highest * 0.5 * (1 + cos(pi * done))


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
    def __init__(self, make: Callable[[int], Sample]) -> None:
        self.make = make

    def __getitem__(self, index: int) -> Sample:
        return self.make(index)


def _batches(
    samples: Callable[[int], Sample], recipe: TrainingRecipe, start: int, rank: int, world: int
) -> Iterator[Sample]:
    """The batches from step `start` on; with several processes each takes its share."""
    if recipe.batch % world:
        raise RecipeError(f"training.batch {recipe.batch} is no multiple of {world} processes")
    indices = range(start * recipe.batch + rank, recipe.steps * recipe.batch, world)
    loader = DataLoader(
        _Samples(samples),
        batch_size=recipe.batch // world,
        sampler=indices,
        num_workers=recipe.workers,
        prefetch_factor=4 if recipe.workers else None,
        worker_init_fn=_one_thread,
        multiprocessing_context="spawn" if recipe.workers else None,
    )
    yield from loader


@contextmanager
def _told_of_deaths() -> Iterator[None]:
    """Say so if a process that prepares samples died; torch tells of it in the midst of a step."""
    try:
        yield
    except RuntimeError as error:
        if not str(error).startswith("DataLoader worker"):
            raise
        raise WorkersError(
            "a process that prepares samples died, perhaps for want of memory; go on with --resume"
        ) from error


def _one_thread(_: int) -> None:
    torch.set_num_threads(1)


class _Log:
    """A CSV of mean losses and scores, and its figure.

    Rows after the checkpoint are dropped on resuming.
    """

    def __init__(self, path: Path, step: int) -> None:
        self.path = path
        self.rows: list[dict[str, str]] = []
        self.losses: dict[str, list[float]] = {}
        if step and path.exists():
            with path.open(newline="", encoding="utf-8") as file:
                self.rows = [row for row in csv.DictReader(file) if int(row[STEP]) <= step]

    def count(self, losses: Scores) -> None:
        """Remember the losses of a step."""
        for name, value in losses.items():
            self.losses.setdefault(name, []).append(value)

    def add(self, step: int, scores: Scores) -> None:
        """Add a row, and write the file and the figure anew."""
        means = {name: sum(values) / len(values) for name, values in self.losses.items()}
        self.losses.clear()
        row = {name: f"{value:.6g}" for name, value in (means | scores).items()}
        self.rows.append({STEP: str(step)} | row)
        with atomic(self.path) as temporary, temporary.open("w", newline="") as file:
            writer = csv.DictWriter(file, self.rows[0].keys(), lineterminator="\n")
            writer.writeheader()
            writer.writerows(self.rows)
        draw_training(self.rows, self.path.with_suffix(".png"))
