"""Upscale real micrographs, set by set and dose by dose, beside the best that was there before.

    python benchmarks/sem/real_micrographs.py FOLDER --model light-x4 --out OUT

FOLDER holds the images of micrograph_sets.toml. Of a large set a dozen images count, of as many
groups as there are. What other methods gave is kept in OUT/peers, and is never worked out twice;
OUT/images.csv has all scores of each image. Needs `pip install ".[peers,bm3d]"`.
"""

import argparse
import csv
import sys
import warnings
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from itertools import chain, zip_longest
from pathlib import Path
from typing import Any

import numpy as np
from micrograph_sets import DOSES, SETS, RealImage, coarse_image, read_sets

from colonnade.core.arrays import Single
from colonnade.core.bench.curves import median_interval
from colonnade.core.errors import ColonnadeError, ColonnadeWarning
from colonnade.core.images.micrograph import Micrograph
from colonnade.core.learn.model import Model
from colonnade.core.measures.fidelity import psnr
from colonnade.core.work.writing import atomic, make_folder
from colonnade.sem.bench.adapters.enlarged import enlarge
from colonnade.sem.bench.case import TestImage, Upscaling
from colonnade.sem.bench.classical.oracle import best_of_both
from colonnade.sem.bench.measure import BORDER, COLUMNS, Measured, measure
from colonnade.sem.upscale.upscale import upscale

MOST = 12
"""So many images of a set count."""

PEERS = ("bicubic", "denoised", "sharpened")
"""What ours is compared with; the last two choose their settings with the truth."""

UNKNOWN = Measured(**dict.fromkeys(COLUMNS, np.nan))
"""Scores of which none is known."""

SURELY = "*"
"""Marks a difference whose interval does not hold zero."""


@dataclass(frozen=True)
class Scored:
    """What one method reached on one image."""

    material: str
    image: str
    counts: float
    method: str
    how: str
    unlike: float
    listed: int
    scores: Measured

    def cells(self) -> dict[str, object]:
        """Give it as a line of a table."""
        return {name: value for name, value in vars(self).items() if name != "scores"} | asdict(
            self.scores
        )


def chosen(images: Sequence[RealImage], most: int) -> list[int]:
    """Numbers of the images that count: one of each group, then another of each, and so on."""
    groups: dict[str, list[int]] = defaultdict(list)
    for number, image in enumerate(images):
        groups[image.group].append(number)
    turns = chain.from_iterable(zip_longest(*map(_spread, groups.values())))
    return [number for number in turns if number is not None][:most]


