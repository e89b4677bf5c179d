"""Images of other things: how many columns the default sees in them, and whether it says so.

    python benchmarks/atoms/other_images.py FOLDER ... [--atomic FOLDER ...] [--side 512]

FOLDERs hold photographs, micrographs of other kinds, drawings and textures; those after --atomic
hold images of atom columns, which must pass. Noise, stars, boards, bricks, stripes, cells, discs
and print are drawn here besides, and what stands in `other_kinds`: diffraction patterns, arrays of
particles and the like. The middle of each image is searched with nothing set. A column counts as
seen if its score would reach the lower of the two thresholds of the model were it not for the
verdict on the image, and as reported if the verdict leaves it.
"""

import argparse
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from matplotlib.font_manager import findfont
from other_kinds import drawn as drawn_kinds
from PIL import Image, ImageDraw, ImageFont
from scipy import ndimage
from scipy.spatial import cKDTree

import colonnade
from colonnade import Micrograph, Model
from colonnade.atoms.card import AtomsCard
from colonnade.atoms.locate.locate import Options, locate_frame
from colonnade.core.arrays import Array
from colonnade.core.errors import ColonnadeError, ColonnadeWarning, ImageError

SEED = 20261130

SIDE = 384
"""Rows and columns of what is drawn [px]."""

DRAWN = "drawn here"

GRID = np.mgrid[:SIDE, :SIDE].astype(float)

LINE = "Whoever looks for columns in a page of print finds a good many of them. "


def noise(rng: np.random.Generator, exponent: float) -> Array:
    """Noise whose amplitude falls with a power of the frequency."""
    frequency = np.hypot(*np.meshgrid(*[np.fft.fftfreq(SIDE)] * 2))
    frequency[0, 0] = 1
    white = np.fft.fft2(rng.normal(size=(SIDE, SIDE)))
    return np.asarray(np.fft.ifft2(white * frequency**-exponent).real)


def counted(rng: np.random.Generator, mean: float) -> Array:
    """Nothing but electrons."""
    return rng.poisson(mean, (SIDE, SIDE)).astype(float)


def blurred(rng: np.random.Generator, width: float) -> Array:
    """Noise without detail finer than a width [px]."""
    return np.asarray(ndimage.gaussian_filter(rng.normal(size=(SIDE, SIDE)), width))


def stars(rng: np.random.Generator, width: float, count: int) -> Array:
    """Stars of all magnitudes under one sky."""
    sky = np.full((SIDE, SIDE), 30.0)
    for y, x in rng.uniform(0, SIDE, (count, 2)):
        light = min(40 * (1 - rng.random()) ** -0.8, 1e5)
        distance = ((GRID[0] - y) ** 2 + (GRID[1] - x) ** 2) / width**2
        sky += light / width * (1 + distance) ** -2.5
    return rng.poisson(sky).astype(float)


def board(rng: np.random.Generator, side: float, angle: float) -> Array:
    """Squares of a side [px], turned by an angle."""
    turned = np.tensordot(
        [[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]], GRID, 1
    )
    squares = np.floor(turned / side).sum(0) % 2
    return np.asarray(200 * squares + rng.normal(0, 5, (SIDE, SIDE)))


