"""Geometric phase analysis: strain from the phases of two sets of fringes (Hÿtch et al., 1998).

It needs no columns but for the lattice that says which fringes there are, so it is a check on what
was found of them. Its resolution is set alike to that of `strain`, for the two to be compared.
"""

from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import map_coordinates

from colonnade.atoms.columns import Columns
from colonnade.atoms.maps.column_map import MapOptions, Region, within
from colonnade.atoms.maps.lattice import NONE, Lattice, find_lattice
from colonnade.atoms.maps.settings import GPA, GpaSettings
from colonnade.atoms.maps.strain import Strain, components, sigma_of_components
from colonnade.core.arrays import Array
from colonnade.core.errors import ColonnadeError
from colonnade.core.images.micrograph import Micrograph

Complex = NDArray[np.complex128]


def geometric_phase(
    image: Micrograph,
    columns: Columns,
    *,
    reference: Region | None = None,
    lattice: Lattice | None = None,
    settings: GpaSettings = GPA,
) -> Strain:
    """Measure strain and rotation at each column by geometric phase analysis.

    Parameters
    ----------
    image
        What the columns were found in.
    columns
        Of the image.
    reference
        Top, bottom, left and right of the part that is called unstrained [px]; by default all.
    lattice
        Of the columns; found if not given.
    settings
        How the fringes are filtered.

    Raises
    ------
    ColonnadeError
        If there are no two strong sets of fringes, or no columns in the reference.
    """
    lattice = find_lattice(columns) if lattice is None else lattice
    fringes = _Fringes.of(image, lattice, settings)
    measured = [fringes.at(columns, number) for number in (0, 1)]
    known = np.min([each.amplitude / np.median(each.amplitude) for each in measured], axis=0)
    clear = (known >= settings.least_amplitude) & fringes.whole(columns, settings)
    clear &= lattice.sublattice != NONE
    chosen = clear if reference is None else clear & within(columns, reference)
    if not chosen.any():
        raise ColonnadeError("the reference holds no columns with clear fringes around them")
    slopes = np.stack([each.slope - np.median(each.slope[chosen], axis=0) for each in measured], 1)
    usual = np.array(
        [
            g + np.median(each.slope[chosen], axis=0)
            for g, each in zip(fringes.g, measured, strict=True)
        ]
    )
    to_shift = -np.linalg.inv(usual)
    gradient = np.einsum("aj,njb->nab", to_shift, slopes)
    scale = np.array(columns.pixel_size or (1.0, 1.0))
    # Pixels that are not square are made square, or turning would be stretching.
    gradient *= scale[:, None] / scale
    matrix = np.linalg.inv(np.eye(2) - gradient[clear])
    noise = np.stack([each.noise for each in measured], axis=1)
    variance = np.einsum("aj,njb->nab", to_shift**2, noise**2) * (scale[:, None] / scale) ** 2
    return Strain(
        columns[clear], components(matrix), sigma_of_components(variance[clear]), 1.0, lattice
    )


def map_gpa(columns: Columns, image: Micrograph | None, options: MapOptions) -> Strain:
    """Measure strain as the command line asks for it."""
    if image is None:
        raise ColonnadeError("geometric phase analysis needs the image itself; name it by --image")
    return geometric_phase(image, columns, reference=options.reference)


@dataclass(frozen=True, eq=False)
class _Measured:
    """One set of fringes at each column.

    Parameters
    ----------
    amplitude
        Of the fringes [grey level].
    slope, noise
        Rows of (y, x): by how much their spatial frequency differs from that of the lattice, and
        the standard error of this [1/px].
    """

    amplitude: Array
    slope: Array
    noise: Array