def _spread(numbers: list[int]) -> list[int]:
    """The middle one of a group first, then what is farthest from those before."""
    order = [numbers[len(numbers) // 2]]
    while len(order) < len(numbers):
        rest = [number for number in numbers if number not in order]
        order.append(max(rest, key=lambda one: min(abs(one - other) for other in order)))
    return order


def kept_peers(test: TestImage, folder: Path) -> dict[str, tuple[Single, str]]:
    """What was there before, worked out now or in an earlier run for the same image."""
    path = folder / f"{test.case.name}.npz"
    if path.exists():
        with np.load(path) as file:
            if np.array_equal(file["low"], test.pair.low):
                return {name: (file[name], str(file[f"{name} by"])) for name in PEERS[1:]}
    both = best_of_both(test.pair.low, test.pair.high, test.blur)
    found = dict(zip(PEERS[1:], both, strict=True))
    make_folder(folder)
    with atomic(path) as temporary, temporary.open("wb") as file:
        kept: dict[str, Any] = {"low": test.pair.low}
        for name, one in found.items():
            kept |= {name: one.image, f"{name} by": np.array(one.how)}
        np.savez(file, **kept)
    return {name: (one.image, one.how) for name, one in found.items()}


def peers(real: RealImage, test: TestImage, folder: Path) -> Iterator[Scored]:
    """Score what was there before, by its PSNR alone."""
    found = kept_peers(test, folder)
    found[PEERS[0]] = enlarge(test.pair.low, test.pair.factor), "as it is"
    inner = (slice(BORDER * test.pair.factor, -BORDER * test.pair.factor),) * 2
    for name, (image, how) in found.items():
        reached = psnr(image[inner], test.pair.high[inner], noise=test.noise)
        scores = replace(UNKNOWN, psnr=reached)
        yield Scored(real.material, real.name, test.case.value, name, how, np.nan, 0, scores)


def ours(real: RealImage, test: TestImage, name: str, model: Model) -> Scored:
    """Score a model, as everybody runs it."""
    found = upscale(test.pair.low, model=model)
    assert isinstance(found.image, Micrograph)
    scores = measure(test, Upscaling(found.image.pixels, found.half_width))
    unlike = np.nan if found.unlike_training is None else found.unlike_training
    listed = sum(map(len, found.features))
    return Scored(real.material, real.name, test.case.value, name, "", unlike, listed, scores)


def run(
    sets: dict[str, list[RealImage]], models: Mapping[str, Model], out: Path, most: int
) -> Iterator[Scored]:
    """Score all methods on all images."""
    for images in sets.values():
        for number in chosen(images, most):
            for counts in DOSES:
                test = coarse_image(images[number], number, counts)
                yield from peers(images[number], test, out / "peers")
                for name, model in models.items():
                    yield ours(images[number], test, name, model)


HEADER = (
    "| set | counts | images | over bicubic, dB | over denoised, dB | over sharpened, dB | "
    "FRC, x bicubic | grey slope | consistency | coverage, % | least, % | unlike | listed |"
)


def table(rows: Sequence[Scored], model: str) -> Iterator[str]:
    """Make the table of a model, a line for each set and dose."""
    yield HEADER
    yield "|---" * (HEADER.count("|") - 1) + "|"
    places = dict.fromkeys((row.material, row.counts) for row in rows)
    for material, counts in places:
        here = [row for row in rows if (row.material, row.counts) == (material, counts)]
        mine = [row for row in here if row.method == model]
        gains = [_difference(mine, here, name) for name in PEERS]
        yield (
            f"| {material} | {_dose(counts)} | {len(mine)} | {' | '.join(gains)} | "
            f"{_median(mine, 'frc_ratio', 2)} | {_median(mine, 'grey_slope', 3)} | "
            f"{_median(mine, 'consistency', 3)} | {_median(mine, 'coverage', 1, 100)} | "
            f"{_least(mine)} | {_number(_middle([row.unlike for row in mine]), 2)} | "
            f"{sum(row.listed for row in mine)} |"
        )


def _difference(mine: Sequence[Scored], here: Sequence[Scored], other: str) -> str:
    theirs = {row.image: row.scores.psnr for row in here if row.method == other}
    apart = np.array([row.scores.psnr - theirs[row.image] for row in mine])
    median, low, high = median_interval(apart)
    mark = SURELY if low > 0 or high < 0 else ""
    return f"{median:+.2f}{mark} ({low:+.2f} to {high:+.2f})"


def _median(rows: Sequence[Scored], score: str, digits: int, scale: float = 1.0) -> str:
    return _number(scale * _middle([getattr(row.scores, score) for row in rows]), digits)


def _least(rows: Sequence[Scored]) -> str:
    known = [row.scores.coverage for row in rows if np.isfinite(row.scores.coverage)]
    return _number(100 * min(known), 1) if known else _number(np.nan, 1)


def _middle(values: Sequence[float]) -> float:
    known = [value for value in values if np.isfinite(value)]
    return float(np.median(known)) if known else np.nan


def _number(value: float, digits: int) -> str:
    return f"{value:.{digits}f}" if np.isfinite(value) else "\u2013"


def _dose(counts: float) -> str:
    return "clean" if np.isinf(counts) else f"{counts:g}"


def worst(rows: Sequence[Scored], model: str, peer: str, count: int = 12) -> Iterator[str]:
    """List the images on which a model does worst beside another method."""
    theirs = {
        (row.image, row.counts, row.material): row.scores.psnr
        for row in rows
        if row.method == peer
    }
    apart = [
        (row.scores.psnr - theirs[row.image, row.counts, row.material], row)
        for row in rows
        if row.method == model
    ]
    for difference, row in sorted(apart, key=lambda one: one[0])[:count]:
        yield f"{difference:+.2f} dB: {row.material}, {row.image}, {_dose(row.counts)}"


def write(rows: Sequence[Scored], path: Path) -> None:
    """Write the scores of each image."""
    with atomic(path) as temporary, temporary.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0].cells()))
        writer.writeheader()
        writer.writerows(row.cells() for row in rows)


def main() -> None:
    """Measure, and print a table for each model."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--model", action="append", required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--sets", type=Path, default=SETS)
    parser.add_argument("--only", action="append", help="name of a set; by default all of them")
    parser.add_argument("--most", type=int, default=MOST)
    given = parser.parse_args()
    warnings.simplefilter("ignore", ColonnadeWarning)
    make_folder(given.out)
    sets = read_sets(given.folder, given.sets)
    sets = {name: images for name, images in sets.items() if not given.only or name in given.only}
    models = {name: Model.load(name) for name in given.model}
    rows = list(run(sets, models, given.out, given.most))
    write(rows, given.out / "images.csv")
    for name in models:
        print(f"\n{name}\n", *table(rows, name), sep="\n")
        for peer in ("denoised", "sharpened"):
            print(f"\nLeast over {peer}:\n", *worst(rows, name, peer), sep="\n")


if __name__ == "__main__":
    try:
        main()
    except ColonnadeError as error:
        sys.exit(str(error))
