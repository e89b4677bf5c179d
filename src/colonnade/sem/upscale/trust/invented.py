"""Which features a network draws that a more careful one does not expect.

A network that was trained to seem sharp draws what might be there. Its companion, trained for the
smallest error, draws what is to be expected, and says how far off that may be. A disc of which the
companion expects less than half is more likely to be invented than not.
"""

from collections.abc import Iterator
from itertools import product

import numpy as np
from scipy.ndimage import maximum_filter

from colonnade.core.arrays import Single
from colonnade.core.images.tiles import Part, Readable
from colonnade.core.measures.particles import ENOUGH, LEAST_CONTRAST, Responses
from colonnade.sem.feature import Feature
from colonnade.sem.upscale.predict import Answers
from colonnade.sem.upscale.trust.levels import spread_range
from colonnade.sem.upscale.trust.overlaps import surest

DIAMETERS = (0.5, 0.7, 1.0, 1.4, 2.0, 2.8, 4.0)
"""Of the discs that are looked for [px of the input]; larger ones the measured image shows."""

TILE = 256
"""Largest side of the parts that are looked through one by one [px of the input]."""

MARGIN = 8
"""What lies farther away has no influence on a disc [px of the input]."""

BORDER = 2
"""So near to the ends of an image discs are not looked for [px of the input]."""

DEVIATION = 1.645
"""Half-widths of 90 % intervals are so many standard deviations of a normal distribution."""


def invented_features(finer: Readable, companion: Answers, factor: int) -> list[Feature]:
    """List the bright and dark discs of a finer image that its companion does not expect.

    Parameters
    ----------
    finer
        The image that seems sharp; it need not be in memory.
    companion
        What the careful network says of the same measured image.
    factor
        Finer pixels for each of the input, along each axis.

    Returns
    -------
    features
        The surest first, one of those at one place. Their evidence is how many standard deviations
        the companion's estimate lies below half of the disc.
    """
    height, width = companion.shape
    least = LEAST_CONTRAST * spread_range(finer, companion.shape, factor)
    if not least:
        return []
    return surest(
        feature
        for part in _tiles(height, width)
        for feature in _found(finer, companion, factor, part, least)
    )


def _found(
    finer: Readable, companion: Answers, factor: int, part: Part, least: float
) -> Iterator[Feature]:
    """Discs whose middle lies in a part and that are not expected."""
    wide = _wider(part, companion.shape)
    expected = companion.part(wide)
    drawn = np.asarray(finer[tuple(_scaled(one, factor) for one in wide)], np.float32)
    diameters = tuple(factor * one for one in DIAMETERS)
    heights, estimates = (Responses.of(one, diameters).maps for one in (drawn, expected.image))
    top = np.abs(heights) == maximum_filter(np.abs(heights), size=3)
    for number, row, column in np.argwhere(top & (np.abs(heights) >= least)).tolist():
        y, x = (place + factor * one.start for place, one in zip((row, column), wide, strict=True))
        if not _within(y, x, factor, part, companion.shape):
            continue
        height = float(heights[number, row, column])
        lacking = ENOUGH * abs(height) - np.sign(height) * float(estimates[number, row, column])
        if lacking <= 0:
            continue
        half_width = _around(expected.half_width, row, column, diameters[number])
        yield Feature(y, x, diameters[number], "invented", lacking / (half_width / DEVIATION))


def _within(y: float, x: float, factor: int, part: Part, shape: tuple[int, ...]) -> bool:
    """Whether a finer pixel lies in a part and not too near to the ends of the image."""
    return all(
        factor * max(one.start, BORDER) <= place < factor * min(one.stop, length - BORDER)
        for place, one, length in zip((y, x), part, shape, strict=True)
    )


def _around(image: Single, row: int, column: int, diameter: float) -> float:
    """Mean over the square that a disc covers."""
    reach = round(diameter / 4)
    rows, columns = (slice(max(0, at - reach), at + reach + 1) for at in (row, column))
    return float(image[rows, columns].mean())


def _tiles(height: int, width: int) -> Iterator[Part]:
    for y, x in product(range(0, height, TILE), range(0, width, TILE)):
        yield slice(y, min(y + TILE, height)), slice(x, min(x + TILE, width))


def _wider(part: Part, shape: tuple[int, ...]) -> Part:
    """A part and what has an influence on its discs, within the image."""
    rows, columns = (
        slice(max(0, one.start - MARGIN), min(one.stop + MARGIN, length))
        for one, length in zip(part, shape, strict=True)
    )
    return rows, columns


def _scaled(part: slice, factor: int) -> slice:
    return slice(factor * part.start, factor * part.stop)
