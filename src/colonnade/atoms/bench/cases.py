"""All images of the benchmark, drawn once and kept in the folder of a run."""

import hashlib
import json
from collections.abc import Sequence
from functools import cache, partial
from importlib.resources import files
from pathlib import Path

import numpy as np

from colonnade.atoms.bench import degradation_series, structures
from colonnade.atoms.bench.case import EXPERIMENT, GENERALITY, Place, Plate
from colonnade.atoms.columns import Columns
from colonnade.atoms.library.user_images import LabelledImages
from colonnade.core.images.micrograph import Micrograph
from colonnade.core.work.parallel import run
from colonnade.core.work.progress import Progress
from colonnade.core.work.writing import atomic, make_folder

PLATES = "plates"
DIGITS = 12


def places(quick: bool, data: Path | None) -> list[Place]:
    """Give all images: the series, the generality test, and those of a labelled folder."""
    found = [*degradation_series.places(quick), *structures.places(quick)]
    if data is not None:
        images = LabelledImages(data)
        names = [images.image(index).name for index in range(len(images))]
        found += [Place(EXPERIMENT, name, np.nan, index) for index, name in enumerate(names)]
    return found


def prepare(
    wanted: Sequence[Place],
    folder: Path,
    data: Path | None,
    *,
    workers: int,
    progress: Progress,
) -> None:
    """Draw the images that are not there yet."""
    make_folder(folder / PLATES)
    missing = [place for place in wanted if not _path(folder, place).exists()]
    done = len(wanted) - len(missing)
    progress(done, len(wanted))
    for _ in run(partial(_keep, folder, data), missing, workers=workers):
        done += 1
        progress(done, len(wanted))


def _keep(folder: Path, data: Path | None, place: Place) -> None:
    plate = _draw(place, data)
    truth = plate.truth
    size = plate.image.pixel_size or (np.nan, np.nan)
    with atomic(_path(folder, place)) as temporary, temporary.open("wb") as file:
        np.savez_compressed(
            file,
            image=plate.image.pixels,
            pixel=np.array(size),
            positions=truth.positions,
            detectable=truth.labels["detectable"],
            bounds=plate.bounds,
        )


def _draw(place: Place, data: Path | None) -> Plate:
    if place.series == GENERALITY:
        return structures.draw_generality(place)
    if place.series != EXPERIMENT:
        return degradation_series.draw_series(place)
    assert data is not None
    made = LabelledImages(data)(place.number)
    count = len(made.columns)
    truth = made.columns.with_labels(detectable=np.ones(count, int))
    return Plate(place, made.image, truth, np.full((count, 2), np.nan))


def read_plate(folder: Path, place: Place) -> Plate:
    """Read an image that was drawn before."""
    with np.load(_path(folder, place)) as file:
        size = (float(file["pixel"][0]), float(file["pixel"][1]))
        known = None if np.isnan(size[0]) else size
        y, x = file["positions"].T
        truth = Columns(y, x, pixel_size=known).with_labels(detectable=file["detectable"])
        image = Micrograph(file["image"], known, place.name)
        return Plate(place, image, truth, file["bounds"])


def _path(folder: Path, place: Place) -> Path:
    return folder / PLATES / f"{place.name}.npz"


def digest(plate: Plate) -> str:
    """First digits of a hash of an image's grey levels."""
    pixels = np.ascontiguousarray(plate.image.pixels, "<f4")
    return hashlib.sha256(pixels.tobytes()).hexdigest()[:DIGITS]


@cache
def expected_digests() -> dict[str, str]:
    """What everyone's images hash to, by name."""
    text = (files("colonnade") / "atoms" / "bench" / "digests.json").read_text(encoding="utf-8")
    return dict(json.loads(text))


def differing(folder: Path, wanted: Sequence[Place]) -> int:
    """Count the images that are not what everyone else has, as another processor rounds."""
    drawn = [place for place in wanted if place.series != EXPERIMENT]
    return sum(
        digest(read_plate(folder, place)) != expected_digests().get(place.name) for place in drawn
    )
