"""Train a network from its recipe to its model file."""

from pathlib import Path

from colonnade.atoms.card import AtomsCard
from colonnade.atoms.library.open import open_split
from colonnade.atoms.train.export import export_model
from colonnade.atoms.train.task import AtomsRecipe, AtomsTask
from colonnade.core.learn.model import find_model, read_card
from colonnade.core.learn.training import fit, is_first_process
from colonnade.core.work.progress import Progress
from colonnade.core.work.recipe import load
from colonnade.core.work.writing import make_folder


def train_model(
    recipe: Path | None,
    out: Path,
    *,
    data: Path | None,
    start: str | None,
    resume: bool,
    progress: Progress,
) -> str:
    """Train the network that finds atom columns; the parameters are those of the command.

    Returns
    -------
    sentence
        Where the model is; empty in the processes that do not write it.
    """
    chosen = AtomsRecipe() if recipe is None else load(AtomsRecipe, recipe)
    source, held_out = (None, None) if data is None else open_split(data)
    if start is not None:
        AtomsCard.of(read_card(start))
    task = AtomsTask(chosen, source, held_out, None if start is None else find_model(start))
    make_folder(out)
    networks = fit(task, chosen.training, out, resume=resume, progress=progress)
    if not is_first_process():
        return ""
    return f"trained {export_model(task, networks['columns'], out)}"
