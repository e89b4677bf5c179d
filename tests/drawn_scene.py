"""A scene of blobs with crisp edges, known at every point, for images of the same field."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

Positions = Callable[[NDArray[np.float64]], NDArray[np.float64]]


class Blobs:
    """Grey levels from 0 to 1, from a sum of waves that saturates."""

    def __init__(self, seed: int, waves: int = 16, shortest: float = 14.0) -> None:
        rng = np.random.default_rng(seed)
        number = 2 * np.pi / (shortest * np.exp(rng.uniform(0, 1.5, waves)))
        angle = rng.uniform(0, 2 * np.pi, waves)
        self.waves = number[:, None] * np.stack([np.sin(angle), np.cos(angle)], axis=1)
        self.phases = rng.uniform(0, 2 * np.pi, waves)

    def at(self, positions: NDArray[np.float64]) -> NDArray[np.float64]:
        """Grey levels at positions, axes (2, ...)."""
        total = np.zeros(positions.shape[1:])
        for (y, x), phase in zip(self.waves, self.phases, strict=True):
            total += np.cos(y * positions[0] + x * positions[1] + phase)
        return 0.5 + 0.5 * np.tanh(1.5 * total)

    def sharp(self, shape: tuple[int, int]) -> NDArray[np.float32]:
        """An image whose pixels are as large as the unit of the scene."""
        return self.at(np.indices(shape).astype(float)).astype(np.float32)

    def coarse(
        self, shape: tuple[int, int], where: Positions, blur: float = 0.0
    ) -> NDArray[np.float32]:
        """An image whose pixels cover the scene as a map says, averaged over their area."""
        steps = 4
        fine = (np.indices((steps * shape[0], steps * shape[1])) + 0.5) / steps - 0.5
        image = self.at(where(fine))
        if blur:
            image = ndimage.gaussian_filter(image, blur * steps)
        blocks = image.reshape(shape[0], steps, shape[1], steps)
        return blocks.mean((1, 3)).astype(np.float32)


def similarity(
    shape: tuple[int, int],
    centre: tuple[float, float],
    scale: float,
    rotation: float = 0.0,
    field: Positions | None = None,
) -> Positions:
    """Map the middle of an image to a centre, magnified, turned [degrees] and distorted."""
    angle = np.radians(rotation)
    turn = scale * np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    middle = (np.array(shape) - 1) / 2

    def where(positions: NDArray[np.float64]) -> NDArray[np.float64]:
        moved = positions if field is None else positions + field(positions)
        axes = (2, *[1] * (positions.ndim - 1))
        return np.tensordot(turn, moved - middle.reshape(axes), 1) + np.reshape(centre, axes)

    return where


def noise(
    shape: tuple[int, int], sigma: float, rng: np.random.Generator, correlation: float = 0.25
) -> NDArray[np.float64]:
    """Noise whose neighbours along x are correlated, and no others."""
    side = (1 - np.sqrt(1 - 2 * correlation**2)) / (2 * correlation)
    white = rng.standard_normal(shape)
    mixed = white + side * (np.roll(white, 1, 1) + np.roll(white, -1, 1))
    return sigma * mixed / np.sqrt(1 + 2 * side**2)
