"""What an image has left at places, once its columns are taken out."""

import numpy as np

from colonnade.atoms.columns import Columns
from colonnade.core.arrays import Array

TAIL = 4.0
"""How far a column is drawn, in its widths."""


def without_columns(pixels: Array, columns: Columns) -> Array:
    """Take round Gaussians of the columns' intensities and widths out of an image."""
    left = pixels.astype(np.float64)
    known = np.isfinite(columns.intensity) & (columns.width > 0)
    for y, x, intensity, width in zip(
        columns.y[known],
        columns.x[known],
        columns.intensity[known],
        columns.width[known],
        strict=True,
    ):
        part, off = _around(left.shape, y, x, TAIL * width)
        left[part] -= intensity * _gaussian(off, width)
    return left


def intensity_at(left: Array, place: Array, width: float, reach: float) -> float:
    """Intensity of a column at a place, on a level background; NaN too near to the border.

    Parameters
    ----------
    left
        The image without other columns.
    place
        Where a column may be (y, x) [px].
    width
        That it would have [px].
    reach
        How far pixels are looked at [px].
    """
    y, x = place
    part, off = _around(left.shape, y, x, reach)
    pixels, shape = left[part].ravel(), _gaussian(off, width).ravel()
    near = (off**2).sum(axis=0).ravel() <= reach**2
    if near.sum() < 0.8 * np.pi * reach**2:
        return float(np.nan)
    terms = np.stack([shape[near], np.ones(near.sum())], axis=1)
    return float(np.linalg.lstsq(terms, pixels[near], rcond=None)[0][0])


def _around(
    shape: tuple[int, ...], y: float, x: float, reach: float
) -> tuple[tuple[slice, slice], Array]:
    """Part of an image around a place, and where its pixels are from there (2, rows, columns)."""
    ends = [
        (max(0, int(np.ceil(at - reach))), min(size, int(np.floor(at + reach)) + 1))
        for at, size in zip((y, x), shape, strict=True)
    ]
    part = (slice(*ends[0]), slice(*ends[1]))
    off = np.meshgrid(np.arange(*ends[0]) - y, np.arange(*ends[1]) - x, indexing="ij")
    return part, np.stack(off)


def _gaussian(off: Array, width: float) -> Array:
    """A peak of volume 1."""
    return np.asarray(np.exp(-(off**2).sum(axis=0) / (2 * width**2)) / (2 * np.pi * width**2))
