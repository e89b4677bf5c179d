"""Centres of blobs in masks, however the masks are written."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from colonnade.atoms.library.mask_centres import label_centres

Array = NDArray[np.float64]
Mask = NDArray[np.generic]

SHAPE = (48, 60)


def distance(centres: Array) -> Array:
    """Distance of each pixel to the nearest centre."""
    pixels = np.indices(SHAPE).reshape(2, -1).T
    return np.asarray(cKDTree(centres).query(pixels)[0]).reshape(SHAPE)


def gaussians(centres: Array, sigma: float) -> Array:
    return np.exp(-0.5 * (distance(centres) / sigma) ** 2)


def discs(centres: Array, radius: float) -> NDArray[np.bool_]:
    return distance(centres) <= radius


def in_bytes(mask: Array) -> NDArray[np.uint8]:
    return np.round(255 * mask).astype(np.uint8)


def error(mask: Mask, centres: Array) -> float:
    """Largest distance of a blob from its centre; there is one for each."""
    found = label_centres(mask).positions
    assert found.shape == centres.shape
    away, pair = cKDTree(found).query(centres)
    assert sorted(pair) == list(range(len(centres)))
    return float(away.max())


def apart(least: float, seed: int, count: int = 12) -> Array:
    """Draw random points in the frame, none nearer to another than the distance."""
    rng = np.random.default_rng(seed)
    points: list[Array] = []
    for point in rng.uniform(-0.45, np.array(SHAPE) - 0.55, (300, 2)):
        if len(points) < count and all(np.hypot(*(point - other)) > least for other in points):
            points.append(point)
    return np.array(points)


@given(st.floats(1.0, 4.0), st.integers(0, 2**32))
def test_gaussians_are_found_to_a_twentieth_of_a_pixel_even_at_the_border(
    sigma: float, seed: int
) -> None:
    centres = apart(3 * sigma, seed)
    assert error(in_bytes(gaussians(centres, sigma)), centres) < 0.05
    assert label_centres(in_bytes(gaussians(centres, sigma))).whole.all()


@given(st.floats(1.5, 3.0), st.integers(0, 2**32))
def test_gaussians_that_touch_are_parted(sigma: float, seed: int) -> None:
    centres = apart(2.4 * sigma, seed)
    assert error(in_bytes(gaussians(centres, sigma)), centres) < 0.1


def test_a_row_of_columns_that_run_into_one_another_is_one_component_of_many_columns() -> None:
    centres = np.array([[20.3, 10.2 + 4.6 * number] for number in range(9)])
    mask = in_bytes(gaussians(centres, 2.0))
    assert (mask[20, 10:46] > 127).all()
    assert error(mask, centres) < 0.05


@pytest.mark.parametrize(
    "written",
    [
        lambda mask: in_bytes(mask),
        lambda mask: np.round(65535 * mask).astype(np.uint16),
        lambda mask: mask.astype(np.float32),
        lambda mask: in_bytes(0.4 * mask) + np.uint8(20),
    ],
)
def test_any_range_of_grey_levels_will_do(written: "type[Mask]") -> None:
    centres = apart(9, 3)
    assert error(written(gaussians(centres, 2.5)), centres) < 0.05


@pytest.mark.parametrize("top", [1, 255])
@pytest.mark.parametrize("radius", [2.0, 3.5, 6.0])
def test_discs_have_their_centre_of_mass(top: int, radius: float) -> None:
    inner = np.array([[12.0, 12.0], [12.5, 40.5], [33.0, 25.5]])
    mask = (top * discs(inner, radius)).astype(np.uint8)
    assert error(mask, inner) < 1e-9
    assert label_centres(mask).whole.all()


def test_discs_with_soft_edges_are_found_to_a_twentieth_of_a_pixel() -> None:
    centres = np.array([[12.31, 12.87], [12.5, 40.29], [33.64, 25.5]])
    soft = np.clip(3.0 + 0.5 - distance(centres), 0, 1)
    assert error(in_bytes(soft), centres) < 0.05


def test_a_disc_that_the_border_or_a_neighbour_cuts_is_found_but_not_whole() -> None:
    centres = np.array([[20.0, 1.0], [20.0, 20.0], [40.0, 40.0], [40.0, 49.0]])
    found = label_centres(discs(centres, 5.2))
    away, pair = cKDTree(found.positions).query(centres)
    assert len(found.positions) == 4
    assert away.max() < 2
    assert found.whole[pair].tolist() == [False, True, False, False]


def test_a_ring_around_a_disc_does_not_stop_it() -> None:
    away = distance(np.array([[20.0, 20.0]]))
    found = label_centres((away <= 3) | ((away >= 7) & (away <= 9)))
    assert np.hypot(*(found.positions - 20).T).min() < 0.5


@pytest.mark.parametrize("level", [0, 1, 255])
def test_a_mask_of_one_level_has_no_blob(level: int) -> None:
    found = label_centres(np.full(SHAPE, level, np.uint8))
    assert found.positions.shape == (0, 2)
    assert found.whole.shape == (0,)


def test_a_column_outside_of_the_frame_is_not_found() -> None:
    centres = np.array([[-1.0, 20.0], [24.0, 30.0]])
    assert error(in_bytes(gaussians(centres, 3.0)), centres[1:]) < 0.05
