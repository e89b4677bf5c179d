"""Read folders of TEM-ImageNet v1.3.

Each kind of picture has a folder of its own, and an image has the same name in all of them: its
number, from 1, in five digits. Pictures are 8 bit PNG, their grey levels from the least to the
most of each. In the two folders of pictures that are twice as fine, pixel (0, 0) shares its outer
corner with that of the image, so that a column at y stands at 2 y + 0.5.
"""

import hashlib
from dataclasses import replace
from functools import cached_property
from pathlib import Path

import numpy as np

from colonnade.atoms.library.index import crystal_families, read_families
from colonnade.atoms.library.mask_centres import read_mask
from colonnade.atoms.simulate.image import Simulated
from colonnade.core.arrays import Grey
from colonnade.core.data.left_out import warn_of_left_out
from colonnade.core.data.split import Part, split_by_family
from colonnade.core.errors import ColonnadeError, FileError, warn
from colonnade.core.files.open import read
from colonnade.core.files.units import parse_length
from colonnade.core.images.micrograph import Micrograph

IMAGE = "image"
CLEAN = "noNoise"
NO_BACKGROUND = "noBackgroundnoNoise"
SHARPENED = "noNoiseNoBackgroundSuperresolution"

TRUTHS = ("gaussianMask", "circularMask")
"""Folders that the truth is taken from, the better one first."""

PARAMETERS = "params"
"""Folder of the microscope's parameters, the field of view first [Å]."""

INDEX = "index.csv"
INDICES = (INDEX, "IMAGE INDEX.csv", "IMAGE INDEX.xlsx")
"""Files that say which crystal each image shows."""

UNKNOWN = "unknown"
"""Name of the crystal where nothing says what it is."""


class TemImageNet:
    """Reads the images of a folder of TEM-ImageNet, over and over again.

    Files belong together by name. The truth is taken from the masks, as the positions of
    TEM-ImageNet are not registered to its images; columns whose mask is cut, so that their centre
    is not known, have the label ``detectable`` 0. What the folder does not have is NaN.

    Parameters
    ----------
    folder
        Holds the folders ``image`` and ``gaussianMask`` or ``circularMask``.
    part
        All images, or one side of a split by `split_by_family`.
    index
        Says which crystal each image shows, where it is not in the folder as ``IMAGE INDEX.xlsx``,
        ``IMAGE INDEX.csv`` or ``index.csv``.
    """

    def __init__(self, folder: Path, part: Part = "all", index: Path | None = None) -> None:
        self.folder, self.part = folder, part
        truth = find_truth(folder)
        if truth is None:
            raise FileError(
                f"{folder} is not in the layout of TEM-ImageNet: it needs the folders image, and "
                "gaussianMask or circularMask"
            )
        self._truth = truth
        self._families = _families(folder, index)
        self.stems = self._chosen(_paired(folder, truth))

    def _chosen(self, stems: list[str]) -> list[str]:
        if self.part == "all":
            return stems
        if self._families is None:
            raise FileError(
                f"nothing says which crystals the images in {self.folder} show, so they cannot be "
                "split into a part to train on and one to test: put the IMAGE INDEX.xlsx of "
                "TEM-ImageNet there, or a table index.csv with the columns ID and Family"
            )
        known = [stem for stem in stems if stem in self._families]
        if len(known) < len(stems):
            missing = len(stems) - len(known)
            warn(f"{missing} of {len(stems)} images are not in the index and are left out")
        shown = [crystal_families(self._families[stem]) for stem in known]
        return [known[i] for i in split_by_family(shown, self.part, "crystal")]

    @cached_property
    def identity(self) -> str:
        """Which images, and a hash of what they are read from."""
        content = hashlib.sha256()
        for stem in self.stems:
            for path in (self._path(IMAGE, stem), self._path(self._truth, stem)):
                content.update(path.read_bytes())
            content.update(repr(self._pixel_size(stem, 1)).encode())
        which = f"{self.part} of {len(self)} images in the layout of TEM-ImageNet"
        return f"{which}\nsha256 = {content.hexdigest()}\n"

    def __len__(self) -> int:
        return len(self.stems)

    def image(self, index: int) -> Micrograph:
        """Read one image without its truth."""
        stem = self.stems[index % len(self)]
        image = read(self._path(IMAGE, stem))
        pixel_size = self._pixel_size(stem, image.shape[1])
        return replace(image, name=stem, pixel_size=pixel_size)

    def __call__(self, index: int) -> Simulated:
        """Read one image."""
        image = self.image(index)
        stem = image.name
        families = self._families or {}
        return Simulated(
            image=replace(image, pixels=image.pixels.astype(np.float32)),
            clean=self._known(CLEAN, stem, image.shape),
            no_background=self._known(NO_BACKGROUND, stem, image.shape),
            sharpened=self._known(SHARPENED, stem, image.shape),
            columns=read_mask(self._path(self._truth, stem), image),
            drawn={"crystal": families.get(stem, UNKNOWN), "scene": "TEM-ImageNet"},
        )

    def _path(self, name: str, stem: str) -> Path:
        return self.folder / name / f"{stem}.png"

    def _known(self, name: str, stem: str, shape: tuple[int, int]) -> Grey:
        path = self._path(name, stem)
        if not path.exists():
            return np.full(shape, np.nan)
        return read(path).pixels.astype(np.float64)

    def _pixel_size(self, stem: str, width: int) -> tuple[float, float] | None:
        """From the field of view, the first of the parameters [Å]."""
        path = self.folder / PARAMETERS / f"{stem}.txt"
        if not path.exists():
            return None
        try:
            size = parse_length(f"{path.read_text(encoding='utf-8').split()[0]} Å") / width
        except (OSError, UnicodeDecodeError, IndexError, ColonnadeError) as error:
            raise FileError(
                f"{path} should begin with the field of view in Å; correct it or take it away"
            ) from error
        return size, size


def find_truth(folder: Path) -> str | None:
    """Name the folder of masks that the truth is taken from; None in any other layout."""
    if not (folder / IMAGE).is_dir():
        return None
    return next((name for name in TRUTHS if (folder / name).is_dir()), None)


def _paired(folder: Path, truth: str) -> list[str]:
    """Stems that have both an image and a mask, in order."""
    images, labels = (
        {path.stem for path in (folder / name).glob("[!.]*.png")} for name in (IMAGE, truth)
    )
    warn_of_left_out(sorted(images ^ labels), "images or masks have no partner")
    if not images & labels:
        raise FileError(f"no image in {folder / IMAGE} has a mask of its name in {folder / truth}")
    return sorted(images & labels)


def _families(folder: Path, index: Path | None) -> dict[str, str] | None:
    found = (folder / name for name in INDICES if (folder / name).exists())
    path = index if index is not None else next(found, None)
    return None if path is None else read_families(path)
