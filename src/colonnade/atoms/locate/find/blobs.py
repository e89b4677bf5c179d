"""Candidates as blobs of the network's mask.

Each local maximum is a candidate, and the pixels nearest to it, as far as they are high enough,
are its blob. The centre of mass of a blob is where the candidate is. Large masks are worked
through in bands of rows, as several numbers are needed for each pixel of a band.
"""

import numpy as np
from scipy import ndimage

from colonnade.atoms.locate.candidates import Candidates
from colonnade.atoms.locate.find.settings import FIND_DEFAULTS, BlobSettings
from colonnade.core.arrays import Indices, Single
from colonnade.core.images.regions import nearest_points, otsu

BAND = 1024
"""Rows whose maxima are looked for at once [px]."""

OVERLAP = 4
"""Rows beyond a band that have an influence on its blobs [reaches of a blob]."""


def find_blobs(
    mask: Single, lowest: float, settings: BlobSettings = FIND_DEFAULTS.blobs
) -> Candidates:
    """Find the blobs of a mask whose maxima reach `lowest`; those that touch are split.

    Parameters
    ----------
    mask
        Predicted Gaussian mask, axes (y, x), from 0 to 1.
    lowest
        Smallest network confidence of a candidate.
    settings
        How blobs are delimited.
    """
    level = otsu(mask)
    overlap = OVERLAP * settings.reach
    found = Candidates.none()
    for first in range(0, len(mask), BAND):
        above = max(first - overlap, 0)
        band = mask[above : first + BAND + overlap]
        tops = _maxima(band, lowest, settings)
        own = (tops[:, 0] + above >= first) & (tops[:, 0] + above < first + BAND)
        found = found.plus(_blobs(band, tops, level, above, settings)[own])
    return found


def _maxima(mask: Single, lowest: float, settings: BlobSettings) -> Indices:
    """Pixels (y, x) of local maxima; a maximum of several equal pixels counts once."""
    top = (mask == _highest_around(mask)) & (mask >= lowest)
    top[top] = (
        _lowest_around(mask, np.argwhere(top), settings.reach - 1) < settings.fall * mask[top]
    )
    labels, count = ndimage.label(top, np.ones((3, 3)))
    inside = np.flatnonzero(labels)
    first = inside[np.unique(labels.flat[inside], return_index=True)[1]]
    return np.stack(np.unravel_index(first, mask.shape), axis=1).reshape(count, 2)


def _highest_around(mask: Single) -> Single:
    """Highest value of each pixel and the eight around it."""
    along_y = mask.copy()
    np.maximum(along_y[1:], mask[:-1], out=along_y[1:])
    np.maximum(along_y[:-1], mask[1:], out=along_y[:-1])
    highest = along_y.copy()
    np.maximum(highest[:, 1:], along_y[:, :-1], out=highest[:, 1:])
    np.maximum(highest[:, :-1], along_y[:, 1:], out=highest[:, :-1])
    return highest


def _lowest_around(mask: Single, pixels: Indices, reach: int) -> Single:
    """Lowest value in the square around each of some pixels, so many beyond it on each side."""
    steps = np.arange(-reach, reach + 1)
    rows, columns = (
        np.clip(along[:, None] + steps, 0, count - 1)
        for along, count in zip(pixels.T, mask.shape, strict=True)
    )
    return np.asarray(mask[rows[:, :, None], columns[:, None]].min((1, 2), initial=np.inf))


def _blobs(
    band: Single, tops: Indices, level: float, first_row: int, settings: BlobSettings
) -> Candidates:
    """Centres of mass of the blobs around maxima, and their heights.

    Parameters
    ----------
    band
        Rows of a mask.
    tops
        Pixels (y, x) of the maxima in the band.
    level
        Otsu's threshold of the whole mask.
    first_row
        Number of the first row of the band in the mask.
    settings
        How blobs are delimited.
    """
    if not len(tops):
        return Candidates.none()
    confidence = band[tops[:, 0], tops[:, 1]].astype(np.float64)
    _, _, owner = nearest_points(tops.astype(np.float64), band.shape, settings.reach)
    cut = np.minimum(level, settings.contour * confidence)
    inside = np.flatnonzero((owner >= 0) & (band > np.append(cut, 1.0)[owner]))
    label, weight = owner.flat[inside], band.flat[inside].astype(np.float64)
    total = np.bincount(label, weight, len(tops))
    y, x = np.unravel_index(inside, band.shape)
    centre = [np.bincount(label, weight * at, len(tops)) / total for at in (y + first_row, x)]
    return Candidates(np.stack(centre, axis=1), confidence)
