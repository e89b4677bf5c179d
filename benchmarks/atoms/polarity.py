"""How often columns are taken for bright or dark as they are.

    python benchmarks/atoms/polarity.py [FOLDER IMAGE[=PIXEL_SIZE] ...]

Images of the default's recipe that calibrated nothing, those of the quick benchmark, and, where
they are given, the copies of real images of `harder_images.py`. Each is searched as it is and
inverted, with its pixel size, where there is one, and without. Images count in which the network
is confident of some column.
"""

import sys
from collections.abc import Iterator
from itertools import islice, product
from pathlib import Path

import numpy as np
from harder_images import COPIES, Marked, inverted
from real_images import read_marked, with_pixel_size

from colonnade import Columns, Micrograph, Model
from colonnade.atoms.bench import degradation_series, structures
from colonnade.atoms.locate.find.trials import Trials
from colonnade.atoms.locate.polarity import choose_scale
from colonnade.atoms.train.recalibration import recipe_of
from colonnade.atoms.train.task import AtomsTask

RECIPE_IMAGES = 120

NOBODY = Columns(np.empty(0), np.empty(0))


def recipe(model: Model) -> Iterator[tuple[Micrograph, bool]]:
    """Images of the recipe, and whether their columns are dark."""
    task = AtomsTask(recipe_of(model.card))
    for one in islice(task.held_out.scores, RECIPE_IMAGES):
        if len(one.columns):
            yield one.image, bool(one.columns.intensity.sum() < 0)


def benchmark() -> Iterator[tuple[Micrograph, bool]]:
    """Images of the quick benchmark; all of their columns are bright."""
    for case in degradation_series.list_cases(quick=True):
        yield degradation_series.draw_degraded(case).image, False
    for case in structures.list_cases(quick=True):
        yield structures.draw_structure(case).image, False


def real(folder: Path, wanted: list[str]) -> Iterator[tuple[Micrograph, bool]]:
    """Copies of real images with bright columns."""
    for one in wanted:
        name, _, size = one.partition("=")
        image, marks = read_marked(folder / name)
        source = Marked(with_pixel_size(image, size), marks)
        for change in COPIES.values():
            if change is not inverted:
                yield change(source).image, False


def count(title: str, images: Iterator[tuple[Micrograph, bool]], model: Model) -> None:
    """Print how many of bright and of dark columns are taken for what they are."""
    right, total = np.zeros((2, 2, 2), int)
    for image, dark in images:
        known = [True, False] if image.pixel_size is not None else [False]
        for calibrated, turned in product(known, (False, True)):
            shown = inverted(Marked(image, NOBODY)).image if turned else image
            trials = Trials(shown.pixels, model)
            scale = choose_scale(trials, image.pixel_size if calibrated else None)
            if len(trials.confident(scale)):
                place = int(calibrated), int(dark != turned)
                total[place] += 1
                right[place] += scale.dark == (dark != turned)
    for row, text in ((1, "known"), (0, "none")):
        cells = [f"{right[row, one]} of {total[row, one]}" for one in (0, 1)]
        print(f"| {title} | {text} | {cells[0]} | {cells[1]} |", flush=True)


def main() -> None:
    """Print a table."""
    model = Model.load("atoms")
    print("| images | pixel size | bright, taken for bright | dark, taken for dark |")
    print("|---|---|---|---|")
    count("of the recipe", recipe(model), model)
    count("quick benchmark", benchmark(), model)
    if sys.argv[1:]:
        count("real, and copies", real(Path(sys.argv[1]), sys.argv[2:]), model)


if __name__ == "__main__":
    main()
