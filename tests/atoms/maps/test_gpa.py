"""Geometric phase analysis against crystals that are known, and against affine fits."""

import numpy as np
import pytest
from drawn_crystals import crystal, turn

from colonnade.atoms.columns import Columns
from colonnade.atoms.maps.gpa import geometric_phase
from colonnade.atoms.maps.strain import Strain, strain
from colonnade.core.errors import ColonnadeError
from colonnade.core.images.micrograph import Micrograph

SHAPE = (360, 480)
LEFT = (0.0, 360.0, 0.0, 180.0)


def picture(columns: Columns, dose: float = 300.0, seed: int = 0) -> Micrograph:
    """Electrons of an image of Gaussian columns."""
    y, x = (np.arange(size)[:, None] for size in SHAPE)
    rows = np.exp(-((y - columns.y) ** 2) / 32)
    lines = np.exp(-((x - columns.x) ** 2) / 32) * columns.intensity
    mean = dose * (0.1 + rows @ lines.T)
    return Micrograph(np.random.default_rng(seed).poisson(mean).astype(np.float32))


def deformed(matrix: object) -> Columns:
    """A crystal whose right half is deformed."""
    whole = crystal(noise=0.0, shape=SHAPE)
    middle = np.array(SHAPE) / 2
    at = whole.positions - middle
    at = np.where(at[:, 1:] > 0, at @ np.asarray(matrix).T, at) + middle
    sigma = np.full(len(at), 0.05)
    return Columns(at[:, 0], at[:, 1], sigma, sigma, intensity=whole.intensity)


def right(found: Strain) -> np.ndarray:
    return np.asarray(found.values[found.columns.x > 300].mean(axis=0))


@pytest.mark.parametrize(
    ("matrix", "truth"),
    [
        (((1, 0), (0, 1.01)), (0.01, 0, 0, 0)),
        (((1.01, 0), (0, 1)), (0, 0.01, 0, 0)),
        (((1, 0.006), (0.006, 1)), (0, 0, 0.006, 0)),
        (turn(2), (0, 0, 0, 2)),
    ],
)
def test_it_measures_each_component(matrix: object, truth: tuple[float, ...]) -> None:
    columns = deformed(matrix)
    found = right(geometric_phase(picture(columns), columns, reference=LEFT))
    assert found[:3] == pytest.approx(truth[:3], abs=6e-4)
    assert found[3] == pytest.approx(truth[3], abs=0.06)


def test_its_errors_are_those_of_the_noise() -> None:
    columns = crystal(noise=0.0, shape=SHAPE)
    found = geometric_phase(picture(columns, dose=15), columns)
    assert np.std(found.values / found.sigma, axis=0) == pytest.approx(4 * [1], abs=0.25)


def test_nothing_is_said_of_the_border() -> None:
    columns = crystal(noise=0.0, shape=SHAPE)
    found = geometric_phase(picture(columns), columns)
    at = found.columns
    assert min(at.y.min(), at.x.min(), 359 - at.y.max(), 479 - at.x.max()) > 20
    assert len(at) > 0.6 * len(columns)


def test_it_agrees_with_affine_fits() -> None:
    wave = crystal(noise=0.0, shape=SHAPE)
    moved = Columns(
        wave.y, wave.x + 1.5 * np.sin(2 * np.pi * wave.y / 180), intensity=wave.intensity
    )
    phases, fits = geometric_phase(picture(moved), moved), strain(moved)
    same = {
        tuple(place): row for place, row in zip(fits.columns.positions, fits.values, strict=True)
    }
    others = np.array([same[tuple(place)] for place in phases.columns.positions])
    assert np.corrcoef(phases.e_xy, others[:, 2])[0, 1] > 0.98
    assert np.corrcoef(phases.rotation, others[:, 3])[0, 1] > 0.98


def test_an_image_without_fringes_is_refused() -> None:
    columns = crystal(shape=SHAPE)
    flat = Micrograph(np.random.default_rng(0).normal(size=SHAPE))
    with pytest.raises(ColonnadeError, match=r"fringes"):
        geometric_phase(Micrograph(np.outer(np.cos(np.arange(360)), np.ones(480))), columns)
    noise = geometric_phase(flat, columns)
    assert np.median(np.abs(noise.values[:, 0]) / noise.sigma[:, 0]) < 3
