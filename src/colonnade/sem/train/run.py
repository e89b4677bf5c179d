"""Train a network for super-resolution from its recipe to its model file."""

from pathlib import Path

from colonnade.core.learn.model import find_model, read_card
from colonnade.core.learn.training import fit, is_first_process
from colonnade.core.work.progress import Progress
from colonnade.core.work.recipe import load
from colonnade.core.work.writing import make_folder
from colonnade.sem.card import SemCard
from colonnade.sem.train.export import export_model
from colonnade.sem.train.task import GENERATOR, SemRecipe, SemTask


def train_model(
    recipe: Path,
    out: Path,
    *,
    data: Path | None,
    start: str | None,
    resume: bool,
    progress: Progress,
) -> str:
    """Train a network for super-resolution; the parameters are those of the command.

    Returns
    -------
    sentence
        Where the model is; empty in the processes that do not write it.
    """
    chosen = load(SemRecipe, recipe)
    if start is not None:
        SemCard.of(read_card(start))
    task = SemTask(chosen, start=None if start is None else find_model(start))
    make_folder(out)
    networks = fit(task, chosen.training, out, resume=resume, progress=progress)
    if not is_first_process():
        return ""
    return f"trained {export_model(task, networks[GENERATOR], out)}"
