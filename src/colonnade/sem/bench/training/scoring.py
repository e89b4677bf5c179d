"""What the study tests networks on, and their scores in files."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from colonnade.core.arrays import Array, Single
from colonnade.core.bench.case import Case
from colonnade.core.work.writing import atomic
from colonnade.sem.bench.case import TestImage, Upscaling
from colonnade.sem.bench.measure import COLUMNS, scores_of
from colonnade.sem.bench.test_images import (
    NAMES,
    NOISE,
    PARTICLES,
    draw_test_image,
    series_name,
)
from colonnade.sem.bench.training.plan import Training

STEP = NOISE.steps[1]
"""Step of the noise at which networks are trained and tested."""

PICTURES = 2
"""Test images of a material of which outputs are kept, to be shown."""

FOLDER = "training"
"""Holds a folder for each network of the study."""

PLAN = "plan.toml"
"""Says which study the folder holds."""

Scores = dict[str, Array]
"""Each score by its name, one value for each image."""

Upscale = Callable[[Single], Upscaling]
"""What is tested."""


@cache
def material_images(material: str, factor: int, count: int) -> tuple[TestImage, ...]:
    """Test images of a material; those of the benchmark itself."""
    first = NAMES.index(material)
    numbers = [first + len(NAMES) * turn for turn in range(count)]
    return tuple(
        draw_test_image(Case(series_name(factor), NOISE.name, STEP, number)) for number in numbers
    )


@cache
def particle_images(size: float, factor: int, count: int) -> tuple[TestImage, ...]:
    """Test images of particles of one size; those of the benchmark itself."""
    return tuple(
        draw_test_image(Case(series_name(factor), PARTICLES.name, size, number))
        for number in range(count)
    )


def score(upscale: Upscale, tests: Sequence[TestImage]) -> tuple[Scores, list[Single]]:
    """Score a network on test images, and give its first outputs."""
    rows: list[Mapping[str, float]] = []
    pictures: list[Single] = []
    for test in tests:
        output = upscale(test.pair.low)
        rows.append(scores_of(test, output))
        if len(pictures) < PICTURES:
            pictures.append(output.image)
    return {name: np.array([row[name] for row in rows]) for name in COLUMNS}, pictures


@dataclass(frozen=True, eq=False)
class Kept:
    """A file of scores beside one of pictures.

    Parameters
    ----------
    folder, name
        Where they are, and what they are called.
    """

    folder: Path
    name: str

    @property
    def exists(self) -> bool:
        """Whether both are there."""
        return self._scores.exists()

    def write(self, facts: Mapping[str, Any], pictures: Sequence[Single]) -> None:
        """Write both; the scores last, so that they say that all is there."""
        with atomic(self._pictures) as temporary, temporary.open("wb") as file:
            np.savez_compressed(file, pictures=np.asarray(pictures, np.float32))
        with atomic(self._scores) as temporary:
            temporary.write_text(json.dumps(facts, default=_listed), encoding="utf-8")

    def read(self) -> Any:
        """Read the scores."""
        return json.loads(self._scores.read_text(encoding="utf-8"))

    def pictures(self) -> Single:
        """Read the pictures (image, y, x)."""
        with np.load(self._pictures) as file:
            shown: Single = file["pictures"]
            return shown

    @property
    def _scores(self) -> Path:
        return self.folder / f"{self.name}.json"

    @property
    def _pictures(self) -> Path:
        return self.folder / f"{self.name}.npz"


def mark(folder: Path, step: int) -> Kept:
    """Where the scores of a network after so many steps are kept."""
    return Kept(folder, f"step-{step:06d}")


def final(folder: Path) -> Kept:
    """Where the scores of a network at its end are kept."""
    return Kept(folder, "final")


def training_folder(out: Path, training: Training) -> Path:
    """Where a network of the study is kept in the folder of a run."""
    return out / FOLDER / training.name


def _listed(values: Array) -> list[float | None]:
    """Give an array as JSON has it, where what is unknown is null."""
    return [float(f"{value:.5g}") if np.isfinite(value) else None for value in values]


def read_scores(given: Mapping[str, Sequence[float | None]]) -> Scores:
    """Read scores as `Kept` writes them."""
    return {
        name: np.array([np.nan if value is None else value for value in values])
        for name, values in given.items()
    }
