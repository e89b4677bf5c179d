"""Positions in the unit that results have, and what is said of a length."""

from dataclasses import dataclass

import numpy as np

from colonnade.atoms.columns import Columns
from colonnade.core.arrays import Array


@dataclass(frozen=True, eq=False)
class Positions:
    """Positions and their standard errors in nm; in pixels where there is no calibration.

    Parameters
    ----------
    places, sigma
        Rows of (y, x).
    scale
        What a pixel is along (y, x).
    unit
        ``"nm"`` or ``"px"``.
    """

    places: Array
    sigma: Array
    scale: Array
    unit: str

    @classmethod
    def of(cls, columns: Columns) -> "Positions":
        """Give those of columns."""
        scale = np.array(columns.pixel_size or (1.0, 1.0))
        unit = "px" if columns.pixel_size is None else "nm"
        return cls(columns.positions * scale, known_sigma(columns) * scale, scale, unit)


def known_sigma(columns: Columns) -> Array:
    """Standard errors of (y, x) [px], the usual ones where they are not known."""
    sigma = np.stack([columns.sigma_y, columns.sigma_x], axis=1)
    known = np.isfinite(sigma) & (sigma > 0)
    return np.where(known, sigma, np.median(sigma[known]) if known.any() else 1.0)


def spoken(length: float, unit: str, sigma: float | None = None) -> str:
    """Write a length for a person, with its standard error: short ones in pm.

    Parameters
    ----------
    length, sigma
        In the unit.
    unit
        ``"nm"`` or ``"px"``.
    """
    if unit == "nm" and abs(length) < 0.1:
        length, sigma, unit = 1000 * length, None if sigma is None else 1000 * sigma, "pm"
    error = "" if sigma is None else f" ± {sigma:.2g}"
    digits = 3 if sigma is None or not sigma > 0 else _digits(length, sigma)
    return f"{length:.{digits}g}{error} {unit}"


def _digits(length: float, sigma: float) -> int:
    """Digits of a length of which the last is the second of its standard error."""
    if length == 0:
        return 2
    orders = np.floor(np.log10(abs(length))) - np.floor(np.log10(sigma))
    return int(np.clip(orders + 2, 1, 8))
