"""From the network's maps to columns: blobs or circles of the mask, then the offset."""

from typing import Literal

import numpy as np

from colonnade.atoms.locate.find.blobs import find_blobs
from colonnade.atoms.locate.find.circles import find_circles
from colonnade.core.arrays import Array, Single

Detection = Literal["mask", "hough"]
Start = Literal["offset", "com"]


def find(
    mask: Single,
    offset: Single,
    threshold: float,
    start: Start = "offset",
    detect: Detection = "mask",
) -> tuple[Array, Array]:
    """Find columns in the network's maps.

    Parameters
    ----------
    mask
        Predicted Gaussian mask, axes (y, x), from 0 to 1.
    offset
        Predicted offsets (dy, dx) from each pixel to its column [px], axes (2, y, x).
    threshold
        Smallest height of the mask in a column.
    start
        ``"com"`` leaves columns at the centre that was detected; ``"offset"`` moves them to the
        pixel that holds it plus the offset predicted there. That pixel need not be the nearest to
        the column: the network learns the offset to the column in all pixels around it.
    detect
        ``"mask"`` for the mask's blobs, ``"hough"`` for circles in its outline.

    Returns
    -------
    positions, score
        Rows of (y, x) [px], and the height of the mask.
    """
    centres, score = (find_blobs if detect == "mask" else find_circles)(mask, threshold)
    if start == "com" or not len(centres):
        return centres, score
    nearest = np.round(centres).astype(int)
    moved = nearest + offset[:, nearest[:, 0], nearest[:, 1]].T.astype(np.float64)
    return moved, score
