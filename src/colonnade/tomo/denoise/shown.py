"""What is shown of a denoised image: before, after, and what was taken away."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from scipy import ndimage

from colonnade.core.arrays import Single
from colonnade.core.figures.overlay import as_bytes, grey_range
from colonnade.core.images.reduced import Window, reduced
from colonnade.core.images.tiles import Readable

OVERVIEW = 512
"""Most rows and columns of what is looked through to choose what to show [px]."""

DETAIL = 140
"""Rows and columns of the part that is shown large [px]."""

SMOOTH = 1.5
"""The part to show is that with the steepest edges after so much smoothing [px]."""

STRONGEST = 0.998
"""Share of what was taken away that lies within the range that is shown."""


LEAST = 1e-30
"""The range that is shown is no smaller [grey levels]."""


@dataclass(frozen=True, eq=False)
class Shown:
    """An image before and after; both may be larger than memory.

    Parameters
    ----------
    before, after
        Grey levels, axes (y, x).
    aspect
        Height of a pixel over its width.
    """

    before: Readable
    after: Readable
    aspect: float = 1.0

    @property
    def windows(self) -> Iterator[Window]:
        """The whole image and, where pixels are lost in it, a part with much to see."""
        height, width = self.before.shape
        yield slice(0, height), slice(0, width)
        if max(height, width) > 2 * DETAIL:
            yield self._detail

    @cached_property
    def limits(self) -> tuple[float, float]:
        """Grey levels that are shown black and white."""
        return grey_range(self._overview)

    def panels(self, window: Window, width: int) -> tuple[Image.Image, ...]:
        """Draw a part before, after, and what was taken away, as wide as it is said [px]."""
        tall, across = (each.stop - each.start for each in window)
        step = max(1, across // width)
        before, after = reduced(self.before, window, step), reduced(self.after, window, step)
        removed = before - after
        strongest = max(float(np.quantile(np.abs(removed), STRONGEST)), LEAST)
        size = width, max(1, round(width * tall / across * self.aspect))
        # Pixels that are enlarged are shown as the squares that they are.
        way = Image.Resampling.NEAREST if width > across else Image.Resampling.BICUBIC
        pixels: tuple[NDArray[np.uint8], ...] = (
            as_bytes(before, self.limits),
            as_bytes(after, self.limits),
            as_bytes(removed, (-strongest, strongest)),
        )
        return tuple(Image.fromarray(each).resize(size, way).convert("RGB") for each in pixels)

    @property
    def _step(self) -> int:
        return -(-max(self.before.shape) // OVERVIEW)

    @cached_property
    def _overview(self) -> Single:
        height, width = self.after.shape
        return reduced(self.after, (slice(0, height), slice(0, width)), self._step)

    @property
    def _detail(self) -> Window:
        sharp = ndimage.gaussian_gradient_magnitude(self._overview, SMOOTH)
        seen = ndimage.uniform_filter(sharp, max(1, DETAIL // self._step), mode="constant")
        centre = np.unravel_index(int(seen.argmax()), seen.shape)
        rows, columns = (
            _around(int(at) * self._step, length)
            for at, length in zip(centre, self.before.shape, strict=True)
        )
        return rows, columns


def _around(centre: int, most: int) -> slice:
    start = max(0, min(centre - DETAIL // 2, most - DETAIL))
    return slice(start, min(start + DETAIL, most))
