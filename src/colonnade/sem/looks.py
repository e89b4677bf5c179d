"""What a material looks like, in numbers that hardly depend on dose, contrast or size.

They describe shapes, not grey levels: how the measured image is curved at several scales, how
uneven its edges are, on which side of an edge it is bright, how its lines run. All are ratios of
means over a block, so that brightness and contrast drop out.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.ndimage import gaussian_filter

from colonnade.core.arrays import Array, Single

SIDE = 48
"""Rows and columns of the blocks that are described [px]; as large are most training images."""

SCALES = (1.0, 1.5, 2.2, 3.3, 5.0)
"""Standard deviations of the Gaussians through which a block is seen [px]."""

SHAPES = 8
"""Kinds of curvature that are told apart: from cup over valley, saddle and ridge to cap."""

NEIGHBOURHOOD = 2.0
"""Lines are followed over a Gaussian of so many times the scale."""

QUANTITIES = len(SCALES) * (SHAPES + 17) + len(SCALES) - 1
"""How many numbers describe a block."""

FLAT = 1e-12
"""Added to what is divided by, so that a block that is flat at a scale divides nothing by zero;
blocks are described at unit variance."""


def describe(blocks: Single) -> Array:
    """Describe blocks (n, y, x), none of one grey level throughout: rows of `QUANTITIES`."""
    deviation = blocks - blocks.mean((1, 2), keepdims=True, dtype=np.float64)
    levels = deviation / deviation.std((1, 2), keepdims=True)
    views = [_View(levels, scale) for scale in SCALES]
    powers = np.log([_mean(view.curvature) + FLAT for view in views])
    rows = [*(row for view in views for row in view.quantities()), *np.diff(powers, axis=0)]
    return np.stack(rows, axis=1)


@dataclass(frozen=True, eq=False)
class _View:
    """Blocks as they are seen at one scale.

    Parameters
    ----------
    levels
        Grey levels of mean 0 and variance 1 (n, y, x).
    scale
        Standard deviation of the Gaussian [px].
    """

    levels: Array
    scale: float

    def quantities(self) -> Iterator[Array]:
        """Give one number after another, for all blocks."""
        yield from self._shapes()
        for energy in (self.curvature, self.slope):
            yield np.log((_mean(energy**2) + FLAT) / (_mean(energy) ** 2 + FLAT))
            yield np.log((_mean(np.sqrt(energy)) ** 2 + FLAT) / (_mean(energy) + FLAT))
        yield from self._sides()
        yield from self._turns()
        yield from self._lines()

    @cached_property
    def smooth(self) -> Array:
        """The blocks through the Gaussian."""
        return _smoothed(self.levels, self.scale)

    @cached_property
    def gradient(self) -> tuple[Array, Array]:
        """Slopes along y and x, in grey levels on the way of one scale."""
        along_y, along_x = _slopes(self.smooth)
        return self.scale * along_y, self.scale * along_x

    @cached_property
    def second(self) -> tuple[Array, Array, Array]:
        """Second derivatives along yy, xx and yx."""
        along_yy, along_yx = _slopes(self.gradient[0])
        _, along_xx = _slopes(self.gradient[1])
        return self.scale * along_yy, self.scale * along_xx, self.scale * along_yx

    @cached_property
    def slope(self) -> Array:
        """Squared gradient."""
        return np.square(self.gradient[0]) + np.square(self.gradient[1])

    @cached_property
    def mean_curvature(self) -> Array:
        """Mean of the two principal curvatures."""
        return (self.second[0] + self.second[1]) / 2

    @cached_property
    def anisotropy(self) -> Array:
        """Half the difference of the two."""
        return np.hypot((self.second[0] - self.second[1]) / 2, self.second[2])

    @cached_property
    def curvature(self) -> Array:
        """Mean square of the two."""
        return np.square(self.mean_curvature) + np.square(self.anisotropy)

    def _shapes(self) -> Iterator[Array]:
        """Share of each kind of curvature (Koenderink's shape index), weighted by its strength."""
        index = np.arctan2(self.mean_curvature, self.anisotropy) / np.pi + 0.5
        place = np.clip(SHAPES * index - 0.5, 0, SHAPES - 1)
        total = _mean(self.curvature) + FLAT
        for kind in range(SHAPES):
            share = np.clip(1 - np.abs(place - kind), 0, 1)
            yield np.sqrt(_mean(self.curvature * share) / total)

    def _sides(self) -> Iterator[Array]:
        """Say how uneven grey levels are, and on the bright or the dark side of what they turn."""
        levels = self.smooth - self.smooth.mean((1, 2), keepdims=True)
        levels = levels / (levels.std((1, 2), keepdims=True) + FLAT)
        yield _mean(levels**3) / 3
        yield np.log(_mean(levels**4) + FLAT)
        yield _mean(self.curvature * levels) / (_mean(self.curvature) + FLAT)
        yield _mean(self.slope * levels) / (_mean(self.slope) + FLAT)
        yield _mean(self.slope * levels**2) / (_mean(self.slope) + FLAT)
        strength = np.sqrt(_mean(np.square(self.mean_curvature)))
        yield _mean(self.mean_curvature * levels) / (strength + FLAT)

    def _turns(self) -> Iterator[Array]:
        """Curvature along the edges and across them, signed and not."""
        along_y, along_x = self.gradient
        yy, xx, yx = self.second
        along = along_x**2 * yy - 2 * along_x * along_y * yx + along_y**2 * xx
        across = along_x**2 * xx + 2 * along_x * along_y * yx + along_y**2 * yy
        unit = _mean(self.slope**1.5) + FLAT
        for turn in (along, across):
            yield _mean(turn) / unit
            yield _mean(np.abs(turn)) / unit

    def _lines(self) -> Iterator[Array]:
        """How far slopes agree in direction, and how unevenly they are spread."""
        width = NEIGHBOURHOOD * self.scale
        along_y, along_x = self.gradient
        yy, xx, yx = (
            _smoothed(product, width) for product in (along_y**2, along_x**2, along_y * along_x)
        )
        total, agreed = yy + xx, np.hypot(yy - xx, 2 * yx)
        yield _mean(agreed) / (_mean(total) + FLAT)
        yield np.log((_mean(total**2) + FLAT) / (_mean(total) ** 2 + FLAT))
        yield _mean(agreed**2) / (_mean(total**2) + FLAT)


def _smoothed(images: Array, scale: float) -> Array:
    return np.asarray(gaussian_filter(images, (0, scale, scale), mode="mirror", truncate=3.5))


def _slopes(images: Array) -> tuple[Array, Array]:
    """Differences along y and x, from a pixel to the next."""
    along_y, along_x = (np.asarray(np.gradient(images, axis=axis)) for axis in (1, 2))
    return along_y, along_x


def _mean(values: Array) -> Array:
    """Mean over each block."""
    return np.asarray(values.mean((1, 2)))
