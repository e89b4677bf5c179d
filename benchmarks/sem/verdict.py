"""Whether a material that a model has not learned is called unlike what it learned.

    python benchmarks/sem/verdict.py FOLDER [--material tin_balls] [--side 64] [--images 24]

asks it of a network that learned one simulated material. The other simulated materials and the
real ones of the folder are made coarse at four doses, sharp and soft. When images of a simulated
material are judged, that material had no part in setting up the verdict; no real one ever has.

    python benchmarks/sem/verdict.py FOLDER --model light-x4

says what a model makes of the real materials.
"""

import argparse
import sys
import tomllib
import warnings
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, replace
from pathlib import Path

import numpy as np
from micrograph_sets import DOSES, FACTOR, SETS, ImageSet, degrade, read_set

from colonnade.core.arrays import Array, Single
from colonnade.core.errors import ColonnadeError, ColonnadeWarning
from colonnade.core.learn.model import Model
from colonnade.core.measures.trust import auroc
from colonnade.core.work.recipe import from_dict
from colonnade.sem.bench.test_images import instrument_for
from colonnade.sem.card import Familiarity, SemCard
from colonnade.sem.simulate.image import Simulation, simulate
from colonnade.sem.simulate.materials.mixture import MATERIALS, Materials, Shares
from colonnade.sem.train.familiarity import calibrate, seen_by
from colonnade.sem.train.task import SemRecipe, SemTask
from colonnade.sem.upscale.trust.familiarity import Look, probability
from colonnade.sem.upscaled import UNLIKE

SEED = 20143
"""Of the test images and of no training's."""

SOFT_SHARE = 1 / 3
"""Share of the simulated test images that are soft."""

CALIBRATION = 96
"""Images that the verdict is calibrated on, as for the packaged models."""

Judged = dict[float, list[Look]]
"""What the images of a material look like, by dose."""


@dataclass(frozen=True)
class Row:
    """How the images of a material were judged: their probabilities, by dose."""

    name: str
    found: Mapping[float, Array]

    @classmethod
    def of(cls, name: str, familiarity: Familiarity, judged: Judged) -> "Row":
        """Judge them."""
        found = {
            dose: np.array([probability(familiarity, look) for look in looks])
            for dose, looks in judged.items()
        }
        return cls(name, found)

    @property
    def all(self) -> Array:
        """Of all doses together."""
        return np.concatenate(list(self.found.values()))

    def line(self, like: "Row | None") -> str:
        """Give a line of the table."""
        cells = [self.name, str(self.all.size)]
        if like is not None:
            pairs = [(self.found[dose], like.found[dose]) for dose in DOSES]
            cells += [_area(one, other) for one, other in (*pairs, (self.all, like.all))]
        cells += [f"{np.median(self.all):.2f}", f"{np.mean(self.all >= UNLIKE):.0%}"]
        return f"| {' | '.join(cells)} |"


def _area(unlike: Array, like: Array) -> str:
    return f"{auroc(np.r_[unlike, like], np.r_[np.ones(unlike.size), np.zeros(like.size)]):.3f}"


def only(name: str, soft: float) -> Materials:
    """Scenes of one material, of which some are soft."""
    shares = {one.name: float(one.name == name) for one in fields(Shares)}
    shares["soft_film"] = float(name == "film")
    return Materials(soft=soft, shares=Shares(**shares))


def simulated(name: str, side: int, count: int) -> Judged:
    """Simulate images of a material at every dose; each shows another specimen."""
    found: Judged = {}
    for dose in DOSES:
        looks = []
        for number in range(count):
            soft = float(number < SOFT_SHARE * count)
            size = (FACTOR * side, FACTOR * side)
            recipe = Simulation(FACTOR, size, only(name, soft), instrument_for(dose), faint=0.0)
            rng = np.random.default_rng([SEED, zlib.crc32(f"{name}, {dose}".encode()), number])
            looks.append(Look.of([simulate(recipe, rng).low], 1))
        found[dose] = looks
    return found


def real(folder: Path) -> Iterator[tuple[str, Judged]]:
    """Make real images coarse at every dose; noisy ones need no split, having no truth."""
    for name, table in tomllib.loads(SETS.read_text(encoding="utf-8")).items():
        images = read_set(folder, name, replace(from_dict(ImageSet, table), noisy=False))
        found: Judged = {}
        for dose in DOSES:
            rng = np.random.default_rng([SEED, int(0 if np.isinf(dose) else dose)])
            found[dose] = [_coarse(image.sharp, dose, rng) for image in images]
        if images:
            yield name, found


def _coarse(sharp: Single, dose: float, rng: np.random.Generator) -> Look:
    return Look.of([degrade(sharp, FACTOR, dose, rng)], 1)


def judge_material(folder: Path, material: str, side: int, count: int) -> Iterator[str]:
    """Give the table of a network that learned one material."""
    simulation = Simulation(materials=only(material, Materials().soft))
    recipe = SemRecipe(simulation=simulation, validation_images=CALIBRATION)
    learned, others, held_out = seen_by(SemTask(recipe))
    like = simulated(material, side, count)
    doses = " | ".join("clean" if np.isinf(dose) else f"{dose:g}" for dose in DOSES)
    yield f"| material | images | {doses} | all | median | unlike |"
    yield "|---" * (len(DOSES) + 5) + "|"
    familiarity = calibrate(learned, others, held_out)
    yield Row.of(f"{material}, held out", familiarity, like).line(Row.of("", familiarity, like))
    for name in MATERIALS:
        if name != material:
            judged = simulated(name, side, count)
            shown = simulate_name(name)
            without = [one for one in others if one.material != shown]
            setup = calibrate(learned, without, held_out)
            yield Row.of(f"{name}, simulated", setup, judged).line(Row.of("", setup, like))
    for name, judged in real(folder):
        yield Row.of(name, familiarity, judged).line(Row.of("", familiarity, like))


def simulate_name(name: str) -> str:
    """What images of a material are said to show."""
    size = (8 * FACTOR, 8 * FACTOR)
    return simulate(Simulation(FACTOR, size, only(name, 0)), np.random.default_rng(0)).material


def judge_with(folder: Path, model: str) -> Iterator[str]:
    """Give the table of what a model makes of real materials."""
    familiarity = SemCard.of(Model.load(model).card).familiarity
    yield "| material | images | median | unlike |"
    yield "|---|---|---|---|"
    for name, judged in real(folder):
        yield Row.of(name, familiarity, judged).line(None)


def main() -> None:
    """Print the table."""
    warnings.simplefilter("ignore", ColonnadeWarning)
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, help="holds the real images")
    parser.add_argument("--material", default="tin_balls", choices=list(MATERIALS))
    parser.add_argument("--side", type=int, default=64, help="of the simulated images [px]")
    parser.add_argument("--images", type=int, default=24, help="of each material at each dose")
    parser.add_argument("--model", help="judge with this model instead")
    given = parser.parse_args()
    if given.model is not None:
        lines = judge_with(given.folder, given.model)
    else:
        lines = judge_material(given.folder, given.material, given.side, given.images)
    for line in lines:
        print(line, flush=True)


if __name__ == "__main__":
    try:
        main()
    except ColonnadeError as error:
        sys.exit(str(error))
