"""Which features a finer image shows that were not measured, and which it lacks."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain, product
from typing import Literal

import numpy as np
from scipy.ndimage import maximum_filter

from colonnade.core.arrays import Array, Single
from colonnade.core.images.tiles import Part, Readable
from colonnade.sem.upscale.trust.evidence import Detector, FeatureSettings
from colonnade.sem.upscale.trust.forward import fitted_forward
from colonnade.sem.upscale.trust.threads import OneAtATime, for_each

Kind = Literal["added", "missing", "invented"]
"""Whether a feature is in the finer image and was not measured, or was measured and is not in it,
or is in the image of one network and not in that of the other."""

RING = (0.25, 0.8)
"""Where the surroundings of a disc begin and end in the finer image, beyond its edge
[coarse px]."""

TILE = 256
"""Largest side of the tiles that are searched, several at a time [coarse px]."""


@dataclass(frozen=True)
class Feature:
    """A place where an image shows something that is not so, or does not show what is.

    Parameters
    ----------
    y, x
        Its middle [px of the finer image].
    size
        Its diameter [px of the finer image].
    kind
        What is wrong.
    evidence
        How sure that is: its signal to noise, in that which one place in ten of the same image
        reaches by chance.
    """

    y: float
    x: float
    size: float
    kind: Kind
    evidence: float


def unmeasured_features(
    measured: Readable,
    finer: Readable,
    factor: int,
    settings: FeatureSettings | None = None,
) -> list[Feature]:
    """List what was added to a finer image, or is missing from it, by what was measured.

    The finer image is shown to a probe and to large pixels; what this leaves of the measured image
    is compared with noise by filters for bright and dark discs of many sizes. Neither image need
    be in memory.

    Parameters
    ----------
    measured
        The coarse image, axes (y, x), x the fast axis of the scan.
    finer
        The image that is to be of the same field, on the same scale of grey levels.
    factor
        Finer pixels for each coarse one, along each axis.
    settings
        Sizes that are looked for, and how many false alarms are put up with.

    Returns
    -------
    features
        The surest first; none overlaps another.
    """
    settings = settings or FeatureSettings()
    coarse, fine = OneAtATime(measured), OneAtATime(finer)
    detector = Detector.of(coarse, fine, fitted_forward(coarse, fine, factor), settings)
    threshold = settings.threshold(measured.shape)

    def search(part: Part) -> list[_Peak]:
        return list(_peaks(detector, coarse, fine, part, threshold))

    found = chain.from_iterable(for_each(search, _tiles(measured.shape)))
    return [peak.feature(factor) for peak in _apart(found)]


@dataclass(frozen=True)
class _Peak:
    """A place where the evidence is largest; lengths in coarse pixels."""

    y: float
    x: float
    radius: float
    kind: Kind
    evidence: float

    def feature(self, factor: int) -> Feature:
        y, x = (factor * (place + 0.5) - 0.5 for place in (self.y, self.x))
        return Feature(y, x, 2 * self.radius * factor, self.kind, self.evidence)


def _peaks(
    detector: Detector, measured: Readable, finer: Readable, part: Part, threshold: float
) -> Iterator[_Peak]:
    """Places of a part where the evidence is largest and above a threshold."""
    wide = _wider(part, measured.shape)
    seen = detector.look(measured, finer, wide)
    strength = np.abs(seen.evidence)
    best = strength.max(axis=0)
    peaks = (best == maximum_filter(best, 3)) & (best >= threshold)
    for y, x in np.argwhere(peaks).tolist():
        row, column = y + wide[0].start, x + wide[1].start
        if part[0].start <= row < part[0].stop and part[1].start <= column < part[1].stop:
            number = int(strength[:, y, x].argmax())
            radius = detector.settings.radii[number]
            moved = _summit(strength[number], y, x)
            place = (row + moved[0], column + moved[1])
            shown = _shown(finer, detector.forward.factor, place, radius)
            lacking = float(seen.height[number, y, x])
            kind: Kind = "added" if abs(shown) > abs(shown + lacking) else "missing"
            yield _Peak(*place, radius, kind, float(best[y, x]))


def _summit(heights: Single, y: int, x: int) -> tuple[float, float]:
    """Give how far the top of a parabola is from the highest pixel, along each axis."""
    return _top(heights[max(0, y - 1) : y + 2, x]), _top(heights[y, max(0, x - 1) : x + 2])


def _top(heights: Single) -> float:
    """Where a parabola through three heights is highest, from the middle; 0 for fewer."""
    if len(heights) < 3:
        return 0.0
    before, middle, after = heights.tolist()
    curvature = 2 * middle - before - after
    return float(np.clip((after - before) / (2 * curvature), -0.5, 0.5)) if curvature > 0 else 0.0


def _shown(finer: Readable, factor: int, place: tuple[float, float], radius: float) -> float:
    """How much brighter a disc is in the finer image than a narrow ring around it."""
    reach = int(np.ceil((radius + RING[1]) * factor))
    rows, columns = (
        range(middle - reach, middle + reach + 1)
        for middle in (round(factor * (at + 0.5) - 0.5) for at in place)
    )
    patch = np.asarray(
        finer[max(0, rows.start) : rows.stop, max(0, columns.start) : columns.stop], np.float32
    )
    beyond = [
        (max(0, -along.start), max(0, along.stop - length))
        for along, length in zip((rows, columns), finer.shape, strict=True)
    ]
    whole = np.pad(patch, beyond, mode="edge")
    along = np.arange(-reach, reach + 1) / factor
    away = np.hypot(along[:, None], along[None]) - radius
    around = whole[(away > RING[0]) & (away <= RING[1])]
    return float(whole[away <= 0].mean() - np.median(around))


def _apart(peaks: Iterable[_Peak]) -> list[_Peak]:
    """Leave out the weaker of two peaks that overlap: the edges of features answer too."""
    kept: list[_Peak] = []
    places: Array = np.empty((0, 3))
    for peak in sorted(peaks, key=lambda peak: (-peak.evidence, peak.y, peak.x)):
        here = np.array([[peak.y, peak.x, peak.radius]])
        away = np.hypot(places[:, 0] - peak.y, places[:, 1] - peak.x)
        if (away > places[:, 2] + peak.radius + 1).all():
            kept.append(peak)
            places = np.concatenate([places, here])
    return kept


def _tiles(shape: tuple[int, ...]) -> Iterator[Part]:
    rows, columns = (range(0, length, TILE) for length in shape)
    for y, x in product(rows, columns):
        yield slice(y, min(y + TILE, shape[0])), slice(x, min(x + TILE, shape[1]))


def _wider(part: Part, shape: tuple[int, ...]) -> Part:
    """A part and one pixel around it, within the image."""
    rows, columns = (
        slice(max(0, one.start - 1), min(one.stop + 1, length))
        for one, length in zip(part, shape, strict=True)
    )
    return rows, columns
