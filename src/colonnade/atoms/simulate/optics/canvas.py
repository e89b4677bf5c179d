"""Columns to image: every column at its exact place, seen by the probe, sampled by the scan."""

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray
from scipy import fft

from colonnade.atoms.simulate.optics.probe import Probe, Spectrum, transfer
from colonnade.atoms.simulate.specimen.specimen import MARGIN
from colonnade.core.arrays import Array

FILLED = 0.85
"""The highest spatial frequency lies at this share of the finest that the grid can hold."""

KERNEL = 6
"""Cells of the grid, along y and x, that a column is spread over before the transform."""

SHAPE = 0.97 * np.pi * KERNEL * (1 - FILLED / 2)
"""Steepness of the spreading kernel, the best for this width and filling."""


class Canvas:
    """A periodic grid, a little larger than the image, on which the probe draws columns.

    Columns are points. They are spread over a few cells, transformed, freed of the spreading and
    multiplied by the transfer function: within 1e-4 the image is that of points at their exact
    places, however coarse the pixels.

    Parameters
    ----------
    size
        Rows and columns of the image [px].
    pixel
        Size of a pixel [nm].
    probe
        Settings of the microscope.
    """

    def __init__(self, size: tuple[int, int], pixel: float, probe: Probe) -> None:
        self.size, self.pixel = size, pixel
        self.pad = int(np.ceil(MARGIN / pixel))
        self.outer = (_fast(size[0] + 2 * self.pad), _fast(size[1] + 2 * self.pad))
        finer = 2 * probe.cutoff * pixel / FILLED
        cells = [_fast(int(np.ceil(count * finer)) + KERNEL) for count in self.outer]
        self.shape = (cells[0], cells[1])
        pitch = [pixel * count / n for count, n in zip(self.outer, cells, strict=True)]
        self.pitch = (pitch[0], pitch[1])
        self.transfer = transfer(probe, self.shape, self.pitch)

    def points(self, positions: Array, intensity: Array) -> Spectrum:
        """Transform columns of no width.

        Parameters
        ----------
        positions
            Rows of (y, x) [px].
        intensity
            Of each column.
        """
        cells = np.zeros(self.shape)
        scale = np.array(self.shape) / self.outer
        place = (positions + self.pad) * scale
        inside = ((place > 0) & (place < np.array(self.shape) - 1)).all(1)
        _spread(cells, place[inside], intensity[inside])
        width = self.shape[1] // 2 + 1
        spectrum = fft.rfft2(cells.astype(np.float32))
        spectrum *= _unspread(self.shape[0])[:, None]
        spectrum *= _unspread(self.shape[1])[:width]
        return np.asarray(spectrum)

    def image(self, spectrum: Spectrum) -> Array:
        """Bring a spectrum back to the pixels of the image [1/nm²]."""
        area = self.pixel**2 * self.outer[0] * self.outer[1]
        outer = fft.irfft2(
            _resampled(spectrum, self.shape[1], self.outer), self.outer, norm="forward"
        )
        inner = outer[self.pad : self.pad + self.size[0], self.pad : self.pad + self.size[1]]
        return np.asarray(inner / area)

    def draw(self, positions: Array, intensity: Array) -> Array:
        """Image columns: positions [px], intensity [nm²], image as a share of the current."""
        return self.image(self.points(positions, intensity) * self.transfer)

    def gaussian(self, sigma: float) -> NDArray[np.float32]:
        """Transfer function of a Gaussian of this standard deviation [nm]."""
        ky = fft.fftfreq(self.shape[0], self.pitch[0])
        kx = fft.rfftfreq(self.shape[1], self.pitch[1])
        damping = np.exp(-2 * (np.pi * sigma * ky[:, None]) ** 2 - 2 * (np.pi * sigma * kx) ** 2)
        return np.asarray(damping, np.float32)

    @property
    def peak(self) -> "Peak":
        """What the image of a single column looks like."""
        area = np.prod(self.shape) * self.pitch[0] * self.pitch[1]
        weight = np.full(self.transfer.shape[1], 2.0, np.float32)
        weight[0] = 1.0
        real = self.transfer.real * weight
        height = float(real.sum() / area)
        squared = float(((np.abs(self.transfer) ** 2) @ weight).sum() / area)
        ky = 2 * np.pi * fft.fftfreq(self.shape[0], self.pitch[0])
        kx = 2 * np.pi * fft.rfftfreq(self.shape[1], self.pitch[1])
        bend = float((real.sum(1) @ ky**2 + real.sum(0) @ kx**2) / 2 / area)
        sigma = 1 / np.sqrt(4 * np.pi * squared)
        core = np.sqrt(height / bend) if bend > 0 else sigma
        return Peak(height, float(sigma), float(min(core, sigma)))


