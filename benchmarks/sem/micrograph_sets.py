"""Real micrographs as test images: sharp ones made coarse and noisy, noisy ones split in two.

    python benchmarks/sem/micrograph_sets.py FOLDER [SETS.toml]

lists what the sets hold. A set is a material as one instrument shows it. What belongs together, a
frame or a row of a mosaic, is one group, and must not stand on both sides of a split.
"""

import sys
import tomllib
import warnings
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import TypeVar

import numpy as np
from scipy.ndimage import gaussian_filter

from colonnade.core.arrays import Single
from colonnade.core.bench.case import Case
from colonnade.core.errors import ColonnadeError, ColonnadeWarning
from colonnade.core.files.open import read
from colonnade.core.images.binning import Binning
from colonnade.core.images.repair import repair
from colonnade.core.instrument.poisson import poisson
from colonnade.core.measures.fidelity import grey_range
from colonnade.core.measures.noise import measure_noise
from colonnade.core.work.recipe import from_dict
from colonnade.sem.bench.case import TestImage
from colonnade.sem.bench.own_images import diagonals
from colonnade.sem.pair import Pair

T = TypeVar("T")

SETS = Path(__file__).with_suffix(".toml")
"""The sets that are measured unless others are named."""

DOSES: tuple[float, ...] = (np.inf, 1000.0, 150.0, 30.0)
"""Electrons in a coarse pixel of the mean grey level."""

BLUR = 1.5
"""Standard deviation of the probe [px of the sharp image]."""

FACTOR = 4
"""Sharp pixels to a coarse one, along each axis."""


@dataclass(frozen=True)
class ImageSet:
    """Images of one material, as one instrument shows it."""

    files: str = "*.tif"
    """Pattern of their names, below the folder."""
    binned: int = 1
    """Pixels are put together in squares of this side, until the image is sharp at its pixels."""
    side: int = 0
    """Images are cut into squares of this side, after binning [px]; 0 leaves them whole."""
    noisy: bool = False
    """Whether the images are so noisy that they are no truth, and are split in two."""
    mosaic_rows: int = 0
    """The files are tiles of a mosaic, column by column, with so many tiles to a column, each
    overlapping its neighbours by half; 0 if they are not. Every second one is used."""
    frame: tuple[int, int] = (0, 0)
    """So many files, across and down, are tiles of one frame, row by row, and are put together;
    0 if each is an image of its own."""


@dataclass(frozen=True, eq=False)
class RealImage:
    """One real image.

    Parameters
    ----------
    name
        File, and first pixel (y, x) where it is a part of it.
    material
        Name of the set.
    group
        What it must not be split from.
    sharp
        What coarse images are made from.
    truth
        What they are compared with: the same, or its independent twin.
    noise
        Variance of the noise of the truth, where it is independent of what is compared.
    """

    name: str
    material: str
    group: str
    sharp: Single
    truth: Single
    noise: float = 0.0

    @property
    def ceiling(self) -> float:
        """PSNR that a perfect output would have, if the noise of the truth counted [dB]."""
        if not self.noise:
            return float("inf")
        return float(10 * np.log10(grey_range(self.truth) ** 2 / self.noise))


def read_sets(folder: Path, sets: Path = SETS) -> dict[str, list[RealImage]]:
    """Read the images of all sets that have files in a folder.

    Parameters
    ----------
    folder
        Holds the images.
    sets
        A TOML file: a table for each set, by its name.
    """
    tables: Mapping[str, dict[str, object]] = tomllib.loads(sets.read_text(encoding="utf-8"))
    found = {
        name: read_set(folder, name, from_dict(ImageSet, table)) for name, table in tables.items()
    }
    return {name: images for name, images in found.items() if images}


def read_set(folder: Path, material: str, wanted: ImageSet) -> list[RealImage]:
    """Read the images of one set, information bars cut off."""
    parts = [
        part
        for name, group, image in _images(folder, wanted)
        for part in _squares(_binned(image, wanted.binned), name, group, wanted.side)
    ]
    if not wanted.noisy:
        return [RealImage(name, material, group, one, one) for name, group, one in parts]
    return _split(material, parts)


def _files(folder: Path, wanted: ImageSet) -> Iterator[tuple[Path, str]]:
    """Files of a set, each with its group."""
    for number, path in enumerate(sorted(folder.glob(wanted.files))):
        if not wanted.mosaic_rows:
            yield path, path.stem
            continue
        column, row = divmod(number, wanted.mosaic_rows)
        if row % 2 == column % 2 == 0:
            yield path, f"row {row}"


