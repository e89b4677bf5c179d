"""Go on with a model on five sharp images of one's own, and see what that brings and costs.

    python benchmarks/sem/fine_tuning.py FOLDER --start light-x4 --out OUT

FOLDER holds the images of micrograph_sets.toml. The first five files that `--own` names are
learned from, as `colonnade train sem --start --data` does. Both models are compared on the other
files of their set, and on all other sets. Needs `pip install ".[train]"`.
"""

import argparse
import sys
import time
import warnings
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from micrograph_sets import DOSES, SETS, RealImage, coarse_image, read_sets
from real_micrographs import chosen

from colonnade.core.bench.curves import median_interval
from colonnade.core.errors import ColonnadeError, ColonnadeWarning
from colonnade.core.learn.model import Model
from colonnade.core.measures.fidelity import psnr
from colonnade.core.work.writing import make_folder
from colonnade.sem.bench.adapters.ours import upscaled
from colonnade.sem.bench.measure import BORDER
from colonnade.sem.train.run import train_model

LEARNED = 5
"""So many images are learned from, or kept aside by the training for its own score."""

MOST = 6
"""So many images of a set count."""


def tuned(files: Sequence[Path], start: str, out: Path) -> Model:
    """Go on with a model on some files, unless that was done before."""
    own = out / "own"
    make_folder(own)
    for path in files:
        if not (own / path.name).exists():
            (own / path.name).symlink_to(path.resolve())
    found = sorted((out / "run").glob("*.onnx"))
    if not found:
        begun = time.perf_counter()
        print(
            train_model(
                None,
                out / "run",
                data=own,
                start=start,
                resume=True,
                progress=lambda done, of: None,
            )
        )
        print(f"{time.perf_counter() - begun:.0f} s, with the calibration", flush=True)
        found = sorted((out / "run").glob("*.onnx"))
    return Model(found[0])


def change(
    images: Sequence[RealImage], counts: float, before: Model, after: Model
) -> Iterator[float]:
    """By how much the PSNR of each image is higher than before [dB]."""
    border = BORDER * before.card.factor
    inner = (slice(border, -border),) * 2
    for number in chosen(images, MOST):
        test = coarse_image(images[number], number, counts)
        reached = [
            psnr(
                upscaled(one, test.pair.low).image[inner], test.pair.high[inner], noise=test.noise
            )
            for one in (before, after)
        ]
        yield reached[1] - reached[0]


def table(sets: dict[str, list[RealImage]], before: Model, after: Model) -> Iterator[str]:
    """Give the change of each set at each dose."""
    yield f"| set | {' | '.join(map(_dose, DOSES))} |"
    yield "|---" * (len(DOSES) + 1) + "|"
    for name, images in sets.items():
        cells = []
        for counts in DOSES:
            median, low, high = median_interval(
                np.array(list(change(images, counts, before, after)))
            )
            cells.append(f"{median:+.2f} ({low:+.2f} to {high:+.2f})")
        yield f"| {name} | {' | '.join(cells)} |"


def _dose(counts: float) -> str:
    return "clean" if np.isinf(counts) else f"{counts:g}"


def main() -> None:
    """Train, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--start", default="light-x4")
    parser.add_argument("--own", default="tio2/*.tif", help="files of one's own")
    parser.add_argument("--out", type=Path, required=True)
    given = parser.parse_args()
    warnings.simplefilter("ignore", ColonnadeWarning)
    files = sorted(given.folder.glob(given.own))[:LEARNED]
    learned = {path.stem for path in files}
    after = tuned(files, given.start, given.out)
    sets = {
        name: [image for image in images if image.group not in learned]
        for name, images in read_sets(given.folder, SETS).items()
    }
    print(*table(sets, Model.load(given.start), after), sep="\n")


if __name__ == "__main__":
    try:
        main()
    except ColonnadeError as error:
        sys.exit(str(error))
