"""Which particles are shown, by their size in finer pixels: factor 8 against factor 4.

    python benchmarks/sem/particle_sizes.py --model light-x4 --model light-x8

Tin balls of one size on carbon, as a good instrument shows them with coarse pixels. A particle is
shown if the finer image has half of its contrast or more; in brackets is the mean share of it.
Bicubic enlargement is given beside each model.
"""

import argparse
import sys
from collections.abc import Iterator

import numpy as np

from colonnade.core.arrays import Array
from colonnade.core.errors import ColonnadeError
from colonnade.core.learn.model import Model
from colonnade.core.measures.particles import ENOUGH, Responses
from colonnade.sem.bench.adapters.enlarged import enlarge
from colonnade.sem.bench.adapters.ours import upscaled
from colonnade.sem.simulate.image import Simulation, draw_specimen
from colonnade.sem.simulate.instrument import GOOD
from colonnade.sem.simulate.one_size import show_particles

SIZES = (2, 3, 4, 6, 8, 12)
"""Diameters [px of the finer image]."""

SIDE = 384
"""Rows and columns of the finer images."""

IMAGES = 4
"""Of each size."""

SEED = 20141
"""Of the scenes here and of no training's."""


def shown(model: Model, size: int) -> list[Array]:
    """Share of the contrast of each particle of a size, by a model and by bicubic enlargement."""
    factor = model.card.factor
    recipe = Simulation(factor=factor, size=(SIDE, SIDE), instrument=GOOD, faint=0.0)
    found: list[list[Array]] = [[], []]
    for number in range(IMAGES):
        rng = np.random.default_rng([SEED, size, number])
        specimen, particles = show_particles(draw_specimen(recipe, rng), size, rng)
        pair = specimen.take(recipe, rng)
        places = np.rint(particles[:, :2]).astype(np.intp)
        known = np.column_stack([np.zeros(len(places), np.intp), places])
        truth = Responses.of(pair.high, (size,)).near(known)
        for shares, image in zip(
            found, (upscaled(model, pair.low).image, enlarge(pair.low, factor)), strict=True
        ):
            shares.append(Responses.of(image, (size,)).near(known) / truth)
    return [np.concatenate(one) for one in found]


def table(models: list[Model]) -> Iterator[str]:
    """Recall of each model, a column for each size."""
    yield f"| method | {' | '.join(f'{size} px' for size in SIZES)} |"
    yield "|---" * (len(SIZES) + 1) + "|"
    for model in models:
        found = [shown(model, size) for size in SIZES]
        names = (model.card.name, f"bicubic x{model.card.factor}")
        for name, shares in zip(names, zip(*found, strict=True), strict=True):
            cells = [f"{np.mean(one >= ENOUGH):.2f} ({np.mean(one):.2f})" for one in shares]
            yield f"| {name} | {' | '.join(cells)} |"


def main() -> None:
    """Print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", action="append", required=True)
    given = parser.parse_args()
    print(*table([Model.load(name) for name in given.model]), sep="\n")


if __name__ == "__main__":
    try:
        main()
    except ColonnadeError as error:
        sys.exit(str(error))