def _images(folder: Path, wanted: ImageSet) -> Iterator[tuple[str, str, Single]]:
    """Whole images of a set, each with its name and its group."""
    files = list(_files(folder, wanted))
    across, down = wanted.frame
    if not across * down:
        for path, group in files:
            yield path.stem, group, _read(path)
        return
    for tiles in batched(files, across * down):
        rows = [[_read(path) for path, _ in row] for row in batched(tiles, across)]
        yield f"{tiles[0][0].stem} to {tiles[-1][0].stem}", tiles[0][1], np.block(rows)


def batched(items: Sequence[T], count: int) -> Iterator[Sequence[T]]:
    """Cut items into runs of so many."""
    for start in range(0, len(items), count):
        yield items[start : start + count]


def _read(path: Path) -> Single:
    return repair(read(path).pixels)[0]


def _binned(image: Single, side: int) -> Single:
    height, width = (length // side * side for length in image.shape)
    return Binning(side, side).apply(image[:height, :width])


def _squares(image: Single, name: str, group: str, side: int) -> Iterator[tuple[str, str, Single]]:
    """Parts of an image that do not overlap, as large as coarse pixels and a split allow."""
    step = 2 * FACTOR
    if not side:
        height, width = (length // step * step for length in image.shape)
        yield name, group, image[:height, :width]
        return
    for y, x in product(*(range(0, length - side + 1, side) for length in image.shape)):
        yield f"{name}, {y}, {x}", group, np.ascontiguousarray(image[y : y + side, x : x + side])


def _split(material: str, parts: Sequence[tuple[str, str, Single]]) -> list[RealImage]:
    """One diagonal of each square of four pixels is made coarse, the other is the truth.

    The mean square of their difference is twice the variance of the noise of either, and of what
    the image shows at the scale of its pixels: images must be soft or noisy to be split.
    """
    found = []
    for name, group, image in parts:
        sharp, truth = diagonals(image)
        noise = float(np.mean((sharp - truth) ** 2)) / 2
        found.append(RealImage(name, material, group, sharp, truth, noise))
    return found


def degrade(sharp: Single, factor: int, counts: float, rng: np.random.Generator) -> Single:
    """Blur an image, take the mean over coarse pixels, and count electrons.

    Parameters
    ----------
    sharp
        Grey levels from black, axes (y, x); both lengths are multiples of the factor.
    factor
        Sharp pixels to a coarse one.
    counts
        Electrons in a coarse pixel of the mean grey level; infinite for no noise.
    rng
        Source of the noise.
    """
    height, width = sharp.shape
    blocks = (height // factor, factor, width // factor, factor)
    coarse = gaussian_filter(sharp, BLUR, mode="nearest").reshape(blocks).mean((1, 3))
    if np.isinf(counts):
        return np.asarray(coarse, np.float32)
    electron = float(coarse.mean()) / counts
    return np.asarray(electron * poisson(coarse / electron, rng), np.float32)


def coarse_image(real: RealImage, number: int, counts: float, factor: int = FACTOR) -> TestImage:
    """Make a real image coarse and noisy; always the same."""
    case = Case(real.material, "electrons", counts, number)
    rng = np.random.default_rng([number, int(0 if np.isinf(counts) else counts)])
    low = degrade(real.sharp, factor, counts, rng)
    noise = np.sqrt(real.noise) if real.noise else measure_noise(real.truth).sigma
    pair = Pair(low, real.truth, factor, real.material, noise=float(noise))
    return TestImage(case, pair, BLUR, real.noise, np.empty((0, 3)))


def main() -> None:
    """Print a table of the sets."""
    warnings.simplefilter("ignore", ColonnadeWarning)
    folder, sets = Path(sys.argv[1]), Path(sys.argv[2]) if len(sys.argv) > 2 else SETS
    print("| set | images | groups | sharp, px | noise, of the range | a perfect output, dB |")
    print("|---|---|---|---|---|---|")
    for name, images in read_sets(folder, sets).items():
        first = images[0]
        noise = measure_noise(*[image.sharp for image in images]).sigma
        span = np.median([grey_range(image.truth) for image in images])
        print(
            f"| {name} | {len(images)} | {len({image.group for image in images})} | "
            f"{' x '.join(map(str, first.truth.shape))} | {noise / span:.3f} | "
            f"{np.median([image.ceiling for image in images]):.1f} |"
        )


if __name__ == "__main__":
    try:
        main()
    except ColonnadeError as error:
        sys.exit(str(error))