def bricks(rng: np.random.Generator, height: int, width: int) -> Array:
    """A wall."""
    row, place = GRID[0] // height, GRID[1]
    place = place + row % 2 * width / 2
    mortar = (GRID[0] % height < 3) | (place % width < 3)
    tone = rng.normal(120, 15, (SIDE, SIDE))[row.astype(int), (place // width).astype(int)]
    return np.asarray(np.where(mortar, 190, tone) + rng.normal(0, 6, (SIDE, SIDE)))


def stripes(rng: np.random.Generator, period: float) -> Array:
    """A grating."""
    wave = np.sin(2 * np.pi * (GRID[0] + 0.4 * GRID[1]) / period)
    return np.asarray(50 * wave + rng.normal(0, 8, (SIDE, SIDE)))


def cells(rng: np.random.Generator, count: int) -> Array:
    """Dark walls between cells."""
    tree = cKDTree(rng.uniform(0, SIDE, (count, 2)))
    distance, _ = tree.query(GRID.reshape(2, -1).T, 2)
    wall = np.minimum(distance[:, 1] - distance[:, 0], 4).reshape(SIDE, SIDE)
    return np.asarray(30 * wall + rng.normal(0, 6, (SIDE, SIDE)))


def discs(rng: np.random.Generator, low: float, high: float) -> Array:
    """Coins on a table, of radii between two [px]."""
    table = np.full((SIDE, SIDE), 60.0)
    for y, x in rng.uniform(0, SIDE, (60, 2)):
        inside = (GRID[0] - y) ** 2 + (GRID[1] - x) ** 2 < rng.uniform(low, high) ** 2
        table[inside] = rng.uniform(90, 200)
    return np.asarray(ndimage.gaussian_filter(table, 0.8) + rng.normal(0, 5, (SIDE, SIDE)))


def printed(rng: np.random.Generator, size: int) -> Array:
    """A page of print of a size [px]."""
    page = Image.new("L", (SIDE, SIDE), 235)
    font = ImageFont.truetype(findfont("DejaVu Serif"), size)
    for number, top in enumerate(range(4, SIDE - size, int(1.5 * size))):
        ImageDraw.Draw(page).text((6, top), LINE[7 * number % 40 :] + 3 * LINE, 25, font)
    return np.asarray(page, float) + rng.normal(0, 4, (SIDE, SIDE))


KINDS: dict[str, tuple[Callable[..., Array], tuple[tuple[float, ...], ...]]] = {
    "noise": (noise, ((0.0,), (0.7,), (1.3,))),
    "electrons": (counted, ((0.5,), (8.0,))),
    "blurred noise": (blurred, ((2.0,), (4.0,))),
    "stars": (stars, ((1.5, 250), (2.5, 120))),
    "board": (board, ((10.0, 0.0), (18.0, 0.3), (40.0, 0.1))),
    "bricks": (bricks, ((16, 36), (30, 70))),
    "stripes": (stripes, ((12.0,), (25.0,))),
    "cells": (cells, ((150,), (400,))),
    "discs": (discs, ((6.0, 14.0), (12.0, 30.0))),
    "print": (printed, ((12,), (20,))),
}
"""What is drawn, and with what it is varied."""


def drawn() -> Iterator[Micrograph]:
    """Draw images of other things."""
    for kind, (draw, variants) in KINDS.items():
        for number, variant in enumerate(variants):
            pixels = draw(np.random.default_rng([SEED, number]), *variant)
            yield Micrograph(pixels.astype(np.float32), name=f"{kind} {number + 1}")
    for name, pixels in drawn_kinds(SEED):
        yield Micrograph(pixels.astype(np.float32), name=name)


def read(folder: Path, side: int) -> Iterator[Micrograph]:
    """Read the middle of every image of a folder that is one, and not empty."""
    for path in sorted(folder.iterdir()):
        try:
            image = colonnade.read(path)
        except ColonnadeError:
            continue
        top, left = (max(0, (size - side) // 2) for size in image.shape)
        pixels = image.pixels[top : top + side, left : left + side]
        if pixels.min() < pixels.max():
            yield Micrograph(pixels, image.pixel_size, path.stem)


@dataclass
class Tally:
    """What was seen in some images.

    Parameters
    ----------
    images, passed
        How many there are, and how many were taken for images of atom columns.
    megapixels
        Their size.
    seen, reported
        Columns without the verdict and with it.
    """

    images: int = 0
    passed: int = 0
    megapixels: float = 0.0
    seen: int = 0
    reported: int = 0

    def add(self, image: Micrograph, model: Model) -> str:
        """Search an image, and give its row of the table."""
        size = image.pixels.size / 1e6
        self.images += 1
        self.megapixels += size
        try:
            found = locate_frame(image, model, Options(threshold=0.0))
        except ImageError:
            return f"| {image.name} | {size:.2f} | 0 | 0 | refused |"
        card = AtomsCard.of(model.card)
        threshold = min(card.threshold, card.single_atoms.threshold)
        alone = found.columns.score / (1.0 if found.shows_columns else found.atomic)
        seen = int((alone >= threshold).sum())
        reported = seen if found.shows_columns else 0
        self.passed += found.shows_columns
        self.seen += seen
        self.reported += reported
        return f"| {image.name} | {size:.2f} | {seen} | {reported} | {found.atomic:.3f} |"


def main() -> None:
    """Print a row for each image, and then one for each folder."""
    parser = argparse.ArgumentParser()
    parser.add_argument("folders", nargs="*", type=Path)
    parser.add_argument("--atomic", nargs="*", type=Path, default=[])
    parser.add_argument("--side", type=int, default=512)
    given = parser.parse_args()
    warnings.simplefilter("ignore", ColonnadeWarning)
    model = Model.load("atoms")
    sources = {DRAWN: drawn()} if given.folders or not given.atomic else {}
    sources |= {str(one): read(one, given.side) for one in (*given.folders, *given.atomic)}
    tallies: dict[str, Tally] = {}
    print("| image | megapixels | columns seen | reported | probability of atom columns |")
    print("|---|---|---|---|---|")
    for name, images in sources.items():
        for image in images:
            kind = image.name.rpartition(" ")[0] if name == DRAWN else name
            print(tallies.setdefault(kind, Tally()).add(image, model), flush=True)
    print("\n| images | number | taken for atomic | megapixels | seen a megapixel | reported |")
    print("|---|---|---|---|---|---|")
    for name, tally in tallies.items():
        print(
            f"| {name} | {tally.images} | {tally.passed} | {tally.megapixels:.1f} | "
            f"{tally.seen / tally.megapixels:.1f} | {tally.reported / tally.megapixels:.1f} |"
        )


if __name__ == "__main__":
    main()
