"""Paste particles into finer images and erase others, and see which of them are listed.

    python benchmarks/sem/altered_images.py FOLDER --model light-x4

FOLDER holds the images of micrograph_sets.toml. Each image, simulated or real, has bright
particles of several sizes in free places, once in the specimen, from whose finer image they are
then erased, and once in the finer image alone. What `unmeasured_features` lists with its usual
settings is compared with what was done. In the finer images as the model gives them nothing should
be listed, and in one of twenty something may be.
"""

import argparse
import sys
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path

import numpy as np
from micrograph_sets import DOSES, FACTOR, degrade, read_sets
from real_micrographs import chosen

from colonnade.core.arrays import Array, Single
from colonnade.core.bench.case import Case
from colonnade.core.errors import ColonnadeError, ColonnadeWarning
from colonnade.core.learn.model import Model
from colonnade.core.measures.fidelity import grey_range
from colonnade.sem.bench.adapters.ours import upscaled
from colonnade.sem.bench.test_images import NAMES, NOISE, draw_test_image
from colonnade.sem.feature import Feature
from colonnade.sem.upscale.trust.features import unmeasured_features

SIZES = (2.0, 3.0, 4.5, 7.0)
"""Diameters of the particles [coarse px]."""

CONTRAST = 0.5
"""They are so much brighter than what is around them, as a share of the grey range."""

CELL = 24
"""There is one particle in a square of this side, at most [coarse px]."""

NEAR = 1.5
"""A feature is that particle if it is no farther from it than this, or its radius [coarse px]."""

RING = 3.0
"""What is erased is filled from a ring of this width around it [finer px]."""

SOFT = 0.75
"""A finer image shows particles so much wider on each side, which is erased too [coarse px]."""

BEGIN = 1, 2
"""Seeds begin with one of these, for simulated and real images."""


@dataclass(frozen=True)
class Particle:
    """A bright disc; lengths in finer pixels."""

    y: float
    x: float
    diameter: float
    contrast: float


@dataclass(frozen=True)
class Found:
    """What became of one altered image, or of one that was not altered."""

    where: str
    counts: float
    kind: str
    particles: tuple[Particle, ...]
    features: tuple[Feature, ...]

    def hits(self, sizes: Sequence[float]) -> list[Feature | None]:
        """Give the feature that is listed for each particle of some sizes, if there is one."""
        return [self._nearest(one) for one in self.particles if one.diameter / FACTOR in sizes]

    @property
    def others(self) -> int:
        """How many features are listed that are none of the particles."""
        hit = set(self.hits(SIZES))
        return sum(one not in hit for one in self.features)

    def _nearest(self, particle: Particle) -> Feature | None:
        reach = max(NEAR * FACTOR, particle.diameter / 2)
        near = [
            one
            for one in self.features
            if np.hypot(one.y - particle.y, one.x - particle.x) <= reach
        ]
        return near[0] if near else None


def draw_particles(sharp: Single, rng: np.random.Generator) -> list[Particle]:
    """Choose free places that are dark enough, and a size for each, all sizes equally often."""
    side = CELL * FACTOR
    contrast = CONTRAST * grey_range(sharp)
    brightest = float(np.percentile(sharp, 99.9)) - contrast
    cells = [
        (y, x) for y, x in product(*(range(0, length - side + 1, side) for length in sharp.shape))
    ]
    found: list[Particle] = []
    for number in rng.permutation(len(cells)).tolist():
        diameter = FACTOR * SIZES[len(found) % len(SIZES)]
        room = (side - diameter) / 2 - SOFT * FACTOR
        y, x = np.array(cells[number]) + (side - 1) / 2 + rng.uniform(-room, room, 2)
        one = Particle(float(y), float(x), diameter, contrast)
        if sharp[covered(one, sharp.shape) > 0].mean() <= brightest:
            found.append(one)
        if len(found) == len(cells) // 2:
            break
    return found


def away_from(one: Particle, shape: tuple[int, ...]) -> Array:
    """Distance of each pixel from the edge of a particle, negative inside."""
    rows, columns = np.ogrid[: shape[0], : shape[1]]
    return np.asarray(np.hypot(rows - one.y, columns - one.x) - one.diameter / 2)


def covered(one: Particle, shape: tuple[int, ...]) -> Array:
    """Share of each pixel that a particle covers."""
    return np.clip(0.5 - away_from(one, shape), 0, 1)


def pasted(image: Single, particles: Sequence[Particle]) -> Single:
    """Add particles to an image."""
    total = np.asarray(image, np.float64)
    for one in particles:
        total = total + one.contrast * covered(one, image.shape)
    return np.asarray(total, np.float32)


