"""Which columns of a simulated image can be detected."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from scipy.spatial import cKDTree

from colonnade.atoms.columns import Columns
from colonnade.core.arrays import Grey

SURE_SNR = 4.0
"""Signal to noise from which a column is detectable."""

HOPELESS_SNR = 1.5
"""Signal to noise below which a column is part of the background."""

CLEAR_OF_TEXTURE = 2.5
"""A detectable column is this many standard deviations of the support's texture high."""

OUTSHINES = 20.0
"""A column this many times as bright as its neighbour is hardly moved by it, and stays alone."""

SAMPLED = 1.25
"""Peaks count as at least this wide [px]: finer ones fall between the pixels."""

NEAR = 0.35
"""A peak's highest pixel is within this many of its standard deviations, or within two pixels."""

RISING = 2.0
"""A detectable peak rises from its surroundings by this many times the noise."""

RING = 1.6
"""The surroundings of a peak are this many of its standard deviations away."""


@dataclass(frozen=True, eq=False)
class Conditions:
    """What makes columns hard to find in one image.

    Parameters
    ----------
    height
        Of a column of unit intensity [1/px²].
    sigma
        Standard deviation of the Gaussian that is as hard to tell from noise [px].
    blur
        Standard deviation of the highest part of a column, after the image was smoothed [px].
    smoothing
        Standard deviation of that smoothing [px].
    clean
        Expected electrons in each pixel, axes (y, x) [e⁻].
    alone
        The same of the columns alone [e⁻].
    texture
        Standard deviation of the amorphous film in each pixel [e⁻].
    covered
        Where something was drawn over the image, or an atom is seen in part.
    read_noise
        Standard deviation of the detector's own noise [e⁻].
    streaks
        Standard deviation of each row's relative brightness.
    """

    height: float
    sigma: float
    blur: float
    smoothing: float
    clean: Grey
    alone: Grey
    texture: Grey
    covered: NDArray[np.bool_]
    read_noise: float
    streaks: float


def mark_detectable(columns: Columns, conditions: Conditions) -> Columns:
    """Merge what no image can separate, and mark what only a guess could find.

    Parameters
    ----------
    columns
        As they were put into the image, with their intensity [e⁻]: negative where columns are
        dark.
    conditions
        What makes them hard to find.

    Returns
    -------
    columns
        With the labels ``detectable``, 1 or 0, and ``snr``, that of a matched filter.
    """
    blur = max(conditions.blur, SAMPLED)
    columns = _merge(columns, 1.3 * blur)
    height = conditions.height * columns.intensity
    pixel = tuple(np.round(columns.positions).astype(int).T)
    noise = _noise(height, conditions.clean[pixel], conditions)
    height = np.abs(height)
    snr = np.abs(columns.intensity) / (2 * np.pi * conditions.sigma**2) / noise
    clear = (snr >= SURE_SNR) & (height > CLEAR_OF_TEXTURE * conditions.texture[pixel])
    detectable = clear & _rises(columns.positions, noise, conditions) & ~conditions.covered[pixel]
    columns = replace(columns, width=np.full(len(columns), conditions.sigma))
    return columns.with_labels(detectable=detectable.astype(int), snr=snr)[snr >= HOPELESS_SNR]


def _noise(height: Grey, clean: Grey, conditions: Conditions) -> Grey:
    """Of the height of a Gaussian that is fitted: what Poisson, read noise and streaks leave."""
    behind = np.maximum(clean - height, 0)
    variance = (behind + clean) / 2
    variance = variance + conditions.read_noise**2 + (conditions.streaks * behind) ** 2
    return np.asarray(np.sqrt(np.maximum(variance, 1e-12) / np.pi) / conditions.sigma)


def _merge(columns: Columns, distance: float) -> Columns:
    """Columns nearer to each other than the distance become one at their centre of mass.

    It is labelled as the brightest of them is. A heavy atom on an unresolved sheet is not drawn
    into it.
    """
    if len(columns) < 2:
        return columns
    pairs = cKDTree(columns.positions).query_pairs(distance, output_type="ndarray")
    brightness = np.sort(np.abs(columns.intensity)[pairs], axis=1)
    first, second = pairs[brightness[:, 1] < OUTSHINES * brightness[:, 0]].T
    count = len(columns)
    links = coo_array((np.ones(len(first)), (first, second)), (count, count))
    groups, group = connected_components(links, directed=False)
    if groups == count:
        return columns
    total = np.bincount(group, columns.intensity).astype(np.float64)
    y, x = (
        np.bincount(group, columns.intensity * axis) / total for axis in (columns.y, columns.x)
    )
    brightest_last = np.argsort(np.abs(columns.intensity), kind="stable")
    owner = np.empty(groups, np.intp)
    owner[group[brightest_last]] = brightest_last
    return replace(columns[owner], y=y, x=x, intensity=total)


def _rises(positions: Grey, noise: Grey, conditions: Conditions) -> NDArray[np.bool_]:
    """Whether the columns alone show a peak there, one that noise does not make up."""
    seen = np.abs(conditions.alone)
    if conditions.smoothing > 0:
        seen = gaussian_filter(seen, conditions.smoothing, mode="nearest")
    pixel = np.round(positions).astype(int)
    reach = max(2, round(NEAR * conditions.blur))
    side = 2 * reach + 1
    around = pixel[:, None] + np.argwhere(np.ones((side, side), bool)) - reach
    near = _at(seen, around)
    inner = near.reshape(-1, side, side)[:, 1:-1, 1:-1].reshape(-1, (side - 2) ** 2)
    # The highest pixel around a peak of its own is not at the rim of a small square.
    peaked = inner.max(1, initial=0.0) >= near.max(1, initial=0.0)
    angle = np.arange(8) * np.pi / 4
    ring = RING * conditions.blur * np.stack([np.sin(angle), np.cos(angle)], 1)
    level = _at(seen, np.round(positions[:, None] + ring).astype(int)).mean(1)
    fall = 1 - np.exp(-(RING**2) / 2)
    return np.asarray(peaked & (inner.max(1, initial=0.0) - level > RISING * fall * noise))


def _at(image: Grey, pixels: NDArray[np.int_]) -> Grey:
    """Grey levels of pixels (..., 2); those outside are as the border."""
    y = np.clip(pixels[..., 0], 0, image.shape[0] - 1)
    x = np.clip(pixels[..., 1], 0, image.shape[1] - 1)
    return np.asarray(image[y, x])
