"""Calibrate a model, when it is exported or at any time later; its network stays as it is.

Candidates in crystals and where nothing repeats, and images as a whole, each have a regression of
their own. The first is fitted on crystals, in images of the model's recipe that were held out, the
second on single atoms on uneven carbon, the last on all these images and on some of other things.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from math import isfinite
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TypeVar

from colonnade.atoms.card import AtomsCard
from colonnade.atoms.library.sources import Simulator
from colonnade.atoms.score import Score
from colonnade.atoms.simulate.image import Simulated, Simulation
from colonnade.atoms.train.calibration import CalibrationSet
from colonnade.atoms.train.other_images import OtherImages
from colonnade.atoms.train.task import AtomsRecipe, AtomsTask
from colonnade.atoms.train.verdict import search_other, verdict
from colonnade.core.data.held_out import CALIBRATION_PART, HeldOut
from colonnade.core.learn.card import Card
from colonnade.core.learn.model import Model, find_model, save_with_card
from colonnade.core.work.progress import Progress, silent
from colonnade.core.work.recipe import load, named_recipe

SINGLE_SIZE = (384, 384)
"""Rows and columns of the images of single atoms [px]."""

SINGLE_SHARE = 1.0
"""Number of these, as a share of the images of its own recipe."""

OTHER_SHARE = 1.0
"""Number of images of other things; with 200 there are eleven of each kind."""

Drawn = TypeVar("Drawn")


def calibrated(
    model: Model, held_out: HeldOut[Simulated], seed: int, progress: Progress = silent
) -> tuple[AtomsCard, dict[str, float]]:
    """Calibrate a model on some images, then score it on others.

    Parameters
    ----------
    model
        Its card says everything but what is measured here.
    held_out
        Images that it was not trained on.
    seed
        The images of single atoms and of other things follow from it.
    progress
        Called with the number of finished images and of all.

    Returns
    -------
    part, scores
        What its card shall say.
    """
    own_count = len(held_out.calibration)
    singles, others = (range(round(one * own_count)) for one in (SINGLE_SHARE, OTHER_SHARE))
    total = own_count + len(singles) + len(others) + len(held_out.scores)
    finished = _Finished(progress, total)
    own = CalibrationSet.of(model, finished.each(held_out.calibration))
    atoms = CalibrationSet.of(model, finished.each(map(_single_atoms(seed), singles)))
    # A crystal of a few cells, which is not seen to repeat, would teach that what is next to all
    # others and stands out of nothing may be a single atom.
    candidates = CalibrationSet((*own.of_kind(repeated=True).images, *atoms.images))
    part = candidates.judge_of(AtomsCard.of(model.card))
    drawn = finished.each(map(OtherImages(seed, CALIBRATION_PART), others))
    found = [search_other(model, image) for image in drawn]
    part = replace(part, verdict=verdict((*own.images, *atoms.images), found, part))
    scored = CalibrationSet.of(model, finished.each(held_out.scores))
    return part, _scores(scored.score_with(part))


def recalibrate(file: str | Path, out: Path, progress: Progress) -> None:
    """Write a model with a card that is calibrated again, on what its recipe simulates.

    Parameters
    ----------
    file
        Name of a shipped model, or a model file.
    out
        The file to write; it may be the same.
    progress
        Called with the number of finished images and of all.
    """
    model = Model.load(file)
    task = AtomsTask(recipe_of(model.card))
    part, scores = calibrated(model, task.held_out, task.recipe.seed, progress)
    card = replace(model.card, part=part.to_part(), scores=scores)
    save_with_card(find_model(file), card, out)


@dataclass
class _Finished:
    """Counts the images that are finished."""

    progress: Progress
    total: int
    count: int = 0

    def each(self, images: Iterable[Drawn]) -> Iterator[Drawn]:
        """Give each in turn; it is finished when the next is asked for."""
        for image in images:
            yield image
            self.count += 1
            self.progress(self.count, self.total)


def _single_atoms(seed: int) -> Simulator:
    carbon = load(Simulation, named_recipe("atoms-on-carbon", "atoms"))
    return Simulator(replace(carbon, size=SINGLE_SIZE), seed, CALIBRATION_PART)


def recipe_of(card: Card) -> AtomsRecipe:
    """Give the recipe with which a model was trained."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "recipe.toml"
        path.write_text(card.recipe, encoding="utf-8")
        return load(AtomsRecipe, path)


def _scores(result: Score) -> dict[str, float]:
    """Give the scores of a card; where no column was found there is no error."""
    scores = {"recall": result.recall, "precision": result.precision, "rms_px": result.rms}
    return {name: round(value, 4) for name, value in scores.items() if isfinite(value)}
