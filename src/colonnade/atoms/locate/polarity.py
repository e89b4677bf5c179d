"""Whether the columns of an image are bright or dark, and on which scale it is searched.

Between close columns there are gaps that look like columns in an inverted image. But columns
explain the image better, or with fewer of them. So both are fitted to the middle of the image, and
Akaike's criterion, which counts what a fit leaves and each parameter that it needs, decides.
"""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from colonnade.atoms.columns import typical_spacing
from colonnade.atoms.locate.candidates import InputScale
from colonnade.atoms.locate.find.scale_choice import best_scale
from colonnade.atoms.locate.find.trials import Trials
from colonnade.atoms.locate.fit.first_width import first_width
from colonnade.atoms.locate.fit.refine import fit_together
from colonnade.atoms.locate.fit.settings import FIT_DEFAULTS, FitSettings
from colonnade.core.arrays import Array, Single
from colonnade.core.work.blas import one_thread


@dataclass(frozen=True)
class PolaritySettings:
    """When columns are taken for dark; ``benchmarks/atoms/sensitivity.py`` varies each setting.

    Parameters
    ----------
    least_lead
        Dark columns are considered if the network's confidence in them is at least this share of
        that in bright ones.
    fewest_confident
        And if at least this many of them are confident.
    fitted_columns
        Number of columns that are fitted to decide, about.
    lead_weight
        Weight of the logarithm of the network's lead beside Akaike's criterion for each pixel.
    bright_advantage
        Most images show bright columns: the criterion of dark ones is better by at least this.
    noise_frequency
        Structure of more periods than this in a pixel is noise alone [1/px].
    """

    least_lead: float = 0.5
    fewest_confident: int = 10
    fitted_columns: int = 120
    lead_weight: float = 0.1
    bright_advantage: float = 0.02
    noise_frequency: float = 0.4


POLARITY_DEFAULTS = PolaritySettings()


def choose_scale(
    trials: Trials,
    pixel_size: tuple[float, float] | None,
    settings: PolaritySettings = POLARITY_DEFAULTS,
    fit: FitSettings = FIT_DEFAULTS,
) -> InputScale:
    """Choose the binning, and bright or dark columns.

    Parameters
    ----------
    trials
        Of the image.
    pixel_size
        Along y and x [nm], if it is known.
    settings
        When columns are taken for dark.
    fit
        How columns are fitted.
    """
    with ThreadPoolExecutor(2) as pool:
        bright, dark = pool.map(
            lambda one: best_scale(trials, pixel_size, dark=one), (False, True)
        )
    lead = trials.confidence(dark) / max(trials.confidence(bright), 1e-30)
    too_few = len(trials.confident(dark)) < settings.fewest_confident
    if lead < settings.least_lead or too_few or trials.confidence(dark) <= 0:
        return bright
    fine = min(bright.binning, dark.binning, key=lambda binning: binning.factors[0])
    part = fine.apply(trials.middle(fine))
    places = [trials.confident(scale) / fine.factors for scale in (bright, dark)]
    gain = _criterion_gain(part, places[0], places[1], settings, fit)
    return (
        dark if gain + settings.lead_weight * np.log(lead) > settings.bright_advantage else bright
    )


def _criterion_gain(
    image: Single, bright: Array, dark: Array, settings: PolaritySettings, fit: FitSettings
) -> float:
    """How much better dark columns explain an image than bright ones, for each pixel.

    Parameters
    ----------
    image
        Grey levels, axes (y, x).
    bright, dark
        Where columns would be, from the centre of the image: rows of (y, x) [px].
    settings
        How large a part is fitted, and what is noise.
    fit
        How columns are fitted.
    """
    most = max(len(bright), len(dark))
    part = _middle(image, min(1.0, float(np.sqrt(settings.fitted_columns / most))))
    with one_thread(), ThreadPoolExecutor(2) as pool:
        two = list(pool.map(_explained, (part, -part), (bright, dark), (fit, fit)))
    noise = min(one.mean_square for one in two)
    independent = part.size * _independent_share(part, noise, settings.noise_frequency)
    return two[0].criterion(independent) - two[1].criterion(independent)


def _middle(image: Single, share: float) -> Single:
    """Middle of an image, of a share of its height and width."""
    cut = [int(count * (1 - share) / 2) for count in image.shape]
    return image[cut[0] : image.shape[0] - cut[0], cut[1] : image.shape[1] - cut[1]]


@dataclass(frozen=True)
class _Explained:
    """How well a fit explains an image.

    Parameters
    ----------
    mean_square
        Of the residuals.
    parameters
        Number of those that were fitted.
    """

    mean_square: float
    parameters: int

    def criterion(self, independent: float) -> float:
        """Akaike's criterion for each pixel that has noise of its own; less is better."""
        return float(np.log(max(self.mean_square, 1e-30))) + 2 * self.parameters / independent


def _explained(image: Single, centres: Array, settings: FitSettings) -> _Explained:
    """Fit bright columns to an image."""
    middle = (np.array(image.shape) - 1) / 2
    positions = centres + middle
    positions = positions[((positions > 0) & (positions < 2 * middle)).all(1)]
    if not len(positions):
        return _Explained(np.inf, 0)
    spacing = typical_spacing(positions, image.shape)
    width = first_width(image, positions, spacing, settings.width)
    fitted = fit_together(image, positions, width, moving=True, settings=settings)
    parameters = 4 * len(fitted.peaks) + fitted.peaks.nodes.size
    residual = fitted.view.residual.astype(np.float64)
    return _Explained(float(np.mean(residual**2)), parameters)


def _independent_share(image: Single, noise: float, frequency: float) -> float:
    """Share of the pixels that have noise of their own; in interpolated images few do.

    Parameters
    ----------
    image
        Grey levels.
    noise
        Mean square of the residuals of the best fit.
    frequency
        Above it there is noise alone, and where pixels were interpolated not even that [1/px].
    """
    power: NDArray[np.floating[Any]] = np.abs(np.fft.fft2(image - image.mean())) ** 2 / image.size
    y, x = (np.abs(np.fft.fftfreq(count)) for count in image.shape)
    finest = power[(y[:, None] > frequency) | (x > frequency)]
    return float(np.clip(finest.mean() / max(noise, 1e-30), 1e-3, 1.0))