@dataclass(frozen=True)
class Peak:
    """The image of a single column of unit intensity.

    Parameters
    ----------
    height
        Of its highest point [1/nm²].
    sigma
        Standard deviation of the Gaussian that is as hard to tell from noise [nm].
    core
        Standard deviation of the Gaussian that is as sharp at its highest point [nm].
    """

    height: float
    sigma: float
    core: float


def _spread(cells: Array, place: Array, intensity: Array) -> None:
    """Spread points over the cells around them, in place; wraps around the borders."""
    first = np.ceil(place - KERNEL / 2).astype(np.intp)
    steps = np.arange(KERNEL)
    weights = []
    for axis in (0, 1):
        distance = (first[:, axis, None] + steps - place[:, axis, None]) * (2 / KERNEL)
        weights.append(np.exp(SHAPE * (np.sqrt(np.maximum(1 - distance**2, 0)) - 1)))
    rows = (first[:, 0, None] + steps) % cells.shape[0]
    columns = (first[:, 1, None] + steps) % cells.shape[1]
    flat = rows[:, :, None] * cells.shape[1] + columns[:, None, :]
    share = (weights[0] * intensity[:, None])[:, :, None] * weights[1][:, None, :]
    cells += np.bincount(flat.ravel(), share.ravel(), cells.size).reshape(cells.shape)


@cache
def _unspread(count: int) -> NDArray[np.float32]:
    """One over the transform of the spreading kernel, on the frequencies of `count` cells."""
    nodes, weights = np.polynomial.legendre.leggauss(24)
    shape = np.exp(SHAPE * (np.sqrt(1 - nodes**2) - 1)) * weights * KERNEL / 2
    phase = 2 * np.pi * fft.fftfreq(count)[:, None] * nodes * KERNEL / 2
    return np.asarray(1 / (np.cos(phase) @ shape), np.float32)


def _resampled(spectrum: Spectrum, width: int, size: tuple[int, int]) -> Spectrum:
    """Sample at other points of the same field: frequencies too fine for them are folded back.

    Parameters
    ----------
    spectrum
        Of a real image, from `scipy.fft.rfft2`.
    width
        Number of columns of that image.
    size
        Rows and columns of the samples that are wanted.
    """
    rows = _folded_rows(spectrum, size[0])
    half = size[1] // 2 + 1
    folded = np.zeros((size[0], half), np.complex64)
    mirrored = rows[-np.arange(size[0])].conj() if rows.shape[1] > half else rows
    for start in range(0, rows.shape[1], size[1]):
        part = rows[:, start : start + size[1]]
        folded[:, : min(half, part.shape[1])] += part[:, :half]
        # The other half of the spectrum, which is not kept, comes in from above.
        if part.shape[1] > (size[1] + 1) // 2:
            above = mirrored[:, start + (size[1] + 1) // 2 : start + part.shape[1]]
            folded[:, half - above.shape[1] : half] += above[:, ::-1]
        if start > 0:
            folded[:, 0] += mirrored[:, start]
    return folded


def _folded_rows(spectrum: Spectrum, count: int) -> Spectrum:
    """Bring the rows of a spectrum to `count` frequencies."""
    folded = np.zeros((count, spectrum.shape[1]), np.complex64)
    half = spectrum.shape[0] // 2
    for start in range(0, half, count):
        folded[: min(count, half - start)] += spectrum[start : min(start + count, half)]
    for stop in range(spectrum.shape[0], half, -count):
        block = spectrum[max(stop - count, half) : stop]
        folded[-len(block) :] += block
    return folded


def _fast(count: int) -> int:
    return int(fft.next_fast_len(count, real=True))
