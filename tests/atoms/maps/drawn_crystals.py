"""Crystals whose every column is known."""

from collections.abc import Sequence

import numpy as np

from colonnade.atoms.columns import Columns
from colonnade.core.arrays import Array

SQUARE = ((0.0, 20.0), (20.0, 0.0))
HEXAGONAL = ((0.0, 20.0), (17.32, 10.0))
PEROVSKITE = ((0.0, 0.0), (0.5, 0.5))
SILICON = ((0.0, 0.0), (0.25, 0.0), (0.5, 0.5), (0.75, 0.5))

IDENTITY = ((1.0, 0.0), (0.0, 1.0))


def places(
    basis: Sequence[Sequence[float]], sites: Sequence[Sequence[float]], shape: tuple[int, int]
) -> tuple[Array, Array]:
    """Columns (y, x) that fill an image, and the number of the site of each."""
    sides = np.array(basis, float)
    reach = int(2 * max(shape) / np.sqrt(abs(np.linalg.det(sides)))) + 2
    numbers = np.stack(np.meshgrid(*2 * [np.arange(-reach, reach)], indexing="ij"), -1)
    at = [(numbers.reshape(-1, 2) + np.array(site)) @ sides for site in sites]
    site = np.repeat(np.arange(len(sites)), [len(each) for each in at])
    middle = np.concatenate(at) + np.array(shape) / 2
    inside = ((middle >= 0) & (middle < np.array(shape))).all(axis=1)
    return middle[inside], site[inside]


def crystal(
    basis: Sequence[Sequence[float]] = SQUARE,
    sites: Sequence[Sequence[float]] = PEROVSKITE,
    intensity: Sequence[float] = (1.0, 0.5),
    *,
    shape: tuple[int, int] = (400, 520),
    noise: float = 0.2,
    stretch: Sequence[Sequence[float]] = IDENTITY,
    seed: int = 1,
    pixel_size: tuple[float, float] | None = None,
) -> Columns:
    """Draw the columns of a crystal, stretched about the middle of the image, with noise [px]."""
    draw = np.random.default_rng(seed)
    at, site = places(basis, sites, shape)
    middle = np.array(shape) / 2
    at = (at - middle) @ np.array(stretch).T + middle
    at += noise * draw.standard_normal(at.shape)
    sigma = np.full(len(at), max(noise, 1e-3))
    bright = np.array(intensity)[site] * np.exp(0.03 * draw.standard_normal(len(at)))
    return Columns(
        at[:, 0], at[:, 1], sigma, sigma, intensity=bright, pixel_size=pixel_size
    ).with_labels(site=site)


def turn(degrees: float) -> Array:
    """Matrix on (y, x) that turns from x towards y."""
    angle = np.deg2rad(degrees)
    return np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
