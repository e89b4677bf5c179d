"""What the study found, read from the folder of a run."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from colonnade.core.arrays import Array, Single
from colonnade.core.errors import FileError
from colonnade.core.work.recipe import load
from colonnade.sem.bench.training.plan import FIRST_MATERIAL, Plan, Training
from colonnade.sem.bench.training.scoring import (
    FOLDER,
    PICTURES,
    PLAN,
    Kept,
    Scores,
    final,
    mark,
    read_scores,
    training_folder,
)


@dataclass(frozen=True, eq=False)
class Look:
    """A network after a number of steps.

    Parameters
    ----------
    step, epochs
        How far it was trained.
    scores
        On test images of what it has learned.
    own_gain_db
        How much smaller its errors are than those of bicubic enlargement in parts of its training
        images [dB].
    kept
        Where they are kept, with outputs.
    """

    step: int
    epochs: float
    scores: Scores
    own_gain_db: Array
    kept: Kept

    def mean(self, score: str) -> float:
        """Mean of a score over the test images; NaN where none is known."""
        return mean(self.scores[score])


@dataclass(frozen=True, eq=False)
class Trained:
    """A network that is done.

    Parameters
    ----------
    training
        How it was trained.
    looks
        On the way, the last at its end.
    materials
        Its scores on each material.
    particles
        Its scores on particles, by diameter; empty where they were not looked for.
    kept
        Where its outputs are.
    """

    training: Training
    looks: tuple[Look, ...]
    materials: Mapping[str, Scores]
    particles: Mapping[float, Scores]
    kept: Kept

    @property
    def end(self) -> Look:
        """The network as it is."""
        return self.looks[-1]

    def picture(self, material: str, number: int) -> Single:
        """What it made of a test image of a material."""
        place = list(self.materials).index(material)
        count = min(PICTURES, len(next(iter(self.materials[material].values()))))
        return np.asarray(self.kept.pictures()[place * count + number])


@dataclass(frozen=True, eq=False)
class StudyResults:
    """The networks of a study that are done.

    Parameters
    ----------
    plan
        All that was to be trained.
    trained
        What is done, by how it was trained.
    """

    plan: Plan
    trained: Mapping[Training, Trained]

    @property
    def complete(self) -> bool:
        """Whether every network is done."""
        return len(self.trained) == len(self.plan.trainings)

    def of(
        self,
        material: str = FIRST_MATERIAL,
        images: int | None = None,
        factor: int | None = None,
        *,
        adversarial: bool = False,
    ) -> Trained:
        """Give one network; by default with as many images as are enough, and the first factor."""
        plan = self.plan
        return self.trained[
            Training(material, images or plan.enough, factor or plan.factors[0], adversarial)
        ]


def mean(values: Array) -> float:
    """Mean of what is known; NaN where nothing is."""
    known = values[np.isfinite(values)]
    return float(known.mean()) if known.size else np.nan


def read_study(out: Path) -> StudyResults | None:
    """Read the study in the folder of a run; None where there is none.

    Raises
    ------
    FileError
        If a file of it is not what a study writes.
    """
    path = out / FOLDER / PLAN
    if not path.exists():
        return None
    plan = load(Plan, path)
    try:
        done = {
            training: _read(plan, training, training_folder(out, training))
            for training in plan.trainings
            if final(training_folder(out, training)).exists
        }
    except (OSError, ValueError, LookupError, TypeError) as error:
        raise FileError(
            f"the study of training in {path.parent} cannot be read ({error!r}); delete that "
            "folder and run it again"
        ) from error
    return StudyResults(plan, done)


def _read(plan: Plan, training: Training, folder: Path) -> Trained:
    end: dict[str, Any] = final(folder).read()
    return Trained(
        training=training,
        looks=tuple(_look(mark(folder, step)) for step in plan.marks(training)),
        materials={name: read_scores(one) for name, one in end["materials"].items()},
        particles={float(size): read_scores(one) for size, one in end["particles"].items()},
        kept=final(folder),
    )


def _look(kept: Kept) -> Look:
    given = kept.read()
    return Look(
        step=given["step"],
        epochs=given["epochs"],
        scores=read_scores(given["scores"]),
        own_gain_db=np.array(given["own_gain_db"], np.float64),
        kept=kept,
    )
