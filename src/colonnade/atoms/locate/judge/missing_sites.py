"""Whether columns are those of a crystal, and where it goes on but nothing was seen."""

import numpy as np
from scipy.ndimage import label, maximum_filter, uniform_filter
from scipy.spatial import cKDTree

from colonnade.atoms.locate.judge.lattice_support import LatticeSupport
from colonnade.atoms.locate.judge.neighbourhoods import NOTHING, Neighbourhoods
from colonnade.core.arrays import Array

REPEATED = 0.04
"""In a crystal plain columns echo each other by at least this much more than by chance."""

VOTES = 0.3
"""A place is expected by columns whose similarity adds up to at least this."""

APART = 0.5
"""Nothing was seen nearer than this [typical spacings]."""

HALF = 0.5
"""A column there would have this share of the echo that plain columns have, at least: the columns
of a honeycomb are nearly alike, but vectors of the one kind lead from the other to a void."""


def missing_sites(echoes: LatticeSupport) -> Array | None:
    """Places at which columns are missing for a crystal to go on as it does elsewhere.

    Returns
    -------
    places
        Rows of (y, x); None where there is no crystal: single atoms stand anywhere.
    """
    if echoes.few:
        return None
    usual = echoes.of_plain()
    if usual.mean() < REPEATED:
        return None
    places = _voted(echoes.around)
    distance, _ = cKDTree(echoes.positions).query(places)
    places = places[distance >= APART * echoes.around.spacing]
    return np.asarray(places[echoes.of_places(places) >= HALF * np.median(usual)])


def _voted(around: Neighbourhoods) -> Array:
    """Where neighbours of plain columns would be around others like them, and nothing is."""
    everyone = np.arange(len(around.plain))
    similarity = around.similarity(everyone, np.full(len(everyone), NOTHING))
    places, weights = [], []
    for number in range(around.neighbours.shape[1]):
        vector = around.vectors(number)
        one, other = np.nonzero((around.ends(everyone, vector) == NOTHING) & (similarity > 0))
        places.append(around.plain[around.around[one, other]] + vector[one])
        weights.append(similarity[one, other])
    return _gathered(around, np.concatenate(places), np.concatenate(weights))


def _gathered(around: Neighbourhoods, places: Array, weights: Array) -> Array:
    """Means of places that lie together, where their weights add up to enough."""
    cell = max(around.near, around.finest)
    row, column = np.rint((places - around.low) / cell).astype(np.intp).T
    height, width = np.ceil(around.extent / cell).astype(int) + 2
    flat = row * width + column
    total, y, x = (
        9 * uniform_filter(np.bincount(flat, values, height * width).reshape(height, width), 3)
        for values in (weights, weights * places[:, 0], weights * places[:, 1])
    )
    top = (total >= VOTES) & (maximum_filter(total, 3) == total)
    # Sums of the same votes are equally high in cells that touch: one of them is enough.
    touching, _ = label(top, np.ones((3, 3)))
    first = np.flatnonzero(top)[np.unique(touching[top], return_index=True)[1]]
    return np.asarray(
        np.stack([y.ravel()[first], x.ravel()[first]], 1) / total.ravel()[first, None]
    )
