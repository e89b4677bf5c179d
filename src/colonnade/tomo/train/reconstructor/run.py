"""Train a network that reconstructs, from its recipe to its model file."""

from pathlib import Path

from colonnade.core.errors import RecipeError
from colonnade.core.learn.model import find_model
from colonnade.core.learn.training import fit, is_first_process
from colonnade.core.work.parallel import available_cpus
from colonnade.core.work.progress import Progress
from colonnade.core.work.recipe import load
from colonnade.core.work.writing import make_folder
from colonnade.tomo.train.reconstructor.export import export_model
from colonnade.tomo.train.reconstructor.prepared import prepare
from colonnade.tomo.train.reconstructor.task import (
    RESTORER,
    ReconstructorRecipe,
    ReconstructorTask,
    prepared,
)

SLICES = "slices"
"""Folder of the slices that are learned from, in that of the training."""


def train_reconstructor(
    recipe: Path | None,
    out: Path,
    *,
    data: Path | None,
    start: str | None,
    resume: bool,
    progress: Progress,
) -> str:
    """Train a network that reconstructs; the parameters are those of the command.

    Slices are made first, and kept in the folder: total variation takes its time.

    Returns
    -------
    sentence
        Where the model is; empty in the processes that do not write it.
    """
    if data is not None:
        raise RecipeError(
            "a network that reconstructs learns from slices that its recipe describes, not from a "
            "folder; leave --data out"
        )
    chosen = ReconstructorRecipe() if recipe is None else load(ReconstructorRecipe, recipe)
    make_folder(out)
    workers = available_cpus()
    source = prepare(prepared(chosen, 0), chosen.slices, out / SLICES, progress, workers=workers)
    task = ReconstructorTask(chosen, source, None if start is None else find_model(start))
    networks = fit(task, chosen.training, out, resume=resume, progress=progress)
    if not is_first_process():
        return ""
    return f"trained {export_model(task, networks[RESTORER], out)}"
