"""Maps of the truth: what the network learns, and the masks that libraries hold."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from colonnade.atoms.columns import Columns
from colonnade.core.images.regions import nearest_points


@dataclass(frozen=True)
class Labels:
    """What the network learns to predict."""

    mask_sigma: float = 1.25
    """Standard deviation of the Gaussian mask of a column [px]."""
    background: float = 16.0
    """Standard deviation of the Gaussian that takes the background off [px]."""
    gain: float = 0.7
    """Images are scaled by up to this factor in logarithm, as normalisation is never exact."""
    offset_weight: float = 0.03
    """Weight of the offset's error, beside the mask's entropy."""
    offset_floor: float = 0.05
    """Error that is as good as any, however many the electrons [px]."""
    threshold: float = 0.5
    """Height from which a component of the mask counts as a column."""


OFFSET_WINDOW = 3
"""The offset is learnt in a square of this side, whose middle is the pixel nearest to a column
[px]."""


def label_maps(
    columns: Columns, shape: tuple[int, ...], sigma: float
) -> dict[str, NDArray[np.float32]]:
    """Maps that the network should answer with.

    The offset is the seed method's x - round(x) at the pixel nearest to a column; in the pixels
    around it, it is the vector from the pixel to the same column, so that the answer is right
    wherever the centre of mass falls.

    Parameters
    ----------
    columns
        Truth, with the label ``detectable``.
    shape
        Rows and columns of the image.
    sigma
        Standard deviation of the mask of a column [px].

    Returns
    -------
    maps
        ``mask`` (y, x): the Gaussian mask; ``certain`` (y, x): 0 around columns that cannot be
        detected, where nothing is learnt, else 1; ``offset`` (2, y, x) [px]; ``near`` (y, x): 1
        where the offset counts; ``variance`` (y, x): the square of the error that the electrons
        leave there [px²].
    """
    detectable = columns.labels["detectable"] > 0
    reach = int(np.ceil(4 * sigma))
    squared, offset, owner = nearest_points(columns[detectable].positions, shape, reach)
    undetectable, _, _ = nearest_points(columns[~detectable].positions, shape, reach)
    uncertain = (undetectable < (2 * sigma) ** 2) & (undetectable < squared)
    near = np.isfinite(squared) & (np.abs(offset).max(0) <= OFFSET_WINDOW / 2)
    return {
        "mask": np.exp(-0.5 * squared / sigma**2),
        "certain": (~uncertain).astype(np.float32),
        "offset": offset,
        "near": near.astype(np.float32),
        "variance": np.append(_variance(columns[detectable]), 0.0)[owner].astype(np.float32),
    }


def _variance(columns: Columns) -> NDArray[np.float64]:
    """Squared standard error along an axis of a Gaussian peak in noise, at best [px²]."""
    if "snr" not in columns.labels:
        return np.zeros(len(columns))
    return np.asarray(2 * columns.width**2 / columns.labels["snr"] ** 2)
