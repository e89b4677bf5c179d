"""Noise, scan faults and exports that every simulator shares.

Each function takes and returns an image, axes (y, x), and draws from the generator it is given.
"""

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

Image = NDArray[np.float64]


def smooth_field(shape: tuple[int, int], length: float, rng: np.random.Generator) -> Image:
    """Draw a random field of zero mean and unit standard deviation.

    Parameters
    ----------
    shape
        Rows and columns.
    length
        Standard deviation of the Gaussian that smooths white noise into the field [px].
    rng
        Source of the noise.
    """
    step = max(1, int(length / 2))
    coarse = tuple(int(np.ceil(n / step)) + 4 for n in shape)
    field = ndimage.gaussian_filter(rng.standard_normal(coarse), length / step, mode="wrap")
    if step > 1:
        y, x = (np.arange(n) / step + 1 for n in shape)
        field = ndimage.map_coordinates(field, np.meshgrid(y, x, indexing="ij"), order=1)
    else:
        field = field[: shape[0], : shape[1]]
    return np.asarray((field - field.mean()) / (field.std() + 1e-12))


def shift_rows(image: Image, shifts: NDArray[np.float64]) -> Image:
    """Shift every row along x by its own amount [px], as scan jitter does; edges repeat."""
    height, width = image.shape
    x = np.clip(np.arange(width) - shifts[:, None], 0, width - 1)
    left = np.minimum(x.astype(int), width - 2)
    part = x - left
    rows = np.arange(height)[:, None]
    return np.asarray(image[rows, left] * (1 - part) + image[rows, left + 1] * part)


def count_electrons(expected: Image, read_noise: float, rng: np.random.Generator) -> Image:
    """Draw Poisson counts and add Gaussian read noise.

    Parameters
    ----------
    expected
        Mean number of electrons in each pixel.
    read_noise
        Standard deviation of the read noise [e⁻].
    rng
        Source of the noise.
    """
    counts = rng.poisson(np.maximum(expected, 0)).astype(float)
    return counts + read_noise * rng.standard_normal(expected.shape)


def export_8bit(image: Image, clipped: float, gamma: float) -> Image:
    """Export as people do: stretch the contrast, clip both ends, apply gamma, round to 8 bit.

    Parameters
    ----------
    image
        Grey levels.
    clipped
        Share of the pixels that is clipped at each end.
    gamma
        Exponent applied after stretching to 0..1.
    """
    low, high = np.quantile(image, [clipped, 1 - clipped])
    stretched = np.clip((image - low) / max(high - low, 1e-12), 0, 1)
    return np.asarray(np.round(255 * stretched**gamma))
