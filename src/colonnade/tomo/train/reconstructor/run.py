"""Train a network that reconstructs, from its recipe to its model file."""

from pathlib import Path

from colonnade.core.learn.model import find_model
from colonnade.core.learn.training import fit, is_first_process
from colonnade.core.work.processors import available_cpus
from colonnade.core.work.progress import Progress
from colonnade.core.work.recipe import load
from colonnade.core.work.writing import make_folder
from colonnade.tomo.train.reconstructor.export import export_model
from colonnade.tomo.train.reconstructor.library_slices import open_slices
from colonnade.tomo.train.reconstructor.prepared import PreparedSource, SliceMaker, prepare
from colonnade.tomo.train.reconstructor.task import (
    RESTORER,
    ReconstructorRecipe,
    ReconstructorTask,
    prepared,
)

SLICES, HELD_OUT = "slices", "held-out"
"""Folders, in that of the training, of the slices that are learned from and of those of a library
that are not."""


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

    Slices are made first, and kept in the folder: total variation takes its time. They are of
    series that the recipe describes, or of those of a library.

    Returns
    -------
    sentence
        Where the model is; empty in the processes that do not write it.
    """
    chosen = ReconstructorRecipe() if recipe is None else load(ReconstructorRecipe, recipe)
    own, others = (None, None) if data is None else open_slices(data, chosen)
    make_folder(out)
    if own is None:
        source = _kept(prepared(chosen, 0), chosen.slices, out / SLICES, progress)
    else:
        source = _kept(own, len(own), out / SLICES, progress)
    held_out = None if others is None else _kept(others, len(others), out / HELD_OUT, progress)
    task = ReconstructorTask(
        chosen, source, held_out, None if start is None else find_model(start)
    )
    networks = fit(task, chosen.training, out, resume=resume, progress=progress)
    if not is_first_process():
        return ""
    return f"trained {export_model(task, networks[RESTORER], out)}"


def _kept(maker: SliceMaker, count: int, folder: Path, progress: Progress) -> PreparedSource:
    """Make so many slices, as far as they are not there."""
    return prepare(maker, count, folder, progress, workers=available_cpus())
