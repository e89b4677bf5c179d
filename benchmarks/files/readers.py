"""What Colonnade does with a file that a user names, for every kind of file."""

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from colonnade.atoms.columns import Columns
from colonnade.atoms.library.position_table import read_positions
from colonnade.core.files.batch import inputs
from colonnade.core.files.formats import SUFFIXES
from colonnade.core.files.open import describe
from colonnade.core.files.signals import READABLE
from colonnade.core.images.levels import grey_summary
from colonnade.core.learn.model import Model, read_card
from colonnade.core.work.recipe import load
from colonnade.tomo.reconstruct.align.alignment import load_alignment
from colonnade.tomo.reconstruct.angles import named_angles
from colonnade.wings import wing_card

Read = Callable[[Path], object]


def readers_of(path: Path) -> Sequence[Read]:
    """Give what reads a file of this name."""
    if path.name.endswith(".columns.csv"):
        return [_columns]
    if path.name.startswith("failed-"):
        return [_failures]
    if path.suffix.lower() in SUFFIXES:
        return [_image]
    return _READERS.get(path.suffix.lower(), [])


def _image(path: Path) -> None:
    """Do what `colonnade info` does, and read the first plane of each image."""
    for signal in describe(path):
        if signal.kind in READABLE:
            pixels, _ = signal.plane(0)
            grey_summary(np.asarray(pixels))


def _columns(path: Path) -> None:
    Columns.from_csv(path)


def _positions(path: Path) -> None:
    read_positions(path)


def _failures(path: Path) -> None:
    inputs([path])


def _angles(path: Path) -> None:
    named_angles(path)


def _alignment(path: Path) -> None:
    load_alignment(path)


def _recipe(path: Path) -> None:
    from colonnade.atoms.simulate.image import Simulation
    from colonnade.atoms.train.task import AtomsRecipe

    load(AtomsRecipe if path.name.startswith("train") else Simulation, path)


def _model(path: Path) -> None:
    wing_card(read_card(path).wing).of(read_card(path))
    Model(path)


_READERS: dict[str, Sequence[Read]] = {
    ".csv": [_positions],
    ".tlt": [_angles],
    ".rawtlt": [_angles],
    ".mdoc": [_angles],
    ".json": [_alignment],
    ".toml": [_recipe],
    ".onnx": [_model],
}
