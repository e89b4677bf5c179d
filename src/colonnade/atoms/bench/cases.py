"""All images of the benchmark, drawn once and kept in the folder of a run."""

import hashlib
import json
from dataclasses import dataclass
from functools import cache, partial
from importlib.resources import files
from pathlib import Path

import numpy as np

from colonnade.atoms.bench import degradation_series, structures
from colonnade.atoms.bench.case import TestImage
from colonnade.atoms.columns import Columns
from colonnade.atoms.library.user_images import LabelledImages
from colonnade.core.bench.case import Case
from colonnade.core.images.micrograph import Micrograph
from colonnade.core.work.parallel import run
from colonnade.core.work.progress import Progress
from colonnade.core.work.writing import atomic, make_folder

EXPERIMENT = "experiment"
"""Name of the series of a labelled folder."""

IMAGES = "images"
DIGEST_DIGITS = 12


def list_cases(quick: bool, data: Path | None) -> list[Case]:
    """List all images: the series, other structures, and those of a labelled folder."""
    found = [*degradation_series.list_cases(quick), *structures.list_cases(quick)]
    if data is not None:
        images = LabelledImages(data)
        names = [images.image(index).name for index in range(len(images))]
        found += [Case(EXPERIMENT, name, np.nan, index) for index, name in enumerate(names)]
    return found


@dataclass(frozen=True)
class TestSet:
    """The images that methods are run on.

    Parameters
    ----------
    cases
        Every image, in its order.
    data
        Folder of labelled images from elsewhere, if there are any.
    workers
        How many processes draw.
    """

    cases: tuple[Case, ...]
    data: Path | None
    workers: int

    def prepare(self, folder: Path, progress: Progress) -> None:
        """Draw the images that the folder of a run does not hold yet."""
        make_folder(folder / IMAGES)
        missing = [case for case in self.cases if not _path(folder, case).exists()]
        done = len(self.cases) - len(missing)
        progress(done, len(self.cases))
        for _ in run(partial(_keep, folder, self.data), missing, workers=self.workers):
            done += 1
            progress(done, len(self.cases))

    def differing(self, folder: Path) -> int:
        """Count the images that are not what everyone else has, as another processor rounds."""
        drawn = [case for case in self.cases if case.series != EXPERIMENT]
        return sum(
            digest(read_image(folder, case)) != expected_digests().get(case.name) for case in drawn
        )


def _keep(folder: Path, data: Path | None, case: Case) -> None:
    made = _draw(case, data)
    size = made.image.pixel_size or (np.nan, np.nan)
    with atomic(_path(folder, case)) as temporary, temporary.open("wb") as file:
        np.savez_compressed(
            file,
            image=made.image.pixels,
            pixel=np.array(size),
            positions=made.truth.positions,
            detectable=made.truth.labels["detectable"],
            crlb=made.crlb,
        )


def _draw(case: Case, data: Path | None) -> TestImage:
    if case.series == structures.STRUCTURES:
        return structures.draw_structure(case)
    if case.series != EXPERIMENT:
        return degradation_series.draw_degraded(case)
    assert data is not None
    made = LabelledImages(data)(case.number)
    count = len(made.columns)
    truth = made.columns.with_labels(detectable=np.ones(count, int))
    return TestImage(case, made.image, truth, np.full((count, 2), np.nan))


def read_image(folder: Path, case: Case) -> TestImage:
    """Read an image that was drawn before."""
    with np.load(_path(folder, case)) as file:
        size = (float(file["pixel"][0]), float(file["pixel"][1]))
        known = None if np.isnan(size[0]) else size
        y, x = file["positions"].T
        truth = Columns(y, x, pixel_size=known).with_labels(detectable=file["detectable"])
        image = Micrograph(file["image"], known, case.name)
        return TestImage(case, image, truth, file["crlb"])


def _path(folder: Path, case: Case) -> Path:
    return folder / IMAGES / f"{case.name}.npz"


def digest(image: TestImage) -> str:
    """First digits of a hash of an image's grey levels."""
    pixels = np.ascontiguousarray(image.image.pixels, "<f4")
    return hashlib.sha256(pixels.tobytes()).hexdigest()[:DIGEST_DIGITS]


@cache
def expected_digests() -> dict[str, str]:
    """What everyone's images hash to, by name."""
    text = (files("colonnade.atoms.bench") / "digests.json").read_text(encoding="utf-8")
    return dict(json.loads(text))
