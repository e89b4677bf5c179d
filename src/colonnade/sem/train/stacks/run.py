"""Train a network for stacks from its recipe to its model file."""

from pathlib import Path

from colonnade.core.data.source import Collection
from colonnade.core.data.split import FewFamiliesError
from colonnade.core.errors import RecipeError, warn
from colonnade.core.learn.model import find_model
from colonnade.core.learn.training import fit, is_first_process
from colonnade.core.work.progress import Progress
from colonnade.core.work.recipe import load
from colonnade.core.work.writing import make_folder
from colonnade.sem.library.stacks import StackSource
from colonnade.sem.simulate.stack import StackPair, StackSimulation
from colonnade.sem.train.stacks.export import export_stack_model
from colonnade.sem.train.stacks.task import StackRecipe, StackTask
from colonnade.sem.train.task import GENERATOR


def train_stack_model(
    recipe: Path,
    out: Path,
    *,
    data: Path | None,
    start: str | None,
    resume: bool,
    progress: Progress,
) -> str:
    """Train a network for stacks; the parameters are those of the command.

    Returns
    -------
    sentence
        Where the model is; empty in the processes that do not write it.
    """
    chosen = load(StackRecipe, recipe)
    own, held_out = (None, None) if data is None else _open(data, chosen.simulation)
    task = StackTask(chosen, own, held_out, None if start is None else find_model(start))
    make_folder(out)
    networks = fit(task, chosen.training, out, resume=resume, progress=progress)
    if not is_first_process():
        return ""
    return f"trained {export_stack_model(task, networks[GENERATOR], out)}"


def _open(
    folder: Path, simulation: StackSimulation
) -> tuple[Collection[StackPair], Collection[StackPair] | None]:
    """Open the stacks of a library: some to train on, others, of other materials, to test on."""
    first = StackSource(folder)(0)
    if (first.high.shape, first.factor, first.in_plane) != (simulation.size, simulation.factor, 1):
        raise RecipeError(
            f"the stacks in {folder} are of {first.high.shape} px, {first.factor} times as thick "
            f"and {first.in_plane} times as wide as that, and the recipe's are of "
            f"{simulation.size}, {simulation.factor} and 1; choose a recipe or a library to match"
        )
    try:
        return StackSource(folder, "train"), StackSource(folder, "test")
    except FewFamiliesError:
        warn(f"{folder} has too few materials to keep some aside; scores are of simulated stacks")
        return StackSource(folder), None
