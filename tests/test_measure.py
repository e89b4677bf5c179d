"""Width and intensity of columns whose shape is known."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from colonnade.atoms.columns import Columns
from colonnade.atoms.measure import measure, own_radius

SHAPE = (90, 130)

seeds = st.integers(0, 2**32 - 1)


def peaks(
    positions: np.ndarray, height: np.ndarray | float, sigma: float, shape: tuple = SHAPE
) -> np.ndarray:
    y, x = np.indices(shape)
    heights = np.broadcast_to(height, len(positions))
    image = np.zeros(shape)
    for (py, px), h in zip(positions, heights, strict=True):
        image += h * np.exp(-((y - py) ** 2 + (x - px) ** 2) / (2 * sigma**2))
    return image.astype(np.float32)


def columns(positions: np.ndarray) -> Columns:
    y, x = np.reshape(positions, (-1, 2)).T
    return Columns(y=y, x=x, score=np.linspace(0.6, 0.9, len(y)), pixel_size=(0.01, 0.02))


def grid(spacing: float, seed: int = 0, margin: float = 8) -> np.ndarray:
    """A square lattice, each column half a pixel at most from its place."""
    y, x = np.meshgrid(
        np.arange(margin, SHAPE[0] - margin, spacing),
        np.arange(margin, SHAPE[1] - margin, spacing),
    )
    places = np.stack([y.ravel(), x.ravel()], 1)
    return places + np.random.default_rng(seed).uniform(-0.5, 0.5, places.shape)


@pytest.mark.parametrize(
    ("spacing", "sigma"), [(12, 1.5), (14, 2.0), (14, 1.2), (20, 2.5), (30, 3.0), (10, 1.0)]
)
def test_width_and_intensity_are_those_of_the_peaks(spacing: float, sigma: float) -> None:
    positions = grid(spacing)
    heights = np.random.default_rng(1).uniform(50, 100, len(positions))
    measured = measure(peaks(positions, heights, sigma) + 20, columns(positions))
    np.testing.assert_allclose(measured.width, sigma, rtol=0.015)
    np.testing.assert_allclose(measured.intensity, 2 * np.pi * sigma**2 * heights, rtol=0.015)


def test_what_was_known_stays_known() -> None:
    given_columns = columns(grid(14)).with_labels(frame=3)
    measured = measure(peaks(grid(14), 10, 1.5), given_columns)
    np.testing.assert_array_equal(measured.positions, given_columns.positions)
    np.testing.assert_array_equal(measured.score, given_columns.score)
    assert measured.pixel_size == (0.01, 0.02)
    assert (measured.labels["frame"] == 3).all()


@given(gain=st.floats(0.01, 100), level=st.floats(-1000, 1000), seed=seeds)
def test_a_constant_changes_nothing_and_gain_scales_the_intensity(
    gain: float, level: float, seed: int
) -> None:
    rng = np.random.default_rng(seed)
    positions = grid(14, seed)
    image = peaks(positions, rng.uniform(5, 10, len(positions)), 1.7)
    image += rng.normal(0, 0.3, image.shape).astype(np.float32)
    plain = measure(image, columns(positions))
    changed = measure(np.asarray(gain * (image + level), np.float32), columns(positions))
    np.testing.assert_allclose(changed.intensity, gain * plain.intensity, rtol=1e-3)
    np.testing.assert_allclose(changed.width, plain.width, rtol=1e-3)


@given(seed=seeds)
def test_exchanging_the_axes_exchanges_nothing_else(seed: int) -> None:
    positions = grid(13, seed)
    image = peaks(positions, 10, 1.6)
    image += np.random.default_rng(seed).normal(0, 0.2, image.shape).astype(np.float32)
    straight, turned = (
        measure(image, columns(positions)),
        measure(np.ascontiguousarray(image.T), columns(positions[:, ::-1])),
    )
    np.testing.assert_allclose(turned.intensity, straight.intensity, rtol=1e-6)


def test_noise_leaves_the_mean_right() -> None:
    positions = grid(14)
    rng = np.random.default_rng(2)
    expected = 200 * np.ones(SHAPE) + peaks(positions, 400, 2.0)
    measured = measure(rng.poisson(expected).astype(np.float32), columns(positions))
    assert measured.width.mean() == pytest.approx(2.0, rel=0.03)
    assert measured.intensity.mean() == pytest.approx(2 * np.pi * 4 * 400, rel=0.03)


@pytest.mark.parametrize("distance", [5.0, 6.0, 8.0])
def test_a_close_neighbour_does_not_lend_its_intensity(distance: float) -> None:
    """Two columns of 1.2 px: each keeps its own intensity to within a quarter."""
    positions = np.array([[40.2, 50.3], [40.2, 50.3 + distance]])
    heights = np.array([10.0, 30.0])
    measured = measure(peaks(positions, heights, 1.2) + 5, columns(positions))
    np.testing.assert_allclose(measured.intensity, 2 * np.pi * 1.2**2 * heights, rtol=0.25)
    np.testing.assert_allclose(measured.width, 1.2, rtol=0.2)


@pytest.mark.parametrize(
    "position", [(0.0, 64.0), (-0.4, -0.4), (89.4, 129.4), (2.3, 127.0), (45.0, -0.5)]
)
def test_columns_at_the_border_are_measured_from_what_is_there(
    position: tuple[float, float],
) -> None:
    positions = np.array([position, (45.0, 60.0)])
    measured = measure(peaks(positions, 50, 2.0) + 7, columns(positions))
    np.testing.assert_allclose(measured.width, 2.0, rtol=0.05)
    np.testing.assert_allclose(measured.intensity, 2 * np.pi * 4 * 50, rtol=0.05)


def test_a_single_column_is_measured() -> None:
    position = np.array([[44.6, 61.2]])
    measured = measure(peaks(position, 50, 2.5) + 7, columns(position))
    np.testing.assert_allclose(measured.width, 2.5, rtol=0.03)
    np.testing.assert_allclose(measured.intensity, 2 * np.pi * 6.25 * 50, rtol=0.03)


def test_no_columns_are_no_trouble() -> None:
    measured = measure(np.ones(SHAPE, np.float32), columns(np.empty((0, 2))))
    assert len(measured) == 0


def test_two_finds_on_one_spot_are_finite() -> None:
    positions = np.array([[40.0, 50.0], [40.0, 50.0], [20.0, 20.0]])
    measured = measure(peaks(positions[1:], 10, 1.5), columns(positions))
    assert np.isfinite(measured.intensity).all()
    assert np.isfinite(measured.width).all()


def test_columns_in_a_flat_image_have_no_intensity() -> None:
    measured = measure(np.full(SHAPE, 7, np.float32), columns(grid(14)))
    np.testing.assert_allclose(measured.intensity, 0, atol=1e-6)
    assert np.isfinite(measured.width).all()


def test_many_columns_of_unlike_distances_are_measured_one_by_one() -> None:
    """What a column measures does not depend on how many others are measured with it."""
    rng = np.random.default_rng(3)
    dense, sparse = grid(9), np.array([[45.0, 500.0], [45.0, 560.0]])
    positions = rng.permutation(np.concatenate([dense, sparse]))
    shape = (90, 620)
    image = peaks(positions, 20, 1.3, shape)
    together = measure(image, columns(positions))
    for column in range(0, len(positions), 11):
        near = np.linalg.norm(positions - positions[column], axis=1) < 80
        some = measure(image, columns(positions[near]))
        index = np.flatnonzero(np.flatnonzero(near) == column)[0]
        assert some.intensity[index] == pytest.approx(together.intensity[column], rel=1e-9)


def test_a_column_owns_half_the_way_to_the_next() -> None:
    positions = np.array([[10.0, 10.0], [10.0, 18.0], [10.0, 19.0], [60.0, 90.0]])
    np.testing.assert_allclose(own_radius(positions, (100, 120)), [4, 2, 2, 12])
    np.testing.assert_allclose(own_radius(positions[:1], (100, 120)), [12])
