"""Find pairs of files: a coarse and a sharp image of the same field."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from colonnade.core.data.left_out import warn_of_left_out
from colonnade.core.errors import FileError
from colonnade.core.files.formats import SUFFIXES
from colonnade.core.files.open import read
from colonnade.core.images.alignment import fits
from colonnade.core.images.binning import Binning, repeats
from colonnade.core.images.micrograph import Micrograph
from colonnade.core.images.repair import repair
from colonnade.sem.library.registered import FACTORS

LOW, HIGH = "low", "high"
"""Folders of coarse and of sharp images, or what stands before the suffix of their names."""


@dataclass(frozen=True)
class PairFiles:
    """Two files of one field.

    Parameters
    ----------
    name
        What both are called.
    low, high
        The coarse and the sharp image.
    """

    name: str
    low: Path
    high: Path

    def read(self) -> tuple[Micrograph, Micrograph]:
        """Read both, without faults that can be repaired, and without repeated pixels.

        The metadata of each have ``notes``: sentences on what was done to it or doubted.
        """
        return _read(self.low), _read(self.high)


def find_pairs(folder: Path) -> list[PairFiles]:
    """Find the pairs of a folder; files without a partner are left out, which is said.

    Parameters
    ----------
    folder
        Has folders `LOW` and `HIGH` with files of the same names, or files NAME.low.tif and
        NAME.high.tif; the suffix may be any that can be read.
    """
    if not folder.is_dir():
        raise FileError(f"{folder} is not a folder; name the one that holds the pairs")
    low, high = folder / LOW, folder / HIGH
    if low.is_dir() and high.is_dir():
        coarse, sharp = _by_stem(low.iterdir()), _by_stem(high.iterdir())
    else:
        files = _by_stem(folder.iterdir())
        coarse, sharp = (
            {stem.removesuffix(end): path for stem, path in files.items() if stem.endswith(end)}
            for end in (f".{LOW}", f".{HIGH}")
        )
    single = [
        both[name].name
        for both in (coarse, sharp)
        for name in both.keys() - (coarse.keys() & sharp.keys())
    ]
    if not coarse.keys() & sharp.keys():
        raise FileError(
            f"{folder} holds no pairs: put coarse and sharp images of the same names into its "
            f"folders {LOW} and {HIGH}, or call them NAME.{LOW}.tif and NAME.{HIGH}.tif"
        )
    warn_of_left_out(sorted(single), "images have no partner of their name")
    return [PairFiles(n, coarse[n], sharp[n]) for n in sorted(coarse.keys() & sharp.keys())]


def digest(pairs: Sequence[PairFiles]) -> str:
    """Hash what the files hold."""
    content = hashlib.sha256()
    for pair in pairs:
        content.update(pair.name.encode())
        for path in (pair.low, pair.high):
            content.update(path.read_bytes())
    return content.hexdigest()


def calibrated_scale(low: Micrograph, high: Micrograph) -> float | None:
    """Tell how many sharp pixels lie along a coarse one, if the files say how large both are."""
    if low.pixel_size is None or high.pixel_size is None:
        return None
    return float(np.exp(np.log(np.divide(low.pixel_size, high.pixel_size)).mean()))


def likely_factor(low: Micrograph, high: Micrograph) -> int:
    """Give the factor at which two images fit, as far as can be told.

    Where the files do not say how large their pixels are, the factor that is nearest to the ratio
    of the images' sides is tried first, as if both showed the same field to its borders.
    """
    scale = calibrated_scale(low, high)
    likely = scale or float(np.exp(np.log(np.divide(high.shape, low.shape)).mean()))
    factors = sorted(FACTORS, key=lambda factor: abs(np.log(factor / likely)))
    if scale is not None:
        return factors[0]
    fitting = (factor for factor in factors if fits(low.pixels, high.pixels, factor))
    return next(fitting, factors[0])


def _by_stem(paths: Iterable[Path]) -> dict[str, Path]:
    """Images by their names without suffix."""
    return {
        path.stem: path
        for path in sorted(paths)
        if path.suffix.lower() in SUFFIXES and not path.name.startswith(".")
    }


def _read(path: Path) -> Micrograph:
    image = read(path)
    pixels, repairs = repair(image.pixels)
    notes = [*image.metadata.get("notes", ()), *repairs]
    count, size = repeats(pixels), image.pixel_size
    if count > 1:
        pixels = Binning(count, count).apply(pixels)
        size = size and (size[0] * count, size[1] * count)
        notes.append(f"each pixel is repeated {count} times along both axes, and is taken once")
    name = f"{path.parent.name}/{path.name}"
    return Micrograph(pixels, size, name, {**image.metadata, "notes": notes})