@dataclass(frozen=True, eq=False)
class _Fringes:
    """The spectrum of an image, and two reflections of its lattice.

    Parameters
    ----------
    spectrum
        Fourier transform of the grey levels.
    g
        Two rows of (y, x), the reflections [1/px].
    width
        Standard deviation of the Gaussian around each that is kept [1/px].
    """

    spectrum: Complex
    g: Array
    width: float

    @classmethod
    def of(cls, image: Micrograph, lattice: Lattice, settings: GpaSettings) -> "_Fringes":
        pixels = np.nan_to_num(image.pixels.astype(np.float64), nan=np.nanmean(image.pixels))
        cell = np.sqrt(abs(float(np.linalg.det(lattice.basis))))
        blur = settings.cells * cell
        width = 1 / (2 * np.pi * blur)
        # Opposite borders, which the transform joins, fade into each other.
        tapers = [_taper(size, settings.margin * blur) for size in pixels.shape]
        spectrum = np.fft.fft2((pixels - pixels.mean()) * np.outer(*tapers))
        return cls(spectrum, _strongest(spectrum, lattice.basis, width, settings), width)

    def at(self, columns: Columns, number: int) -> _Measured:
        """Measure a set of fringes at columns."""
        ky, kx = (np.fft.fftfreq(size) for size in self.spectrum.shape)
        off = _wrapped(ky - self.g[number, 0])[:, None], _wrapped(kx - self.g[number, 1])[None]
        mask = np.exp(-(off[0] ** 2 + off[1] ** 2) / (2 * self.width**2))
        kept = self.spectrum * mask
        fringes = _sampled(np.fft.ifft2(kept), columns)
        # The slope of the phase beyond that of the lattice, without unwrapping it.
        slopes = [_sampled(np.fft.ifft2(kept * each), columns) for each in off]
        amplitude = np.abs(fringes)
        slope = np.stack([np.real(np.conj(fringes) * each) for each in slopes], axis=1)
        per_wave = np.sqrt(self._noise(off) / 2) / self.spectrum.size
        spread = [np.sqrt(float((mask**2 * each**2).sum())) for each in off]
        with np.errstate(divide="ignore", invalid="ignore"):
            return _Measured(
                amplitude,
                slope / amplitude[:, None] ** 2,
                per_wave * np.array(spread) / amplitude[:, None],
            )

    def _noise(self, off: tuple[Array, Array]) -> float:
        """Mean power of what is around a reflection and is none."""
        distance = np.hypot(*off)
        around = (distance > 3 * self.width) & (distance < 6 * self.width)
        # The median leaves other reflections out; of random phases it is log 2 of the mean.
        return float(np.median(np.abs(self.spectrum[around]) ** 2) / np.log(2))

    def whole(self, columns: Columns, settings: GpaSettings) -> NDArray[np.bool_]:
        """Whether columns are far enough from the border, which the transform joins."""
        margin = settings.margin / (2 * np.pi * self.width)
        height, width = self.spectrum.shape
        rows = (columns.y >= margin) & (columns.y <= height - 1 - margin)
        return np.asarray(rows & (columns.x >= margin) & (columns.x <= width - 1 - margin))


def _strongest(spectrum: Complex, basis: Array, width: float, settings: GpaSettings) -> Array:
    """The two strongest reflections that are not in line."""
    orders = [
        each
        for each in product(range(-settings.order, settings.order + 1), repeat=2)
        if each > (0, 0)
    ]
    g = np.array(orders) @ np.linalg.inv(basis).T
    g = g[(np.abs(g) < 0.5 - width).all(axis=1)]
    ky, kx = (np.fft.fftfreq(size) for size in spectrum.shape)
    near = [
        np.ix_(
            np.abs(_wrapped(ky - each[0])) < 2 * width, np.abs(_wrapped(kx - each[1])) < 2 * width
        )
        for each in g
    ]
    power = np.array([(np.abs(spectrum[each]) ** 2).sum() for each in near])
    order = np.argsort(-power)
    first = g[order[0]]
    for number in order[1:]:
        other = g[number]
        sine = abs(first[0] * other[1] - first[1] * other[0]) / np.hypot(*first) / np.hypot(*other)
        if sine > settings.least_sine and power[number] > settings.least_power * power[order[0]]:
            return np.array([first, other])
    raise ColonnadeError("the image has no two strong sets of fringes that are not in line")


def _taper(size: int, margin: float) -> Array:
    """Weights that fall to nothing at both ends."""
    inwards = np.minimum(np.arange(size), np.arange(size)[::-1]) + 0.5
    return np.asarray(np.sin(np.pi / 2 * np.clip(inwards / margin, 0, 1)) ** 2)


def _wrapped(frequency: Array) -> Array:
    """Spatial frequencies from -0.5 to 0.5 [1/px]."""
    return np.asarray(frequency - np.round(frequency))


def _sampled(field: Complex, columns: Columns) -> Complex:
    """Values at columns."""
    at = columns.positions.T
    real, imaginary = (
        map_coordinates(part, at, order=1, mode="nearest") for part in (field.real, field.imag)
    )
    return np.asarray(real + 1j * imaginary)
