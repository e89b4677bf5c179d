"""Images from elsewhere with their columns: in a table of positions, or in a mask."""

import glob
import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

import numpy as np

from colonnade.atoms.columns import Columns
from colonnade.atoms.library.mask_centres import read_mask
from colonnade.atoms.library.position_table import read_positions
from colonnade.atoms.simulate.image import Simulated
from colonnade.core.arrays import Array
from colonnade.core.data.left_out import warn_of_left_out
from colonnade.core.errors import ColonnadeError, FileError, warn
from colonnade.core.files.formats import SUFFIXES
from colonnade.core.files.open import read
from colonnade.core.images.micrograph import Micrograph
from colonnade.core.images.repair import repair

IMAGES = ("images", "image")
"""Where the images may be, if not in the folder itself."""

TABLES = ("{}.columns.csv", "{}.csv", "{}.txt", "labels/{}.csv", "labels/{}.txt")
"""Where the positions of an image may be."""

MASKS = ("{}.mask.*", "masks/{}.*", "mask/{}.*")
"""Where its mask may be; a table goes before a mask."""

OURS = "*.columns.png"
"""Pictures of columns that were found, not to be taken for images."""

PICTURES = (".png", ".jpg", ".jpeg", ".bmp")
"""Formats without a calibration; another file of the same name goes before them."""


class LabelledImages:
    """Images of any size and format, each with a table of positions or a mask.

    Nothing is known of the crystals, so that each image counts as one of its own: its tiles stay
    together where a library is split.

    Parameters
    ----------
    folder
        Holds the images, or has a folder ``images`` that does.
    """

    def __init__(self, folder: Path) -> None:
        self._pairs = _pairs(folder)

    @cached_property
    def identity(self) -> str:
        """Which images, and a hash of what they are read from."""
        content = hashlib.sha256()
        for pair in self._pairs:
            content.update("".join(path.name for path in pair.files).encode())
            for path in pair.files:
                for part in filter(Path.is_file, sorted([path, *path.rglob("*")])):
                    content.update(part.read_bytes())
        return f"{len(self)} labelled images\nsha256 = {content.hexdigest()}\n"

    def __len__(self) -> int:
        return len(self._pairs)

    def image(self, index: int) -> Micrograph:
        """Read one image; its truth is read too, so that errors show."""
        return self(index).image

    def __call__(self, index: int) -> Simulated:
        """Read one image."""
        pair = self._pairs[index % len(self)]
        image, columns = pair.read()
        unknown = np.full(image.shape, np.nan)
        return Simulated(
            image=image,
            clean=unknown,
            no_background=unknown,
            sharpened=unknown,
            columns=columns,
            drawn={"crystal": image.name, "scene": "imported"},
        )


@dataclass(frozen=True)
class _Pair:
    """An image, in one or several files that show the same, and the file of its truth."""

    images: tuple[Path, ...]
    truth: Path

    @property
    def files(self) -> tuple[Path, ...]:
        return (*self.images, self.truth)

    def read(self) -> tuple[Micrograph, Columns]:
        image = _read_first(self.images)
        pixels, repairs = repair(image.pixels)
        for note in (*image.metadata.get("notes", ()), *repairs):
            warn(f"{image.name}: {note}")
        if self.truth.suffix.lower() in (".csv", ".txt"):
            positions = _inside(read_positions(self.truth), image.shape, self.truth)
            columns = Columns(
                y=positions[:, 0],
                x=positions[:, 1],
                labels={"detectable": np.ones(len(positions), int)},
                pixel_size=image.pixel_size,
            )
        else:
            columns = read_mask(self.truth, image)
        return replace(image, pixels=pixels), columns


def _read_first(files: Sequence[Path]) -> Micrograph:
    """Read the first of several files of one image that can be read."""
    errors = []
    for path in files:
        try:
            return read(path)
        except ColonnadeError as error:
            errors.append(error)
    raise errors[0]


def _pairs(folder: Path) -> list[_Pair]:
    """Pair the images of a folder with their truth, and name the images that have none."""
    if not folder.is_dir():
        raise FileError(f"{folder} is not a folder; name the one that holds the images")
    home = next((folder / name for name in IMAGES if (folder / name).is_dir()), folder)
    pictures = _pictures(home)
    pairs = [
        _Pair(tuple(paths), truth)
        for stem, paths in pictures.items()
        if (truth := _truth(home, stem) or _truth(folder, stem))
    ]
    if not pairs:
        raise FileError(
            f"no image in {home} has a truth of its name: for NAME.tif, put NAME.columns.csv "
            "with the columns y_px and x_px beside it, or NAME.mask.png"
        )
    warn_of_left_out(_unpaired(pictures, pairs), "images have no truth of their name")
    return pairs


def _pictures(home: Path) -> dict[str, list[Path]]:
    """Files that may be images, by their stems, those with a calibration first."""
    pictures: dict[str, list[Path]] = {}
    for path in sorted(home.iterdir()):
        if path.suffix.lower() in SUFFIXES and not path.match(".*") and not path.match(OURS):
            pictures.setdefault(path.stem, []).append(path)
    for paths in pictures.values():
        paths.sort(key=lambda path: path.suffix.lower() in PICTURES)
    return pictures


def _unpaired(pictures: Mapping[str, list[Path]], pairs: Iterable[_Pair]) -> list[str]:
    """Name the files that are neither an image with a truth nor a truth."""
    used = {path for pair in pairs for path in pair.files}
    # An .emi is read through the .ser that stands beside it.
    return [
        path.name
        for paths in pictures.values()
        for path in paths
        if path not in used and path.suffix.lower() != ".emi"
    ]


def _truth(folder: Path, stem: str) -> Path | None:
    for pattern in (*TABLES, *MASKS):
        for path in sorted(folder.glob(pattern.format(glob.escape(stem)))):
            if pattern in TABLES or path.suffix.lower() in SUFFIXES:
                return path
    return None


def _inside(positions: Array, shape: tuple[int, int], path: Path) -> Array:
    """Leave out positions beyond the image, and say so."""
    inside = ((positions > -0.5) & (positions < np.array(shape) - 0.5)).all(1)
    outside = len(positions) - int(inside.sum())
    where = f"outside of the image of {shape[0]} x {shape[1]} px"
    if 2 * outside > len(positions):
        raise FileError(
            f"{path} has {outside} of {len(positions)} positions {where}: they must be in pixels, "
            "x to the right and y down"
        )
    if outside:
        warn(f"{path.name} has {outside} positions {where}, which are left out")
    return positions[inside]
