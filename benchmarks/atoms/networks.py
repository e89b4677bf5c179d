"""What networks find on their own, before anything is fitted or judged.

    python benchmarks/atoms/networks.py FOLDER MODEL... [--count 60]

FOLDER holds labelled images of single atoms, as for platinum_atoms.py, which are shown binned by
two. The others are simulated: the recipe of the packaged model's last training, that of
atoms-scenes.toml, and several that the package carries; none of these images served for training.
Candidates are ranked by the network's confidence alone. Average precision, the best F1 with the
threshold that gives it, the share of the columns that have a candidate, and the candidates above
0.5 on images without an atom.
"""

import argparse
import warnings
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from platinum_atoms import GATE, read

import colonnade
from colonnade import Columns, Model
from colonnade.atoms.locate.candidates import Candidates, InputScale
from colonnade.atoms.locate.find.search import Search
from colonnade.atoms.locate.settings import settings_of
from colonnade.atoms.score import pair_columns
from colonnade.atoms.simulate.image import Simulation, simulate
from colonnade.atoms.train.calibration import MATCH_DISTANCE, bright
from colonnade.atoms.train.task import AtomsRecipe
from colonnade.core.arrays import Array, Single
from colonnade.core.images.binning import Binning
from colonnade.core.work.recipe import load, named_recipe

SEED, PART = 99, 7
"""With these the images are those of no training and no calibration."""

RECIPES = Path(__file__).parents[2] / "recipes"
TRAINED = ("atoms", "atoms-scenes")
CARRIED = (
    "strontium-titanate",
    "sheets",
    "dumbbells",
    "low-dose",
    "single-atoms",
    "atoms-on-carbon",
    "halos",
)
EMPTY = "no-atoms"
SIZE = (128, 128)


@dataclass(frozen=True, eq=False)
class Shown:
    """An image with bright columns, and what is to be found in it."""

    pixels: Single
    truth: Columns
    gate: float
    binning: int

    def candidates(self, model: Model) -> Candidates:
        """What a network finds."""
        settings = settings_of(model)
        search = Search(self.pixels, model, settings.network, settings.find)
        scale = InputScale(Binning(self.binning, self.binning), dark=False)
        return search.candidates(scale, "offset", "mask")


@dataclass(frozen=True, eq=False)
class Ranked:
    """Candidates of several images that count, and how many columns have none."""

    confidence: Array
    true: NDArray[np.bool_]
    missed: int

    @classmethod
    def of(cls, model: Model, images: Iterable[Shown]) -> "Ranked":
        """Let a network look at images."""
        confidence, true, missed = [], [], 0
        for image in images:
            found = image.candidates(model)
            shape = (image.pixels.shape[0], image.pixels.shape[1])
            pairs = pair_columns(
                image.truth, found.positions, image.gate, shape=shape, border=image.gate
            )
            confidence += [found.confidence[pairs.found], found.confidence[pairs.false]]
            true += [np.ones(len(pairs.found), bool), np.zeros(len(pairs.false), bool)]
            missed += len(pairs.missed)
        order = np.argsort(-np.concatenate(confidence), kind="stable")
        return cls(np.concatenate(confidence)[order], np.concatenate(true)[order], missed)

    def row(self) -> str:
        """Average precision, best F1, its threshold, and the share that has a candidate."""
        right = np.cumsum(self.true)
        recall = right / max(int(self.true.sum()) + self.missed, 1)
        precision = right / np.arange(1, len(right) + 1)
        at_least = np.maximum.accumulate(precision[::-1])[::-1]
        average = float((np.diff(recall, prepend=0.0) * at_least).sum())
        f1 = 2 * precision * recall / np.maximum(precision + recall, 1e-12)
        best = int(f1.argmax())
        return f"{average:.3f} | {f1[best]:.3f} | {self.confidence[best]:.2f} | {recall[-1]:.3f} |"


def simulated(recipe: Simulation, count: int) -> Iterator[Shown]:
    """Images of a recipe."""
    for number in range(count):
        made = simulate(recipe, np.random.default_rng([SEED, PART, number]))
        yield Shown(bright(made), made.columns, MATCH_DISTANCE, 1)


def labelled(folder: Path) -> Iterator[Shown]:
    """Real single atoms."""
    for one in read(folder):
        gate = GATE / max(one.image.pixel_size or (1.0,))
        yield Shown(one.image.pixels.astype(np.float32), one.labels, gate, 2)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("models", nargs="+")
    parser.add_argument("--count", type=int, default=60, help="images of each recipe")
    given = parser.parse_args()
    warnings.simplefilter("ignore", colonnade.ColonnadeWarning)
    models = {name: Model.load(name) for name in given.models}
    recipes = {
        f"{name}.toml": load(AtomsRecipe, RECIPES / f"{name}.toml").simulation for name in TRAINED
    } | {
        name: replace(load(Simulation, named_recipe(name, "atoms")), size=SIZE)
        for name in (*CARRIED, EMPTY)
    }
    print("| images | model | average precision | best F1 | threshold | with a candidate |")
    print("|---|---|---|---|---|---|")
    for name, recipe in {"real platinum": None, **recipes}.items():
        made = labelled(given.folder) if recipe is None else simulated(recipe, given.count)
        images = list(made)
        for label, model in models.items():
            ranked = Ranked.of(model, images)
            if name == EMPTY:
                above = int((ranked.confidence > 0.5).sum())
                print(f"| {name} | {Path(label).stem} | {above} false above 0.5 | | | |")
            else:
                print(f"| {name} | {Path(label).stem} | {ranked.row()}", flush=True)


if __name__ == "__main__":
    main()
