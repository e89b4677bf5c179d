"""Least squares with two terms, neither of which may be negative."""

import numpy as np

from colonnade.core.arrays import Array


def two_shares(terms: Array, values: Array) -> tuple[float, float]:
    """How much of each of two terms, nothing or more, comes nearest to some values.

    Parameters
    ----------
    terms
        Axes (value, term).
    values
        What they are to add up to.
    """
    products, pulls = terms.T @ terms, terms.T @ values
    determinant = products[0, 0] * products[1, 1] - products[0, 1] ** 2
    if determinant > np.finfo(float).eps * products[0, 0] * products[1, 1]:
        first = (products[1, 1] * pulls[0] - products[0, 1] * pulls[1]) / determinant
        second = (products[0, 0] * pulls[1] - products[0, 1] * pulls[0]) / determinant
        if first >= 0 and second >= 0:
            return float(first), float(second)
    # Otherwise one of them is zero: that without which more is explained.
    alone = np.maximum(pulls, 0) / np.maximum(products.diagonal(), np.finfo(float).tiny)
    if alone[0] * pulls[0] >= alone[1] * pulls[1]:
        return float(alone[0]), 0.0
    return 0.0, float(alone[1])
