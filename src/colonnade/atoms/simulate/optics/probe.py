"""The electron probe, from the settings of the microscope to what the image keeps of a point."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import fft
from scipy.ndimage import gaussian_filter

from colonnade.core.arrays import Array

Spectrum = NDArray[np.complex64]

FWHM = 2 * np.sqrt(2 * np.log(2))
"""Full width at half maximum of a Gaussian of unit standard deviation."""

NEGLIGIBLE = 1e-3
"""Spatial frequencies that source size and vibration leave less of than this are left out."""

SAME_TOP = 0.01
"""The blurred probe may be highest this far from where the sharp one is [nm]."""

REACH = 3.2
"""Side of the square in which the probe is computed [nm]."""


@dataclass(frozen=True)
class Probe:
    """Settings of the microscope that shape the probe.

    Parameters
    ----------
    voltage
        Acceleration voltage [kV].
    convergence
        Semi-angle of convergence [mrad].
    defocus
        Positive is underfocus [nm].
    spherical
        Third order spherical aberration [µm].
    astigmatism, astigmatism_angle
        Twofold astigmatism [nm] and its direction [rad].
    coma, coma_angle
        Axial coma [nm] and its direction [rad].
    source
        Full width at half maximum of the image of the electron source [nm].
    thermal
        Root mean square vibration of the atoms along one direction [nm].
    smear
        How far the columns lean, along (y, x), from their top to their bottom [nm].
    """

    voltage: float
    convergence: float
    defocus: float = 0.0
    spherical: float = 0.0
    astigmatism: float = 0.0
    astigmatism_angle: float = 0.0
    coma: float = 0.0
    coma_angle: float = 0.0
    source: float = 0.0
    thermal: float = 0.0
    smear: tuple[float, float] = (0.0, 0.0)

    @property
    def wavelength(self) -> float:
        """Of the electrons, relativistic [nm]."""
        volts = 1000 * self.voltage
        return float(1.22642598 / np.sqrt(volts * (1 + 0.97845e-6 * volts)))

    @property
    def aperture(self) -> float:
        """Radius of the aperture as a spatial frequency [1/nm]."""
        return self.convergence / 1000 / self.wavelength

    @property
    def blur(self) -> float:
        """Standard deviation of what source and vibration add [nm]."""
        return float(np.hypot(self.source / FWHM, self.thermal))

    @property
    def cutoff(self) -> float:
        """Highest spatial frequency of an image [1/nm]."""
        if self.blur == 0:
            return 2 * self.aperture
        damped = np.sqrt(-np.log(NEGLIGIBLE) / 2) / np.pi / self.blur
        # Not below what keeps the wave's own intensity free of aliases on a grid this fine.
        return float(np.clip(damped, 0.9 * self.aperture, 2 * self.aperture))

    @property
    def resolution(self) -> float:
        """Width of the probe at half of its maximum, but for aberrations [nm]."""
        diffraction = 0.51 * self.wavelength / (self.convergence / 1000)
        return float(np.hypot(diffraction, FWHM * self.blur))

    def phase(self, ky: Array, kx: Array) -> Array:
        """Phase by which the lenses delay the wave at a spatial frequency [rad]."""
        theta_y, theta_x = ky * self.wavelength, kx * self.wavelength
        squared = theta_y**2 + theta_x**2
        twofold = np.cos(2 * self.astigmatism_angle) * (theta_x**2 - theta_y**2)
        twofold = twofold + np.sin(2 * self.astigmatism_angle) * 2 * theta_y * theta_x
        along = np.cos(self.coma_angle) * theta_x + np.sin(self.coma_angle) * theta_y
        path = (
            -0.5 * self.defocus * squared
            + 0.5 * self.astigmatism * twofold
            + self.coma / 3 * along * squared
            + 250.0 * self.spherical * squared**2
        )
        return np.asarray(2 * np.pi / self.wavelength * path)


def intensity(probe: Probe, shape: tuple[int, int], pitch: tuple[float, float]) -> Array:
    """Image of a point: share of the current in each cell of a grid, its middle at cell (0, 0).

    Source size and vibration are not in it yet.

    Parameters
    ----------
    probe
        Settings of the microscope.
    shape
        Of the grid, periodic.
    pitch
        Distance of its cells along (y, x) [nm].
    """
    ky = fft.fftfreq(shape[0], pitch[0])[:, None]
    kx = fft.fftfreq(shape[1], pitch[1])[None, :]
    # The edge of the aperture is as soft as the grid is coarse.
    radius = np.hypot(ky, kx)
    step = max(1 / (shape[0] * pitch[0]), 1 / (shape[1] * pitch[1]))
    amplitude = np.clip((probe.aperture - radius) / step + 0.5, 0, 1)
    inside = amplitude > 0
    wave = np.zeros(shape, np.complex64)
    y, x = np.nonzero(inside)
    # The image of a point is the probe, mirrored.
    wave[inside] = amplitude[inside] * np.exp(-1j * probe.phase(-ky[y, 0], -kx[0, x]))
    density = np.abs(fft.ifft2(wave)).astype(np.float64) ** 2
    return np.asarray(density / density.sum())


def transfer(probe: Probe, shape: tuple[int, int], pitch: tuple[float, float]) -> Spectrum:
    """Optical transfer function of incoherent imaging, for `scipy.fft.rfft2` on a grid.

    The highest point of the probe is put on the origin, so that coma moves no column. A probe far
    out of focus has several nearly as high, and the source blurs them into one elsewhere: then it
    is that one.

    Parameters
    ----------
    probe
        Settings of the microscope.
    shape
        Of the grid, periodic.
    pitch
        Distance of its cells along (y, x) [nm].
    """
    box = tuple(
        min(count, fft.next_fast_len(int(np.ceil(REACH / step)), real=True))
        for count, step in zip(shape, pitch, strict=True)
    )
    small = intensity(probe, (box[0], box[1]), pitch)
    y0, x0 = _top(small, probe.blur, pitch) if probe.coma else (0.0, 0.0)
    small = fft.fftshift(small).astype(np.float32)
    spectrum = fft.fft(fft.rfft(small, shape[1], axis=1), shape[0], axis=0)
    ky, kx = fft.fftfreq(shape[0]), fft.rfftfreq(shape[1])
    # The box was put down with its middle, not with the optical axis, on cell (0, 0).
    along_y = _damped(ky, probe.blur / pitch[0], y0 + box[0] // 2)
    along_x = _damped(kx, probe.blur / pitch[1], x0 + box[1] // 2)
    spectrum *= along_y[:, None]
    spectrum *= along_x
    lean_y, lean_x = probe.smear[0] / pitch[0], probe.smear[1] / pitch[1]
    if lean_y or lean_x:
        lean = ky[:, None] * lean_y + kx * lean_x
        spectrum *= np.sinc(lean.astype(np.float32))
    return np.asarray(spectrum)


def _damped(frequency: Array, sigma: float, shift: float) -> Spectrum:
    """Blur by a Gaussian and shift back, along one axis, in cells."""
    damping = -2 * (np.pi * sigma * frequency) ** 2
    return np.asarray(np.exp(damping + 2j * np.pi * frequency * shift), np.complex64)


def _top(density: Array, blur: float, pitch: tuple[float, float]) -> tuple[float, float]:
    """Where a probe is highest, unless it is highest elsewhere once it is blurred [cells]."""
    sharp = _highest(density)
    blurred = _highest(gaussian_filter(density, (blur / pitch[0], blur / pitch[1]), mode="wrap"))
    apart = np.hypot((sharp[0] - blurred[0]) * pitch[0], (sharp[1] - blurred[1]) * pitch[1])
    return blurred if apart > SAME_TOP else sharp


def _highest(density: Array) -> tuple[float, float]:
    """Where the highest point is, by parabolas through it and its neighbours [cells]."""
    top = np.unravel_index(np.argmax(density), density.shape)
    place = []
    for axis in (0, 1):
        line = np.take(density, top[1 - axis], axis=1 - axis)
        below, at, above = line[[top[axis] - 1, top[axis], (top[axis] + 1) % line.size]]
        bend = below - 2 * at + above
        part = 0.5 * (below - above) / bend if bend else 0.0
        steps = top[axis] + part
        place.append(float(steps - line.size if steps > line.size / 2 else steps))
    return place[0], place[1]
