"""Images of other things, drawn from a seed: what an image of atom columns is to be told from.

Of each kind no two are alike: sizes, contrasts, blur and noise are drawn too. Photographs and
micrographs of other kinds, which cannot be drawn, are dead leaves and relief here: things of all
sizes that hide each other, and slopes under a light, have the statistics of both.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import numpy as np
from matplotlib.font_manager import findfont
from PIL import Image, ImageDraw, ImageFont
from scipy import ndimage
from scipy.spatial import cKDTree

from colonnade.core.arrays import Array
from colonnade.core.images.micrograph import Micrograph

Draw = Callable[[np.random.Generator, int], Array]
"""Draws an image of so many rows and columns."""

LETTERS = np.array([*"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.,     "])

GREYS = 100.0
"""Contrast of what is drawn, before noise."""

NOISIEST = 50.0
"""Largest standard deviation of the noise; half of what is drawn has a quarter of it at most."""


def power_law(rng: np.random.Generator, side: int, exponent: float) -> Array:
    """Noise whose amplitude falls with a power of the frequency; its standard deviation is 1."""
    frequency = np.hypot(*np.meshgrid(*[np.fft.fftfreq(side)] * 2))
    frequency[0, 0] = 1
    white = np.fft.fft2(rng.normal(size=(side, side)))
    noise = np.fft.ifft2(white * frequency**-exponent).real
    return np.asarray(noise / noise.std())


def _noise(rng: np.random.Generator, side: int) -> Array:
    """Noise of any colour."""
    return power_law(rng, side, rng.uniform(0.0, 2.0))


def _electrons(rng: np.random.Generator, side: int) -> Array:
    """Nothing but electrons."""
    return rng.poisson(np.exp(rng.uniform(-1.5, 4.0)), (side, side)).astype(float)


def _blurred(rng: np.random.Generator, side: int) -> Array:
    """Noise without fine detail, with a little of it again on top."""
    smooth = ndimage.gaussian_filter(rng.normal(size=(side, side)), np.exp(rng.uniform(0.3, 2.0)))
    return np.asarray(smooth / smooth.std() + rng.uniform(0, 0.4) * rng.normal(size=(side, side)))


def _stars(rng: np.random.Generator, side: int) -> Array:
    """Stars of all magnitudes under one sky, which saturate some cameras."""
    width, slope = np.exp(rng.uniform(0.3, 1.4)), rng.uniform(0.6, 1.3)
    reach = round(12 * width)
    step = np.arange(-reach, reach + 1)
    sky = np.zeros((side + 2 * reach, side + 2 * reach))
    for y, x in rng.uniform(0, side, (rng.integers(60, 600), 2)):
        light = min(40 * (1 - rng.random()) ** -slope, 1e5)
        distance = ((step[:, None] - y % 1) ** 2 + (step - x % 1) ** 2) / width**2
        part = np.s_[int(y) : int(y) + len(step), int(x) : int(x) + len(step)]
        sky[part] += light / width * (1 + distance) ** -2.5
    seen = rng.poisson(30 + sky[reach:-reach, reach:-reach]).astype(float)
    return np.asarray(np.minimum(seen, rng.choice([255.0, np.inf])))


def _galaxies(rng: np.random.Generator, side: int) -> Array:
    """Galaxies of all sizes, lengths and magnitudes under one sky."""
    step = np.mgrid[:side, :side].astype(float)
    sky, widest = np.zeros((side, side)), np.exp(rng.uniform(0.0, 1.2))
    for y, x in rng.uniform(0, side, (rng.integers(60, 400), 2)):
        width, angle = widest * np.exp(0.5 * rng.normal()), rng.uniform(0, np.pi)
        light, thin = min(10 * (1 - rng.random()) ** -0.9, 1e4), rng.uniform(0.3, 1)
        near = np.s_[max(0, int(y - 9 * width)) : int(y + 9 * width) + 1]
        beside = np.s_[max(0, int(x - 9 * width)) : int(x + 9 * width) + 1]
        down, right = step[0, near, beside] - y, step[1, near, beside] - x
        along = np.cos(angle) * down + np.sin(angle) * right
        across = (np.cos(angle) * right - np.sin(angle) * down) / thin
        sky[near, beside] += light * np.exp(-np.hypot(along, across) / width)
    return np.asarray(rng.poisson(rng.uniform(5, 60) + sky), float)


def _speckle(rng: np.random.Generator, side: int) -> Array:
    """Grain whose bright places stand out more than its dark ones."""
    grain = ndimage.gaussian_filter(rng.normal(size=(side, side)), np.exp(rng.uniform(-0.7, 1.0)))
    slow = ndimage.gaussian_filter(rng.normal(size=(side, side)), side / 8)
    tone = rng.uniform(0.1, 0.8) * grain / grain.std() + rng.uniform(0, 0.5) * slow / slow.std()
    return np.asarray(rng.poisson(np.exp(rng.uniform(0, 5) + tone)), float)


def _leaves(rng: np.random.Generator, side: int) -> Array:
    """Things of all sizes that hide each other, as in photographs."""
    image = np.zeros((side, side))
    for size in np.sort(2 * (1 - rng.random(900)) ** -0.7)[::-1]:
        y, x = rng.integers(0, side, 2)
        half = min(int(size) + 1, side)
        rows, places = (slice(max(0, at - half), min(at + half + 1, side)) for at in (y, x))
        down, right = (np.mgrid[rows, places] - np.array([y, x])[:, None, None]) / size
        round_ = rng.random() < 0.6
        inside = down**2 + right**2 < 1 if round_ else np.abs(down) < rng.random()
        image[rows, places][inside] = (rng.random() + 0.3 * rng.normal() * right)[inside]
    return image


def _relief(rng: np.random.Generator, side: int) -> Array:
    """Slopes under a light, brighter the steeper they are, as secondary electrons show them."""
    height = ndimage.gaussian_filter(power_law(rng, side, rng.uniform(1.0, 2.2)), 1.0)
    slope = np.stack(np.gradient(height)) / height.std() * rng.uniform(2, 30)
    return np.asarray(np.sqrt(1 + (slope**2).sum(0)) + rng.uniform(0, 1) * slope[0])


def _turned(rng: np.random.Generator, side: int) -> Array:
    """Coordinates along two axes that are turned by any angle [px]."""
    angle = rng.uniform(0, np.pi / 2)
    axes = [[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]]
    turned = np.tensordot(axes, np.mgrid[:side, :side].astype(float), 1)
    return np.asarray(turned + rng.uniform(0, side, (2, 1, 1)))


def _board(rng: np.random.Generator, side: int) -> Array:
    """Squares of a board."""
    return np.asarray(np.floor(_turned(rng, side) / np.exp(rng.uniform(2.5, 3.7))).sum(0) % 2)


def _net(rng: np.random.Generator, side: int) -> Array:
    """Squares between lines, or lines between squares."""
    mesh = np.exp(rng.uniform(2.6, 3.7))
    lines = (_turned(rng, side) % mesh < mesh * rng.uniform(0.1, 0.5)).any(axis=0)
    return np.asarray(lines if rng.random() < 0.5 else ~lines, float)


def _bricks(rng: np.random.Generator, side: int) -> Array:
    """A wall."""
    along, across = _turned(rng, side)
    height = np.exp(rng.uniform(2.5, 3.7))
    width, mortar = height * rng.uniform(1.2, 3.0), height * rng.uniform(0.08, 0.25)
    row = along // height
    shifted = across + row % 2 * width / 2
    tones = rng.normal(0.4, 0.12, (999, 999))[row.astype(int), (shifted // width).astype(int)]
    return np.where((along % height < mortar) | (shifted % width < mortar), 0.9, tones)


def _stripes(rng: np.random.Generator, side: int) -> Array:
    """A grating."""
    wave = np.sin(2 * np.pi * _turned(rng, side)[0] / np.exp(rng.uniform(1.8, 3.4)))
    return np.asarray(wave if rng.random() < 0.5 else np.sign(wave))


def _fibres(rng: np.random.Generator, side: int) -> Array:
    """Fibres, or scratches, that lie across each other."""
    image = np.zeros((side, side))
    for _ in range(int(rng.integers(10, 120))):
        distance = np.abs(_turned(rng, side)[0] - rng.uniform(side, 2 * side))
        image = np.maximum(image, rng.random() * np.clip(rng.uniform(1, 6) - distance, 0, 2))
    return image


def _cells(rng: np.random.Generator, side: int) -> Array:
    """Grains of different tones, and walls between them."""
    count = int(np.exp(rng.uniform(3.5, 7.0)))
    tree = cKDTree(rng.uniform(0, side, (count, 2)))
    distance, number = tree.query(np.mgrid[:side, :side].reshape(2, -1).T, 2)
    wall = np.minimum(distance[:, 1] - distance[:, 0], rng.uniform(1, 8))
    tone = rng.uniform(0, 5) * rng.random(count)[number[:, 0]]
    return np.asarray((wall + tone).reshape(side, side))


def _discs(rng: np.random.Generator, side: int) -> Array:
    """Coins, balls and beads: discs in the open, of one size or several, flat or shaded."""
    largest, range_, shaded = np.exp(rng.uniform(1.6, 3.2)), rng.uniform(0, 0.6), rng.random()
    grid = np.mgrid[:side, :side].astype(float)
    if rng.random() < 0.3:
        places = _centres(rng, side, largest)
    else:
        places = rng.uniform(0, side, (int(side**2 / largest**2 * rng.uniform(0.02, 0.15)), 2))
    image = np.zeros((side, side))
    for y, x in places:
        radius = largest * (1 - range_ * rng.random())
        squared = ((grid[0] - y) ** 2 + (grid[1] - x) ** 2) / radius**2
        dome = np.sqrt(np.clip(1 - squared, 0, 1))
        image = np.where(squared < 1, 1 - shaded + shaded * dome, image)
    return image


def _centres(rng: np.random.Generator, side: int, radius: float) -> Array:
    """Places (y, x) in straight rows, which do not touch [px]."""
    turned = _turned(rng, side) / (radius * rng.uniform(2.1, 3.5))
    middle = (np.abs(turned - np.round(turned)) < 0.5 / radius).all(axis=0)
    labels, count = ndimage.label(ndimage.binary_dilation(middle))
    return np.array(ndimage.center_of_mass(middle, labels, range(1, count + 1))).reshape(-1, 2)


def _blobs(rng: np.random.Generator, side: int) -> Array:
    """Two phases with a sharp border."""
    smooth = ndimage.gaussian_filter(rng.normal(size=(side, side)), np.exp(rng.uniform(0.8, 3.3)))
    return np.asarray(smooth > np.quantile(smooth, rng.uniform(0.3, 0.9)), float)


def _rims(rng: np.random.Generator, side: int) -> Array:
    """Particles and pores with bright edges, from which more secondary electrons come."""
    inside = _blobs(rng, side) > 0
    depth = ndimage.distance_transform_edt(inside) + ndimage.distance_transform_edt(~inside)
    uneven = ndimage.gaussian_filter(rng.normal(size=(side, side)), rng.uniform(3, 12))
    bright = np.exp(rng.uniform(0, 1) * uneven / uneven.std())
    return np.asarray(bright * np.exp(-(depth - 1) / rng.uniform(1, 4)) + rng.random() * inside)


def _print(rng: np.random.Generator, side: int) -> Array:
    """A page of print."""
    size = int(np.exp(rng.uniform(2.2, 3.5)))
    page = Image.new("L", (side, side), 255)
    for top in range(0, side, int(size * rng.uniform(1.2, 1.8))):
        text = "".join(rng.choice(LETTERS, 2 * side // size + 10))
        ImageDraw.Draw(page).text((0, top), text, 0, _font(size))
    grey = np.asarray(page, float) / 255
    return grey if rng.random() < 0.7 else 1 - grey


@cache
def _font(size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(findfont("DejaVu Serif"), size)


SOFT: dict[str, Draw] = {
    "noise": _noise,
    "electrons": _electrons,
    "blurred noise": _blurred,
    "stars": _stars,
    "galaxies": _galaxies,
    "speckle": _speckle,
}
"""What is recorded as it is."""

SHARP: dict[str, Draw] = {
    "leaves": _leaves,
    "relief": _relief,
    "board": _board,
    "net": _net,
    "bricks": _bricks,
    "stripes": _stripes,
    "fibres": _fibres,
    "cells": _cells,
    "discs": _discs,
    "blobs": _blobs,
    "rims": _rims,
    "print": _print,
}
"""What a lens then blurs, and a camera makes noisy."""

KINDS = (*SOFT, *SHARP)

AMONG_OTHERS = 0.4
"""Share of these images in which it fills a part only, among leaves."""


@dataclass(frozen=True)
class OtherImages:
    """Draws image number `i` of other things; the kinds take turns.

    Parameters
    ----------
    seed, part
        Every draw follows from them; images of another part serve another end.
    side
        Rows and columns [px].
    """

    seed: int
    part: int
    side: int = 320

    def __call__(self, index: int) -> Micrograph:
        """Draw one image."""
        rng = np.random.default_rng([self.seed, self.part, index])
        kind = KINDS[index % len(KINDS)]
        drawn = SOFT[kind](rng, self.side) if kind in SOFT else self._sharp(kind, rng)
        name = f"{kind} {index // len(KINDS) + 1}"
        return Micrograph(drawn.astype(np.float32), name=name)

    def _sharp(self, kind: str, rng: np.random.Generator) -> Array:
        drawn = SHARP[kind](rng, self.side)
        if rng.random() < AMONG_OTHERS:
            drawn = np.where(_blobs(rng, self.side) > 0, drawn, _leaves(rng, self.side))
        lens = ndimage.gaussian_filter(GREYS * drawn, rng.uniform(0, 1))
        return np.asarray(lens + NOISIEST * rng.random() ** 2 * rng.normal(size=lens.shape))
