"""Whether the surroundings of columns change along one direction only, as those of fringes do.

Fringes on grainy ground get a column wherever a grain lies on them, and these are round and repeat
across the fringes. What lies between one of them and the next tells: beside a fringe the image
falls off, along it there is nothing. The mean over neighbours shows it, as grains average out.
"""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from scipy import ndimage
from scipy.spatial import cKDTree

from colonnade.atoms.locate.judge.settings import JUDGE_DEFAULTS, FringeSettings
from colonnade.core.arrays import Array, Single
from colonnade.core.images.binning import Binning
from colonnade.core.measures.neighbours import nearest_distances


def anisotropy(
    image: Single, positions: Array, settings: FringeSettings = JUDGE_DEFAULTS.fringes
) -> float:
    """Say how far the surroundings of columns change along one direction only.

    Parameters
    ----------
    image
        Grey levels, axes (y, x), in pixels that are as high as wide.
    positions
        Rows of (y, x) [px].
    settings
        What is taken for their surroundings.

    Returns
    -------
    share
        Of 1 for fringes, straight or bent, and of 0 where both directions are alike; the median
        over the image, and NaN where there are too few columns.
    """
    if len(positions) < settings.neighbours:
        return np.nan
    spacing = float(np.median(nearest_distances(positions)))
    by = max(1, int(spacing / settings.sampling))
    binning = Binning(by, by)
    spacing, places = spacing / by, binning.apply_to(positions)
    smooth = ndimage.gaussian_filter(binning.apply(image), settings.blur * spacing)
    reach = int(np.ceil(settings.outer * spacing))
    around = sliding_window_view(np.pad(smooth, reach, "reflect"), (2 * reach + 1,) * 2)
    ring = _ring(reach, settings.inner * spacing, settings.outer * spacing)
    chosen = places[:: max(1, len(places) // settings.places)]
    _, groups = cKDTree(places).query(chosen, settings.neighbours)
    pixels = np.clip(np.rint(places).astype(int), 0, np.array(smooth.shape) - 1)
    means = (around[tuple(pixels[group].T)].mean(0) for group in groups)
    return float(np.median([_coherence(mean, ring) for mean in means]))


def _ring(reach: int, inner: float, outer: float) -> Array:
    """Where in a square surroundings lie: 1 in a ring around its middle, else 0."""
    distance = np.hypot(*np.mgrid[-reach : reach + 1, -reach : reach + 1])
    return np.asarray((distance >= inner) & (distance < outer), float)


def _coherence(mean: Array, ring: Array) -> float:
    """Difference of the eigenvalues of the structure tensor, as a share of their sum."""
    # A support whose thickness changes rises to one side everywhere, and is no fringe.
    along_y, along_x = (each - np.average(each, weights=ring) for each in np.gradient(mean))
    yy, yx, xx = ((each * ring).sum() for each in (along_y**2, along_y * along_x, along_x**2))
    together = yy + xx
    return float(np.hypot(yy - xx, 2 * yx) / together) if together > 0 else 0.0
