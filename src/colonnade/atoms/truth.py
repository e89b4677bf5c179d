"""Which columns of a simulated image can fairly be asked for."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from scipy.spatial import cKDTree

from colonnade.atoms.columns import Columns

Array = NDArray[np.float64]

SURE_SNR = 4.0
"""Signal to noise from which a column is asked for."""

HOPELESS_SNR = 1.5
"""Signal to noise below which a column is part of the background."""

CLEAR_OF_TEXTURE = 2.5
"""A column that is asked for is this many standard deviations of the support's texture high."""

SAMPLED = 1.25
"""Peaks count as at least this wide [px]: finer ones fall between the pixels."""


@dataclass(frozen=True, eq=False)
class Conditions:
    """What makes columns hard to find in one image.

    Parameters
    ----------
    sigma
        Standard deviation of a column as the probe images it [px].
    blur
        The same after the image was smoothed [px].
    clean
        Expected electrons in each pixel, axes (y, x) [e⁻].
    texture
        Standard deviation of the amorphous support [e⁻].
    read_noise
        Standard deviation of the detector's own noise [e⁻].
    streaks
        Standard deviation of each row's relative brightness.
    """

    sigma: float
    blur: float
    clean: Array
    texture: float
    read_noise: float
    streaks: float


def judge(positions: Array, height: Array, conditions: Conditions) -> Columns:
    """Merge what no image can separate, and mark what only a guess could find.

    Parameters
    ----------
    positions
        Rows of (y, x) [px].
    height
        Of each column above its surroundings [e⁻].
    conditions
        What makes them hard to find.

    Returns
    -------
    columns
        With the label ``asked``, 1 or 0, and ``snr``: the signal to noise of a matched filter.
    """
    blur = max(conditions.blur, SAMPLED)
    positions, height = _merge(positions, height, 1.3 * blur)
    snr = _signal_to_noise(positions, height, conditions)
    clear = (snr >= SURE_SNR) & (height > CLEAR_OF_TEXTURE * conditions.texture)
    asked = clear & ~_hidden(positions / blur, height)
    columns = Columns(
        y=positions[:, 0],
        x=positions[:, 1],
        intensity=2 * np.pi * conditions.sigma**2 * height,
        width=np.full(len(positions), conditions.sigma),
        labels={"asked": asked.astype(int), "snr": snr},
    )
    return columns[snr >= HOPELESS_SNR]


def _signal_to_noise(positions: Array, height: Array, conditions: Conditions) -> Array:
    """Of a matched filter on what Poisson, read noise and streaks leave."""
    pixel = tuple(np.round(positions).astype(int).T)
    behind = np.maximum(conditions.clean[pixel] - height, 0)
    variance = behind + height / 2 + conditions.read_noise**2 + (conditions.streaks * behind) ** 2
    return np.asarray(height * conditions.sigma * np.sqrt(np.pi / np.maximum(variance, 1e-12)))


def _merge(positions: Array, height: Array, distance: float) -> tuple[Array, Array]:
    """Columns nearer to each other than the distance become one at their centre of mass."""
    if len(positions) < 2:
        return positions, height
    first, second = cKDTree(positions).query_pairs(distance, output_type="ndarray").T
    count = len(positions)
    links = coo_array((np.ones(len(first)), (first, second)), (count, count))
    _, group = connected_components(links, directed=False)
    total = np.bincount(group, height).astype(np.float64)
    centre = [np.bincount(group, height * axis) / total for axis in positions.T]
    return np.stack(centre, axis=1), total


def _hidden(positions: Array, height: Array) -> NDArray[np.bool_]:
    """Whether a neighbour is so near and bright that no peak of its own is left.

    Two Gaussians of one width, d standard deviations apart, show two peaks if the logarithm of
    their ratio is less than 2 (h sqrt(h² - 1) - arcosh h), where h = d / 2. Positions are in
    standard deviations.
    """
    hidden = np.zeros(len(positions), bool)
    if len(positions) < 2:
        return hidden
    pairs = cKDTree(positions).query_pairs(5.0, output_type="ndarray")
    half = np.linalg.norm(positions[pairs[:, 0]] - positions[pairs[:, 1]], axis=1) / 2
    ratio = np.log(height[pairs[:, 0]] / height[pairs[:, 1]])
    most = np.maximum(half, 1.0)
    close = np.abs(ratio) >= 2 * (most * np.sqrt(most**2 - 1) - np.arccosh(most))
    fainter = np.where(ratio < 0, pairs[:, 0], pairs[:, 1])
    hidden[fainter[close]] = True
    alike = close & (np.abs(ratio) < 1.2)
    hidden[pairs[alike].ravel()] = True
    return hidden
