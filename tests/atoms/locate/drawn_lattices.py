"""Square lattices of Gaussian columns, and whether all of them were found."""

import warnings

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

import colonnade
from colonnade import ColonnadeWarning, Columns, Model

Array = NDArray[np.float64]


def lattice(spacing: float = 13.0, width: float = 2.3, count: int = 8) -> tuple[Array, Array]:
    """Electrons that are expected of bright columns, and where these are."""
    side = round(count * spacing)
    along = spacing / 2 + spacing * np.arange(count)
    positions = np.stack(np.meshgrid(along, along, indexing="ij"), -1).reshape(-1, 2)
    y, x = (np.exp(-0.5 * ((np.arange(side)[:, None] - along) / width) ** 2) for _ in "yx")
    return 30 + 300 * y.sum(1)[:, None] * x.sum(1), positions


def recorded(expected: Array, seed: int = 0) -> NDArray[np.float32]:
    return np.random.default_rng(seed).poisson(expected).astype(np.float32)


def quietly(image: NDArray[np.float32], model: Model, pixel_size: float | None = None) -> Columns:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ColonnadeWarning)
        return colonnade.locate(image, pixel_size=pixel_size, model=model)


def assert_found(columns: Columns, positions: Array, gate: float) -> None:
    """Every column is found once, and nothing else."""
    assert len(columns) == len(positions)
    distance, nearest = cKDTree(columns.positions).query(positions)
    assert len(set(nearest)) == len(positions)
    assert distance.max() < gate
