"""Train a network for super-resolution from its recipe to its model file."""

from pathlib import Path

from colonnade.core.data.source import Source
from colonnade.core.errors import ModelError
from colonnade.core.learn.model import Model, find_model, read_card
from colonnade.core.learn.training import fit, is_first_process
from colonnade.core.work.progress import Progress
from colonnade.core.work.recipe import kind_of, load
from colonnade.core.work.writing import make_folder
from colonnade.sem.card import SemCard
from colonnade.sem.library.open import open_split
from colonnade.sem.library.own_images import FewImagesError
from colonnade.sem.library.sources import Simulator
from colonnade.sem.pair import Pair
from colonnade.sem.simulate.stack import STACK
from colonnade.sem.train.export import export_model
from colonnade.sem.train.exposures import Exposures
from colonnade.sem.train.fine_tune import Change, Mixed, advice, fine_tuning_recipe
from colonnade.sem.train.recalibrate import recalibrate
from colonnade.sem.train.stacks.run import train_stack_model
from colonnade.sem.train.task import GENERATOR, SemRecipe, SemTask


def train_model(
    recipe: Path | None,
    out: Path,
    *,
    data: Path | None,
    start: str | None,
    resume: bool,
    progress: Progress,
) -> str:
    """Train a network for super-resolution; the parameters are those of the command.

    Where a model is begun with and one's own images are too few to learn from, its intervals alone
    are calibrated on them.

    Returns
    -------
    sentence
        Where the model is, and what images of one's own have brought; empty in the processes that
        do not write it.
    """
    if recipe is not None and kind_of(recipe) == STACK:
        return train_stack_model(
            recipe, out, data=data, start=start, resume=resume, progress=progress
        )
    chosen = _recipe(recipe, start)
    try:
        own, held_out = (None, None) if data is None else open_split(data, chosen.simulation)
    except FewImagesError as few:
        if start is None or recipe is not None:
            raise
        make_folder(out)
        first = is_first_process()
        return recalibrate(start, few.fields, chosen.name, out) if first else ""
    source: Source[Pair] | None = own
    if own is not None and start is not None:
        source = Mixed(own, Exposures(chosen.simulation, chosen.seed, chosen.exposures))
    task = SemTask(chosen, source, held_out, None if start is None else find_model(start))
    make_folder(out)
    networks = fit(task, chosen.training, out, resume=resume, progress=progress)
    if not is_first_process():
        return ""
    model = export_model(task, networks[GENERATOR], out)
    sentence = f"trained {model}"
    if start is not None and held_out is not None:
        sentence += f"; {_worth(start, model, task)}"
    return sentence


def _recipe(recipe: Path | None, start: str | None) -> SemRecipe:
    if start is None:
        return SemRecipe() if recipe is None else load(SemRecipe, recipe)
    card = read_card(start)
    if SemCard.of(card).is_along_z:
        raise ModelError(
            f"the model {card.name} is for stacks along z, and what it learned cannot be gone on "
            "with; begin with one for images"
        )
    return fine_tuning_recipe(card) if recipe is None else load(SemRecipe, recipe)


def _worth(start: str, model: Path, task: SemTask) -> str:
    """Compare a model with the one that was begun with, on pairs that neither has seen."""
    before, after = Model.load(start), Model(model)
    simulated = Simulator(task.recipe.simulation, task.recipe.seed, OTHERS_PART)
    others = [simulated(number) for number in range(task.recipe.validation_images)]
    return advice(
        before.card.name,
        Change.between(before, after, task.held_out.scores),
        Change.between(before, after, others),
    )


OTHERS_PART = 4
"""Part of a seed of which no training, calibration or score takes pairs."""
