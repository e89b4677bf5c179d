"""One repeat of a multislice image: what it shows of its columns, and fields cut out of it.

What the truth needs to know of the columns is measured on the image without noise: a Gaussian for
each at its true place and a smooth background, fitted together.
"""

from dataclasses import dataclass, replace
from functools import cache, cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import map_coordinates

from colonnade.atoms.simulate.optics.probe import FWHM
from colonnade.core.arrays import Array

FINE = 0.012
"""Pixels of a repeat are at most this large when it is fitted and sampled [nm]."""

SMOOTH = 0.8
"""Rough distance of the nodes of the background in the fit [nm]."""

TYPICAL = 0.045
"""Standard deviation that columns have at first [nm]."""

NARROWEST, WIDEST = 0.75, 1.35
"""Standard deviations that columns may have, relative to those that are seen best."""


STILL = 1e-5
"""The fit ends when the widths change by less than this [nm]."""


@dataclass(frozen=True, eq=False)
class Period:
    """One repeat of an image without noise; lengths in nm.

    Parameters
    ----------
    image
        Share of the beam (y, x).
    pixel
        Of that image (y, x).
    positions
        Columns, rows of (y, x).
    """

    image: Array
    pixel: Array
    positions: Array

    @property
    def cell(self) -> Array:
        """Height and width."""
        return np.asarray(self.pixel * self.image.shape)

    def seen(self, source: float) -> "Period":
        """Blur by a source of this full width at half maximum, and sample more finely."""
        shape = np.maximum(np.ceil(self.cell / FINE).astype(int), self.image.shape)
        waves = np.fft.fft2(self.image) / self.image.size
        sides = []
        for axis in (0, 1):
            k = np.fft.fftfreq(self.image.shape[axis], self.pixel[axis])
            places = np.arange(shape[axis]) * self.cell[axis] / shape[axis]
            damping = np.exp(-2 * (np.pi * source / FWHM * k) ** 2)
            sides.append(np.exp(2j * np.pi * np.outer(places, k)) * damping)
        image = (sides[0] @ waves @ sides[1].T).real
        return replace(self, image=image, pixel=self.cell / shape)

    def at(self, places: Array) -> Array:
        """Sample at places (..., 2)."""
        pixels = np.moveaxis(places / self.pixel, -1, 0)
        return np.asarray(map_coordinates(self.image, pixels, mode="grid-wrap"))

    def columns(self, low: Array, high: Array) -> tuple[Array, NDArray[np.intp]]:
        """Columns between two corners (y, x), and their numbers in the repeat."""
        first, last = (np.floor(corner / self.cell).astype(int) for corner in (low, high))
        steps = np.stack(
            np.meshgrid(*(np.arange(a, b + 1) for a, b in zip(first, last, strict=True))), -1
        )
        places = (steps.reshape(-1, 1, 2) * self.cell + self.positions).reshape(-1, 2)
        number = np.tile(np.arange(len(self.positions)), steps.size // 2)
        inside = ((places >= low) & (places <= high)).all(1)
        return places[inside], number[inside]

    @cached_property
    def peaks(self) -> tuple[Array, Array]:
        """Heights and standard deviations [nm] of the columns."""
        return _fitted(self)


@cache
def period(path: Path, source: float) -> Period:
    """Read what `limit_images.py` wrote, as it is seen with a source."""
    file = np.load(path)
    return Period(file["image"], file["pixel"], file["columns"][:, :2]).seen(source)


def _fitted(period: Period) -> tuple[Array, Array]:
    """Fit widths by Gauss-Newton steps; heights and background are linear."""
    away = [_wrapped(period, axis) for axis in (0, 1)]
    background = np.einsum("iy,jx->ijyx", *(_periodic_tents(period, axis) for axis in (0, 1)))
    background = background.reshape(-1, period.image.size)
    image = period.image.ravel() / period.image.max()
    sigma = np.full(len(period.positions), TYPICAL)
    for _ in range(25):
        peak, wider = _drawn(away, sigma)
        basis = np.vstack([peak, background])
        linear = np.linalg.solve(_damped(basis, 1e-9), basis @ image)
        height = linear[: len(sigma)]
        both = np.vstack([wider * height[:, None], basis])
        step = np.linalg.solve(_damped(both, 1e-3), both @ (image - linear @ basis))[: len(sigma)]
        sigma = sigma + np.clip(step, -0.005, 0.005)
        usual = np.average(sigma, weights=np.maximum(height, 0))
        sigma = np.clip(sigma, NARROWEST * usual, WIDEST * usual)
        if np.median(np.abs(step)) < STILL:
            break
    return np.maximum(height, 0) * period.image.max(), sigma


def _wrapped(period: Period, axis: int) -> Array:
    """Distance of pixels from columns and from their nearest repeats (repeat, column, pixel)."""
    places = np.arange(period.image.shape[axis]) * period.pixel[axis]
    away = places - period.positions[:, axis, None]
    return np.stack([away + shift * period.cell[axis] for shift in (-2, -1, 0, 1, 2)])


def _drawn(away: list[Array], sigma: Array) -> tuple[Array, Array]:
    """Gaussians of unit height, and their derivatives by width (column, pixel)."""
    width = sigma[:, None]
    lines = [np.exp(-0.5 * (d / width) ** 2) for d in away]
    bent = [(line * d**2).sum(0) / width**3 for line, d in zip(lines, away, strict=True)]
    y, x = (line.sum(0) for line in lines)
    peak = np.einsum("ny,nx->nyx", y, x)
    wider = np.einsum("ny,nx->nyx", bent[0], x) + np.einsum("ny,nx->nyx", y, bent[1])
    return peak.reshape(len(sigma), -1), wider.reshape(len(sigma), -1)


def _periodic_tents(period: Period, axis: int) -> Array:
    """Tent functions along one side of the repeat (node, pixel); one is a constant."""
    count = max(round(float(period.cell[axis]) / SMOOTH), 1)
    length = period.image.shape[axis]
    if count < 3:
        return np.ones((1, length))
    away = np.abs(np.arange(length) / length * count - np.arange(count)[:, None])
    return np.asarray(np.maximum(1 - np.minimum(away, count - away), 0))


def _damped(rows: Array, share: float) -> Array:
    """Products of rows with each other, the diagonal a little larger."""
    products = rows @ rows.T
    return np.asarray(products + np.diag(share * np.diag(products)))
