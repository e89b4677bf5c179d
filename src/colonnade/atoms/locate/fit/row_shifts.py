"""Row jitter: by how much each row of an image is shifted along x.

All columns that a row crosses show its shift. A shift that is common to all rows of a column looks
like a column that stands elsewhere, and stays.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import uniform_filter

from colonnade.atoms.columns import Columns
from colonnade.atoms.locate.fit.measured import fit_columns_roughly
from colonnade.atoms.locate.fit.noise import Noise
from colonnade.atoms.locate.fit.settings import (
    FIT_DEFAULTS,
    JITTER_DEFAULTS,
    FitSettings,
    JitterSettings,
)
from colonnade.atoms.locate.fit.windows import Windows
from colonnade.core.arrays import Array, Single

Whole = NDArray[np.int_]
"""Whole numbers."""

MEDIAN_SQUARE = 0.4549
"""Median of the square of a normally distributed number."""

ONE_SIGMA = 0.683
"""Share of normally distributed numbers within a standard deviation of their mean."""


@dataclass(frozen=True, eq=False)
class RowJitter:
    """By how much the rows of an image are shifted.

    Parameters
    ----------
    shifts
        Of each row, to the right [px].
    spread
        Standard deviation of the shifts [px].
    width
        Of a column [px].
    """

    shifts: Array
    spread: float
    width: float


def find_row_jitter(
    image: Single,
    positions: Array,
    settings: JitterSettings = JITTER_DEFAULTS,
    fit: FitSettings = FIT_DEFAULTS,
) -> RowJitter | None:
    """Find the shifts of the rows of an image; None where they are small or are not known.

    Parameters
    ----------
    image
        Grey levels with bright columns, axes (y, x).
    positions
        Where columns are, roughly: rows of (y, x) [px].
    settings
        When rows are put back.
    fit
        How columns are fitted.
    """
    image, positions = _strip(image, positions, settings)
    if not len(positions):
        return None
    rough = _restless(image, positions, settings, fit)
    if rough is None:
        return None
    misfit = _inner_misfit(image - rough.background, rough.weight, rough.drawn, rough.most)
    # Columns beyond the border are not known, but reach into its rows.
    edge = int(np.ceil(settings.edge * rough.width))
    misfit[:, :edge] = misfit[:, len(image) - edge :] = 0
    return _most_likely(np.arange(-rough.most, rough.most + 1), misfit, rough.width, settings)


@dataclass(frozen=True, eq=False)
class _Rough:
    """A rough fit of an image, as if its rows were where they belong.

    Parameters
    ----------
    width
        Of a column [px].
    most
        Largest shift of a row that is compared [px].
    drawn, background
        What the fit expects.
    weight
        Reciprocal variance of each pixel.
    restlessness
        How much larger the squared shifts of the rows are than noise makes them; 1 is noise alone.
    """

    width: float
    most: int
    drawn: Single
    background: Single
    weight: Single
    restlessness: float

    @classmethod
    def of(
        cls, image: Single, positions: Array, settings: JitterSettings, fit: FitSettings
    ) -> "_Rough":
        """Fit columns, of which there is one at least."""
        columns = fit_columns_roughly(image, positions, fit)
        width = float(np.median(columns.width))
        farthest = int(np.ceil(settings.farthest * width))
        most = min(farthest, settings.farthest_px, image.shape[1] // 4)
        drawn = _drawn(columns, image.shape, settings.reach)
        background = _smoothed(image - drawn, settings.background * width)
        weight = _weight(image, drawn + background, len(columns), fit)
        inner = np.s_[:, most : drawn.shape[1] - most]
        residual = image - (drawn + background)
        restlessness = _restlessness(weight[inner], residual[inner], drawn[inner])
        return cls(width, most, drawn, background, weight, restlessness)


def _restless(
    image: Single, positions: Array, settings: JitterSettings, fit: FitSettings
) -> _Rough | None:
    """Fit an image whose rows are shifted; the middle of most shows that theirs are not."""
    middle, within = _middle(image, positions, settings.tested_rows)
    parts = [(image, positions)]
    if len(middle) < len(image) and len(within):
        parts.insert(0, (middle, within))
    for part, columns in parts:
        rough = _Rough.of(part, columns, settings, fit)
        if rough.restlessness < settings.restlessness:
            return None
    return rough


def _weight(image: Single, expected: Single, columns: int, fit: FitSettings) -> Single:
    """Reciprocal variance of every pixel, from the residuals of so many columns."""
    return Noise.measure(image, expected, 4 * columns, fit.noise).weights(expected)


def _smoothed(image: Single, width: float) -> Single:
    """Three running means, which come near a Gaussian and cost the same at any width."""
    size = round(np.sqrt(4 * width**2 + 1))
    for _ in range(3):
        image = uniform_filter(image, size, mode="nearest")
    return image


def _inner_misfit(levels: Single, weight: Single, drawn: Single, most: int) -> Array:
    """Half the chi-square of each row for each shift, where pixels are known at all shifts.

    Parameters
    ----------
    levels
        Grey levels without background.
    weight
        Of each pixel, which moves with its row.
    drawn
        The columns where the rough fit has them.
    most
        Largest shift to either side [px].
    """
    counts = np.zeros_like(drawn)
    counts[:, most : drawn.shape[1] - most] = 1
    return _misfit(np.arange(-most, most + 1), counts, levels, weight, drawn)


def _misfit(shifts: Whole, counts: Single, levels: Single, weight: Single, drawn: Single) -> Array:
    """Half the chi-square of each row, axes (shift, row); `counts` is 1 for pixels that count."""
    # The square of image less shifted columns, times the shifted weight, as three correlations.
    pairs = (
        (counts * levels**2, weight),
        (-2 * counts * levels, weight * drawn),
        (counts, weight * drawn**2),
    )
    waves = sum(np.fft.rfft(a, axis=1) * np.fft.rfft(b, axis=1).conj() for a, b in pairs)
    return np.asarray(np.fft.irfft(waves, drawn.shape[1], axis=1)[:, shifts].T / 2, np.float64)


def _restlessness(weight: Single, residual: Single, drawn: Single) -> float:
    """How much larger the squared shifts of the rows are than noise makes them; 1 is noise alone.

    Parameters
    ----------
    weight, residual
        Of each pixel.
    drawn
        The columns.
    """
    slope = np.gradient(drawn, axis=1)
    information = (weight * slope**2).sum(1)
    pull = (weight * slope * residual).sum(1)
    known = information > 0
    if not known.any():
        return 0.0
    return float(np.median(pull[known] ** 2 / information[known])) / MEDIAN_SQUARE


def _strip(image: Single, positions: Array, settings: JitterSettings) -> tuple[Single, Array]:
    """Middle of the rows, and the columns in it."""
    length = settings.strip + 2 * settings.farthest_px
    strip, within = _middle(image.T, positions[:, ::-1], length)
    return np.ascontiguousarray(strip.T), within[:, ::-1]


def _middle(image: Single, positions: Array, count: int) -> tuple[Single, Array]:
    """So many rows from the middle of an image, and the columns in them."""
    count = min(count, len(image))
    start = (len(image) - count) // 2
    inside = (positions[:, 0] >= start) & (positions[:, 0] < start + count)
    return image[start : start + count], positions[inside] - [start, 0]


def _drawn(columns: Columns, shape: tuple[int, int], reach: float) -> Single:
    """Draw the columns as Gaussians, up to a distance from their centres [widths]."""
    width = columns.width[:, None]
    windows = Windows(columns.positions, shape, int(np.ceil(reach * np.quantile(width, 0.9))))
    y = np.exp(-0.5 * ((windows.y - columns.y[:, None]) / width) ** 2)
    x = np.exp(-0.5 * ((windows.x - columns.x[:, None]) / width) ** 2)
    y *= columns.intensity[:, None] / (2 * np.pi * width**2)
    return windows.scatter(y.astype(np.float32)[:, :, None] * x.astype(np.float32)[:, None, :])


def _most_likely(
    steps: Whole, misfit: Array, width: float, settings: JitterSettings
) -> RowJitter | None:
    """Most likely shift of each row, the shifts being normally distributed.

    Parameters
    ----------
    steps
        Shifts that were compared [px].
    misfit
        Half the chi-square, axes (shift, row).
    width
        Of a column [px].
    settings
        Which shifts are too small to count.
    """
    spread = float(steps[-1]) / settings.farthest
    for _ in range(settings.spread_rounds):
        shifts = _lowest(steps, misfit + (steps[:, None] / spread) ** 2 / 2)
        # A quantile, as the shifts of some rows may be anything.
        spread = float(np.quantile(np.abs(shifts), ONE_SIGMA))
        if spread < settings.least_spread:
            return None
    return RowJitter(shifts, spread, width)


def _lowest(steps: Whole, misfit: Array) -> Array:
    """Shift of the lowest misfit of each row, by parabolas through three steps [px]."""
    best = np.clip(misfit.argmin(0), 1, len(steps) - 2)
    row = np.arange(misfit.shape[1])
    below, at, above = (misfit[best + step, row] for step in (-1, 0, 1))
    bend = np.maximum(below - 2 * at + above, 1e-30)
    return np.asarray(steps[best] + np.clip(0.5 * (below - above) / bend, -1, 1))


def jitter_error(
    columns: Columns, spread: float, settings: JitterSettings = JITTER_DEFAULTS
) -> Array:
    """Standard error along x that row jitter leaves in columns, after rows were put back [px].

    Of the shifts of the rows that a column covers, their mean moves the column. It is known only
    as far as it changes within the height of a column.

    Parameters
    ----------
    columns
        What was found.
    spread
        Standard deviation of the shifts [px].
    settings
        Which share of the mean shift is not known.
    """
    rows = 2 * np.sqrt(np.pi) * columns.width
    return np.asarray(settings.unknown_share * spread / np.sqrt(np.maximum(rows, 1.0)))
