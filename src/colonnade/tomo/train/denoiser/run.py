"""Train a denoiser from its recipe to its model file."""

from pathlib import Path

from colonnade.core.errors import RecipeError
from colonnade.core.learn.model import find_model
from colonnade.core.learn.training import fit, is_first_process
from colonnade.core.work.progress import Progress
from colonnade.core.work.recipe import load
from colonnade.core.work.writing import make_folder
from colonnade.tomo.train.denoiser.export import export_model
from colonnade.tomo.train.denoiser.task import DENOISER, DenoiserRecipe, DenoiserTask


def train_denoiser(
    recipe: Path | None,
    out: Path,
    *,
    data: Path | None,
    start: str | None,
    resume: bool,
    progress: Progress,
) -> str:
    """Train a denoiser; the parameters are those of the command.

    Returns
    -------
    sentence
        Where the model is; empty in the processes that do not write it.
    """
    if data is not None:
        raise RecipeError(
            "a denoiser learns from images that its recipe describes; to learn from your own, run "
            "colonnade denoise --own"
        )
    chosen = DenoiserRecipe() if recipe is None else load(DenoiserRecipe, recipe)
    task = DenoiserTask(chosen, None if start is None else find_model(start))
    make_folder(out)
    networks = fit(task, chosen.training, out, resume=resume, progress=progress)
    if not is_first_process():
        return ""
    return f"trained {export_model(task, networks[DENOISER], out)}"
