"""All images of the benchmark, drawn once and kept in the folder of a run."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, partial
from importlib.resources import files
from pathlib import Path

import numpy as np

from colonnade.core.arrays import Array
from colonnade.core.bench.case import Case
from colonnade.core.files.open import read
from colonnade.core.files.write import write_tiff
from colonnade.core.work.parallel import run
from colonnade.core.work.progress import Progress
from colonnade.core.work.writing import atomic, make_folder
from colonnade.sem.bench import own_images, test_images
from colonnade.sem.bench.case import TestImage
from colonnade.sem.pair import Pair

FACTORS = (4, 2, 8)
"""In the order of the report; a quick run has the first alone."""

IMAGES, TRUTH = "images", "truth"
"""Folders of what methods are given, as TIFF, and of the truth."""

SAME = 1e-4
"""Images are the same as others' if their fingerprints differ by no more than this share."""


def list_cases(quick: bool, data: Path | None) -> list[Case]:
    """List all images: simulated ones, and those of a folder of sharp images."""
    factors = FACTORS[: 1 if quick else None]
    found = [case for factor in factors for case in test_images.list_cases(factor, quick)]
    if data is not None:
        for factor in factors:
            found += own_images.list_cases(data, factor, quick)
    return found


def is_own(case: Case) -> bool:
    """Whether an image was made of one of a user's."""
    return case.series.startswith(own_images.OWN)


@dataclass(frozen=True)
class TestSet:
    """The images that methods are run on.

    Parameters
    ----------
    cases
        Every image, in its order.
    data
        Folder of sharp images, if there are any.
    workers
        How many processes draw.
    """

    cases: tuple[Case, ...]
    data: Path | None
    workers: int

    def prepare(self, folder: Path, progress: Progress) -> None:
        """Draw the images that the folder of a run does not hold yet."""
        for part in (IMAGES, TRUTH):
            make_folder(folder / part)
        missing = [case for case in self.cases if not _truth(folder, case).exists()]
        done = len(self.cases) - len(missing)
        progress(done, len(self.cases))
        for _ in run(partial(_keep, folder, self.data), missing, workers=self.workers):
            done += 1
            progress(done, len(self.cases))

    def differing(self, folder: Path) -> int:
        """Count the images that are not those that everyone has, beyond rounding."""
        drawn = [case for case in self.cases if not is_own(case)]
        return sum(_differs(read_image(folder, case)) for case in drawn)


def _keep(folder: Path, data: Path | None, case: Case) -> None:
    if is_own(case):
        assert data is not None
        made = own_images.draw_own_image(case, data)
    else:
        made = test_images.draw_test_image(case)
    write_tiff(_image(folder, case), made.pair.low)
    with atomic(_truth(folder, case)) as temporary, temporary.open("wb") as file:
        np.savez_compressed(
            file,
            high=made.pair.high,
            material=np.array(made.pair.material),
            blur=np.array(made.blur),
            noise=np.array(made.noise),
            particles=made.particles,
        )


def read_image(folder: Path, case: Case) -> TestImage:
    """Read an image that was drawn before."""
    low = np.asarray(read(_image(folder, case)).pixels, np.float32)
    with np.load(_truth(folder, case)) as file:
        high = file["high"]
        pair = Pair(low, high, high.shape[0] // low.shape[0], str(file["material"]))
        return TestImage(case, pair, float(file["blur"]), float(file["noise"]), file["particles"])


def _image(folder: Path, case: Case) -> Path:
    return folder / IMAGES / f"{case.name}.tif"


def _truth(folder: Path, case: Case) -> Path:
    return folder / TRUTH / f"{case.name}.npz"


def fingerprint(image: TestImage) -> Array:
    """Mean grey levels of the four quarters of what methods are given."""
    rows = np.array_split(np.asarray(image.pair.low, np.float64), 2)
    return np.array([part.mean() for row in rows for part in np.array_split(row, 2, axis=1)])


def _differs(image: TestImage) -> bool:
    expected = expected_fingerprints().get(image.case.name)
    return expected is None or not np.allclose(fingerprint(image), expected, rtol=SAME)


@cache
def expected_fingerprints() -> dict[str, Sequence[float]]:
    """Those of everyone's images, by name."""
    text = (files("colonnade.sem.bench") / "fingerprints.json").read_text(encoding="utf-8")
    return dict(json.loads(text))
