"""Inverses of the small symmetric systems of a fit, with a way out where there is none.

A matrix of Fisher information is positive definite if it determines all its parameters. Cholesky's
method fails if it is not, where other methods go on with numbers that mean nothing.
"""

import numpy as np

from colonnade.core.arrays import Array

RIDGE = 1e-12
"""Added to a unit diagonal against rounding."""

LARGEST_INFLATION = 1e8
"""A parameter whose variance is raised by more than this factor, as others are not known either,
is not determined."""


def inverses(matrices: Array, size: int) -> Array:
    """Invert symmetric matrices, as far as they are positive definite.

    Parameters
    ----------
    matrices
        Axes (matrix, row, column).
    size
        Number of rows and columns that are wanted.

    Returns
    -------
    inverses
        First rows and columns of the inverses; NaN where a matrix is not positive definite.
    """
    # Put last, what is wanted has an inverse of its own: that of the last corner of the factors.
    factors = _factors(matrices[:, ::-1, ::-1])[:, -size:, -size:]
    last = np.linalg.inv(factors)[:, ::-1, ::-1]
    return np.asarray(last.swapaxes(1, 2) @ last)


def covariances(information: Array, size: int) -> Array:
    """Give the covariances of the first parameters of sets that are fitted together.

    Parameters
    ----------
    information
        Fisher information, axes (set, parameter, parameter).
    size
        Number of the first parameters that are wanted.

    Returns
    -------
    covariances
        Axes (set, parameter, parameter); NaN for parameters that are not determined.
    """
    every = np.arange(information.shape[1])
    diagonal = information[:, every, every]
    known = diagonal > 0
    # Heights and lengths have different units; with a unit diagonal the inverse is accurate.
    scale = np.where(known, 1 / np.sqrt(np.where(known, diagonal, 1.0)), 0.0)
    scaled = information * scale[:, :, None]
    scaled *= scale[:, None, :]
    scaled[:, every, every] = 1 + RIDGE
    inverse = inverses(scaled, size)
    own = every[:size]
    determined = known[:, :size] & (inverse[:, own, own] < LARGEST_INFLATION)
    scale = np.where(determined, scale[:, :size], np.nan)
    return np.asarray(inverse * scale[:, :, None] * scale[:, None, :])


def _factors(matrices: Array) -> Array:
    """Lower triangular factors, one by one if not all matrices are positive definite."""
    try:
        return np.asarray(np.linalg.cholesky(matrices))
    except np.linalg.LinAlgError:
        return np.stack([_factor(matrix) for matrix in matrices])


def _factor(matrix: Array) -> Array:
    try:
        return np.asarray(np.linalg.cholesky(matrix))
    except np.linalg.LinAlgError:
        return np.full_like(matrix, np.nan)
