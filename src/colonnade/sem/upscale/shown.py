"""What is shown of an upscaled image: the measured one, the finer one, and the half-widths."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw
from scipy import ndimage

from colonnade.core.arrays import Single
from colonnade.core.figures.overlay import ORANGE, as_bytes, grey_range
from colonnade.core.images.reduced import Window, reduced
from colonnade.core.images.tiles import Readable
from colonnade.sem.feature import Feature, Kind

RAMP = ((13, 22, 48), (0, 114, 178), (230, 159, 0), (255, 246, 224))
"""Colours of half-widths from none to the largest, each brighter than the one before."""

OVERVIEW = 512
"""Most rows and columns of what is looked through to choose what to show [px]."""

WIDEST = 0.99
"""Share of the half-widths that lie below the brightest colour."""

_SMOOTH = Image.Resampling.BICUBIC

COLOURS: dict[Kind, str] = {"added": ORANGE, "missing": "#56B4E9", "invented": "#CC79A7"}
"""Of the rings round features."""

RING_PX, LEAST_RADIUS, FRAME_PX = 2, 4, 1
"""Widths of the lines of rings and frames, and least radius of a ring, in a picture [px]."""


@dataclass(frozen=True, eq=False)
class View:
    """A part of an image, in three pictures of one size.

    Parameters
    ----------
    before, after, trust
        The measured image, the finer one and the half-widths of its intervals.
    corner
        Where the part begins, (y, x) [pixels of the finer image].
    scale
        Pixels of a picture for each of the finer image, along (y, x).
    """

    before: Image.Image
    after: Image.Image
    trust: Image.Image
    corner: tuple[int, int]
    scale: tuple[float, float]

    def outline(self, features: Iterable[Feature]) -> None:
        """Draw a ring round each feature that only one of the two images shows."""
        for feature in features:
            half = max(feature.size / 2, LEAST_RADIUS / self.scale[1]) + RING_PX / self.scale[1]
            around = (
                slice(feature.y + 0.5 - half, feature.y + 0.5 + half),
                slice(feature.x + 0.5 - half, feature.x + 0.5 + half),
            )
            for picture in (self.before, self.after):
                draw = ImageDraw.Draw(picture)
                draw.ellipse(self.box(around), outline=COLOURS[feature.kind], width=RING_PX)

    def frame(self, window: Window) -> None:
        """Draw a frame round a part of the finer image."""
        left, top, right, bottom = self.box(window)
        for picture in self.pictures:
            draw = ImageDraw.Draw(picture)
            for edge, colour in ((2 * FRAME_PX, "black"), (FRAME_PX, "white")):
                around = (left - edge, top - edge, right + edge, bottom + edge)
                draw.rectangle(around, outline=colour, width=FRAME_PX)

    @property
    def pictures(self) -> tuple[Image.Image, Image.Image, Image.Image]:
        """All three."""
        return self.before, self.after, self.trust

    def box(self, window: Window) -> tuple[float, float, float, float]:
        """Where a part of the finer image lies in a picture: left, top, right, bottom."""
        (top, bottom), (left, right) = (
            tuple((edge - corner) * scale for edge in (each.start, each.stop))
            for each, corner, scale in zip(window, self.corner, self.scale, strict=True)
        )
        return left, top, right, bottom


@dataclass(frozen=True, eq=False)
class Shown:
    """An image and what came of it; both may be larger than memory.

    Parameters
    ----------
    low
        The measured grey levels.
    high
        The finer ones.
    half_width
        Half the width of the interval of each.
    factor
        How many times as fine they are.
    aspect
        Height of a pixel over its width.
    features
        What is outlined.
    title
        What the finer one is called; by default after the factor.
    """

    low: Readable
    high: Readable
    half_width: Readable
    factor: int
    aspect: float = 1.0
    features: tuple[Feature, ...] = ()
    title: str = ""

    @property
    def said(self) -> str:
        """What the finer image is called."""
        return self.title or f"{self.factor} times finer"

    @property
    def whole(self) -> Window:
        """All of the image."""
        height, width = self.low.shape
        return slice(0, height), slice(0, width)

    @cached_property
    def limits(self) -> tuple[float, float]:
        """Grey levels that are shown black and white."""
        return grey_range(self._overview)

    @cached_property
    def widest(self) -> float:
        """Half-width that is shown in the brightest colour [grey levels]."""
        step = self.factor * self._step
        return float(
            np.nanquantile(reduced(self.half_width, self.finer(self.whole), step), WIDEST)
        )

    @property
    def _step(self) -> int:
        return -(-max(self.low.shape) // OVERVIEW)

    @cached_property
    def _overview(self) -> Single:
        return reduced(self.low, self.whole, self._step)

    def details(self, width: int, height: int, count: int) -> list[Window]:
        """Choose the parts that have most to see, none overlapping another.

        Parameters
        ----------
        width, height
            Of a part [pixels of the finer image].
        count
            How many, as far as there are.
        """
        rows, columns = self.low.shape
        size = min(rows, -(-height // self.factor)), min(columns, -(-width // self.factor))
        sharp = ndimage.gaussian_gradient_magnitude(self._overview, 1.5)
        small = tuple(max(1, length // self._step) for length in size)
        seen = ndimage.uniform_filter(sharp, small, mode="constant")
        found = []
        for _ in range(count):
            if not seen.max() > 0:
                break
            centre = np.unravel_index(int(seen.argmax()), seen.shape)
            window = tuple(
                _around(int(at) * self._step, length, most)
                for at, length, most in zip(centre, size, (rows, columns), strict=True)
            )
            found.append((window[0], window[1]))
            taken = tuple(
                slice(max(0, int(at) - length), int(at) + length)
                for at, length in zip(centre, small, strict=True)
            )
            seen[taken] = 0
        return found

    def view(self, window: Window, width: int) -> View:
        """Draw a part of the image as wide as it is said [px]."""
        finer = self.finer(window)
        tall, across = (each.stop - each.start for each in finer)
        step = max(1, across // width)
        pixels = (
            as_bytes(reduced(self.low, window, max(1, step // self.factor)), self.limits),
            as_bytes(reduced(self.high, finer, step), self.limits),
            coloured(reduced(self.half_width, finer, step), self.widest),
        )
        size = width, max(1, round(width * tall / across * self.aspect))
        # Pixels of the measured image that are enlarged are shown as the squares that they are.
        squares = Image.Resampling.NEAREST if width > across / self.factor else _SMOOTH
        ways = (squares, _SMOOTH, _SMOOTH)
        before, after, trust = (
            Image.fromarray(each).convert("RGB").resize(size, way)
            for each, way in zip(pixels, ways, strict=True)
        )
        corner = finer[0].start, finer[1].start
        view = View(before, after, trust, corner, (size[1] / tall, width / across))
        view.outline(self.features)
        return view

    def finer(self, window: Window) -> Window:
        """Where a part of the measured image lies in the finer one."""
        rows, columns = (
            slice(self.factor * each.start, self.factor * each.stop) for each in window
        )
        return rows, columns


def coloured(half_width: Single, widest: float) -> NDArray[np.uint8]:
    """Give the colours of half-widths."""
    share = np.nan_to_num(half_width / max(widest, 1e-30), nan=1.0).clip(0, 1)
    stops = np.linspace(0, 1, len(RAMP))
    channels = [np.interp(share, stops, [colour[n] for colour in RAMP]) for n in range(3)]
    return np.stack(channels, axis=-1).round().astype(np.uint8)


def _around(centre: int, length: int, most: int) -> slice:
    start = min(max(0, centre - length // 2), most - length)
    return slice(start, start + length)