def erased(image: Single, particles: Sequence[Particle]) -> Single:
    """Continue what is around particles where they are."""
    left = image.copy()
    for one in particles:
        away = away_from(one, image.shape) - SOFT * FACTOR
        inside, around = np.argwhere(away <= 0), np.argwhere((away > 0) & (away <= RING))
        squares = ((inside[:, None] - around[None]) ** 2).sum(-1)
        weights = 1.0 / squares
        values = weights @ image[tuple(around.T)] / weights.sum(1)
        left[tuple(inside.T)] = values
    return left


def look(
    where: str, sharp: Single, model: Model, rng: np.random.Generator, doses: Sequence[float]
) -> Iterator[Found]:
    """Alter one image in both ways at all doses."""
    particles = tuple(draw_particles(sharp, rng))
    full = pasted(sharp, particles)
    for counts in doses:
        without, with_them = (degrade(one, FACTOR, counts, rng) for one in (sharp, full))
        plain, true = (upscaled(model, one).image for one in (without, with_them))
        for kind, measured, finer in (
            ("pasted", without, pasted(plain, particles)),
            ("erased", with_them, erased(true, particles)),
            ("as it is", without, plain),
            ("as it is", with_them, true),
        ):
            features = unmeasured_features(measured, finer, FACTOR)
            yield Found(where, counts, kind, particles, tuple(features))


def simulated(count: int, first: int) -> Iterator[tuple[str, Single]]:
    """Sharp scenes of all materials, from a number on."""
    for number in range(first, first + count * len(NAMES)):
        case = Case(f"x{FACTOR}", NOISE.name, NOISE.steps[0], number)
        yield "simulated", draw_test_image(case).pair.high


def real(folder: Path, most: int) -> Iterator[tuple[str, Single]]:
    """Real images that are sharp and have little noise."""
    for name, images in read_sets(folder).items():
        for number in chosen(images, most):
            if not images[number].noise:
                yield name, images[number].sharp


HEADER = "| images | counts | {} | kind right | others, an image | alarms without alteration |"


def table(rows: Sequence[Found]) -> Iterator[str]:
    """Recall by size: pasted, and then erased."""
    header = HEADER.format(" | ".join([*(f"{size:g} px" for size in SIZES), "all"]))
    yield header
    yield "|---" * (header.count("|") - 1) + "|"
    for where, counts in dict.fromkeys((row.where, row.counts) for row in rows):
        here = [row for row in rows if (row.where, row.counts) == (where, counts)]
        right = [
            feature.kind == {"pasted": "added", "erased": "missing"}[row.kind]
            for row in here
            if row.kind != "as it is"
            for feature in row.hits(SIZES)
            if feature is not None
        ]
        alarms = [bool(row.features) for row in here if row.kind == "as it is"]
        others = [row.others for row in here if row.kind != "as it is"]
        cells = [
            ", ".join(_recall(here, kind, sizes) for kind in ("pasted", "erased"))
            for sizes in (*((size,) for size in SIZES), SIZES)
        ]
        yield (
            f"| {where} | {counts:g} | {' | '.join(cells)} | {_share(right)} | "
            f"{np.mean(others):.2f} | "
            f"{sum(alarms)} of {len(alarms)} |"
        )


def _recall(rows: Sequence[Found], kind: str, sizes: Sequence[float]) -> str:
    return _share([one is not None for row in rows if row.kind == kind for one in row.hits(sizes)])


def _share(found: Sequence[bool]) -> str:
    return f"{np.mean(found):.2f}" if found else "\u2013"


def main() -> None:
    """Alter images, and print tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--model", default="light-x4")
    parser.add_argument("--most", type=int, default=4, help="images of a set, or of a material")
    parser.add_argument("--first", type=int, default=0, help="number of the first simulated scene")
    parser.add_argument("--simulated", action="store_true", help="leave the real images out")
    given = parser.parse_args()
    warnings.simplefilter("ignore", ColonnadeWarning)
    model = Model.load(given.model)
    sources = [simulated(given.most, given.first)]
    if not given.simulated:
        sources.append(real(given.folder, given.most))
    rows = [
        row
        for begin, images in zip(BEGIN, sources, strict=False)
        for number, (where, sharp) in enumerate(images, given.first)
        for row in look(where, sharp, model, np.random.default_rng([begin, number]), DOSES)
    ]
    print(*table(rows), sep="\n")


if __name__ == "__main__":
    try:
        main()
    except ColonnadeError as error:
        sys.exit(str(error))
