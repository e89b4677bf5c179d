"""The best that classical methods can do to one image, as its truth chooses their settings.

No user has that truth: what is found here bounds what such methods could do in the best of hands.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
from PIL import Image

from colonnade.core.arrays import Grey, Single
from colonnade.core.measures.noise import NoiseModel, measure_noise
from colonnade.sem.bench.adapters.enlarged import enlarge
from colonnade.sem.bench.classical.denoisers import DENOISERS, denoise
from colonnade.sem.bench.classical.sharpening import Blur, Chooser, Filter, sharpen

KERNELS = (Image.Resampling.LANCZOS, Image.Resampling.BICUBIC)
"""By which a denoised image is enlarged, whichever is better."""


@dataclass(frozen=True, eq=False)
class Chosen:
    """The best result, and how it was made.

    Parameters
    ----------
    image
        The finer image.
    how
        Denoiser and strength, kernel, and filter, in words.
    error
        Mean squared difference from the truth.
    """

    image: Single
    how: str
    error: float


def best_denoised(
    image: Single,
    truth: Grey,
    names: Sequence[str] = tuple(DENOISERS),
    noise: NoiseModel | None = None,
) -> Chosen:
    """Denoise and enlarge an image as the truth says is best.

    Parameters
    ----------
    image
        Coarse grey levels, axes (y, x).
    truth
        Of the same field, a whole number of times as many pixels along each axis.
    names
        Of the `DENOISERS` that are tried.
    noise
        Of the image; by default what the image itself shows.
    """
    factor = truth.shape[0] // image.shape[0]

    def judge(enlarged: Single) -> tuple[float, Filter]:
        return float(np.mean((enlarged.astype(np.float64) - truth) ** 2)), None

    return _best(image, names, noise, _Judge(factor, Blur(0, factor), judge))


def best_sharpened(
    image: Single,
    truth: Grey,
    blur: float,
    names: Sequence[str] = tuple(DENOISERS),
    noise: NoiseModel | None = None,
) -> Chosen:
    """Denoise, enlarge and sharpen an image as the truth says is best.

    Parameters
    ----------
    image, truth, names, noise
        As for `best_denoised`.
    blur
        Standard deviation of the probe [px of the truth]; the coarse pixels are means over areas.
    """
    factor = truth.shape[0] // image.shape[0]
    undone = Blur(blur, factor)
    return _best(image, names, noise, _Judge(factor, undone, Chooser(truth, undone).best))


@dataclass(frozen=True, eq=False)
class _Trial:
    """A denoised image, and the kernel and filter with which it is best."""

    how: str
    denoised: Single
    error: float
    kernel: Image.Resampling
    filter: Filter


@dataclass(frozen=True)
class _Judge:
    """Gives the least error of an enlarged image, and the filter that has it."""

    factor: int
    blur: Blur
    judge: Callable[[Single], tuple[float, Filter]]

    def trial(self, how: str, denoised: Single) -> _Trial:
        """Enlarge a denoised image as is best."""
        found = []
        for kernel in KERNELS:
            error, chosen = self.judge(enlarge(denoised, self.factor, kernel))
            found.append(_Trial(how, denoised, error, kernel, chosen))
        return min(found, key=lambda one: one.error)


def _best(image: Single, names: Sequence[str], noise: NoiseModel | None, judge: _Judge) -> Chosen:
    noise = measure_noise(image) if noise is None else noise
    trials = [judge.trial("as it is", np.asarray(image, np.float32))]
    trials += [_best_strength(image, name, noise, judge) for name in names]
    best = min(trials, key=lambda one: one.error)
    enlarged = enlarge(best.denoised, judge.factor, best.kernel)
    how = [best.how, best.kernel.name.lower(), *([str(best.filter)] if best.filter else [])]
    return Chosen(sharpen(enlarged, best.filter, judge.blur), ", ".join(how), best.error)


def _best_strength(image: Single, name: str, noise: NoiseModel, judge: _Judge) -> _Trial:
    """Climb from the middle strength to the best: errors fall and then rise with the strength."""
    denoiser = DENOISERS[name]

    @cache
    def trial(place: int) -> _Trial:
        strength = denoiser.strengths[place]
        return judge.trial(f"{name} {strength:g}", denoise(image, denoiser, strength, noise))

    place = len(denoiser.strengths) // 2
    while True:
        near = range(max(place - 1, 0), min(place + 2, len(denoiser.strengths)))
        best = min((place, *near), key=lambda one: trial(one).error)
        if best == place:
            return trial(place)
        place = best
