"""Logistic regression: how much each piece of evidence counts, from cases that are known."""

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from colonnade.atoms.network import Weights
from colonnade.core.arrays import Array

WEIGHT_DECAY = 1e-4
"""How strongly weights are drawn to what is usual, relative to the loss of one case."""


def regression(
    terms: Array,
    true: NDArray[np.bool_],
    usual: Weights,
    *,
    counts: Array | None = None,
    against: frozenset[int] = frozenset(),
) -> Weights:
    """Weights that make the probabilities of known cases right.

    Parameters
    ----------
    terms
        A row for each case: a 1, then the pieces of evidence.
    true
        Whether each is what is asked for.
    usual
        What the weights are without any case; they are drawn to it a little.
    counts
        How much each case counts; by default all do alike.
    against
        Numbers of the pieces of evidence that speak against it; the others speak for it. None has
        a weight of the other sign.
    """
    if not len(true):
        return usual
    sign = np.where(true, 1.0, -1.0)

    def loss(weights: Array) -> float:
        unlikely = np.average(np.logaddexp(0, -sign * (terms @ weights)), weights=counts)
        return float(unlikely + WEIGHT_DECAY * np.sum((weights - usual) ** 2))

    numbers = range(1, len(usual))
    bounds = [(None, None), *((None, 0.0) if n in against else (0.0, None) for n in numbers)]
    return tuple(minimize(loss, np.array(usual), method="L-BFGS-B", bounds=bounds).x.tolist())
