"""What regions say together: how many, how much of the field, and how large, with intervals.

Small regions are seen whole more often than large ones, of which more touch the border. Those
that do are left out of sizes, and each of the others counts by the chance with which one of its
size would have been whole (Miles 1974, Lantuejoul 1980).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from colonnade.core.arrays import Array
from colonnade.core.measures.regions.levels import HALF_WIDTHS
from colonnade.core.measures.trust import COVERAGE

QUANTILES = ((1 - COVERAGE) / 2, (1 + COVERAGE) / 2)
"""Ends of an interval."""

RESAMPLED = 1000
"""So often are regions drawn again with repeats."""

LEAST_CHANCE = 0.05
"""A region that would hardly ever be whole counts no more than this chance says."""


@dataclass(frozen=True)
class Interval:
    """A number and its interval of 90 %.

    Parameters
    ----------
    value
        The number.
    low, high
        Ends of the interval.
    """

    value: float
    low: float
    high: float

    def scaled(self, factor: float) -> "Interval":
        """Give it in another unit."""
        return Interval(factor * self.value, factor * self.low, factor * self.high)

    def to_json(self) -> dict[str, float | None]:
        """Give it as numbers; what there is not is None."""
        ends = {"value": self.value, "low": self.low, "high": self.high}
        return {name: value if np.isfinite(value) else None for name, value in ends.items()}


NONE = Interval(float("nan"), float("nan"), float("nan"))
"""What is not known."""


def whole_chance(box: Array, shape: tuple[int, ...]) -> Array:
    """Chance with which something that reaches across so many pixels lies wholly in a field."""
    chance = np.prod(1 - (np.maximum(box, 1) - 1) / np.array(shape), axis=1)
    return np.asarray(np.maximum(chance, LEAST_CHANCE))


def quantile(values: Array, weights: Array, share: float) -> float:
    """Quantile of values that count differently, interpolated between them."""
    order = np.argsort(values, kind="stable")
    reached = np.cumsum(weights[order]) - weights[order] / 2
    return float(np.interp(share * weights.sum(), reached, values[order]))


def median_size(
    diameter: Array, drawn: Array, weights: Array, rng: np.random.Generator
) -> Interval:
    """Median diameter of all that there are, of which these are some.

    Parameters
    ----------
    diameter
        Of each region.
    drawn
        The same in each drawing (draw, region).
    weights
        How much each counts.
    rng
        Source of what is drawn.
    """
    if len(diameter) < 2:
        return NONE if not len(diameter) else _of(float(diameter[0]), drawn[:, 0])
    chosen = rng.integers(len(diameter), size=(RESAMPLED, len(diameter)))
    which = rng.integers(len(drawn), size=RESAMPLED)
    medians = [
        quantile(drawn[draw, some], weights[some], 0.5)
        for draw, some in zip(which, chosen, strict=True)
    ]
    return _of(quantile(diameter, weights, 0.5), np.array(medians))


def _of(value: float, drawn: Array) -> Interval:
    low, high = np.quantile(drawn, QUANTILES)
    return Interval(value, min(value, float(low)), max(value, float(high)))


def field_fraction(
    area: Array, drawn: Array, measured: NDArray[np.bool_], field: float
) -> Interval:
    """Share of the field that measured regions take.

    What may be there or not, because the image is guessed, is in the upper end alone.

    Parameters
    ----------
    area, measured
        Of each region, and whether it is measured.
    drawn
        Areas in each drawing (draw, region).
    field
        Area of all.
    """
    low = float(np.quantile(drawn[:, measured].sum(1), QUANTILES[0])) / field
    high = float(np.quantile(drawn.sum(1), QUANTILES[1])) / field
    return Interval(float(area[measured].sum()) / field, min(low, 1.0), min(high, 1.0))


def specimen_fraction(of_field: Interval, area: Array, field: float) -> Interval:
    """Share of a specimen of which the field is a part like any other.

    Regions that lie at random vary in number and size from field to field.

    Parameters
    ----------
    of_field
        Share of the field.
    area
        Of the measured regions.
    field
        Area of all.
    """
    share = of_field.value
    # The variance of random grains; where they fill the field there is no room to vary.
    deviation = float(np.sqrt(np.square(area).sum())) / field * max(1 - share, 0.0)
    beyond = HALF_WIDTHS * deviation
    return Interval(
        share,
        max(share - float(np.hypot(share - of_field.low, beyond)), 0.0),
        min(share + float(np.hypot(of_field.high - share, beyond)), 1.0),
    )


def count_interval(measured: int, lasting: Array, counts: tuple[int, int], count: int) -> Interval:
    """How many regions there are in the field.

    Parameters
    ----------
    measured
        How many are measured.
    lasting
        Chance of each of them to be there.
    counts
        How many there would be, were slightly wider or narrower necks parted.
    count
        How many there are with those that are not measured.
    """
    unsure = HALF_WIDTHS * float(np.sqrt((lasting * (1 - lasting)).sum()))
    fewer, more = count - counts[0], counts[1] - count
    low = measured - float(np.hypot(unsure, fewer))
    high = measured + float(np.hypot(unsure, more)) + (count - measured)
    return Interval(measured, max(low, 0.0), high)
