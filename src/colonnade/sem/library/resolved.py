"""Whether a sharp image is sharp: up to which frequency its spectrum stands above its noise."""

import numpy as np

from colonnade.core.arrays import Grey
from colonnade.core.measures.noise import measure_noise
from colonnade.core.measures.spectra import radial_power

MEASURED = 1024
"""The middle of an image, so many pixels along a side at most, stands for all of it."""

RINGS = 32
"""The spectrum is averaged in so many rings up to half a cycle a pixel."""

SHADES = 255
"""Structure that would drown in the rounding to so many grey levels is not counted as such."""

SHARP = 0.28
"""An image that is resolved so far is sharp at its pixels [cycles/px]. Pixels twice as large show
all up to 0.25, and what lies a little beyond that hardly stands out of the noise."""

MOST_BINNED = 4
"""Images that need larger blocks to become sharp are not used."""


def resolved(image: Grey) -> float:
    """Give the frequency at which an image's structure falls below its noise [cycles/px].

    Parameters
    ----------
    image
        Grey levels, axes (y, x), x along the rows of the scan.
    """
    rows, columns = (
        slice(max(0, side - MEASURED) // 2, max(0, side - MEASURED) // 2 + MEASURED)
        for side in image.shape
    )
    part = np.asarray(image[rows, columns], np.float64)
    noise = measure_noise(part)
    dark, bright = np.quantile(part, [0.001, 0.999])
    least = ((bright - dark) / SHADES) ** 2 / 12
    frequency = (np.arange(RINGS) + 0.5) / (2 * RINGS)
    # Noise is coloured along the rows alone: a ring has that of all directions.
    along_rows = np.cos(np.linspace(0, np.pi / 2, RINGS))
    power = noise.spectrum(np.outer(frequency, along_rows)).mean(1) * noise.mean_variance
    structure = radial_power(part, RINGS) - power
    below = np.flatnonzero(structure < np.maximum(power, least))
    return float(frequency[below[0]]) if below.size else 0.5


def blocks_for(frequency: float) -> int:
    """Give the side of the blocks whose means are sharp [px]; 0 where even the largest are not.

    Parameters
    ----------
    frequency
        Up to which an image is resolved [cycles/px].
    """
    block = 1
    while block <= MOST_BINNED:
        if block * frequency >= SHARP:
            return block
        block *= 2
    return 0
