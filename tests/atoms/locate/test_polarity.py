"""Dark columns are taken for dark and bright ones for bright, though gaps look like columns."""

import warnings

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.spatial import cKDTree

import colonnade
from colonnade import ColonnadeWarning, Columns, Model
from colonnade.atoms.locate.find.trials import Trials
from colonnade.atoms.locate.polarity import choose_scale

Array = NDArray[np.float64]


@pytest.fixture(scope="module")
def model() -> Model:
    return Model.load("atoms")


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


def test_dark_columns_are_those_of_the_inverted_image(model: Model) -> None:
    expected, positions = lattice()
    bright = recorded(expected)
    dark = 1000 - bright
    with pytest.warns(ColonnadeWarning, match="the columns are dark"):
        found = colonnade.locate(dark, pixel_size=0.02, model=model)
    upright = quietly(bright, model, 0.02)
    assert_found(upright, positions, 0.3)
    np.testing.assert_allclose(found.positions, upright.positions, atol=2e-2)
    np.testing.assert_allclose(found.intensity, -upright.intensity, rtol=2e-2)
    np.testing.assert_allclose(found.width, upright.width, rtol=1e-2)
    np.testing.assert_allclose(found.labels["snr"], upright.labels["snr"], rtol=1e-2)
    assert (upright.intensity > 0).all()


def test_bright_columns_are_not_called_dark(model: Model) -> None:
    """Not even where they are so close that the gaps between them stand alone."""
    for spacing, width in ((13.0, 2.3), (8.0, 2.0), (7.0, 1.8)):
        expected, _ = lattice(spacing, width, count=14)
        assert not choose_scale(Trials(recorded(expected), model), (0.02, 0.02)).dark
