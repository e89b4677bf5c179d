"""Choose the binning in which an image is shown to the network.

Too fine, and noise becomes many doubtful candidates; too coarse, and columns merge. So several
binnings are compared on the middle of the image, and the finest one is taken at which the network
is about as confident as it can be.
"""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from colonnade.atoms.card import AtomsCard
from colonnade.atoms.columns import typical_spacing
from colonnade.atoms.locate.candidates import InputScale
from colonnade.atoms.locate.find.merge import merge_distance, merged
from colonnade.atoms.locate.find.settings import ScaleSettings
from colonnade.atoms.locate.find.trials import Trials
from colonnade.core.images.binning import Binning

FEWEST_PIXELS = 32
"""Rows and columns that a binned image keeps at least [binned px]."""

COARSEST_FACTOR = 64
"""Pixels of a known size are binned by no more than this."""

NEXT_FACTOR = 1.4
"""Of many factors those are enough that are about half as large again as the one before."""


def best_scale(
    trials: Trials, pixel_size: tuple[float, float] | None, *, dark: bool
) -> InputScale:
    """Choose the binning that suits the network, for bright or for dark columns.

    Parameters
    ----------
    trials
        Of the image.
    pixel_size
        Along y and x [nm]; limits the binnings, if it is known.
    dark
        Whether the grey levels are inverted.
    """
    scales = [InputScale(one, dark=dark) for one in _binnings(trials, pixel_size)]
    compared = list(_comparable(trials, scales))
    best = max(trials.confidence(scale) for scale in compared)
    enough = best - trials.settings.scale.tolerance * abs(best)
    chosen = next(scale for scale in compared if trials.confidence(scale) >= enough)
    return _split_if_crowded(trials, chosen)


def finer_scales(trials: Trials, scale: InputScale) -> Iterator[InputScale]:
    """Give finer and finer scales; in large images only as long as they show more."""
    settings = trials.settings.scale
    finer = replace(scale, binning=finer_binning(scale.binning))
    while finer != scale:
        confidence = trials.candidates(finer).confidence
        doubtful = int((confidence < trials.network.confident).sum())
        pixels = trials.pixels.size / (finer.binning.y * finer.binning.x)
        quick = pixels <= settings.quick_side**2
        share = settings.least_confidence if quick else settings.least_confidence_large
        if doubtful > settings.most_doubtful * len(confidence):
            return
        if trials.confidence(finer) < share * trials.confidence(scale):
            return
        if not quick and not _shows_more(trials, scale, finer):
            return
        yield finer
        scale, finer = finer, replace(finer, binning=finer_binning(finer.binning))


def finer_binning(binning: Binning) -> Binning:
    """About half of a binning, along both axes alike."""
    smallest = min(binning.y, binning.x)
    if smallest == 1:
        return binning
    along = np.array([binning.y, binning.x]) // smallest * ((smallest + 1) // 2)
    return Binning(int(along[0]), int(along[1]))


def _comparable(trials: Trials, scales: list[InputScale]) -> Iterator[InputScale]:
    """Give scales, finest first, as long as their pixels have room for as many columns."""
    settings, best = trials.settings.scale, 0.0
    for scale in scales:
        most = settings.densest / np.prod(scale.binning.factors)
        if most < (1 - settings.tolerance) * best:
            return
        best = max(best, trials.confidence(scale))
        yield scale


def _binnings(trials: Trials, pixel_size: tuple[float, float] | None) -> list[Binning]:
    """Binnings to compare, finest first."""
    settings = trials.settings.scale
    if pixel_size is None:
        most = min(trials.pixels.shape) / FEWEST_PIXELS
        return [Binning(by, by) for by in settings.binnings if by <= most] or [Binning()]
    largest = max(pixel_size)
    factors = _allowed(settings, largest, AtomsCard.of(trials.model.card).pixel_size)
    along = [max(1, round(largest / size)) for size in pixel_size]
    return [Binning(factor * along[0], factor * along[1]) for factor in factors]


def _allowed(settings: ScaleSettings, pixel: float, known: tuple[float, float]) -> list[int]:
    """Factors that lead to pixels which the network knows; 1 if there are none.

    Parameters
    ----------
    settings
        How far beyond its limits it may be shown pixels.
    pixel
        Size of a pixel [nm].
    known
        Sizes of the smallest and the largest pixel that the network knows [nm].
    """
    low, high = settings.finest * known[0], settings.coarsest * known[1]
    allowed = [one for one in range(1, COARSEST_FACTOR + 1) if low <= one * pixel <= high] or [1]
    chosen = [allowed[0]]
    for factor in allowed:
        if factor >= NEXT_FACTOR * chosen[-1]:
            chosen.append(factor)
    return chosen


def _split_if_crowded(trials: Trials, scale: InputScale) -> InputScale:
    """Split pixels where columns are so close that the network sees more by that."""
    settings, binning = trials.settings.scale, scale.binning
    confident = trials.confident(scale)
    if max(binning.y, binning.x) > 1 or len(confident) < settings.fewest_confident:
        return scale
    if typical_spacing(confident, trials.pixels.shape) > settings.crowded:
        return scale
    split = replace(scale, binning=replace(binning, finer=2))
    needed = (1 + settings.split_gain) * trials.confidence(scale)
    return split if trials.confidence(split) > needed else scale


def _shows_more(trials: Trials, coarse: InputScale, fine: InputScale) -> bool:
    """Whether a finer scale shows clearly more in the middle of the image."""
    settings, confident = trials.settings.scale, trials.network.confident
    near = merge_distance(coarse, settings)
    # Columns that the border of the part cuts may be found on one scale and not on the other.
    by = fine.binning.factors
    half = np.array(trials.middle(fine.binning).shape) / 2 - by - 2 * near
    found = [trials.candidates(scale) for scale in (coarse, fine)]
    before, after = (one[np.asarray((np.abs(one.positions) <= half).all(1))] for one in found)
    both = merged(before, after, near, trials.network.split)
    counts = [int((one.confidence >= confident).sum()) for one in (before, both)]
    return counts[1] > (1 + settings.least_gain_large) * counts[0] + 1
