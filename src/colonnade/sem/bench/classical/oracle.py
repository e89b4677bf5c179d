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
    return _Tried(image, noise).best_denoised(truth, names)


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
    return _Tried(image, noise).best_sharpened(truth, blur, names)


def best_of_both(
    image: Single,
    truth: Grey,
    blur: float,
    names: Sequence[str] = tuple(DENOISERS),
    noise: NoiseModel | None = None,
) -> tuple[Chosen, Chosen]:
    """Give what `best_denoised` and `best_sharpened` do, without denoising anything twice."""
    tried = _Tried(image, noise)
    return tried.best_denoised(truth, names), tried.best_sharpened(truth, blur, names)


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


class _Tried:
    """An image, and what each denoiser that was tried made of it."""

    def __init__(self, image: Single, noise: NoiseModel | None) -> None:
        self._image = np.asarray(image, np.float32)
        self._noise = measure_noise(image) if noise is None else noise
        self._denoised: dict[tuple[str, float], Single] = {}

    def best_denoised(self, truth: Grey, names: Sequence[str]) -> Chosen:
        """Enlarge as the truth says is best."""
        factor = truth.shape[0] // self._image.shape[0]

        def judge(enlarged: Single) -> tuple[float, Filter]:
            return float(np.mean((enlarged.astype(np.float64) - truth) ** 2)), None

        return self._best(names, _Judge(factor, Blur(0, factor), judge))

    def best_sharpened(self, truth: Grey, blur: float, names: Sequence[str]) -> Chosen:
        """Enlarge and sharpen as the truth says is best."""
        factor = truth.shape[0] // self._image.shape[0]
        undone = Blur(blur, factor)
        return self._best(names, _Judge(factor, undone, Chooser(truth, undone).best))

    def _best(self, names: Sequence[str], judge: _Judge) -> Chosen:
        trials = [judge.trial("as it is", self._image)]
        trials += [self._best_strength(name, judge) for name in names]
        best = min(trials, key=lambda one: one.error)
        enlarged = enlarge(best.denoised, judge.factor, best.kernel)
        how = [best.how, best.kernel.name.lower(), *([str(best.filter)] if best.filter else [])]
        return Chosen(sharpen(enlarged, best.filter, judge.blur), ", ".join(how), best.error)

    def _best_strength(self, name: str, judge: _Judge) -> _Trial:
        """Climb from the middle strength to the best: errors fall and then rise with it."""
        strengths = DENOISERS[name].strengths

        @cache
        def trial(place: int) -> _Trial:
            strength = strengths[place]
            return judge.trial(f"{name} {strength:g}", self._denoise(name, strength))

        place = len(strengths) // 2
        while True:
            near = range(max(place - 1, 0), min(place + 2, len(strengths)))
            best = min((place, *near), key=lambda one: trial(one).error)
            if best == place:
                return trial(place)
            place = best

    def _denoise(self, name: str, strength: float) -> Single:
        if (name, strength) not in self._denoised:
            self._denoised[name, strength] = denoise(
                self._image, DENOISERS[name], strength, self._noise
            )
        return self._denoised[name, strength]
