"""What each setting of `locate` moves when it is halved and when it is doubled.

    python benchmarks/atoms/sensitivity.py [BEGINNING ...]

BEGINNINGs, such as `judge.spots`, choose the settings whose names begin so; by default all.

The images are simulated with fixed seeds, so that every column is known, and small, so that the
table takes minutes. Between them they use nearly every step: few electrons, dense columns, single
atoms, dark columns, vacancies, row jitter, pixels that are too fine, no calibration, and circles.
Two are of other things, in which every column is false. None is so large that it is fitted in
parts, nor are columns so crowded that pixels are split.

Every number among the settings is varied alone. Whole numbers are rounded and stay at 1 or more;
of a row of numbers each is multiplied.

A row of the table gives the value, the number of images whose table of columns changes, and the
changes of F1, recall and precision [%], of the median error and of the median standard error [% of
itself] over the columns of all images, and the largest change of the probability that an image
shows columns; or that no image can be searched with this value, as a share above 1 may be.
Settings that move nothing at either value are listed again at the end. What the network answers
and what is fitted is kept from one run to the next, as they depend on few of the settings.
"""

import argparse
import hashlib
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, fields, is_dataclass, replace
from itertools import product
from operator import attrgetter
from pathlib import Path
from typing import Any
from unittest.mock import patch

import numpy as np
from numpy.typing import NDArray

from colonnade import Columns, Micrograph, Model
from colonnade.atoms.library.sources import Simulator
from colonnade.atoms.locate import scoring
from colonnade.atoms.locate.fit.measured import FittedColumns, fit_columns
from colonnade.atoms.locate.locate import DEFAULT, Options, Result, locate_frame
from colonnade.atoms.locate.settings import Settings, settings_of
from colonnade.atoms.score import NOTHING, Score, score
from colonnade.atoms.simulate.image import Simulation
from colonnade.atoms.train.other_images import KINDS, OtherImages
from colonnade.core.arrays import Array, Single
from colonnade.core.measures.neighbours import nearest_distances
from colonnade.core.work.progress import Progress
from colonnade.core.work.recipe import load, named_recipe

FACTORS = (0.5, 2.0)

GATE = 0.45
"""Largest distance of a found column from the true one, and width of the border that is left out,
as a share of the median distance of neighbours."""

Names = tuple[str, ...]
"""Names that lead to a setting, from the outside in."""


@dataclass(frozen=True, eq=False)
class Case:
    """An image with known columns, and how it is searched.

    Parameters
    ----------
    name
        What it exercises.
    image, truth
        As simulated.
    options
        How it is searched.
    """

    name: str
    image: Micrograph
    truth: Columns
    options: Options = DEFAULT

    def found(self, model: Model, settings: Settings) -> Result:
        """Locate the columns."""
        return locate_frame(self.image, model, self.options, settings)

    def score(self, found: Columns) -> Score:
        """Compare what was found with the truth."""
        detectable = self.truth.positions[self.truth.labels["detectable"] > 0]
        if not len(detectable):
            return replace(NOTHING, false=len(found))
        gate = GATE * float(np.median(nearest_distances(detectable)))
        return score(self.truth, found, gate, shape=self.image.shape, border=gate)


