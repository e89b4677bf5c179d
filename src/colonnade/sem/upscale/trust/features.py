"""Which features a finer image shows that were not measured, and which it lacks."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, compress, product

import numpy as np
from scipy.ndimage import maximum_filter

from colonnade.core.arrays import Array, Single
from colonnade.core.images.tiles import Part, Readable
from colonnade.sem.feature import Feature, Kind
from colonnade.sem.upscale.trust.evidence import Detector, Disc, FeatureSettings
from colonnade.sem.upscale.trust.forward import fitted_forward
from colonnade.sem.upscale.trust.residual import BLOCK
from colonnade.sem.upscale.trust.threads import OneAtATime, for_each

RING_GAP = 0.4, 0.25
"""The surroundings of a disc begin so many of its radii, whose size is not known better, and so
many coarse pixels beyond its edge."""

RING_WIDTH = 1.0
"""Where they end, from there [coarse px]."""

APART = 2.0
"""Features that are nearer to each other are one [coarse px]: what its edges leave answers too."""

HALO = BLOCK / 2
"""A filter reaches so far, and answers there to a feature that is not there [coarse px]..."""

ROUNDS = 4
"""... so that the strongest are taken out, and those near them are sought again, so often."""

TILE = 256
"""Largest side of the tiles that are searched, several at a time [coarse px]."""


def unmeasured_features(
    measured: Readable,
    finer: Readable,
    factor: int,
    settings: FeatureSettings | None = None,
) -> list[Feature]:
    """List what was added to a finer image, or is missing from it, by what was measured.

    The finer image is shown to a probe and to large pixels; what this leaves of the measured image
    is compared with noise by filters for bright and dark discs of many sizes. What is fainter than
    a network's own errors is no feature. Neither image need be in memory.

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
    found: list[_Peak] = []

    def search(part: Part) -> list[_Peak]:
        return list(_peaks(detector, coarse, fine, part, threshold, found))

    parts = list(_tiles(measured.shape))
    for _ in range(ROUNDS):
        peaks = list(for_each(search, parts))
        parts = [part for part, here in zip(parts, peaks, strict=True) if here]
        found += _strongest(list(chain.from_iterable(peaks)), found)
    found.sort(key=lambda peak: -peak.evidence)
    return [peak.feature(factor) for peak in found]


@dataclass(frozen=True)
class _Peak(Disc):
    """A place where the evidence is largest."""

    kind: Kind
    evidence: float

    def feature(self, factor: int) -> Feature:
        y, x = (factor * (place + 0.5) - 0.5 for place in (self.y, self.x))
        return Feature(y, x, 2 * self.radius * factor, self.kind, self.evidence)


def _peaks(
    detector: Detector,
    measured: Readable,
    finer: Readable,
    part: Part,
    threshold: float,
    known: Sequence[Disc],
) -> Iterator[_Peak]:
    """Places of a part where the evidence is largest and above a threshold, but for known ones.

    What is too faint is none.
    """
    wide = _wider(part, measured.shape)
    seen = detector.look(measured, finer, wide, known)
    strength = np.abs(seen.evidence)
    best = strength.max(axis=0)
    peaks = (best == maximum_filter(best, 3)) & (best >= threshold)
    for y, x in np.argwhere(peaks).tolist():
        row, column = y + wide[0].start, x + wide[1].start
        if part[0].start <= row < part[0].stop and part[1].start <= column < part[1].stop:
            number = int(strength[:, y, x].argmax())
            lacking = float(seen.height[number, y, x])
            if abs(lacking) < detector.faintest:
                continue
            radius = detector.settings.radii[number]
            moved = _summit(strength[number], y, x)
            place = (row + moved[0], column + moved[1])
            shown = _shown(finer, detector.forward.factor, place, radius)
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
    """How much brighter a disc is in the finer image than a ring around it."""
    start = RING_GAP[0] * radius + RING_GAP[1]
    reach = int(np.ceil((radius + start + RING_WIDTH) * factor))
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
    around = whole[(away > start) & (away <= start + RING_WIDTH)]
    return float(whole[away <= 0].mean() - np.median(around))


def _strongest(peaks: Sequence[_Peak], known: Sequence[_Peak]) -> list[_Peak]:
    """Peaks that neither overlap a known one, nor may be the halo of a stronger one."""
    order = sorted(peaks, key=lambda peak: (-peak.evidence, peak.y, peak.x))
    places, taken = _table(order), _table(known)
    fresh = [(_gaps(place, taken) > APART).all() for place in places]
    order, places = list(compress(order, fresh)), places[fresh]
    free = [(_gaps(place, places[:above]) > HALO).all() for above, place in enumerate(places)]
    return list(compress(order, free))


def _table(peaks: Sequence[_Peak]) -> Array:
    return np.array([(peak.y, peak.x, peak.radius) for peak in peaks]).reshape(-1, 3)


def _gaps(place: Array, others: Array) -> Array:
    """How far it is from the edge of one disc to those of others."""
    away = np.hypot(others[:, 0] - place[0], others[:, 1] - place[1])
    return np.asarray(away - others[:, 2] - place[2])


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
