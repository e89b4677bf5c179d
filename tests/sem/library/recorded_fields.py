"""Fields that are recorded with large pixels and with small ones."""

import numpy as np
from drawn_scene import Blobs, noise, similarity
from numpy.typing import NDArray

from colonnade.core.arrays import Single

GAIN, DARK = 0.8, 20.0
"""Grey levels for an electron, and for none, in the coarse images of `recorded_pair`."""


def recorded_pair(
    seed: int, *, centre: tuple[float, float] = (101.3, 118.2), blur: float = 0.6
) -> tuple[Single, Single]:
    """Record a field twice: 88 x 96 coarse pixels, and 200 x 240 sharp ones on other levels."""
    scene, rng = Blobs(seed), np.random.default_rng(seed)
    sharp = scene.sharp((200, 240))
    coarse = scene.coarse((88, 96), similarity((88, 96), centre, 2.03, 1.1), blur)
    electrons = 20 + 80 * coarse
    counted = electrons + np.sqrt(electrons) * noise(coarse.shape, 1.0, rng)
    high = 500 + 1000 * sharp + 10 * rng.standard_normal(sharp.shape)
    return (DARK + GAIN * counted).astype(np.float32), high.astype(np.float32)


def blobs(seed: int, size: int, shortest: float = 14.0) -> NDArray[np.uint8]:
    """Draw a sharp image of 8 bit."""
    rng = np.random.default_rng(seed)
    image = 40 + 160 * Blobs(seed, shortest=shortest).sharp((size, size))
    return np.rint(image + 2 * rng.standard_normal(image.shape)).clip(0, 255).astype(np.uint8)
