"""What is drawn of a reconstruction: three sections through it, and what of it was measured."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from colonnade.core.arrays import Array, Single
from colonnade.core.images.volume import Volume
from colonnade.core.measures.wedge import Wedge
from colonnade.tomo.reconstruct.trust.fourier import Power

LONGEST_PX = 512
"""Sections that are longer are binned until they are not."""


@dataclass(frozen=True, eq=False)
class Section:
    """A section through a volume.

    Parameters
    ----------
    name
        The plane, such as ``xz``.
    pixels
        Grey levels.
    voxel
        Size of its pixels along (down, across), in voxels of which a cube is one high [nm or px].
    scale
        Width of a pixel [nm]; None without a calibration.
    """

    name: str
    pixels: Single
    voxel: tuple[float, float]
    scale: float | None = None


Sections = tuple[Section, Section, Section]
"""Of the planes (x, z), (x, y) and (y, z)."""


@dataclass(frozen=True, eq=False)
class Shown:
    """What is drawn of a volume.

    Parameters
    ----------
    sections
        Through its middle of mass: (x, z), (x, y) and (y, z).
    power
        Logarithm of the power at frequencies of (z, x), the middle being zero, averaged over some
        slices.
    errors
        The same sections through half the widths of the voxels' intervals; None without any.
    """

    sections: Sections
    power: Array
    errors: Sections | None = None

    @classmethod
    def of(cls, volume: Volume, errors: Volume | None = None) -> "Shown":
        """Look at a volume, and its errors, that may be larger than memory."""
        middle = _middle(volume)
        cut = None if errors is None else _sections(errors, middle)
        return cls(_sections(volume, middle), _power(volume), cut)

    def spectrum(self, angles: Sequence[float]) -> Power:
        """Give the power itself, with what was measured by views at these tilts [degrees]."""
        return Power(10**self.power, Wedge.of(angles))


def _sections(volume: Volume, middle: tuple[int, int, int]) -> Sections:
    """Cut a volume through a voxel (z, y, x)."""
    z, y, x = middle
    whole = slice(None)
    xz = volume.block((whole, slice(y, y + 1), whole))[:, 0]
    yz = volume.block((whole, whole, slice(x, x + 1)))[:, :, 0]
    return (
        _section("xz", xz, volume, (0, 2)),
        _section("xy", volume.plane(z), volume, (1, 2)),
        _section("yz", yz, volume, (0, 1)),
    )


def _section(name: str, pixels: Single, volume: Volume, axes: tuple[int, int]) -> Section:
    """Bin a section, which goes down and across along these axes, until it can be drawn."""
    down, across = (volume.voxel_size[axis] for axis in axes)
    side = -(-max(pixels.shape) // LONGEST_PX)
    scale = None if across is None else side * across
    return Section(name, _binned(pixels, side), (down or 1.0, across or 1.0), scale)


SLICES = 8
"""So many slices, evenly spread, say where the middle is and what was measured."""


def _some_slices(volume: Volume) -> Iterator[Single]:
    height = volume.shape[1]
    for row in np.unique(np.linspace(0, height - 1, min(SLICES, height)).astype(int)):
        part = (slice(None), slice(int(row), int(row) + 1), slice(None))
        yield np.asarray(volume.block(part)[:, 0], np.float32)


def _middle(volume: Volume) -> tuple[int, int, int]:
    """Where the middle of mass is; along y the middle of the volume."""
    mass = np.maximum(np.mean(list(_some_slices(volume)), axis=0, dtype=np.float64), 0)
    depth, width = mass.shape
    total = mass.sum()
    if total <= 0:
        return depth // 2, volume.shape[1] // 2, width // 2
    z = float((mass.sum(1) * np.arange(depth)).sum() / total)
    x = float((mass.sum(0) * np.arange(width)).sum() / total)
    return round(z), volume.shape[1] // 2, round(x)


def _power(volume: Volume) -> Array:
    """Where a wedge was not measured nothing is, or what was invented."""
    spectra = [np.abs(np.fft.fft2(one * _window(one.shape))) ** 2 for one in _some_slices(volume)]
    power: Array = np.fft.fftshift(np.mean(spectra, axis=0))
    return np.asarray(np.log10(np.maximum(power, 1e-8 * max(power.max(), 1e-30))))


def _window(shape: tuple[int, ...]) -> Array:
    return np.outer(*(np.hanning(length + 2)[1:-1] for length in shape))


def _binned(section: Single, side: int) -> Single:
    height, width = (length // side * side for length in section.shape)
    blocks = section[:height, :width].reshape(height // side, side, width // side, side)
    return np.asarray(blocks.mean((1, 3)), np.float32)
