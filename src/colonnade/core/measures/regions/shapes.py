"""Where regions lie, how large they are and how round, and which lie on the border."""

from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import find_objects

from colonnade.core.arrays import Array, Single
from colonnade.core.measures.regions.parting import Labels, neighbours
from colonnade.core.measures.regions.segment import Segmentation

BALL_WIDTHS = {2: 4.0, 3: float(np.sqrt(20.0))}
"""Width of an ellipse or ellipsoid, in standard deviations of its pixels along one axis."""


@dataclass(frozen=True, eq=False)
class Shapes:
    """Shapes of regions, from that of number 1.

    Parameters
    ----------
    area
        Area, or volume, in pixels as high and thick as wide.
    centres
        Rows of (y, x) or (z, y, x) [px].
    widths
        Width along each axis of the ellipse with the same moments [px of x].
    outline
        Length of the outline, or area of the surface [px of x].
    touches_border
        Whether a part of it may lie beyond the image.
    box
        Pixels along each axis that it reaches across.
    """

    area: Array
    centres: Array
    widths: Array
    outline: Array
    touches_border: NDArray[np.bool_]
    box: Array

    @classmethod
    def of(cls, found: Segmentation) -> "Shapes":
        """Measure regions."""
        area = areas(found.zones, found.cover, found.count)
        centres, variances = _moments(found, area)
        spacing = found.levels.spacing
        ndim = found.labels.ndim
        width = BALL_WIDTHS[ndim] * np.sqrt(variances) * np.array(spacing)
        boxes = find_objects(found.labels, found.count)
        box = [[side.stop - side.start for side in one] if one else ndim * [0] for one in boxes]
        return cls(
            area=area * found.levels.pixel,
            centres=centres,
            widths=width,
            outline=_outlines(found.labels, found.count, spacing),
            touches_border=_at_border(found.labels, found.count),
            box=np.array(box, np.float64),
        )

    @property
    def diameter(self) -> Array:
        """Of the disc or ball of the same size [px of x]."""
        return ball_diameter(self.area, self.centres.shape[1])

    @property
    def roundness(self) -> Array:
        """Outline of the disc or ball of the same size over its own, to be compared with 1.

        In the plane its square, which is the circularity 4 pi A / P^2; in space the sphericity.
        """
        outline = np.maximum(self.outline, np.finfo(float).tiny)
        if self.centres.shape[1] == 2:
            return np.asarray(4 * np.pi * self.area / outline**2)
        return np.asarray(np.pi * self.diameter**2 / outline)


def ball_diameter(area: Array, ndim: int) -> Array:
    """Diameter of the disc of an area, or of the ball of a volume."""
    return np.asarray(np.sqrt(4 * area / np.pi) if ndim == 2 else np.cbrt(6 * area / np.pi))


def areas(zones: Labels, cover: Single, count: int) -> Array:
    """Sum up the shares of pixels that lie in each region."""
    return np.asarray(np.bincount(zones.ravel(), cover.ravel(), count + 1)[1:], np.float64)


def _moments(found: Segmentation, area: Array) -> tuple[Array, Array]:
    """Centres, and variances along each axis without that of the pixels themselves."""
    inside = np.flatnonzero(found.cover)
    zones, cover = found.zones.ravel()[inside], found.cover.ravel()[inside]
    centres, variances = [], []
    for place in np.unravel_index(inside, found.cover.shape):
        mean = np.bincount(zones, cover * place, found.count + 1)[1:] / area
        away = place - np.concatenate([[0], mean])[zones]
        spread = np.bincount(zones, cover * away**2, found.count + 1)[1:] / area
        centres.append(mean)
        variances.append(np.maximum(spread, 0))
    return np.stack(centres, axis=1), np.stack(variances, axis=1)


def _at_border(labels: Labels, count: int) -> NDArray[np.bool_]:
    touching = np.zeros(count + 1, bool)
    for axis, end in product(range(labels.ndim), (0, -1)):
        touching[np.unique(labels.take(end, axis=axis))] = True
    return touching[1:]


def _outlines(labels: Labels, count: int, spacing: tuple[float, ...]) -> Array:
    """Length of outlines, or area of surfaces, by Crofton's formula.

    A line in some direction crosses the outline as often as it is long: counts of pixels beside
    another region are averaged over directions to neighbours, each with the share of all
    directions that it stands for.
    """
    steps = [_step(here, there) for here, there in neighbours(labels.ndim)]
    vectors = np.array(steps) * np.array(spacing)
    lengths = np.linalg.norm(vectors, axis=1)
    weights = _shares(vectors / lengths[:, None])
    crossed = np.zeros(count + 1)
    for (here, there), length, weight in zip(
        neighbours(labels.ndim), lengths, weights, strict=True
    ):
        one, other = labels[here], labels[there]
        edge = one != other
        # Lines in this direction lie this far apart, or have this area each.
        per_line = float(np.prod(spacing)) / length
        for side in (one[edge], other[edge]):
            crossed += weight * per_line * np.bincount(side, minlength=count + 1)
    return crossed[1:] * (np.pi / 2 if labels.ndim == 2 else 2.0)


def _step(here: tuple[slice, ...], there: tuple[slice, ...]) -> list[int]:
    return [(to.start or 0) - (of.start or 0) for of, to in zip(here, there, strict=True)]


SAMPLED_DIRECTIONS = 20000
"""Directions by which the shares are told."""


def _shares(directions: Array) -> Array:
    """Share of all directions that is nearest to each of these, or to its opposite."""
    ndim = directions.shape[1]
    number = np.arange(SAMPLED_DIRECTIONS) + 0.5
    if ndim == 2:
        angle = np.pi * number / SAMPLED_DIRECTIONS
        all_of_them = np.stack([np.sin(angle), np.cos(angle)], axis=1)
    else:
        z = 1 - 2 * number / SAMPLED_DIRECTIONS
        turn = np.pi * (1 + np.sqrt(5)) * number
        across = np.sqrt(1 - z * z)
        all_of_them = np.stack([z, across * np.sin(turn), across * np.cos(turn)], axis=1)
    nearest = np.abs(all_of_them @ directions.T).argmax(1)
    counts = np.bincount(nearest, minlength=len(directions))
    return np.asarray(counts / SAMPLED_DIRECTIONS)
