"""Sharp images of a user, made coarse and noisy as an instrument would."""

import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from colonnade.core.arrays import Single
from colonnade.core.bench.case import Case
from colonnade.core.errors import ImageError
from colonnade.core.files.batch import expand
from colonnade.core.files.open import read
from colonnade.core.images.repair import repair
from colonnade.core.measures.fidelity import grey_range
from colonnade.core.measures.noise import measure_noise
from colonnade.core.work.draws import Draws
from colonnade.sem.bench.case import TestImage
from colonnade.sem.bench.test_images import (
    DOSES,
    NOISE,
    QUICK,
    SEED,
    SIDE,
    factor_of,
    instrument_for,
    series_name,
)
from colonnade.sem.pair import Pair
from colonnade.sem.simulate.instrument import draw_instrument

OWN = "own"
"""Begins the names of the series of a user's images."""

MATERIAL = "own images"
"""What they show, as far as anybody knows."""

LEAST_SIDE = 128
"""Smaller images are left out [px]."""

MOST_TILES = 48
"""So many parts of the images are used, at most, evenly chosen."""

NOISY = 0.02
"""Above this share of the grey range, noise would pass for detail of the truth."""

DARK = 0.1
"""Percentile of the grey levels that stands for no electron at all."""


@dataclass(frozen=True)
class Tile:
    """A part of an image.

    Parameters
    ----------
    path
        File of the image.
    corner
        First pixel (y, x).
    side
        Rows and columns [px].
    """

    path: Path
    corner: tuple[int, int]
    side: int


@cache
def tiles(folder: Path) -> tuple[Tile, ...]:
    """List parts of the sharp images in a folder.

    Raises
    ------
    FileError, ImageError
        If there are none, or all of them are too small.
    """
    found = [tile for path in expand([folder]) for tile in _tiles_of(path)]
    if not found:
        raise ImageError(
            f"no image in {folder} has {LEAST_SIDE} pixels a side; name a folder with larger ones"
        )
    chosen = np.linspace(0, len(found) - 1, min(len(found), MOST_TILES)).round().astype(int)
    return tuple(found[number] for number in chosen)


def _tiles_of(path: Path) -> Iterator[Tile]:
    shape = read(path).shape
    # Factors divide what is a multiple of 16, and so they do once it is split.
    side = min(SIDE, *shape) // 16 * 16
    if side >= LEAST_SIDE:
        for y in range(0, shape[0] - side + 1, side):
            for x in range(0, shape[1] - side + 1, side):
                yield Tile(path, (y, x), side)


def list_cases(folder: Path, factor: int, quick: bool) -> Iterator[Case]:
    """List the images that are made of a user's at one factor; in a quick run a few of them."""
    name = f"{OWN} {series_name(factor)}"
    count = len(tiles(folder))
    for value in NOISE.steps:
        for number in range(min(count, QUICK) if quick else count):
            yield Case(name, NOISE.name, value, number)


def draw_own_image(case: Case, folder: Path) -> TestImage:
    """Make one image coarse and noisy; always the same.

    Where the sharp image is noisy itself it is split: one diagonal of each square of four pixels
    is made coarse, and the other is its truth, whose noise is then independent.
    """
    sharp = _read(tiles(folder)[case.number])
    noise, truth, grain = 0.0, sharp, measure_noise(sharp).sigma
    if grain > NOISY * grey_range(sharp):
        sharp, truth = diagonals(sharp)
        grain = measure_noise(truth).sigma
        noise = grain**2
    factor, dose = factor_of(case), DOSES[NOISE.steps.index(case.value)]
    recipe = instrument_for(dose)
    rng = np.random.default_rng([SEED, zlib.crc32(f"{OWN}, {case.number}".encode())])
    instrument = draw_instrument(recipe, Draws(rng), factor)
    dark = np.float32(np.percentile(sharp, DARK))
    brightness = np.float32(instrument.dose / max(float((sharp - dark).mean()), 1e-6))
    expected = brightness * instrument.coarse(np.maximum(sharp - dark, 0), factor, rng)
    low = instrument.record(expected, rng)
    pair = Pair(
        low, brightness * (truth - dark), factor, MATERIAL, noise=float(brightness) * grain
    )
    blur = factor * recipe.probe[0]
    return TestImage(case, pair, blur, noise * float(brightness) ** 2, np.empty((0, 3)))


def _read(tile: Tile) -> Single:
    pixels, _ = repair(read(tile.path).pixels)
    (y, x), side = tile.corner, tile.side
    return np.ascontiguousarray(pixels[y : y + side, x : x + side])


def diagonals(image: Single) -> tuple[Single, Single]:
    """Give the means of the two diagonals of each square of four pixels."""
    half = np.float32(0.5)
    first = half * (image[0::2, 0::2] + image[1::2, 1::2])
    second = half * (image[0::2, 1::2] + image[1::2, 0::2])
    return first, second