class RememberingModel(Model):
    """A model that is run only once on the same image."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self._answers: dict[tuple[tuple[int, ...], bytes], NDArray[np.float32]] = {}

    def __call__(self, image: NDArray[np.float32]) -> NDArray[np.float32]:
        """Run the network, unless its answer is known."""
        key = (image.shape, image.tobytes())
        if key not in self._answers:
            self._answers[key] = super().__call__(image)
        return self._answers[key]


class RememberingFit:
    """A fit that is made only once of the same candidates in the same image."""

    def __init__(self) -> None:
        self._fits: dict[tuple[Any, ...], FittedColumns] = {}

    def __call__(
        self, image: Single, positions: Array, *, progress: Progress, **given: Any
    ) -> FittedColumns:
        """Fit, unless what comes of it is known."""
        shown = hashlib.blake2b(image.tobytes() + positions.tobytes()).digest()
        key = (shown, *given.values())
        if key not in self._fits:
            self._fits[key] = fit_columns(image, positions, progress=progress, **given)
        return self._fits[key]


def cases() -> list[Case]:
    """Draw the images."""
    boundary = replace(load(Simulation, named_recipe("sample", "atoms")), size=(128, 160))
    defects = recipe("defects", pixel=0.02, size=(144, 144))
    shifted = replace(defects, scan=replace(defects.scan, jitter=(0.03, 0.03)))
    faint = drawn("few electrons, no calibration", recipe("low-dose", 0.02, (144, 144)), 6)
    dense = drawn("dense columns, as circles", recipe("dumbbells", 0.02, (128, 128)), 1)
    return [
        drawn("grain boundary", boundary, 8),
        replace(faint, image=replace(faint.image, pixel_size=None)),
        replace(dense, options=Options("hough")),
        drawn("single atoms", recipe("single-atoms", 0.025, (224, 224)), 4),
        drawn("dark columns", recipe("bright-field", 0.02, (128, 128)), 3),
        drawn("vacancies, row jitter", shifted, 3),
        drawn("fine pixels", recipe("tungsten-disulfide", 0.008, (96, 720)), 1),
        drawn("single atoms on carbon", recipe("atoms-on-carbon", 0.025, (224, 224)), 4),
        other("board"),
        other("speckle"),
    ]


def other(kind: str) -> Case:
    """Draw an image of something else."""
    image = OtherImages(seed=5, part=9, side=224)(KINDS.index(kind))
    nothing = Columns(np.empty(0), np.empty(0)).with_labels(detectable=np.empty(0))
    return Case(kind, image, nothing)


def recipe(name: str, pixel: float, size: tuple[int, int]) -> Simulation:
    """Give a packaged recipe with pixels of one size [nm] and images of one size [px]."""
    packaged = load(Simulation, named_recipe(name, "atoms"))
    imaging = replace(packaged.imaging, pixel_size=(pixel, pixel))
    return replace(packaged, size=size, imaging=imaging)


def drawn(name: str, chosen: Simulation, seed: int) -> Case:
    """Simulate an image."""
    made = Simulator(chosen, seed=seed)(0)
    return Case(name, made.image, made.columns)


def numbers(settings: Any, names: Names = ()) -> Iterator[tuple[Names, Any]]:
    """Give every number, and every row of numbers, among nested settings."""
    for field in fields(settings):
        value = getattr(settings, field.name)
        if is_dataclass(value):
            yield from numbers(value, (*names, field.name))
        elif not isinstance(value, bool):
            yield (*names, field.name), value


def scaled(value: Any, factor: float) -> Any:
    """Multiply a number; whole ones are rounded and stay at 1 or more."""
    if isinstance(value, tuple):
        return tuple(dict.fromkeys(scaled(one, factor) for one in value))
    if isinstance(value, int):
        return max(1, round(factor * value))
    return factor * value


def with_value(settings: Any, names: Names, value: Any) -> Any:
    """Replace one setting among nested ones."""
    name, *rest = names
    inner = with_value(getattr(settings, name), tuple(rest), value) if rest else value
    return replace(settings, **{name: inner})


def changed(before: Columns, after: Columns) -> bool:
    """Whether two tables are not the same."""
    one, other = before.table(), after.table()
    return len(before) != len(after) or any(
        not np.array_equal(one[name], other[name], equal_nan=True) for name in one
    )


def moves(images: list[Case], before: list[Result], after: list[Result]) -> list[str]:
    """Number of images whose table changes, and what changes over all images."""
    one, other = (
        sum((case.score(found.columns) for case, found in zip(images, each, strict=True)), NOTHING)
        for each in (before, after)
    )
    shares = [
        f"{100 * (get(other) - get(one)):+.2f}"
        for get in map(attrgetter, ("f1", "recall", "precision"))
    ]
    error = 100 * (np.median(other.errors) / np.median(one.errors) - 1)
    stated = 100 * (_stated(after) / _stated(before) - 1)
    verdict = max((a.atomic - b.atomic for a, b in zip(after, before, strict=True)), key=abs)
    count = sum(changed(a.columns, b.columns) for a, b in zip(before, after, strict=True))
    return [str(count), *shares, f"{error:+.2f}", f"{stated:+.2f}", f"{verdict:+.3f}"]


def _stated(results: list[Result]) -> float:
    """Median standard error along x [px]."""
    return float(np.nanmedian(np.concatenate([one.columns.sigma_x for one in results])))


def varied(
    images: list[Case], before: list[Result], model: Model, settings: Settings
) -> list[str]:
    """What other settings move: the cells of a row."""
    try:
        after = [one.found(model, settings) for one in images]
    except (ArithmeticError, LookupError, ValueError):
        return ["all", *["fails"] * 6]
    return moves(images, before, after)


def print_images(images: list[Case], scores: list[Score]) -> None:
    """Print what is found with the settings as they are."""
    print("| image | columns | F1 | false | median error [px] |\n|---|---|---|---|---|")
    for one, own in zip(images, scores, strict=True):
        count = own.found + own.missed
        error = f"{np.median(own.errors):.4f}" if len(own.errors) else "-"
        print(f"| {one.name} | {count} | {own.f1:.4f} | {own.false} | {error} |")


def main() -> None:
    """Vary every setting that is asked for, and print what it moves."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("beginnings", nargs="*", metavar="BEGINNING", default=[""])
    beginnings = tuple(parser.parse_args().beginnings)
    warnings.simplefilter("ignore")
    with patch.object(scoring, "fit_columns", RememberingFit()):
        print_tables(beginnings)


def print_tables(beginnings: Names) -> None:
    """Print what is found as it is, and what each setting moves."""
    model = RememberingModel(Model.load("atoms").path)
    images, usual = cases(), settings_of(model)
    before = [one.found(model, usual) for one in images]
    pairs = zip(images, before, strict=True)
    print_images(images, [one.score(found.columns) for one, found in pairs])
    print("\n| setting | value | images | F1 | recall | precision | error | stated | verdict |")
    print("|---|---|---|---|---|---|---|---|---|", flush=True)
    unmoved: dict[str, bool] = {}
    for (names, value), factor in product(numbers(usual), FACTORS):
        name, other = ".".join(names), scaled(value, factor)
        if not name.startswith(beginnings):
            continue
        cells = varied(images, before, model, with_value(usual, names, other))
        shown = str(other) if isinstance(other, tuple) else f"{other:.4g}"
        print(f"| `{name}` | {shown} | {' | '.join(cells)} |", flush=True)
        still = cells[0] == "0" and float(cells[-1]) == 0
        unmoved[name] = unmoved.get(name, True) and still
    print(f"\nMove nothing: {', '.join(name for name, so in unmoved.items() if so) or 'none'}.")


if __name__ == "__main__":
    main()
