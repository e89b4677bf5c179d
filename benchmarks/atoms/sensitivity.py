"""What each setting of `locate` moves when it is halved and when it is doubled.

    python benchmarks/atoms/sensitivity.py

The images are simulated with fixed seeds, so that every column is known, and small, so that the
table takes minutes. Between them they use nearly every step: few electrons, dense columns, single
atoms, dark columns, vacancies, row jitter, pixels that are too fine, no calibration, and circles.
None is so large that it is fitted in parts, nor are columns so crowded that pixels are split.

Every number among the settings is varied alone. Whole numbers are rounded and stay at 1 or more;
of a row of numbers each is multiplied.

A row of the table gives the value, the number of images whose table of columns changes, and the
changes of F1, recall and precision [%] and of the median error [% of itself] over the columns of
all images; or that no image can be searched with this value, as a share above 1 may be. Settings
that move no image at either value are listed again at the end. What the network answers is kept
from one run to the next, as it depends on few of the settings.
"""

import warnings
from collections.abc import Iterator
from dataclasses import dataclass, fields, is_dataclass, replace
from itertools import product
from operator import attrgetter
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from colonnade import Columns, Micrograph, Model
from colonnade.atoms.library.sources import Simulator
from colonnade.atoms.locate.locate import DEFAULT, Options, locate_frame
from colonnade.atoms.locate.settings import Settings, settings_of
from colonnade.atoms.score import NOTHING, Score, score
from colonnade.atoms.simulate.image import Simulation
from colonnade.core.measures.neighbours import nearest_distances
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

    def found(self, model: Model, settings: Settings) -> Columns:
        """Locate the columns."""
        return locate_frame(self.image, model, self.options, settings).columns

    def score(self, found: Columns) -> Score:
        """Compare what was found with the truth."""
        detectable = self.truth.positions[self.truth.labels["detectable"] > 0]
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
    ]


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


def moves(images: list[Case], before: list[Columns], after: list[Columns]) -> list[str]:
    """Number of images whose table changes, and how their common score does."""
    one, other = (
        sum((case.score(found) for case, found in zip(images, tables, strict=True)), NOTHING)
        for tables in (before, after)
    )
    shares = [
        f"{100 * (get(other) - get(one)):+.2f}"
        for get in map(attrgetter, ("f1", "recall", "precision"))
    ]
    error = 100 * (np.median(other.errors) / np.median(one.errors) - 1)
    return [str(sum(map(changed, before, after))), *shares, f"{error:+.2f}"]


def varied(
    images: list[Case], before: list[Columns], model: Model, settings: Settings
) -> list[str]:
    """What other settings move: the cells of a row."""
    try:
        after = [one.found(model, settings) for one in images]
    except (ArithmeticError, LookupError, ValueError):
        return ["all", *["fails"] * 4]
    return moves(images, before, after)


def print_images(images: list[Case], scores: list[Score]) -> None:
    """Print what is found with the settings as they are."""
    print("| image | columns | F1 | median error [px] |\n|---|---|---|---|")
    for one, own in zip(images, scores, strict=True):
        count = own.found + own.missed
        print(f"| {one.name} | {count} | {own.f1:.4f} | {np.median(own.errors):.4f} |")


def main() -> None:
    """Vary every setting, and print what it moves."""
    warnings.simplefilter("ignore")
    model = RememberingModel(Model.load("atoms").path)
    images = cases()
    usual = settings_of(model)
    before = [one.found(model, usual) for one in images]
    scores = [one.score(found) for one, found in zip(images, before, strict=True)]
    print_images(images, scores)
    print("\n| setting | value | images | F1 | recall | precision | error |")
    print("|---|---|---|---|---|---|---|", flush=True)
    unmoved: dict[str, bool] = {}
    for (names, value), factor in product(numbers(usual), FACTORS):
        name, other = ".".join(names), scaled(value, factor)
        cells = varied(images, before, model, with_value(usual, names, other))
        shown = str(other) if isinstance(other, tuple) else f"{other:.4g}"
        print(f"| `{name}` | {shown} | {' | '.join(cells)} |", flush=True)
        unmoved[name] = unmoved.get(name, True) and cells[0] == "0"
    print(f"\nMove nothing: {', '.join(name for name, so in unmoved.items() if so) or 'none'}.")


if __name__ == "__main__":
    main()
