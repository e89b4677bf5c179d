"""Put rows back from where a shaking scan has put them.

All columns that a row crosses tell by how much the row is off. A shift that lasts longer than a
column is high cannot be told from columns that stand elsewhere, and stays.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import fft
from scipy.ndimage import uniform_filter

from colonnade.atoms.columns import Columns
from colonnade.atoms.locate.fit.measured import roughly
from colonnade.atoms.locate.fit.noise import Noise
from colonnade.atoms.locate.fit.windows import Windows
from colonnade.core.arrays import Array, Single

Whole = NDArray[np.int_]

FARTHEST, MOST = 3.0, 24
"""A row is looked for within so many widths of a column, and within so many pixels."""

STRIP = 512
"""The middle of each row is enough, of this length [px]."""

PLAIN = 4.0
"""Rows are put back if they are more restless than noise by this factor."""

EDGE = 2.0
"""Rows within so many widths of the border stay."""

LEAST = 0.35
"""Rows that shake by less than this stay [px]."""

REACH = 3.5
"""Columns end so many widths from their middle."""

BACKGROUND = 6.0
"""What varies over so many widths is no column."""

MEDIAN_SQUARE = 0.4549
"""Median of the square of a normally distributed number."""

UNKNOWN = 0.84
"""Of the mean shift of a column's rows this share cannot be known: what columns as wide as it, at
all heights, would take for their own place."""

ROUNDS = 3
"""The spread of the shifts is taken from the shifts so many times."""


@dataclass(frozen=True, eq=False)
class RowJitter:
    """How the rows of an image are off.

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


def find_row_jitter(image: Single, positions: Array) -> RowJitter | None:
    """Find by how much the rows of an image are off; None where that is little or is not known.

    Parameters
    ----------
    image
        Grey levels with bright columns, axes (y, x).
    positions
        Where columns are, roughly: rows of (y, x) [px].
    """
    part = _strip(image)
    image = np.ascontiguousarray(image[:, part])
    inside = (positions[:, 1] >= part.start) & (positions[:, 1] < part.stop)
    if not inside.any():
        return None
    columns = roughly(image, positions[inside] - [0, part.start])
    width = float(np.median(columns.width))
    most = min(int(np.ceil(FARTHEST * width)), MOST, image.shape[1] // 4)
    drawn = _drawn(columns, image.shape)
    behind = _smoothed(image - drawn, BACKGROUND * width)
    expected = drawn + behind
    weight = Noise.measure(image, expected, 4 * len(columns)).weights(expected)
    inner = np.s_[:, most : drawn.shape[1] - most]
    if _unrest((weight[inner], (image - expected)[inner]), drawn[inner]) < PLAIN:
        return None
    steps = np.arange(-most, most + 1)
    counts = np.zeros_like(drawn)
    counts[inner] = 1
    misfit = _misfit(steps, (counts, image - behind), weight, drawn)
    # Columns beyond the border are not known, but reach into its rows.
    edge = int(np.ceil(EDGE * width))
    misfit[:, :edge] = misfit[:, len(image) - edge :] = 0
    return _likely(steps, misfit, width)


def _smoothed(image: Single, width: float) -> Single:
    """Three running means, which come near a Gaussian and cost the same at any width."""
    size = round(np.sqrt(4 * width**2 + 1))
    for _ in range(3):
        image = uniform_filter(image, size, mode="nearest")
    return image


def _misfit(steps: Whole, seen: tuple[Single, Single], weight: Single, drawn: Single) -> Array:
    """Half the chi-square of each row, if it is shifted by each step, axes (step, row).

    Parameters
    ----------
    steps
        Shifts to the right [px].
    seen
        1 for pixels that count, else 0; and the grey levels without background.
    weight
        Of each pixel, which moves with its row.
    drawn
        The columns where they are believed to be.
    """
    counts, levels, own, columns = (one.astype(np.float64) for one in (*seen, weight, drawn))
    # The square of image less shifted columns, times the shifted weight, as three correlations.
    pairs = (
        (counts * levels**2, own),
        (-2 * counts * levels, own * columns),
        (counts, own * columns**2),
    )
    waves = sum(fft.rfft(a, axis=1) * fft.rfft(b, axis=1).conj() for a, b in pairs)
    return np.asarray(fft.irfft(waves, drawn.shape[1], axis=1)[:, steps].T / 2)


def _unrest(seen: tuple[Single, Single], drawn: Single) -> float:
    """How much more the rows pull to the left or to the right than noise makes them; 1 is noise.

    Parameters
    ----------
    seen
        Weight and residual of each pixel.
    drawn
        The columns.
    """
    weight, residual = seen
    slope = np.gradient(drawn, axis=1)
    information = (weight * slope**2).sum(1)
    pull = (weight * slope * residual).sum(1)
    known = information > 0
    if not known.any():
        return 0.0
    return float(np.median(pull[known] ** 2 / information[known])) / MEDIAN_SQUARE


def _strip(image: Single) -> slice:
    """Middle of the rows."""
    length = min(image.shape[1], STRIP + 2 * MOST)
    start = (image.shape[1] - length) // 2
    return slice(start, start + length)


def _drawn(columns: Columns, shape: tuple[int, int]) -> Single:
    """Draw the columns as Gaussians."""
    width = columns.width[:, None]
    windows = Windows(columns.positions, shape, int(np.ceil(REACH * np.quantile(width, 0.9))))
    y = np.exp(-0.5 * ((windows.y - columns.y[:, None]) / width) ** 2)
    x = np.exp(-0.5 * ((windows.x - columns.x[:, None]) / width) ** 2)
    y *= columns.intensity[:, None] / (2 * np.pi * width**2)
    return windows.scatter(y.astype(np.float32)[:, :, None] * x.astype(np.float32)[:, None, :])


def _likely(steps: Whole, misfit: Array, width: float) -> RowJitter | None:
    """Most likely shift of each row, the rows being off by normally distributed shifts.

    Parameters
    ----------
    steps
        Shifts that were tried [px].
    misfit
        Half the chi-square of each (shift, row).
    width
        Of a column [px].
    """
    spread = float(steps[-1]) / FARTHEST
    for _ in range(ROUNDS):
        shifts = _lowest(steps, misfit + (steps[:, None] / spread) ** 2 / 2)
        # Some rows may be anywhere.
        spread = float(np.quantile(np.abs(shifts), 0.683))
        if spread < LEAST:
            return None
    return RowJitter(shifts, spread, width)


def _lowest(steps: Whole, badness: Array) -> Array:
    """Where each row is least bad, by parabolas through three steps [px]."""
    best = np.clip(badness.argmin(0), 1, len(steps) - 2)
    row = np.arange(badness.shape[1])
    below, at, above = (badness[best + step, row] for step in (-1, 0, 1))
    bend = np.maximum(below - 2 * at + above, 1e-30)
    return np.asarray(steps[best] + np.clip(0.5 * (below - above) / bend, -1, 1))


def jitter_error(columns: Columns, spread: float) -> Array:
    """Standard error along x that shaken rows leave in columns, after they were put back [px].

    Of the shifts of the rows that a column covers, their mean moves the column. It is known only
    as far as it changes within the height of a column.

    Parameters
    ----------
    columns
        What was found.
    spread
        Standard deviation of the shifts [px].
    """
    rows = 2 * np.sqrt(np.pi) * columns.width
    return np.asarray(UNKNOWN * spread / np.sqrt(np.maximum(rows, 1.0)))
