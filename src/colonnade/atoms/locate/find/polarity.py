"""Whether the columns of an image are bright or dark.

Between close columns there are gaps that look like columns in an image turned over. But columns
explain it better, or with fewer of them: what a fit leaves over counts, and each number that it
needs.
"""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from colonnade.atoms.columns import typical_spacing
from colonnade.atoms.locate.fit.first_width import first_width
from colonnade.atoms.locate.fit.refine import fit_together
from colonnade.core.arrays import Array, Single
from colonnade.core.work.blas import one_thread

ENOUGH = 120
"""Columns that are fitted to tell, about."""

LEAD = 0.1
"""What the logarithm of the network's lead counts beside Akaike's criterion for each pixel."""

USUAL = 0.02
"""Most images show bright columns: dark ones explain one better by so much at least."""

FINEST_WAVES = 0.4
"""Waves of more periods than this in a pixel hold noise alone."""


def dark_explain(image: Single, bright: Array, dark: Array, lead: float) -> bool:
    """Whether dark columns explain an image better than bright ones.

    Parameters
    ----------
    image
        Grey levels, axes (y, x).
    bright, dark
        Where columns would be, from the centre of the image: rows of (y, x) [px].
    lead
        So many times as sure is a network of the dark ones.
    """
    most = max(len(bright), len(dark))
    part = _middle(image, min(1.0, float(np.sqrt(ENOUGH / most))))
    with one_thread(), ThreadPoolExecutor(2) as pool:
        two = list(pool.map(_explained, (part, -part), (bright, dark)))
    alone = part.size * _independent(part, min(one.left for one in two))
    gain = two[0].criterion(alone) - two[1].criterion(alone)
    return bool(gain + LEAD * np.log(lead) > USUAL)


def _middle(image: Single, share: float) -> Single:
    """Middle of an image, of a share of its height and width."""
    cut = [int(count * (1 - share) / 2) for count in image.shape]
    return image[cut[0] : image.shape[0] - cut[0], cut[1] : image.shape[1] - cut[1]]


@dataclass(frozen=True)
class _Explained:
    """How well a fit explains an image.

    Parameters
    ----------
    left
        Mean square that it leaves over.
    numbers
        How many it fitted.
    """

    left: float
    numbers: int

    def criterion(self, alone: float) -> float:
        """Akaike's criterion for each pixel that has noise of its own; less is better."""
        return float(np.log(max(self.left, 1e-30))) + 2 * self.numbers / alone


def _explained(image: Single, centres: Array) -> _Explained:
    """Fit bright columns to an image."""
    middle = (np.array(image.shape) - 1) / 2
    positions = centres + middle
    positions = positions[((positions > 0) & (positions < 2 * middle)).all(1)]
    if not len(positions):
        return _Explained(np.inf, 0)
    width = first_width(image, positions, typical_spacing(positions, image.shape))
    fitted = fit_together(image, positions, width, moving=True)
    numbers = 4 * len(fitted.peaks) + fitted.peaks.nodes.size
    return _Explained(float(np.mean(fitted.view.residual.astype(np.float64) ** 2)), numbers)


def _independent(image: Single, noise: float) -> float:
    """Share of the pixels that have noise of their own; in interpolated images few do.

    Parameters
    ----------
    image
        Grey levels.
    noise
        Mean square that the best fit leaves of it.
    """
    power: NDArray[np.floating[Any]] = np.abs(np.fft.fft2(image - image.mean())) ** 2 / image.size
    y, x = (np.abs(np.fft.fftfreq(count)) for count in image.shape)
    # No column shows there, and where pixels were interpolated no noise does.
    finest = power[(y[:, None] > FINEST_WAVES) | (x > FINEST_WAVES)]
    return float(np.clip(finest.mean() / max(noise, 1e-30), 1e-3, 1.0))
