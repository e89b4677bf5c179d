"""Spots on texture."""

import numpy as np

from colonnade.atoms.locate.find.prominence import Prominence
from colonnade.atoms.locate.judge.spots import Spots
from colonnade.core.arrays import Array, Single
from colonnade.core.images.binning import Binning

SIDE = 192
Y, X = np.mgrid[:SIDE, :SIDE].astype(float)


def texture(seed: int = 0) -> Array:
    return np.random.default_rng(seed).normal(size=(SIDE, SIDE))


def with_spots(heights: Array, ring: float = 0.0, seed: int = 0) -> Single:
    """Gaussian spots of some heights on texture, each in a dark ring of a share of its height."""
    image, cell = texture(seed), SIDE / 6
    for number, height in enumerate(heights):
        y, x = (number // 6 + 0.5) * cell, (number % 6 + 0.5) * cell
        square = ((Y - y) ** 2 + (X - x) ** 2) / (2 * 1.6**2)
        image += height * np.exp(-square) - ring * height * np.exp(-square / 6)
    return image.astype(np.float32)


def spots(image: Single) -> Spots:
    return Spots.of(Prominence.of(image, Binning()).prominence)
