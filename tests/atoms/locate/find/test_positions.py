"""From maps to columns: what ideal maps hold is found, and what holds nothing gives nothing."""

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from scipy.spatial import cKDTree

from colonnade.atoms.columns import Columns
from colonnade.atoms.locate.find.positions import Start, find
from colonnade.atoms.train.targets import label_maps
from colonnade.core.images.regions import otsu

SHAPE = (60, 84)

seeds = st.integers(0, 2**32 - 1)


def scattered(seed: int) -> np.ndarray:
    """Positions all over the image and up to its very edge, none nearer than 7 px to another."""
    rng = np.random.default_rng(seed)
    y, x = np.meshgrid(np.arange(0.0, 60, 12), np.arange(0.0, 84, 12), indexing="ij")
    positions = np.stack([y.ravel(), x.ravel()], 1) + rng.uniform(-0.5, 5, (y.size, 2))
    corner = np.array([[59.4, 83.4]])
    clear = np.linalg.norm(positions - corner, axis=1) > 12
    return np.concatenate([positions[clear & (rng.random(len(positions)) < 0.8)], corner])


def ideal(positions: np.ndarray, shape: tuple[int, int] = SHAPE) -> dict[str, np.ndarray]:
    y, x = positions.T
    return label_maps(Columns(y=y, x=x).with_labels(detectable=1), shape, 1.25)


def empty_offset(mask: np.ndarray) -> np.ndarray:
    return np.zeros((2, *mask.shape), np.float32)


def within_class_variance(values: np.ndarray, threshold: float) -> float:
    """What Otsu's threshold makes smallest, from its definition."""
    parts = values[values <= threshold], values[values > threshold]
    return sum(part.size * part.var() for part in parts if part.size)


@pytest.mark.parametrize(("start", "worst"), [("offset", 1e-4), ("com", 1.2)])
@given(seed=seeds)
def test_every_column_of_ideal_maps_is_found(start: Start, worst: float, seed: int) -> None:
    positions = scattered(seed)
    maps = ideal(positions)
    found = find(maps["mask"], maps["offset"], 0.5, start)
    assert len(found) == len(positions)
    distance, nearest = cKDTree(found.positions).query(positions)
    assert len(set(nearest)) == len(positions)
    assert distance.max() < worst
    assert ((found.confidence > 0.5) & (found.confidence <= 1)).all()


@given(seed=seeds)
def test_the_centre_of_mass_alone_is_good_to_a_fraction_of_a_pixel_inside(seed: int) -> None:
    positions = scattered(seed)
    maps = ideal(positions)
    found = find(maps["mask"], maps["offset"], 0.5, "com")
    inner = positions[((positions > 4) & (positions < [55, 79])).all(1)]
    distance, _ = cKDTree(found.positions).query(inner)
    assert distance.max(initial=0) < 0.3
    assert np.sqrt(np.mean(np.square([0, *distance]))) < 0.15


@given(seed=seeds, step=st.sampled_from([(0, 1), (1, 0), (-1, 0), (0, -1), (1, 1), (-1, 1)]))
def test_the_offset_is_read_where_the_centre_of_mass_is(seed: int, step: tuple[int, int]) -> None:
    """A mask that stands one pixel off still leads to the column."""
    positions = scattered(seed)
    positions = positions[((positions > 6) & (positions < [53, 77])).all(1)]
    maps = ideal(positions)
    mask = np.roll(maps["mask"], step, (0, 1))
    found = find(mask, maps["offset"], 0.5, "offset")
    assert len(found) == len(positions)
    if len(found):
        assert cKDTree(found.positions).query(positions)[0].max() < 1e-4


@pytest.mark.parametrize("start", ["offset", "com"])
@pytest.mark.parametrize("level", [0.0, 0.3, 0.5, 0.7, 1.0])
def test_a_mask_without_contrast_holds_nothing(level: float, start: Start) -> None:
    mask = np.full(SHAPE, level, np.float32)
    found = find(mask, empty_offset(mask), 0.1, start)
    assert found.positions.shape == (0, 2)
    assert found.confidence.shape == (0,)


def test_weak_components_are_dropped_at_the_threshold() -> None:
    maps = ideal(np.array([[10.0, 10.0], [30.0, 40.0], [45.0, 70.0]]))
    mask = maps["mask"].copy()
    mask[20:40] *= 0.6
    mask[40:] *= 0.8
    for threshold, left in ((0.55, [10, 30, 45]), (0.7, [10, 45]), (0.9, [10]), (1.01, [])):
        found = find(mask, maps["offset"], threshold, "offset")
        assert np.round(found.positions[:, 0]).tolist() == left
        assert (found.confidence >= threshold).all()
    found = find(mask, maps["offset"], 0.5, "offset")
    np.testing.assert_allclose(found.confidence, [1, 0.6, 0.8], atol=1e-6)


def test_y_and_x_are_told_apart() -> None:
    mask = np.zeros(SHAPE, np.float32)
    mask[7, 50] = 0.9
    offset = empty_offset(mask)
    offset[0], offset[1] = 0.25, -0.5
    assert find(mask, offset, 0.5, "com").positions.tolist() == [[7, 50]]
    assert find(mask, offset, 0.5, "offset").positions.tolist() == [[7.25, 49.5]]


def test_the_centre_of_mass_is_weighted_by_the_mask() -> None:
    mask = np.zeros(SHAPE, np.float32)
    mask[20, 30:33] = 0.6, 0.9, 0.9
    found = find(mask, empty_offset(mask), 0.5, "com")
    expected = (30 * 0.6 + 31 * 0.9 + 32 * 0.9) / 2.4
    np.testing.assert_allclose(found.positions, [[20, expected]], atol=1e-6)
    np.testing.assert_allclose(found.confidence, [0.9], atol=1e-6)


@given(
    values=arrays.arrays(np.float64, st.integers(2, 60), elements=st.integers(0, 255).map(float))
)
@example(values=np.repeat([20.0, 120.0, 130.0, 230.0], [1, 10, 10, 1]))
def test_otsu_leaves_the_least_variance_within_two_classes(values: np.ndarray) -> None:
    values = (values + 0.5) / 256  # the middles of its bins, so that binning changes nothing
    threshold = otsu(values)
    best = min(within_class_variance(values, edge / 256) for edge in range(257))
    assert within_class_variance(values, threshold) == pytest.approx(best, rel=1e-6, abs=1e-12)


@given(values=arrays.arrays(np.float32, 200, elements=st.floats(0, 1, width=32)))
def test_otsu_is_nearly_best_whatever_the_values(values: np.ndarray) -> None:
    values = values.astype(np.float64)
    best = min(within_class_variance(values, value) for value in np.unique(values))
    spread = values.size * (1 / 256) * (np.sqrt(best / values.size) + 1 / 256) * 3
    assert within_class_variance(values, otsu(values)) <= best + spread


@given(low=st.floats(0, 0.45), gap=st.floats(0.02, 0.5), share=st.integers(1, 99))
def test_otsu_cuts_midway_between_two_levels(low: float, gap: float, share: int) -> None:
    values = np.repeat([low, low + gap], [share, 100 - share])
    assert otsu(values) == pytest.approx(low + gap / 2, abs=1 / 256)


def test_a_touch_of_noise_is_no_column() -> None:
    """A background that is nowhere high gives components, but none that reaches the threshold."""
    mask = np.random.default_rng(0).uniform(0, 0.05, SHAPE).astype(np.float32)
    assert len(find(mask, empty_offset(mask), 0.5, "offset")) == 0
