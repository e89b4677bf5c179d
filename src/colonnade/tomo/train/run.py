"""Train a network for tomography from its recipe to its model file."""

from pathlib import Path

from colonnade.core.errors import RecipeError
from colonnade.core.work.progress import Progress
from colonnade.core.work.recipe import kind_of
from colonnade.tomo.train.denoiser.run import train_denoiser
from colonnade.tomo.train.denoiser.task import DENOISER
from colonnade.tomo.train.reconstructor.run import train_reconstructor

RECONSTRUCTOR = ""
"""Kind of the recipes of networks that reconstruct."""

KINDS = {RECONSTRUCTOR: train_reconstructor, DENOISER: train_denoiser}
"""What trains by recipes of each kind."""


def train_model(
    recipe: Path | None,
    out: Path,
    *,
    data: Path | None,
    start: str | None,
    resume: bool,
    progress: Progress,
) -> str:
    """Train a network for tomography; the parameters are those of the command.

    Returns
    -------
    sentence
        Where the model is; empty in the processes that do not write it.
    """
    kind = RECONSTRUCTOR if recipe is None else kind_of(recipe)
    if kind not in KINDS:
        known = ", ".join(repr(name) for name in KINDS if name)
        raise RecipeError(f"{recipe} is of the kind {kind!r}; choose one of: {known}, or none")
    train = KINDS[kind]
    return train(recipe, out, data=data, start=start, resume=resume, progress=progress)
