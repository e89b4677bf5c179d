"""The pieces of the joint fit: shapes, windows, background, noise, and peaks in the residuals."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from colonnade.atoms.locate.fit.first_width import first_width
from colonnade.atoms.locate.fit.noise import Noise, robust
from colonnade.atoms.locate.fit.settings import FIT_DEFAULTS
from colonnade.atoms.locate.fit.shape import MODES, ORDER, Shape, hermite_functions, slopes
from colonnade.atoms.locate.fit.unexplained import significance, unexplained
from colonnade.atoms.locate.fit.windows import Background, Windows

Array = NDArray[np.float64]
Single = NDArray[np.float32]

seeds = st.integers(0, 2**32 - 1)
sides = st.integers(5, 60)


def gaussians(shape: tuple[int, int], positions: Array, height: float, width: float) -> Array:
    y, x = np.indices(shape)[:, None] - positions.T[:, :, None, None]
    return np.asarray(height * np.exp(-0.5 * (y**2 + x**2) / width**2).sum(0))


def lattice(shape: tuple[int, int], spacing: float) -> Array:
    along = [np.arange(spacing / 2, count, spacing) for count in shape]
    return np.stack(np.meshgrid(*along, indexing="ij"), -1).reshape(-1, 2)


def random_shape(seed: int, size: float = 0.02) -> Shape:
    """A Gaussian with a little of everything that an image may teach."""
    gaussian = Shape.gaussian().coefficients
    change = np.random.default_rng(seed).normal(0, size, len(MODES)) @ MODES
    return Shape(gaussian + change.reshape(gaussian.shape))


def value(shape: Shape, y: Array, x: Array) -> Array:
    """Values of a shape of unit width on a grid."""
    along = [hermite_functions(t.astype(np.float32), ORDER).astype(float) for t in (y, x)]
    return np.asarray(along[0] @ shape.coefficients @ along[1].T)


# Shapes


def test_the_functions_are_orthogonal_and_of_the_norm_of_the_gaussian() -> None:
    t = np.linspace(-12, 12, 2401)
    values = hermite_functions(t.astype(np.float32), ORDER + 1).astype(float)
    products = values.T @ values * (t[1] - t[0])
    np.testing.assert_allclose(products, np.sqrt(np.pi) * np.eye(ORDER + 2), atol=1e-5)
    np.testing.assert_allclose(values[:, 0], np.exp(-0.5 * t**2), atol=1e-6)


@given(st.floats(-5, 5))
def test_slopes_are_those_of_the_functions(t: float) -> None:
    step = 1e-2
    around = np.array([t - step, t, t + step], np.float32)
    values = hermite_functions(around, ORDER + 1)
    measured = (values[2] - values[0])[:-1] / (around[2] - around[0])
    np.testing.assert_allclose(values[1] @ slopes(ORDER), measured, atol=2e-3)


@given(seeds)
def test_volume_and_top_are_those_of_the_shape(seed: int) -> None:
    shape = random_shape(seed)
    t = np.linspace(-9, 9, 361)
    values = value(shape, t, t)
    assert shape.volume == pytest.approx(values.sum() * (t[1] - t[0]) ** 2, rel=1e-4)
    near = np.linspace(-0.5, 0.5, 201)
    values = value(shape, near, near)
    highest = np.array(np.unravel_index(np.argmax(values), values.shape))
    np.testing.assert_allclose(shape.top(), near[highest], atol=0.011)


def test_a_gaussian_has_its_volume_and_its_top_in_the_middle() -> None:
    assert Shape.gaussian().volume == pytest.approx(2 * np.pi, rel=1e-6)
    np.testing.assert_array_equal(Shape.gaussian().top(), [0, 0])


def test_a_shape_that_is_higher_at_one_side_has_its_top_there() -> None:
    coefficients = Shape.gaussian().coefficients.copy()
    coefficients[0, 3] = -0.1
    y, x = Shape(coefficients).top()
    assert y == pytest.approx(0, abs=1e-6)
    t = np.linspace(-1, 1, 20001)
    assert x == pytest.approx(
        t[np.argmax(value(Shape(coefficients), np.zeros(1), t)[0])], abs=1e-3
    )
    assert abs(x) > 0.05


def test_an_image_teaches_no_shift_no_height_and_no_width() -> None:
    np.testing.assert_allclose(MODES @ MODES.T, np.eye(len(MODES)), atol=1e-12)
    modes = MODES.reshape(-1, ORDER + 1, ORDER + 1)
    assert not modes[:, [0, 1, 0], [0, 0, 1]].any()
    np.testing.assert_allclose(modes[:, 2, 0] + modes[:, 0, 2], 0, atol=1e-12)


# Windows


@given(seeds, sides, sides, st.integers(1, 9))
def test_gathering_is_the_transpose_of_scattering(
    seed: int, height: int, width: int, reach: int
) -> None:
    rng = np.random.default_rng(seed)
    positions = rng.uniform(-0.5, np.array([height, width]) - 0.5, (7, 2))
    windows = Windows(positions, (height, width), reach)
    image = rng.normal(size=(height, width)).astype(np.float32)
    patches = rng.normal(size=windows.inside.shape).astype(np.float32)
    one = float((windows.gather(image) * patches).sum(dtype=float))
    two = float((image * windows.scatter(patches)).sum(dtype=float))
    assert one == pytest.approx(two, rel=1e-4, abs=1e-3)


def test_a_window_holds_the_pixels_around_its_column_and_none_beyond_the_border() -> None:
    image = np.arange(63, dtype=np.float32).reshape(7, 9) + 1
    windows = Windows(np.array([[3.4, 4.6], [0.2, 8.4]]), (7, 9), 1)
    np.testing.assert_array_equal(windows.gather(image)[0], image[2:5, 4:7])
    np.testing.assert_array_equal(windows.gather(image)[1], [[0, 0, 0], [8, 9, 0], [17, 18, 0]])


@given(seeds)
def test_slopes_of_columns_are_their_changes(seed: int) -> None:
    """With the place along y and x, the height, and the logarithm of the width at one volume."""
    rng = np.random.default_rng(seed)
    positions = rng.uniform(2, 28, (3, 2))
    height, width = rng.uniform(0.5, 1.5, 3), rng.uniform(1.5, 3, 3)
    windows = Windows(positions, (30, 30), 9)
    shape = random_shape(seed)
    step = 0.02

    def drawn(positions: np.ndarray, height: np.ndarray, width: np.ndarray) -> list[np.ndarray]:
        functions = windows.functions(positions, width)
        return list(windows.draw(functions, height, width, shape))

    jacobian = drawn(positions, height, width)[1]
    for number, (dy, dx, dh, dw) in enumerate(step * np.eye(4)):
        more, less = (
            drawn(
                positions + sign * np.array([dy, dx]),
                (height + sign * dh) * np.exp(-sign * dw),
                width * np.exp(sign * dw),
            )[0]
            for sign in (1, -1)
        )
        np.testing.assert_allclose(jacobian[:, number], (more - less) / (2 * step), atol=3e-3)


# Background


@given(seeds, sides, sides, st.floats(3, 80))
def test_a_background_and_its_sums_are_each_others_transpose(
    seed: int, height: int, width: int, step: float
) -> None:
    rng = np.random.default_rng(seed)
    background = Background((height, width), step)
    nodes = rng.normal(size=background.shape).astype(np.float32)
    image = rng.normal(size=(height, width)).astype(np.float32)
    one = float((background.image(nodes) * image).sum(dtype=float))
    two = float((nodes * background.gather(image)).sum(dtype=float))
    assert one == pytest.approx(two, rel=1e-4, abs=1e-3)


@given(seeds, sides, sides, st.floats(3, 80))
def test_a_background_can_be_any_slope(seed: int, height: int, width: int, step: float) -> None:
    level, down, across = np.random.default_rng(seed).uniform(-1, 1, 3)
    background = Background((height, width), step)
    at_y, at_x = (
        np.linspace(0, count - 1, nodes)
        for count, nodes in zip((height, width), background.shape, strict=True)
    )
    nodes = level + down * at_y[:, None] + across * at_x
    y, x = np.indices((height, width))
    expected = level + down * y + across * x
    np.testing.assert_allclose(background.image(nodes.astype(np.float32)), expected, atol=1e-3)


def test_norms_are_weighted_squares_of_the_tents() -> None:
    rng = np.random.default_rng(0)
    background = Background((23, 31), 8)
    weight = rng.uniform(0.5, 2, (23, 31)).astype(np.float32)
    for place in np.ndindex(*background.shape):
        nodes = np.zeros(background.shape, np.float32)
        nodes[place] = 1
        expected = (weight * background.image(nodes) ** 2).sum()
        assert background.norms(weight)[place] == pytest.approx(expected, rel=1e-5)


# Noise


def recorded(gain: float, offset: float, read: float, seed: int = 0) -> tuple[Single, Single]:
    """An image of columns and what was expected, in grey levels."""
    rng = np.random.default_rng(seed)
    electrons = 5 + gaussians((120, 140), lattice((120, 140), 12), 80, 2.2)
    image = gain * (rng.poisson(electrons) + read * rng.normal(size=electrons.shape)) + offset
    return image.astype(np.float32), (gain * electrons + offset).astype(np.float32)


@pytest.mark.parametrize("gain", [0.02, 1.0, 300.0])
@pytest.mark.parametrize(("offset", "read"), [(0.0, 0.0), (50.0, 0.0), (-20.0, 4.0)])
def test_the_law_of_the_noise_is_that_of_electrons(
    gain: float, offset: float, read: float
) -> None:
    image, expected = recorded(gain, gain * offset, read)
    noise = Noise.measure(image, expected, 0)
    assert noise.gain == pytest.approx(gain, rel=0.06)
    variance = gain**2 * (read**2 + (expected / gain - offset))
    np.testing.assert_allclose(noise.weights(expected) * variance, 1, rtol=0.12)


def test_some_pixels_of_a_large_image_show_the_law_of_all() -> None:
    image, expected = recorded(2.0, 100.0, 3.0)
    few = replace(FIT_DEFAULTS.noise, most_pixels=image.size // 5)
    noise = Noise.measure(image, expected, 0, few)
    variance = 4 * (9 + (expected - 100) / 2)
    np.testing.assert_allclose(noise.weights(expected) * variance, 1, rtol=0.25)


def test_parameters_that_followed_the_noise_are_accounted_for() -> None:
    rng = np.random.default_rng(1)
    image = rng.normal(0, 3, (90, 90)).astype(np.float32)
    expected = np.zeros_like(image)
    # A parameter for each pair of pixels takes half of the squares.
    expected[:, ::2] = expected[:, 1::2] = (image[:, ::2] + image[:, 1::2]) / 2
    noise = Noise.measure(image, expected, image.size // 2)
    assert 1 / noise.weights(expected).mean() == pytest.approx(9, rel=0.1)


def test_a_corner_where_columns_were_missed_does_not_spoil_the_noise() -> None:
    image, expected = recorded(1.0, 0.0, 0.0)
    missed = gaussians(image.shape, np.array([[8.0, 9.0], [8.0, 30.0], [25.0, 12.0]]), 200, 2.2)
    noise = Noise.measure(image + missed.astype(np.float32), expected, 0)
    np.testing.assert_allclose(noise.weights(expected) * expected, 1, rtol=0.15)


def test_an_image_without_noise_has_finite_weights() -> None:
    _, expected = recorded(1.0, 0.0, 0.0)
    assert np.isfinite(Noise.measure(expected, expected, 0).weights(expected)).all()


def test_outlying_pixels_lose_weight_in_proportion_and_others_none() -> None:
    weight = np.full((1, 4), 0.25, np.float32)  # a standard deviation of 2
    residual = np.array([[0, 8, -16, 80]], np.float32)
    expected = 0.25 / np.array([[1, 1, 2, 10]])
    np.testing.assert_allclose(robust(weight, residual, outlying=4.0), expected)


# Peaks in the residuals


@given(seeds, st.floats(1.0, 3.0))
def test_noise_has_the_significance_of_noise_and_hardly_holds_peaks(
    seed: int, width: float
) -> None:
    residual = np.random.default_rng(seed).normal(0, 3, (80, 90)).astype(np.float32)
    weight = np.full_like(residual, 1 / 9)
    inner = significance(weight, residual, width)[10:-10, 10:-10]
    assert 0.6 < inner.std() < 1.4
    # One image in a thousand or so has a peak by chance.
    assert len(unexplained(weight, residual, width, np.empty((0, 2)))) <= 1


@given(seeds)
def test_the_significance_of_a_peak_is_its_signal_to_noise(seed: int) -> None:
    """That of a matched filter: the root of the sum of its squares over their variances."""
    rng = np.random.default_rng(seed)
    place, width = rng.integers(15, 35, 2).astype(float)[None], rng.uniform(1.2, 3)
    residual = gaussians((50, 50), place, 1.0, width).astype(np.float32)
    weight = np.full_like(residual, rng.uniform(10, 30))
    expected = np.sqrt((weight * residual**2).sum())
    top = significance(weight, residual, width)[tuple(place[0].astype(int))]
    assert top == pytest.approx(expected, rel=0.03)


@given(seeds)
def test_peaks_that_are_left_over_are_found_unless_they_are_known(seed: int) -> None:
    rng = np.random.default_rng(seed)
    width = 2.0
    places = np.array([[20.0, 20.0], [20.0, 60.0], [50.0, 40.0]]) + rng.uniform(-4, 4, (3, 2))
    residual = gaussians((70, 80), places, 5.0, width) + rng.normal(0, 1, (70, 80))
    residual = residual.astype(np.float32)
    known = places[:1] + 0.5 * FIT_DEFAULTS.residual_peaks.clearance * width
    found = unexplained(np.ones_like(residual), residual, width, known)
    assert len(found) == 2
    nearest = np.linalg.norm(found[:, None] - places[1:], axis=2)
    assert (nearest.min(axis=0) < 2).all()


def test_a_pit_is_no_peak() -> None:
    residual = -gaussians((50, 50), np.array([[25.0, 25.0]]), 9, 2.0).astype(np.float32)
    assert not len(unexplained(np.ones_like(residual), residual, 2.0, np.empty((0, 2))))


# The first guess of the width


@pytest.mark.parametrize(("spacing", "width"), [(8, 1.5), (12, 1.5), (14, 2.5), (40, 2.0)])
def test_the_first_width_is_near_the_true_one(spacing: float, width: float) -> None:
    positions = lattice((120, 130), spacing)
    image = 30 + gaussians((120, 130), positions, 50, width)
    image = np.random.default_rng(0).poisson(image).astype(np.float32)
    assert first_width(image, positions, spacing) == pytest.approx(width, rel=0.2)
