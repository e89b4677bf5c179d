"""The span of an image's grey levels, which need not be in memory."""

import numpy as np

from colonnade.core.images.tiles import Readable
from colonnade.core.measures.fidelity import RANGE_PERCENTILES
from colonnade.sem.upscale.trust.forward import windows


def spread_range(finer: Readable, shape: tuple[int, ...], factor: int) -> float:
    """The grey range of a finer image by windows spread over it; zero if it is all one grey.

    Parameters
    ----------
    finer
        The image.
    shape
        Rows and columns of the coarse image.
    factor
        Finer pixels for each coarse one, along each axis.
    """
    parts = [
        tuple(slice(factor * one.start, factor * one.stop) for one in part)
        for part in windows(shape)
    ]
    levels = np.concatenate([np.ravel(finer[part]) for part in parts])
    low, high = np.percentile(levels, RANGE_PERCENTILES)
    # Where nearly all is one grey, it is the rest that counts.
    return float(high - low) or float(np.ptp(levels))
