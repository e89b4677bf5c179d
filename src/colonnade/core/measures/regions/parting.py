"""Part what touches: watershed of the distance to the outline, joined again across wide necks.

The distance has a peak in the middle of each part, and a pass in each neck between two. Parts are
joined, across the widest neck first, unless it is narrower than a share of the narrower part.
What is parted does not depend on how large particles are.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import (
    distance_transform_edt,
    gaussian_filter,
    generate_binary_structure,
    label,
    maximum_filter,
)

from colonnade.core.arrays import Array, Indices, Single
from colonnade.core.measures.regions.settings import RegionSettings

SMOOTHED = 0.7
"""Distances are smoothed by this deviation, so that pixels make no peaks [px]."""

Labels = NDArray[np.int32]


@dataclass(frozen=True, eq=False)
class Parts:
    """Parts of regions, each round one peak of the distance, and the necks between them.

    Parameters
    ----------
    labels
        Number of the part of each pixel, from 1; 0 is ground.
    peaks
        Largest distance to the outline in each part, from that of number 1.
    pairs
        Numbers of parts that touch, the widest neck first, (neck, 2).
    passes
        Largest distance to the outline in each neck.
    """

    labels: Labels
    peaks: Array
    pairs: Indices
    passes: Array

    @classmethod
    def of(cls, regions: NDArray[np.bool_], spacing: tuple[float, ...]) -> "Parts":
        """Part regions at every neck."""
        # What lies beyond the border is unknown, and no outline.
        distance = np.asarray(distance_transform_edt(regions, spacing), np.float32)
        height = np.where(regions, gaussian_filter(distance, SMOOTHED), 0).astype(np.float32)
        around = generate_binary_structure(regions.ndim, regions.ndim)
        tops, _ = label((height == maximum_filter(height, footprint=around)) & regions, around)
        labels = _climbed(height, tops)
        count = int(labels.max(initial=0))
        peaks = np.zeros(count)
        np.maximum.at(peaks, labels[regions] - 1, height[regions])
        return cls(labels, peaks, *_necks(labels, height, count))

    def joined(self, neck: float, least_depth: float) -> Indices:
        """Number of the region of each part, from 1, and 0 for the ground.

        Parameters
        ----------
        neck, least_depth
            As in `RegionSettings`.
        """
        owner, peak = np.arange(len(self.peaks)), self.peaks.copy()
        for (one, other), width in zip(self.pairs - 1, self.passes, strict=True):
            first, second = _owner(owner, one), _owner(owner, other)
            narrower = min(peak[first], peak[second])
            if first != second and (width >= neck * narrower or narrower - width < least_depth):
                owner[second] = first
                peak[first] = max(peak[first], peak[second])
        owners = np.array([_owner(owner, part) for part in range(len(owner))], np.intp)
        _, number = np.unique(owners, return_inverse=True)
        return np.concatenate([[0], number + 1]).astype(np.intp)

    def regions(self, settings: RegionSettings) -> Labels:
        """Give the regions as numbers of pixels."""
        return np.asarray(self.joined(settings.neck, settings.least_depth)[self.labels], np.int32)


def _owner(owner: Indices, part: int) -> int:
    while owner[part] != part:
        owner[part] = owner[owner[part]]
        part = int(owner[part])
    return part


def _climbed(height: Single, tops: Labels) -> Labels:
    """Give each pixel the top that one comes to by always taking the steepest way up."""
    inner = (slice(1, -1),) * height.ndim
    wide = np.pad(height, 1)
    number = np.arange(wide.size).reshape(wide.shape)
    highest, best = wide[inner].copy(), number[inner].copy()
    for step in product((-1, 0, 1), repeat=height.ndim):
        part = tuple(
            slice(1 + one, length + 1 + one)
            for one, length in zip(step, height.shape, strict=True)
        )
        steeper = (wide[part] > highest) & (tops == 0)
        highest = np.where(steeper, wide[part], highest)
        best = np.where(steeper, number[part], best)
    up = number.copy()
    up[inner] = best
    way = up.ravel()
    while not np.array_equal(way, further := way[way]):
        way = further
    found = np.pad(tops, 1).ravel()[way].reshape(wide.shape)[inner]
    return np.asarray(np.where(height > 0, found, 0), np.int32)


def _necks(labels: Labels, height: Single, count: int) -> tuple[Indices, Array]:
    """Find which parts touch, and how wide their necks are, the widest first."""
    keys, widths = [np.empty(0, np.int64)], [np.empty(0, np.float32)]
    for here, there in neighbours(labels.ndim):
        one, other = labels[here], labels[there]
        touching = (one != other) & (one > 0) & (other > 0)
        low, high = np.minimum(one, other)[touching], np.maximum(one, other)[touching]
        keys.append(low.astype(np.int64) * (count + 1) + high)
        widths.append(np.minimum(height[here], height[there])[touching])
    key, width = np.concatenate(keys), np.concatenate(widths)
    order = np.lexsort((-width, key))
    key, width = key[order], width[order]
    first = np.flatnonzero(np.diff(key, prepend=-1))
    widest = first[np.argsort(-width[first], kind="stable")]
    pairs = np.stack([key[widest] // (count + 1), key[widest] % (count + 1)], axis=1)
    return pairs.astype(np.intp), width[widest].astype(np.float64)


Part = tuple[slice, ...]


def neighbours(ndim: int) -> Iterator[tuple[Part, Part]]:
    """Give the two parts of an array that lie on each other for each direction to a neighbour."""
    for step in product((-1, 0, 1), repeat=ndim):
        if step > (0,) * ndim:
            here = tuple(slice(max(0, -one), -one if one > 0 else None) for one in step)
            there = tuple(slice(max(0, one), one if one < 0 else None) for one in step)
            yield here, there
