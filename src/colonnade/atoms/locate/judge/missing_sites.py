"""Missing sites: where a crystal would go on although the network found no candidate.

Columns with similar neighbourhoods vote for the neighbours that they lack. A site with enough
votes, far enough from every candidate, is fitted like one, and kept only if a column is there.
"""

from collections.abc import Iterable

import numpy as np
from scipy.ndimage import label, maximum_filter, uniform_filter
from scipy.spatial import cKDTree

from colonnade.atoms.locate.judge.lattice_support import LatticeSupport
from colonnade.atoms.locate.judge.neighbourhoods import EMPTY, Neighbourhoods, together
from colonnade.atoms.locate.judge.settings import JUDGE_DEFAULTS, MissingSiteSettings
from colonnade.atoms.network import NETWORK_DEFAULTS, NetworkSettings
from colonnade.core.arrays import Array, Single


def missing_sites(
    support: LatticeSupport,
    network: NetworkSettings = NETWORK_DEFAULTS,
    settings: MissingSiteSettings = JUDGE_DEFAULTS.missing_sites,
) -> Array | None:
    """Find the sites at which columns are missing for a crystal to go on as it does elsewhere.

    Parameters
    ----------
    support
        Of the candidates of an image.
    network
        What their confidences mean.
    settings
        When a site is missing.

    Returns
    -------
    places
        Rows of (y, x); None where there is no crystal, as single atoms stand anywhere.
    """
    if support.too_few:
        return None
    usual = support.of_confident()
    if usual.mean() < network.crystal:
        return None
    places = _voted(support.neighbourhoods, settings)
    distance, _ = cKDTree(support.positions).query(places)
    places = places[distance >= settings.clearance * support.neighbourhoods.spacing]
    needed = settings.support_share * np.median(usual)
    return np.asarray(places[support.of_empty_places(places) >= needed])


def _voted(around: Neighbourhoods, settings: MissingSiteSettings) -> Array:
    """Places at which columns lack a neighbour that similar columns have."""
    votes = (
        _votes(around, number, some)
        for number in range(around.neighbours.shape[1])
        for some in together(len(around.confident))
    )
    return gathered(around, votes, settings.votes)


def _votes(around: Neighbourhoods, number: int, some: slice) -> tuple[Array, Single]:
    """Places at which some columns lack this neighbour, and how similar those are that have it."""
    reference, vector = np.arange(some.start, some.stop), around.vectors(number)[some]
    similarity = around.similarity(reference, np.full(len(reference), EMPTY))
    lacking = (around.found_at(reference, vector) == EMPTY) & (similarity > 0)
    row, which = np.nonzero(lacking)
    places = around.confident[around.nearby[reference[row], which]] + vector[row]
    return places, similarity[row, which]


def gathered(
    around: Neighbourhoods, votes: Iterable[tuple[Array, Single]], enough: float
) -> Array:
    """Means of places that lie together, where their weights add up to enough votes.

    Parameters
    ----------
    around
        The columns.
    votes
        Places (y, x) and their weights, some at a time, as all of them may be many.
    enough
        Sum of the weights.
    """
    cell = max(around.near, around.smallest_cell)
    height, width = np.ceil(around.extent / cell).astype(int) + 2
    # Sums of the weights, and of these times y and x, in each cell.
    grids = np.zeros((3, height * width), np.float32)
    for places, weights in votes:
        row, column = np.rint((places - around.low) / cell).astype(np.intp).T
        within = (places - around.low).astype(np.float32)
        for grid, values in zip(grids, (weights, *(weights * within.T)), strict=True):
            np.add.at(grid, row * width + column, values)
    for grid in grids:
        uniform_filter(grid.reshape(height, width), 3, output=grid.reshape(height, width))
    total = grids[0].reshape(height, width)
    top = (total >= enough / 9) & (maximum_filter(total, 3) == total)
    # Sums of the same votes are equal in cells that touch: one of these is enough.
    touching, _ = label(top, np.ones((3, 3)))
    first = np.flatnonzero(top)[np.unique(touching[top], return_index=True)[1]]
    return np.asarray((grids[1:, first] / grids[0, first]).T + around.low, np.float64)
