"""What is drawn of a reconstruction: three sections through it, and what of it was measured."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from colonnade.core.arrays import Array, Single
from colonnade.core.images.volume import Volume

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
    """

    name: str
    pixels: Single
    voxel: tuple[float, float]


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
    """

    sections: tuple[Section, Section, Section]
    power: Array

    @classmethod
    def of(cls, volume: Volume) -> "Shown":
        """Look at a volume that may be larger than memory."""
        z, y, x = _middle(volume)
        size_z, size_y, size_x = (size or 1.0 for size in volume.voxel_size)
        whole = slice(None)
        xz = volume.block((whole, slice(y, y + 1), whole))[:, 0]
        xy = volume.plane(z)
        yz = volume.block((whole, whole, slice(x, x + 1)))[:, :, 0]
        return cls(
            (
                Section("xz", _small(xz), (size_z, size_x)),
                Section("xy", _small(xy), (size_y, size_x)),
                Section("yz", _small(yz), (size_z, size_y)),
            ),
            _power(volume),
        )


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


def _small(section: Single) -> Single:
    """Bin a section until it is no longer than what is drawn."""
    side = -(-max(section.shape) // LONGEST_PX)
    height, width = (length // side * side for length in section.shape)
    blocks = section[:height, :width].reshape(height // side, side, width // side, side)
    return np.asarray(blocks.mean((1, 3)), np.float32)
