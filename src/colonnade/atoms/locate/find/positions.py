"""From the network's maps to candidates: blobs or circles of the mask, then the offset.

The mask says roughly where a column is. The offset that the network predicts in that pixel leads
from its centre to the column, without the small error of a centre of mass.
"""

from typing import Literal

import numpy as np

from colonnade.atoms.locate.candidates import Candidates
from colonnade.atoms.locate.find.blobs import find_blobs
from colonnade.atoms.locate.find.circles import find_circles
from colonnade.atoms.locate.find.settings import FIND_DEFAULTS, FindSettings
from colonnade.core.arrays import Single

Detection = Literal["mask", "hough"]
Start = Literal["offset", "com"]


def find(
    mask: Single,
    offset: Single,
    lowest: float,
    start: Start = "offset",
    detect: Detection = "mask",
    settings: FindSettings = FIND_DEFAULTS,
) -> Candidates:
    """Find candidates in the network's maps.

    Parameters
    ----------
    mask
        Predicted Gaussian mask, axes (y, x), from 0 to 1.
    offset
        Predicted offsets (dy, dx) from each pixel to its column [px], axes (2, y, x).
    lowest
        Smallest network confidence of a candidate.
    start
        ``"com"`` leaves candidates at the centre that was detected; ``"offset"`` moves them to the
        pixel that holds it plus the offset predicted there. That pixel need not be the nearest to
        the column: the network learns the offset to the column in all pixels around it.
    detect
        ``"mask"`` for the mask's blobs, ``"hough"`` for circles in its outline.
    settings
        How blobs and circles are found.
    """
    if detect == "mask":
        found = find_blobs(mask, lowest, settings.blobs)
    else:
        found = find_circles(mask, lowest, settings.circles)
    if start == "com" or not len(found):
        return found
    pixel = np.round(found.positions).astype(int)
    moved = pixel + offset[:, pixel[:, 0], pixel[:, 1]].T.astype(np.float64)
    return Candidates(moved, found.confidence)
