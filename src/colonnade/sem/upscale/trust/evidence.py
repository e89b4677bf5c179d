"""How sure it is that a finer image is wrong, at each place and for each size of a feature.

What the finer image does not explain of the measured one is noise, its own small errors at edges,
and features that are not so. The first two are measured all over the image, and the last is what
stands out from them.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.fft import irfft2, next_fast_len, rfft2
from scipy.ndimage import gaussian_filter, maximum_filter

from colonnade.core.arrays import Single
from colonnade.core.errors import RecipeError
from colonnade.core.images.tiles import Part, Readable
from colonnade.sem.upscale.trust.filters import disc_answer, matched_filter
from colonnade.sem.upscale.trust.forward import Forward, windows
from colonnade.sem.upscale.trust.levels import spread_range
from colonnade.sem.upscale.trust.residual import BLOCK, Law, spectrum
from colonnade.sem.upscale.trust.threads import for_each

LEVEL_SIGMA = 1.0
"""Grey levels and slopes are those of images smoothed by a Gaussian of this deviation [px]."""

EDGE_SIGMA = 0.7
"""Edges count for a filter as far as a Gaussian of this deviation reaches [radii]."""

MARGIN = 24
"""What lies farther away has no influence: half a filter, and the smoothing [coarse px]."""

INNER = (slice(MARGIN, -MARGIN),) * 2
"""A part without the margin around it."""

PLACE_SHARE = 0.1
"""Evidence is in units of what this share of the places of an image reaches."""

LEAST_CONTRAST = 1e-4
"""Noise of less than this, relative to the deviation of the grey levels, is rounding."""

LEAST_ANSWER = 0.1
"""Filters answer with at least this standard deviation, where noise would be 1."""

TINY = 1e-12
"""Deviation of grey levels that do not vary."""

FAULTY = 3.0
"""A place that reaches so many times what half of them do is faulty: of 56 finer images of all
materials and doses, as a network gives them, four had one, at most."""

LEAST_UNIT = 1.0
"""One place in ten reaches 3 or more in noise; less is where there is none."""

SKIRT = 1.25, 1.5
"""A feature that was found leaves nothing beyond so many of its radii, whose size is not known
better, and so many pixels, for the probe."""

BORDER = 2
"""So near to its ends an image also shows what lies beyond, as far as the probe reaches [px]."""


@dataclass(frozen=True)
class FeatureSettings:
    """What features are looked for, and how sure one must be."""

    radii: tuple[float, ...] = (1.0, 1.4, 2.0, 2.8, 4.0, 5.6, 8.0)
    """Of the discs that are looked for [coarse px]; in steps of a square root of two no size lies
    farther than a fifth from one of them, and loses less than a tenth of its evidence."""
    place: int = 6
    """Side of a place [coarse px]: the smallest disc, and as much around it as its filter sees."""
    false_alarms: float = 0.05
    """Share of images without any fault in which something is listed."""
    least_contrast: float = 0.05
    """Fainter discs are none, as a share of the grey range: without noise a network's own errors
    stand out as well, by up to 0.04."""
    decline: float = 6.0
    """By so many e-folds does the share of places that reach some evidence fall, for each unit."""

    def __post_init__(self) -> None:
        if not 0 < self.false_alarms <= 1:
            raise RecipeError(f"false_alarms is a share, from 0 to 1, not {self.false_alarms}")
        if not 0 <= self.least_contrast < 1:
            raise RecipeError(
                f"least_contrast is a share, from 0 to below 1, not {self.least_contrast}"
            )
        if not self.radii or not all(0 < radius <= BLOCK / 4 for radius in self.radii):
            raise RecipeError(f"radii must lie between 0 and {BLOCK / 4:g} px, not {self.radii}")

    def threshold(self, shape: tuple[int, ...]) -> float:
        """Give the evidence that no place reaches by chance in most images of this size."""
        places = max(1.0, shape[0] * shape[1] / self.place**2)
        return 1.0 + max(0.0, float(np.log(PLACE_SHARE * places / self.false_alarms))) / (
            self.decline
        )


@dataclass(frozen=True)
class Disc:
    """A place in an image; lengths in coarse pixels."""

    y: float
    x: float
    radius: float

    def forget(self, residual: Single, part: Part) -> None:
        """Take what the disc leaves out of a part of an image."""
        reach = SKIRT[0] * self.radius + SKIRT[1]
        rows, columns = np.ogrid[part[0], part[1]]
        if abs(rows - self.y).min() <= reach and abs(columns - self.x).min() <= reach:
            residual[np.hypot(rows - self.y, columns - self.x) <= reach] = 0


@dataclass(frozen=True, eq=False)
class Look:
    """What filters say of a part of an image.

    Parameters
    ----------
    evidence
        That the measured image is brighter there than the finer one, a map for each filter.
    height
        How much brighter that makes each disc, before the probe blurs it [grey levels].
    """

    evidence: Single
    height: Single


@dataclass(frozen=True, eq=False)
class Detector:
    """Filters for one image, and what each of them answers where nothing is wrong.

    Parameters
    ----------
    settings
        What is looked for.
    forward
        What makes a coarse image of the finer one.
    noise
        How the noise of a pixel depends on the grey level.
    kernels
        One for each radius.
    edges
        How the answer of each depends on the slope of the image.
    unit
        So many standard deviations are a unit of evidence.
    faintest
        Height of the faintest disc that counts [grey levels].
    """

    settings: FeatureSettings
    forward: Forward
    noise: Law
    kernels: tuple[Single, ...]
    edges: tuple[Law, ...]
    unit: float
    faintest: float

    @classmethod
    def of(
        cls, measured: Readable, finer: Readable, forward: Forward, settings: FeatureSettings
    ) -> "Detector":
        """Measure noise and error in windows that are spread over the image."""
        every = for_each(
            lambda part: _Unexplained.of(measured, finer, forward, part), windows(measured.shape)
        )
        contrast = LEAST_CONTRAST * max(float(one.level.std()) for one in every)
        noise = _law(
            [one.residual[INNER] for one in every],
            [one.level[INNER] for one in every],
            max(contrast, TINY) ** 2,
        )
        power = spectrum([(one.residual / noise.sigma(one.level))[INNER] for one in every])
        kernels = tuple(matched_filter(radius, forward.blur, power) for radius in settings.radii)
        answers = for_each(lambda one: one.answers(noise, kernels), every)
        slopes = for_each(lambda one: one.slopes(settings.radii), every)
        edges = tuple(
            _law(
                [answer[number] for answer in answers],
                [slope[number] for slope in slopes],
                LEAST_ANSWER**2,
            )
            for number in range(len(kernels))
        )
        places = [
            _place_maxima(answer / _sigmas(edges, slope), settings.place)
            for answer, slope in zip(answers, slopes, strict=True)
        ]
        span = spread_range(finer, measured.shape, forward.factor)
        faintest = settings.least_contrast * span
        return cls(settings, forward, noise, kernels, edges, _unit(places), faintest)

    def look(
        self, measured: Readable, finer: Readable, part: Part, known: Sequence[Disc] = ()
    ) -> Look:
        """Let the filters judge a part of the image; it does not matter how the image is cut.

        Parameters
        ----------
        measured, finer
            The image, and what is to explain it.
        part
            Of the measured image.
        known
            What was found already, and shall have no part in what else there is.
        """
        seen = _Unexplained.of(measured, finer, self.forward, part, known)
        answers = seen.answers(self.noise, self.kernels)
        sigma = self.noise.sigma(seen.level)[INNER]
        heights = [
            disc_answer(kernel, radius, self.forward.blur)
            for kernel, radius in zip(self.kernels, self.settings.radii, strict=True)
        ]
        scale = self.unit * _sigmas(self.edges, seen.slopes(self.settings.radii))
        return Look(
            answers / scale, answers * sigma / np.array(heights, np.float32)[:, None, None]
        )


@dataclass(frozen=True, eq=False)
class _Unexplained:
    """A part of an image and a margin around it, without a residual where the image ends.

    `residual` is what the finer image leaves of the measured one; `level` is the measured image,
    smoothed, and `steep` its square slope where the finer image has that slope too: a feature that
    is wrong must not excuse itself by its own edges.
    """

    residual: Single
    level: Single
    steep: Single

    @classmethod
    def of(
        cls,
        measured: Readable,
        finer: Readable,
        forward: Forward,
        part: Part,
        known: Sequence[Disc] = (),
    ) -> "_Unexplained":
        inside, beyond = [], []
        for one, length in zip(part, measured.shape, strict=True):
            start, stop = one.start - MARGIN, one.stop + MARGIN
            inside.append(slice(max(0, start), min(stop, length)))
            beyond.append((max(0, -start), max(0, stop - length)))
        within = (inside[0], inside[1])
        coarse, seen = forward.coarse(finer, within), np.asarray(measured[within], np.float32)
        residual = seen - coarse
        _forget_border(residual, beyond)
        for disc in known:
            disc.forget(residual, within)
        shown, level = (
            gaussian_filter(np.pad(image, beyond, mode="symmetric"), LEVEL_SIGMA)
            for image in (coarse, seen)
        )
        steep = np.minimum(_square_slope(shown), _square_slope(level))
        # A mirror image of the residual would count each pixel at the border twice.
        return cls(np.pad(residual, beyond), level, steep)

    def answers(self, noise: Law, kernels: Sequence[Single]) -> Single:
        """What each filter says at each pixel of the part, without the margin."""
        normalised = self.residual / noise.sigma(self.level)
        return _correlated(normalised, kernels)

    def slopes(self, radii: Sequence[float]) -> Single:
        """Mean square slope of the image as far as each filter reaches."""
        smooth = (gaussian_filter(self.steep, EDGE_SIGMA * one, truncate=3.0) for one in radii)
        return np.stack([image[INNER] for image in smooth])


def _square_slope(image: Single) -> Single:
    down, across = np.gradient(image)
    return np.asarray(down**2 + across**2)


def _forget_border(residual: Single, beyond: Sequence[tuple[int, int]]) -> None:
    """Take out what lies where the image ends."""
    for axis, (before, after) in enumerate(beyond):
        along = np.moveaxis(residual, axis, 0)
        # Where nothing lies beyond a part, the margin reaches into the image.
        along[: BORDER if before == MARGIN else 0] = 0
        along[len(along) - (BORDER if after == MARGIN else 0) :] = 0


def _correlated(image: Single, kernels: Sequence[Single]) -> Single:
    """Correlate an image with each kernel, and cut the margin off."""
    middle = BLOCK // 2
    inner = image[MARGIN - middle : middle - MARGIN - 1, MARGIN - middle : middle - MARGIN - 1]
    # What comes round from the other side lies where a kernel would reach beyond the image.
    size = [next_fast_len(length, real=True) for length in inner.shape]
    rows, columns = (length - BLOCK + 1 for length in inner.shape)
    seen = rfft2(inner, size)
    answers = (irfft2(seen * np.conj(rfft2(kernel, size)), size) for kernel in kernels)
    return np.stack([answer[:rows, :columns] for answer in answers])


def _law(values: Sequence[Single], quantities: Sequence[Single], least: float) -> Law:
    joined, of = (np.concatenate([one.ravel() for one in part]) for part in (values, quantities))
    return Law.of(joined, of, least)


def _sigmas(laws: Sequence[Law], quantities: Single) -> Single:
    return np.stack([law.sigma(one) for law, one in zip(laws, quantities, strict=True)])


def _place_maxima(answers: Single, place: int) -> Single:
    """The strongest answer in each square of an image, whatever its sign and the filter."""
    best = np.abs(answers).max(axis=0)
    rows, columns = (max(1, length // place) for length in best.shape)
    inner = best[: rows * place, : columns * place]
    blocks = inner.reshape(rows, inner.shape[0] // rows, columns, inner.shape[1] // columns)
    return np.asarray(blocks.max((1, 3)))


def _unit(places: Sequence[Single]) -> float:
    """What one place in ten reaches by chance, those around faults left out.

    Half of all places are seldom faulty, so that their strength tells what faults are.
    """
    usual = float(np.median(np.concatenate([one.ravel() for one in places])))
    sound = [one[~maximum_filter(one >= FAULTY * usual, 3)] for one in places]
    kept = np.concatenate(sound)
    unit = float(np.quantile(kept, 1 - PLACE_SHARE)) if kept.size else FAULTY * usual
    return max(unit, LEAST_UNIT)
