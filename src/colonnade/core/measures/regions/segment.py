"""Find regions, and where between its own level and the ground each has its edge."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import (
    binary_dilation,
    binary_fill_holes,
    binary_propagation,
    distance_transform_edt,
    generate_binary_structure,
    label,
    median,
)

from colonnade.core.arrays import Array, Single
from colonnade.core.errors import ImageError
from colonnade.core.measures.regions.ground import smooth_ground
from colonnade.core.measures.regions.levels import Levels
from colonnade.core.measures.regions.parting import Labels, Parts
from colonnade.core.measures.regions.settings import RegionSettings
from colonnade.core.measures.regions.threshold import Threshold, find_threshold

NOTHING = "nothing that is large enough stands out from the ground; there is nothing to measure"
"""Said of an image without regions."""

ROUNDS = 2
"""So often is the ground told anew from what the last threshold left of it."""

RIM = (1.5, 3.5)
"""The level of a region is told between these depths below its outline, as edges may be brighter
than what is between them [px]..."""

DEEP = 0.5
"""... but from this share of its largest depth on, where it is not so deep."""

MOST_OF_CORE = 0.75
"""The edge lies no higher than this share of the contrast of a region's core, however bright its
rim is."""

LEAST_CONTRAST = 0.5
"""A region of less contrast than this share of the first threshold's height is texture of the
ground, and a hole that is brighter than it is none."""

WIDE_HOLE = 3.0
"""Narrower holes than so many least regions may be gaps that blur has made bright."""

LEAST_RING = 8
"""The ground beside a region is told by at least so many pixels; else by the ground of all."""


@dataclass(frozen=True, eq=False)
class Segmentation:
    """Regions of an image or a volume.

    Parameters
    ----------
    levels
        What was segmented.
    labels
        Number of the region of each pixel, from 1; 0 is ground.
    zones
        Number of the nearest region of each pixel that is near enough to be its own; else 0.
    cover
        Share of each pixel that lies in a region.
    threshold
        Where the edge of each region lies, from that of number 1 [grey levels].
    contrast
        Of each region with the ground beside it [grey levels].
    slope
        Change of the grey level from pixel to pixel.
    first
        The threshold that found them.
    counts
        How many regions there would be, were slightly wider or narrower necks parted.
    """

    levels: Levels
    labels: Labels
    zones: Labels
    cover: Single
    threshold: Array
    contrast: Array
    slope: Single
    first: Threshold
    counts: tuple[int, int]

    @property
    def count(self) -> int:
        """How many regions there are."""
        return len(self.threshold)


def segment(levels: Levels, settings: RegionSettings) -> Segmentation:
    """Find regions that are brighter than the ground, and part those that touch."""
    ground, first = _first_look(levels)
    regions = _cleaned(levels.grey - ground, first.level, settings.least_diameter)
    if not regions.any():
        raise ImageError(NOTHING)
    parts = Parts.of(regions, levels.spacing)
    labels = parts.regions(settings)
    rim, core, beside = _levels_of(levels, labels, ground, settings)
    inside = np.minimum(rim, beside + 2 * MOST_OF_CORE * (core - beside))
    threshold = (inside + beside) / 2
    zones = _zones(labels, levels.spacing, settings)
    slope = _slope(levels)
    cover = _one_outline(covered(levels.grey, zones, threshold, slope), labels, levels.spacing)
    found = np.where(cover >= 0.5, zones, 0)
    area = np.bincount(found.ravel(), minlength=len(threshold) + 1)[1:]
    kept = (area >= ball(settings.least_diameter, labels.ndim)) & (
        inside - beside > LEAST_CONTRAST * max(first.level, 0)
    )
    new = np.concatenate([[0], np.cumsum(kept) * kept]).astype(np.int32)
    if not kept.any():
        raise ImageError(NOTHING)
    return Segmentation(
        levels=levels,
        labels=new[found],
        zones=new[zones],
        cover=np.where(new[zones] > 0, cover, 0).astype(np.float32),
        threshold=threshold[kept],
        contrast=(inside - beside)[kept],
        slope=slope,
        first=first,
        counts=_counts(parts, int(kept.sum()), settings),
    )


def _first_look(levels: Levels) -> tuple[Single, Threshold]:
    """Part grey levels above the ground from the ground, which may not be equally bright."""
    grey = levels.grey
    if levels.threshold is not None:
        level = np.median(grey[grey <= levels.threshold])
        first = find_threshold(grey - level)
        return np.full_like(grey, level), replace(first, level=levels.threshold - float(level))
    ground = np.zeros_like(grey)
    first = find_threshold(grey)
    for _ in range(ROUNDS):
        ground = smooth_ground(grey, grey - ground > first.level)
        first = find_threshold(grey - ground)
    return ground, first


def _cleaned(above: Single, level: float, least: float) -> NDArray[np.bool_]:
    """Leave out regions that are too small, and fill holes that are, or are no ground."""
    regions = above > level
    holes, count = label(binary_fill_holes(regions) & ~regions)
    size = np.bincount(holes.ravel(), minlength=count + 1)
    height = np.bincount(holes.ravel(), above.ravel(), count + 1) / np.maximum(size, 1)
    core = (height > LEAST_CONTRAST * level) & (size > ball(WIDE_HOLE * least, above.ndim))
    filled = (size < ball(least, above.ndim)) | core
    filled[0] = False
    return np.asarray(_large(regions, least) | filled[holes])


def _large(regions: NDArray[np.bool_], least: float) -> NDArray[np.bool_]:
    numbers, _ = label(regions)
    sizes = np.bincount(numbers.ravel())
    sizes[0] = 0
    return np.asarray((sizes >= ball(least, regions.ndim))[numbers])


def ball(diameter: float, ndim: int) -> float:
    """Area of a disc, or volume of a ball."""
    return float(np.pi / 4 * diameter**2 if ndim == 2 else np.pi / 6 * diameter**3)


def _levels_of(
    levels: Levels, labels: Labels, ground: Single, settings: RegionSettings
) -> tuple[Array, Array, Array]:
    """Level of the rim of each region, of its core, and of the ground beside it."""
    count = int(labels.max())
    numbers = np.arange(1, count + 1)
    depth = distance_transform_edt(labels > 0, levels.spacing)
    deepest = np.zeros(count + 1)
    np.maximum.at(deepest, labels.ravel(), depth.ravel())
    top = np.minimum(RIM[0], DEEP * deepest)[labels]
    rim = np.where((depth >= top) & (depth <= top + RIM[1] - RIM[0]), labels, 0)
    core = np.where(depth >= DEEP * deepest[labels], labels, 0)
    inside, middle = (
        np.asarray(median(levels.grey, part, numbers), np.float64) for part in (rim, core)
    )
    away, nearest = _nearest(labels, levels.spacing)
    near, far = settings.ring
    ring = np.where((labels == 0) & (away >= near) & (away <= far), nearest, 0)
    seen = np.bincount(ring.ravel(), minlength=count + 1)[1:]
    beside = np.asarray(median(levels.grey, ring, numbers), np.float64)
    size = np.bincount(labels.ravel(), minlength=count + 1)[1:]
    usual = np.bincount(labels.ravel(), ground.ravel(), count + 1)[1:] / size
    # The smooth ground is told beyond rings too, and wherever regions leave no room for one.
    return inside, middle, np.where(seen >= LEAST_RING, beside, usual)


def _nearest(labels: Labels, spacing: tuple[float, ...]) -> tuple[Single, Labels]:
    """Distance of each pixel from the nearest region, and its number."""
    away, at = distance_transform_edt(labels == 0, spacing, return_indices=True)
    return np.asarray(away, np.float32), labels[tuple(at)]


def _zones(labels: Labels, spacing: tuple[float, ...], settings: RegionSettings) -> Labels:
    """Give each region the pixels round it that nothing else is nearer to."""
    away, nearest = _nearest(labels, spacing)
    return np.where(away <= settings.ring[1], nearest, 0).astype(np.int32)


def _slope(levels: Levels) -> Single:
    squares = [np.square(np.gradient(levels.grey, axis=axis)) for axis in range(levels.grey.ndim)]
    steep = np.sqrt(np.sum(squares, axis=0))
    floor = 1e-6 * (float(levels.grey.max()) - float(levels.grey.min()))
    return np.asarray(np.maximum(steep, floor), np.float32)


def covered(grey: Single, zones: Labels, threshold: Array, slope: Single) -> Single:
    """Share of each pixel that lies within an edge at the threshold of its zone."""
    edge = np.concatenate([[np.inf], threshold]).astype(np.float32)[zones]
    return np.asarray(np.clip(np.float32(0.5) + (grey - edge) / slope, 0, 1), np.float32)


def _one_outline(cover: Single, labels: Labels, spacing: tuple[float, ...]) -> Single:
    """Leave no holes in regions whose core is darker than their rim, and no specks beside them."""
    deep = distance_transform_edt(labels > 0, spacing) > RIM[1]
    bright = (cover >= 0.5) | deep
    joined = binary_propagation(bright & (labels > 0), mask=bright)
    outside = binary_propagation(~bright & (labels == 0), mask=~bright)
    holes = ~bright & ~outside & (labels > 0)
    # The pixels that an outline cuts keep their shares.
    near = binary_dilation(joined, generate_binary_structure(labels.ndim, 1))
    return np.where(deep | holes, 1, np.where(near, cover, 0)).astype(np.float32)


def _counts(parts: Parts, count: int, settings: RegionSettings) -> tuple[int, int]:
    """How many regions there would be by the least and by the most willing to part them."""
    necks = settings.neck - settings.neck_range, settings.neck, settings.neck + settings.neck_range
    low, usual, high = (int(parts.joined(neck, settings.least_depth).max()) for neck in necks)
    return count - (usual - low), count + (high - usual)
