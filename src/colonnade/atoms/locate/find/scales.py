"""Run a network over an image: at the right scales, and with bright columns."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from scipy.spatial import cKDTree

from colonnade.atoms.card import AtomsCard
from colonnade.atoms.columns import typical_spacing
from colonnade.atoms.locate.find.blobs import find_blobs
from colonnade.atoms.locate.find.polarity import dark_explain
from colonnade.atoms.locate.find.positions import Detection, Start, find
from colonnade.core.arrays import Array, Single
from colonnade.core.images.binning import Binning, normalise
from colonnade.core.images.tiles import Tiling, run_tiled
from colonnade.core.learn.model import Model

BINNINGS = (1, 2, 3, 4, 6, 8, 12)
"""Binnings that are tried where no pixel size is known."""

FINEST, COARSEST = 0.8, 1.3
"""Where it is, pixels are binned to sizes that the network knows, and a little beyond."""

TRIAL, TRIAL_HALO = 224, 16
"""Binnings are compared on a part of the image of this many binned pixels a side, and on less of
its surroundings than the network could use."""

LOWEST = 0.15
"""Height of the mask from which a pixel may be a column."""

DOUBTFUL = 0.35
"""Candidates lower than this speak against a binning."""

FEW = 10
"""Fewer columns than this are no reason to take them for dark."""

UNLIKELY = 0.75
"""Dark columns that are less than so many times as sure as bright ones are not looked at."""

NEAR = 1.7
"""Candidates of two scales that are nearer than this are the same [coarse px]."""

PLAIN = 0.5
"""Height of the mask from which a candidate is a plain column."""

APART = 0.4
"""Height from which two candidates on a fine scale outweigh one on a coarse."""

CROWDED, GAIN = 8.0, 0.15
"""Pixels are split if columns are nearer than this [px], and if that is surer by this share."""

ENOUGH = 0.07
"""A finer binning is taken if it is less sure by no more than this share."""

DIM, MURKY = 0.35, 0.6
"""A finer scale that is less than so many times as sure as the coarser shows noise; so does one on
which more than this share of the candidates are doubtful."""

SMALL, WORTH, SURE = 600, 0.05, 0.5
"""A finer scale is looked at if that is quick, as in images of so many finer pixels a side, or if
it plainly shows this share of columns more and is at least so many times as sure."""


@dataclass(frozen=True)
class InputScale:
    """How an image is shown to the network.

    Parameters
    ----------
    binning
        Blocks of pixels that are averaged.
    dark
        Whether the grey levels are turned over, as the columns are dark.
    """

    binning: Binning
    dark: bool

    def brightened(self, pixels: Single) -> Single:
        """Give grey levels in which the columns are bright."""
        return -pixels if self.dark else pixels


class Search:
    """One image and one network.

    Parameters
    ----------
    pixels
        Grey levels, axes (y, x).
    model
        The network.
    """

    def __init__(self, pixels: Single, model: Model) -> None:
        self.pixels, self.model = pixels, model
        self.card = AtomsCard.of(model.card)
        self._known: dict[InputScale, Single] = {}
        self._trials: dict[InputScale, tuple[Array, Array]] = {}

    def best_scale(self, pixel_size: tuple[float, float] | None) -> InputScale:
        """Choose the binning, and bright or dark columns.

        Too fine, and noise becomes a crowd of doubtful columns; too coarse, and columns merge.

        Parameters
        ----------
        pixel_size
            Along y and x [nm]; limits the binnings, if there is one.
        """
        scales = [InputScale(binning, dark=False) for binning in self._binnings(pixel_size)]
        bright = self._magnified(self._best(scales))
        dark = self._magnified(self._best([replace(one, dark=True) for one in scales]))
        lead = self._network_confidence(dark) / max(self._network_confidence(bright), 1e-30)
        few = len(self._plain(dark)) < FEW
        if lead < UNLIKELY or few or self._network_confidence(dark) <= 0:
            return bright
        fine = min(bright.binning, dark.binning, key=lambda binning: binning.factors[0])
        part = fine.apply(self._trial(fine))
        one, other = (self._plain(scale) / fine.factors for scale in (bright, dark))
        return dark if dark_explain(part, one, other, lead) else bright

    def _plain(self, scale: InputScale) -> Array:
        """Candidates that are plain columns, from the centre of the image [px]."""
        centres, height = self._tried(scale)
        return centres[height >= PLAIN]

    def _best(self, scales: list[InputScale]) -> InputScale:
        """Give the finest of those that are about as sure as the surest."""
        network_confidence = [self._network_confidence(scale) for scale in scales]
        enough = max(network_confidence) - ENOUGH * abs(max(network_confidence))
        return next(
            s for s, sure in zip(scales, network_confidence, strict=True) if sure >= enough
        )

    def _magnified(self, scale: InputScale) -> InputScale:
        """Split pixels where columns are so close that more are seen by that."""
        plain, binning = self._plain(scale), scale.binning
        if max(binning.y, binning.x) > 1 or len(plain) < FEW:
            return scale
        if typical_spacing(plain, self.pixels.shape) > CROWDED:
            return scale
        finer = replace(scale, binning=replace(binning, finer=2))
        more = self._network_confidence(finer) > (1 + GAIN) * self._network_confidence(scale)
        return finer if more else scale

    def candidates(
        self, scale: InputScale, start: Start, detect: Detection
    ) -> tuple[Array, Array]:
        """Positions (y, x) in pixels of the image and scores of whatever may be a column.

        The scale of the scale is joined by finer ones, which show what is close together.
        """
        found = self.on_scale(scale, start, detect)
        coarse = scale
        for finer in self._finer(scale):
            found = join(found, self.on_scale(finer, start, detect), _near(coarse))
            coarse = finer
        return found

    def on_scale(self, scale: InputScale, start: Start, detect: Detection) -> tuple[Array, Array]:
        """Find candidates on one scale."""
        maps = self._whole(scale)
        positions, score = find(maps[0], maps[1:], LOWEST, start, detect)
        positions = scale.binning.undo(positions)
        last = np.array(self.pixels.shape) - 0.5
        inside = ((positions >= -0.5) & (positions <= last)).all(axis=1)
        return positions[inside], score[inside]

    def height_at(self, scale: InputScale, positions: Array) -> Array:
        """Height of the mask at positions, where the finer scale has one as well the higher."""
        heights = np.zeros(len(positions))
        for one in (scale, *self._finer(scale)):
            mask = self._whole(one)[0]
            pixel = np.round(one.binning.apply_to(positions)).astype(int)
            pixel = np.clip(pixel, 0, np.array(mask.shape) - 1)
            heights = np.maximum(heights, mask[pixel[:, 0], pixel[:, 1]])
        return heights

    def _whole(self, scale: InputScale) -> Single:
        """Maps of the whole image."""
        if scale not in self._known:
            self._known[scale] = self._maps(self._shown(self.pixels, scale))
        return self._known[scale]

    def _binnings(self, pixel_size: tuple[float, float] | None) -> list[Binning]:
        small = min(self.pixels.shape)
        factors = [factor for factor in BINNINGS if small / factor >= 32] or [1]
        if pixel_size is None:
            return [Binning(factor, factor) for factor in factors]
        low, high = self.card.pixel_size
        fine = max(pixel_size)
        allowed = [f for f in range(1, 65) if FINEST * low <= f * fine <= COARSEST * high] or [1]
        # Few of many factors are enough: each is half as large again as the one before.
        chosen = [allowed[0]]
        for factor in allowed:
            if factor >= 1.4 * chosen[-1]:
                chosen.append(factor)
        along = [max(1, round(fine / size)) for size in pixel_size]
        return [Binning(factor * along[0], factor * along[1]) for factor in chosen]

    def _network_confidence(self, scale: InputScale) -> float:
        """Sure columns less doubtful ones, in an area."""
        _, height = self._tried(scale)
        return float((height - DOUBTFUL).sum()) / self._trial(scale.binning).size

    def _tried(self, scale: InputScale) -> tuple[Array, Array]:
        """Candidates in the middle part of the image, from whose centre they are measured."""
        if scale not in self._trials:
            part = self._trial(scale.binning)
            maps = self._maps(self._shown(part, scale), TRIAL_HALO)
            centres, height = find_blobs(maps[0], LOWEST)
            middle = (np.array(part.shape) - 1) / 2
            self._trials[scale] = (scale.binning.undo(centres) - middle, height)
        return self._trials[scale]

    def _finer(self, scale: InputScale) -> Iterator[InputScale]:
        """Finer and finer scales; in large images only as long as they show more."""
        finer = replace(scale, binning=finer_binning(scale.binning))
        while finer != scale:
            height = self._tried(finer)[1]
            doubtful = int((height < PLAIN).sum()) > MURKY * len(height)
            quick = self.pixels.size <= SMALL**2 * finer.binning.y * finer.binning.x
            least = (DIM if quick else SURE) * self._network_confidence(scale)
            if doubtful or self._network_confidence(finer) < least:
                return
            if not quick and not self._shows_more(scale, finer):
                return
            yield finer
            scale, finer = finer, replace(finer, binning=finer_binning(finer.binning))

    def _shows_more(self, coarse: InputScale, fine: InputScale) -> bool:
        """Whether a finer scale plainly shows more in the middle part of the image."""
        near = _near(coarse)
        by = fine.binning.factors
        # Columns that the border of the part cuts may be seen on one scale and not on the other.
        half = np.array(self._trial(fine.binning).shape) / 2 - by - 2 * near
        parts = []
        for centres, height in (self._tried(coarse), self._tried(fine)):
            inner = (np.abs(centres) <= half).all(1)
            parts.append((centres[inner], height[inner]))
        both = join(parts[0], parts[1], near)
        before, after = (int((height >= PLAIN).sum()) for height in (parts[0][1], both[1]))
        return after > (1 + WORTH) * before + 1

    def _trial(self, binning: Binning) -> Single:
        """Give the middle part of the image, on which scales are compared."""
        parts = []
        for count, factor in zip(self.pixels.shape, binning.factors, strict=True):
            size = min(count, int(TRIAL * factor))
            parts.append(slice((count - size) // 2, (count - size) // 2 + size))
        return self.pixels[parts[0], parts[1]]

    def _shown(self, pixels: Single, scale: InputScale) -> Single:
        binned = scale.binning.apply(pixels)
        return normalise(scale.brightened(binned), self.card.background)

    def _maps(self, image: Single, halo: int | None = None) -> Single:
        card = self.model.card
        halo = card.halo if halo is None else halo
        return run_tiled(self.model, image, Tiling(card.output_channels, card.stride, halo))


def _near(scale: InputScale) -> float:
    """Candidates nearer than this to those of a scale are the same [px]."""
    return float(NEAR * np.sqrt(np.prod(scale.binning.factors)))


def finer_binning(binning: Binning) -> Binning:
    """About half of a binning, along both axes alike."""
    smallest = min(binning.y, binning.x)
    if smallest == 1:
        return binning
    along = np.array([binning.y, binning.x]) // smallest * ((smallest + 1) // 2)
    return Binning(int(along[0]), int(along[1]))


def join(
    coarse: tuple[Array, Array], fine: tuple[Array, Array], near: float
) -> tuple[Array, Array]:
    """Join what was found on two scales.

    Where the fine scale shows two columns near one of the coarse scale, they stand in its place.
    One of the fine scale alone is the same column, and one near none of the coarse scale is new.

    Parameters
    ----------
    coarse, fine
        Positions (y, x) [px] and scores.
    near
        Candidates of two scales nearer than this are the same [px].
    """
    if not len(coarse[0]) or not len(fine[0]):
        return coarse if len(coarse[0]) else fine
    distance, owner = cKDTree(coarse[0]).query(fine[0])
    sure = fine[1] >= APART
    owned = distance < near
    split = np.bincount(owner[owned & sure], minlength=len(coarse[0])) >= 2
    kept = np.where(owned, sure & split[owner], True)
    positions = np.concatenate([coarse[0][~split], fine[0][kept]])
    return positions, np.concatenate([coarse[1][~split], fine[1][kept]])
