"""Calibrate a model's intervals on three sharp images of a material, and see whether they hold.

    python benchmarks/sem/own_intervals.py FOLDER --model light-x4

FOLDER holds the images of micrograph_sets.toml. Of each set with four sharp images or more, three
serve as images of one's own, as `colonnade train sem --start --data` takes them; the share of the
grey levels that the intervals hold is that of the others. All choices of three are made in turn,
also where all images are parts of one, which the command would refuse.
"""

import argparse
import sys
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

import numpy as np
from micrograph_sets import DOSES, RealImage, coarse_image, read_sets
from real_micrographs import chosen

from colonnade.core.arrays import Array
from colonnade.core.errors import ColonnadeError, ColonnadeWarning
from colonnade.core.learn.model import Model
from colonnade.core.work.recipe import loads
from colonnade.sem.card import SemCard
from colonnade.sem.library.degradation import Degradation
from colonnade.sem.library.own_images import OwnImage, OwnImages, uncharged
from colonnade.sem.simulate.image import Simulation
from colonnade.sem.train.calibration import error_ratios
from colonnade.sem.train.recalibrate import Recalibration, field_ratios
from colonnade.sem.train.task import SemRecipe
from colonnade.sem.upscale.predict import predict

OWN = 3
"""So many images serve as one's own."""

MOST = 8
"""So many images of a set count."""

RIGHT = 0.88, 0.92
"""What is asked of intervals that are to hold nine of ten grey levels."""


@dataclass(frozen=True, eq=False)
class Errors:
    """Errors of one image in half-widths: of pairs made of it, and of the image at each dose."""

    pairs: Array
    at: dict[float, Array]


def errors_of(image: RealImage, number: int, model: Model, simulation: Simulation) -> Errors:
    """Upscale one image, and pairs that are made of it."""
    own = OwnImage(image.sharp, image.name, image.name)
    degradation = uncharged(Degradation(simulation.instrument))
    source = OwnImages([own], simulation, degradation, image.material, image.name)
    at = {}
    for counts in DOSES:
        pair = coarse_image(image, number, counts).pair
        at[counts] = error_ratios(predict(model, pair.low), pair)
    return Errors(field_ratios(model, source), at)


def rows(name: str, images: Sequence[RealImage], model: Model) -> Iterator[str]:
    """Give the lines of a set."""
    simulation = loads(SemRecipe, model.card.recipe, f"of {model.card.name}").simulation
    usual = SemCard.of(model.card).interval_factor
    every = [
        errors_of(images[number], number, model, simulation) for number in chosen(images, MOST)
    ]
    choices = list(combinations(range(len(every)), OWN))
    factors = [
        Recalibration.of([every[number].pairs for number in own], usual).factor for own in choices
    ]
    for counts in DOSES:
        before = [_held(one, counts, usual) for one in every]
        after = [
            [_held(one, counts, factor) for n, one in enumerate(every) if n not in own]
            for own, factor in zip(choices, factors, strict=True)
        ]
        means = np.array([np.mean(held) for held in after])
        right = np.mean((means >= RIGHT[0]) & (means <= RIGHT[1]))
        low, high = np.quantile(means, [0.1, 0.9])
        single = np.concatenate(after)
        yield (
            f"| {name} | {len(every)} | {'clean' if np.isinf(counts) else f'{counts:g}'} | "
            f"{100 * np.mean(before):.1f} | {100 * means.mean():.1f} | "
            f"{100 * low:.1f} to {100 * high:.1f} | {right:.0%} | "
            f"{100 * single.min():.0f} to {100 * single.max():.0f} |"
        )


def _held(image: Errors, counts: float, factor: float) -> float:
    return float(np.mean(image.at[counts] <= factor))


HEADER = (
    "| set | images | counts | before, % | calibrated, % | of eight choices in ten, % | "
    "choices at 88 to 92 % | single images, % |"
)


def main() -> None:
    """Calibrate on each choice of three images, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--model", default="light-x4")
    given = parser.parse_args()
    warnings.simplefilter("ignore", ColonnadeWarning)
    model = Model.load(given.model)
    print(HEADER, "|---" * (HEADER.count("|") - 1) + "|", sep="\n")
    for name, images in read_sets(given.folder).items():
        if len(images) > OWN and not images[0].noise:
            print(*rows(name, images, model), sep="\n", flush=True)


if __name__ == "__main__":
    try:
        main()
    except ColonnadeError as error:
        sys.exit(str(error))
