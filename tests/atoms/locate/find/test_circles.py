"""Circles are found where they are, touching ones too, with the radius that they have."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.ndimage import label
from scipy.spatial import cKDTree
from scipy.special import ndtr

from colonnade.atoms.columns import Columns
from colonnade.atoms.locate.find.circles import find_circles, find_radius, trace
from colonnade.atoms.train.targets import label_maps
from colonnade.core.images.regions import otsu

SHAPE = (72, 96)


def discs(positions: np.ndarray, radius: float, shape: tuple[int, int] = SHAPE) -> np.ndarray:
    """Discs with edges as soft as those of a segmentation between 0 and 1."""
    y, x = np.indices(shape)[:, None] - positions.T[:, :, None, None]
    distance = np.hypot(y, x).min(0, initial=np.inf)
    return ndtr((radius - distance) / 0.6).astype(np.float32)


def grid(pitch: float, moved: float, seed: int) -> np.ndarray:
    """Positions all over the image, none nearer than `pitch - 2 moved` to the next."""
    height, width = SHAPE
    y, x = np.meshgrid(
        np.arange(pitch, height - pitch, pitch),
        np.arange(pitch, width - pitch, pitch),
        indexing="ij",
    )
    jitter = np.random.default_rng(seed).uniform(-moved, moved, (y.size, 2))
    return np.stack([y.ravel(), x.ravel()], 1) + jitter


def gaussians(positions: np.ndarray) -> np.ndarray:
    """The mask that a network should answer."""
    y, x = positions.T
    return label_maps(Columns(y=y, x=x).with_labels(detectable=1), SHAPE, 1.25)["mask"]


def distances(found: np.ndarray, positions: np.ndarray) -> np.ndarray:
    """Distance of each position to what was found there, one to one."""
    assert len(found) == len(positions)
    distance, nearest = cKDTree(found).query(positions)
    assert len(set(nearest)) == len(positions)
    return distance


@pytest.mark.parametrize("radius", [2.0, 2.6, 4.0, 7.5])
@given(seed=st.integers(0, 2**32 - 1))
def test_discs_are_found_at_their_centres(radius: float, seed: int) -> None:
    positions = grid(2 * radius + 5, 0.8, seed)
    found = find_circles(discs(positions, radius), 0.5)
    assert distances(found.positions, positions).max() < 0.15
    assert (found.confidence > 0.9).all()


@pytest.mark.parametrize("radius", [1.8, 2.3, 3.0, 4.4, 9.7])
def test_the_radius_is_found(radius: float) -> None:
    mask = discs(grid(2 * radius + 4, 0.7, 1), radius)
    assert find_radius(trace(mask, otsu(mask)), 12.0) == pytest.approx(radius, abs=0.3)


def test_the_radius_is_that_of_most_circles() -> None:
    positions = grid(16, 1.0, 2)
    mask = np.maximum(discs(positions[2:], 3.0), discs(positions[:2], 6.0))
    assert find_radius(trace(mask, otsu(mask)), 12.0) == pytest.approx(3.0, abs=0.3)


@pytest.mark.parametrize("radius", [3.0, 6.0])
@pytest.mark.parametrize("overlap", [0.0, 0.3])
def test_discs_that_touch_are_told_apart(radius: float, overlap: float) -> None:
    """A chain, a triangle and a square of discs, each one component of the segmentation."""
    d = (2 - overlap) * radius
    chain = np.array([[0, 0], [0, 1], [0, 2], [1, 2]]) * d
    triangle = np.array([[0, 0], [0, 1], [np.sqrt(0.75), 0.5]]) * d
    positions = np.concatenate([chain + np.array([10.2, 10.7]), triangle + np.array([45.6, 50.3])])
    found = find_circles(discs(positions, radius), 0.5)
    assert distances(found.positions, positions).max() < 0.3


@pytest.mark.parametrize("apart", [3.0, 3.3, 3.6])
def test_pairs_that_are_one_component_of_the_mask_are_told_apart(apart: float) -> None:
    angles = np.linspace(0, np.pi, 20, endpoint=False)
    middles = np.stack(np.meshgrid(np.arange(10.0, 64, 16), np.arange(10.0, 86, 16)), -1)
    middles = middles.reshape(-1, 2)[:20] + np.linspace(0, 1, 20)[:, None]
    half = apart / 2 * np.stack([np.sin(angles), np.cos(angles)], axis=1)
    positions = np.concatenate([middles - half, middles + half])
    mask = gaussians(positions)
    assert distances(find_circles(mask, 0.5).positions, positions).max() < 0.5
    assert label(mask > otsu(mask))[1] == len(middles)


@given(seed=st.integers(0, 2**32 - 1))
def test_columns_of_an_ideal_mask_are_found(seed: int) -> None:
    positions = grid(8, 1.5, seed)
    positions = positions[np.random.default_rng(seed).random(len(positions)) < 0.7]
    found = find_circles(gaussians(positions), 0.5)
    assert distances(found.positions, positions).max() < 0.15
    assert (found.confidence > 0.8).all()


def test_columns_at_the_border_are_found() -> None:
    height, width = np.array(SHAPE) - 1.0
    positions = np.array(
        [[0, 0], [0.3, 30], [36, 0.6], [height, 50], [40, width - 0.4], [height, width]]
    )
    found = find_circles(gaussians(positions), 0.5)
    assert distances(found.positions, positions).max() < 0.5


@pytest.mark.parametrize("level", [0.0, 0.4, 1.0])
@pytest.mark.parametrize("shape", [SHAPE, (1, 1), (1, 9), (9, 2)])
def test_a_mask_without_contrast_holds_nothing(level: float, shape: tuple[int, int]) -> None:
    found = find_circles(np.full(shape, level, np.float32), 0.1)
    assert found.positions.shape == (0, 2)
    assert found.confidence.shape == (0,)


def test_an_edge_or_a_hole_is_no_circle() -> None:
    """Beside ten discs, a bright band with a dark disc in it adds nothing."""
    positions = grid(14, 1.0, 3)[:10]
    mask = discs(positions, 3.0)
    mask[46:] = 1 - discs(np.array([[59.0, 48.0]]), 3.0)[46:]
    assert distances(find_circles(mask, 0.5).positions, positions).max() < 0.15


def test_the_threshold_is_a_height_of_the_mask() -> None:
    positions = np.array([[12.0, 12.0], [30.0, 40.0], [45.0, 70.0]])
    mask = gaussians(positions)
    mask[20:40] *= 0.6
    mask[40:] *= 0.8
    for threshold, left in ((0.5, [12, 30, 45]), (0.7, [12, 45]), (0.9, [12]), (1.01, [])):
        found = find_circles(mask, threshold)
        assert sorted(np.round(found.positions[:, 0])) == left
        assert (found.confidence >= threshold).all()


@given(seed=st.integers(0, 2**32 - 1), step=st.tuples(st.integers(-9, 9), st.integers(-9, 9)))
def test_shifting_the_mask_by_whole_pixels_shifts_the_answer(
    seed: int, step: tuple[int, int]
) -> None:
    positions = grid(15, 4.5, seed)
    rng = np.random.default_rng(seed)
    mask = gaussians(positions) * rng.uniform(0.7, 1, SHAPE).astype(np.float32)
    mask = np.pad(mask, 16)
    first = find_circles(mask, 0.5)
    second = find_circles(np.roll(mask, step, (0, 1)), 0.5)
    order, moved = (np.lexsort(np.round(one.positions, 3).T) for one in (first, second))
    np.testing.assert_allclose(first.positions[order] + step, second.positions[moved], atol=1e-6)
    np.testing.assert_array_equal(first.confidence[order], second.confidence[moved])


def test_y_and_x_are_told_apart() -> None:
    found = find_circles(gaussians(np.array([[20.25, 70.5]])), 0.5)
    np.testing.assert_allclose(found.positions, [[20.25, 70.5]], atol=0.1)
