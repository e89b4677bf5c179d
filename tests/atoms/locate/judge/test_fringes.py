"""Fringes change along one direction only, and no lattice does."""

import numpy as np
import pytest
from scipy import ndimage

from colonnade.atoms.locate.judge.fringes import anisotropy
from colonnade.atoms.locate.judge.settings import JUDGE_DEFAULTS
from colonnade.core.arrays import Array, Single

SIDE, PERIOD = 240, 12.0

LIMIT = JUDGE_DEFAULTS.atomic.anisotropic

Y, X = np.mgrid[:SIDE, :SIDE].astype(float)


def grains(rng: np.random.Generator) -> Array:
    """Texture as strong as the fringes are."""
    texture = ndimage.gaussian_filter(rng.normal(size=(SIDE, SIDE)), 2.0)
    return np.asarray(texture / texture.std() / np.sqrt(2))


def brightest(image: Single) -> Array:
    """Maxima of an image; rows of (y, x)."""
    smooth = ndimage.gaussian_filter(image, 1.5)
    highest = ndimage.maximum_filter(smooth, 7) == smooth
    return np.argwhere(highest & (smooth > np.median(smooth))).astype(float)


def measured(pattern: Array) -> float:
    image = (pattern + grains(np.random.default_rng(0))).astype(np.float32)
    return anisotropy(image, brightest(image))


@pytest.mark.parametrize("angle", [0.0, 25.0, 90.0, 140.0])
def test_straight_fringes_change_along_one_direction(angle: float) -> None:
    along = np.cos(np.radians(angle)) * Y + np.sin(np.radians(angle)) * X
    assert measured(np.cos(2 * np.pi * along / PERIOD)) > LIMIT


def test_rings_do_as_well_wherever_one_looks() -> None:
    radius = np.hypot(Y - SIDE / 2, X - SIDE / 2)
    assert measured(np.cos(2 * np.pi * radius / PERIOD)) > LIMIT


@pytest.mark.parametrize("second", [(1.0, 0.0), (1.0, 0.5), (0.7, 0.0)])
def test_a_lattice_changes_along_both(second: tuple[float, float]) -> None:
    """Square, oblique, and one whose rows are farther apart than their columns."""
    across = second[0] * Y + second[1] * X
    waves = [np.cos(2 * np.pi * along / PERIOD) for along in (X, across)]
    assert measured(waves[0] + waves[1]) < 0.6


def test_grains_alone_do_not_either() -> None:
    assert measured(np.zeros((SIDE, SIDE))) < 0.5


@pytest.mark.parametrize("slope", [0.02, 0.05])
def test_a_support_that_gets_thicker_is_no_fringe(slope: float) -> None:
    rng = np.random.default_rng(2)
    spots = np.zeros((SIDE, SIDE))
    spots[tuple(rng.integers(10, SIDE - 10, (2, 60)))] = 60
    assert measured(ndimage.gaussian_filter(spots, 2) + slope * (2 * X + Y)) < 0.5


def test_nothing_is_said_of_few_columns_or_of_a_flat_image() -> None:
    places: Array = np.argwhere(np.ones((6, 6))) * 10.0 + 20
    flat = np.ones((100, 100), np.float32)
    assert np.isnan(anisotropy(flat, places[:23]))
    assert anisotropy(flat, places) == 0


def test_coarse_and_fine_pixels_say_the_same() -> None:
    image = (np.cos(2 * np.pi * X / PERIOD) + grains(np.random.default_rng(1))).astype(np.float32)
    places = brightest(image)
    fine = anisotropy(np.repeat(np.repeat(image, 4, 0), 4, 1), 4 * places + 1.5)
    assert fine == pytest.approx(anisotropy(image, places), abs=0.05)
