"""Candidates as blobs of the network's mask.

Each local maximum is a candidate, and the pixels nearest to it, as far as they are high enough,
are its blob. The centre of mass of a blob is where the candidate is.
"""

import numpy as np
from scipy import ndimage

from colonnade.atoms.locate.candidates import Candidates
from colonnade.atoms.locate.find.settings import FIND_DEFAULTS, BlobSettings
from colonnade.core.arrays import Indices, Single
from colonnade.core.images.regions import nearest_points, otsu


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
    tops = _maxima(mask, lowest, settings)
    confidence = mask[tops[:, 0], tops[:, 1]].astype(np.float64)
    if not len(tops):
        return Candidates.none()
    _, _, owner = nearest_points(tops.astype(np.float64), mask.shape, settings.reach)
    cut = np.minimum(otsu(mask), settings.contour * confidence)
    inside = np.flatnonzero((owner >= 0) & (mask > np.append(cut, 1.0)[owner]))
    label, weight = owner.flat[inside], mask.flat[inside].astype(np.float64)
    total = np.bincount(label, weight, len(tops))
    pixels = np.unravel_index(inside, mask.shape)
    centre = [np.bincount(label, weight * axis, len(tops)) / total for axis in pixels]
    return Candidates(np.stack(centre, axis=1), confidence)


def _maxima(mask: Single, lowest: float, settings: BlobSettings) -> Indices:
    """Pixels (y, x) of local maxima; a maximum of several equal pixels counts once."""
    top = (mask == ndimage.maximum_filter(mask, size=3)) & (mask >= lowest)
    around = ndimage.minimum_filter(mask, size=2 * settings.reach - 1)
    top &= around < settings.fall * mask
    labels, count = ndimage.label(top, np.ones((3, 3)))
    inside = np.flatnonzero(labels)
    first = inside[np.unique(labels.flat[inside], return_index=True)[1]]
    return np.stack(np.unravel_index(first, mask.shape), axis=1).reshape(count, 2)
