"""Measure regions: one call, from grey levels to sizes with intervals."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from colonnade.core.arrays import Array
from colonnade.core.measures.regions.levels import Levels
from colonnade.core.measures.regions.population import (
    QUANTILES,
    Interval,
    count_interval,
    field_fraction,
    median_size,
    specimen_fraction,
    whole_chance,
)
from colonnade.core.measures.regions.redrawn import redraw
from colonnade.core.measures.regions.segment import Segmentation, segment
from colonnade.core.measures.regions.settings import RegionSettings
from colonnade.core.measures.regions.shapes import Shapes, areas, ball_diameter

SEED = 0
"""Of the errors that are drawn: the same image gives the same intervals."""


@dataclass(frozen=True, eq=False)
class Regions:
    """Regions of an image or a volume, from that of number 1, and how sure each is.

    Parameters
    ----------
    segmentation
        Where they are.
    shapes
        Where they lie and how large they are.
    drawn
        Areas in images drawn again (draw, region), in pixels as high and thick as wide.
    lasting
        Share of these in which each is there.
    half_width
        Half the width of the interval of the image, on average over each region [grey levels].
    measured
        Whether the contrast of each is larger than that, and it is not too small.
    """

    segmentation: Segmentation
    shapes: Shapes
    drawn: Array
    lasting: Array
    half_width: Array
    measured: NDArray[np.bool_]

    @classmethod
    def of(cls, levels: Levels, settings: RegionSettings) -> "Regions":
        """Find and measure regions."""
        found = segment(levels, settings)
        shapes = Shapes.of(found)
        drawn = redraw(found, shapes.area, settings, np.random.default_rng(SEED))
        width = _mean_half_width(found)
        measured = (found.contrast > width) & (shapes.diameter >= levels.finest)
        return cls(found, shapes, drawn.area, drawn.lasting, width, measured)

    def unsure(self, deviation: float) -> "Regions":
        """Give these where all sizes may be wrong by a factor of this relative deviation."""
        factor = 1 + deviation * np.random.default_rng(SEED).standard_normal((len(self.drawn), 1))
        return replace(self, drawn=self.drawn * np.maximum(factor, 0))

    @property
    def count(self) -> int:
        """How many there are."""
        return self.segmentation.count

    @property
    def field(self) -> float:
        """Area or volume that was looked at, in pixels as high and thick as wide."""
        levels = self.segmentation.levels
        return levels.grey.size * levels.pixel if levels.field is None else levels.field

    @property
    def diameters(self) -> tuple[Array, Array]:
        """Ends of the interval of each diameter [px of x]."""
        drawn = ball_diameter(self.drawn, self.segmentation.labels.ndim)
        low, high = np.quantile(drawn, QUANTILES, axis=0)
        return np.minimum(low, self.shapes.diameter), np.maximum(high, self.shapes.diameter)

    @property
    def areas(self) -> tuple[Array, Array]:
        """Ends of the interval of each area or volume."""
        low, high = np.quantile(self.drawn, QUANTILES, axis=0)
        return np.minimum(low, self.shapes.area), np.maximum(high, self.shapes.area)

    @property
    def whole(self) -> NDArray[np.bool_]:
        """Which are measured and do not touch the border: they tell sizes."""
        return np.asarray(self.measured & ~self.shapes.touches_border)

    @property
    def weights(self) -> Array:
        """How many each stands for, as others of its size touch the border."""
        return 1 / whole_chance(self.shapes.box, self.segmentation.labels.shape)

    @property
    def number(self) -> Interval:
        """How many measured ones the field shows."""
        lasting = self.lasting[self.measured]
        counts = self.segmentation.counts
        return count_interval(int(self.measured.sum()), lasting, counts, self.count)

    @property
    def fraction(self) -> Interval:
        """Share of the field that they take."""
        return field_fraction(self.shapes.area, self.drawn, self.measured, self.field)

    @property
    def specimen_fraction(self) -> Interval:
        """The same of a specimen of which the field is a part like any other."""
        return specimen_fraction(self.fraction, self.shapes.area[self.measured], self.field)

    @property
    def median_diameter(self) -> Interval:
        """Of all that there are, by number [px of x]."""
        whole, ndim = self.whole, self.segmentation.labels.ndim
        return median_size(
            self.shapes.diameter[whole],
            ball_diameter(self.drawn[:, whole], ndim),
            self.weights[whole],
            np.random.default_rng(SEED),
        )


def _mean_half_width(found: Segmentation) -> Array:
    inside = found.labels.ravel()
    total = areas(found.labels, found.levels.half_width, found.count)
    return np.asarray(total / np.bincount(inside, minlength=found.count + 1)[1:])
