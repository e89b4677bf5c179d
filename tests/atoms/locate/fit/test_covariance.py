"""The covariance of a column is that of all columns fitted together, as far as they reach it."""

import numpy as np
import pytest

from colonnade.atoms.locate.fit.covariance import covariance
from colonnade.atoms.locate.fit.peaks import PARAMETERS, Peaks, View
from colonnade.atoms.locate.fit.settings import FIT_DEFAULTS
from colonnade.atoms.locate.fit.shape import Shape
from colonnade.atoms.locate.fit.windows import Windows

SHAPE, WIDTH, STEP = (64, 70), 2.0, 30.0


def view_of(positions: np.ndarray, height: float = 50.0, level: float = 10.0) -> View:
    """Gaussians on a uniform background, with the weights of counted electrons."""
    count = len(positions)
    peaks = Peaks(
        positions,
        np.full(count, height),
        np.full(count, WIDTH),
        np.zeros((2, 2), np.float32),
        Shape.gaussian(),
        positions,
    )
    windows = Windows(positions, SHAPE, int(np.ceil(FIT_DEFAULTS.joint.reach * WIDTH)))
    functions = windows.functions(peaks.positions, peaks.width)
    patches, jacobian = windows.draw(functions, peaks.height, peaks.width, peaks.shape)
    expected = windows.scatter(patches) + np.float32(level)
    jacobian = jacobian.reshape(count, PARAMETERS, -1)
    return View(windows, functions, jacobian, expected, np.zeros_like(expected), 1 / expected)


def before(positions: np.ndarray, width: float = 0.0) -> np.ndarray:
    """What is known of columns without the image: nothing, or something of their widths."""
    return np.tile([0, 0, 0, width], (len(positions), 1))


def whole_image(view: View) -> np.ndarray:
    """Covariance of all columns and a level, from the slopes of the whole image."""
    rows = []
    for number in range(len(view.jacobian)):
        for slope in view.jacobian[number]:
            patches = np.zeros(view.windows.inside.shape, np.float32)
            patches[number] = slope.reshape(patches.shape[1:])
            rows.append(view.windows.scatter(patches).ravel())
    jacobian = np.array(rows, np.float64)
    return np.linalg.inv(jacobian * view.weight.ravel() @ jacobian.T)


@pytest.mark.parametrize("apart", [5.0, 7.0, 12.0])
def test_a_few_columns_have_the_covariance_of_the_whole_image(apart: float) -> None:
    """Where the background is far better known than they are."""
    positions = np.array([[30.2, 25.3], [30.9, 25.3 + apart], [30.2 + apart, 25.0]])
    view = view_of(positions)
    expected = whole_image(view)
    found = covariance(view, positions, WIDTH, before(positions), step=1e5)
    for number in range(3):
        own = slice(PARAMETERS * number, PARAMETERS * (number + 1))
        np.testing.assert_allclose(np.diag(found[number]), np.diag(expected[own, own]), rtol=0.01)


def test_a_neighbour_makes_an_error_larger_and_along_the_line_between_them() -> None:
    alone = np.array([[30.0, 30.0]])
    pair = np.array([[30.0, 30.0], [30.0, 34.5]])
    one, two = (
        covariance(view_of(places), places, WIDTH, before(places), STEP)[0]
        for places in (alone, pair)
    )
    assert two[1, 1] > 1.5 * one[1, 1]
    assert two[1, 1] / one[1, 1] > 1.2 * two[0, 0] / one[0, 0]


def test_a_background_that_may_bend_nearby_makes_heights_less_certain() -> None:
    place = np.array([[30.0, 35.0]])
    view = view_of(place)
    stiff, soft = (
        covariance(view, place, WIDTH, before(place), step)[0, 2, 2] for step in (1e5, 12.0)
    )
    assert 1.03 * stiff < soft < 2 * stiff


def test_dense_columns_all_have_an_error() -> None:
    """Their windows overlap and cover more than a square of the background's grid."""
    y, x = np.meshgrid(np.arange(6.0, 60, 5), np.arange(6.0, 66, 5), indexing="ij")
    positions = np.stack([y.ravel(), x.ravel()], 1)
    found = covariance(view_of(positions), positions, WIDTH, before(positions), step=15.0)
    variances = found[:, range(4), range(4)]
    assert np.isfinite(variances).all()
    assert (variances > 0).all()


@pytest.mark.parametrize("copies", [2, 9])
def test_columns_on_one_spot_have_no_error_and_others_keep_theirs(copies: int) -> None:
    positions = np.concatenate([np.full((copies, 2), 20.0), [[50.0, 50.0]]])
    view = view_of(positions)
    found = covariance(view, positions, WIDTH, before(positions), STEP)[:, range(3), range(3)]
    assert np.isnan(found[:copies]).all()
    alone = positions[-1:]
    expected = covariance(view_of(alone), alone, WIDTH, before(alone), STEP)[0]
    np.testing.assert_allclose(found[-1], np.diag(expected)[:3], rtol=1e-4)


def test_a_column_of_no_height_has_no_place() -> None:
    place = np.array([[30.0, 30.0]])
    found = covariance(view_of(place, height=0.0), place, WIDTH, before(place), STEP)[0]
    assert np.isnan(found[[0, 1], [0, 1]]).all()
    assert found[2, 2] > 0


def test_what_is_known_of_the_width_before_makes_heights_more_certain() -> None:
    place = np.array([[30.0, 30.0]])
    view = view_of(place)
    free = covariance(view, place, WIDTH, before(place), STEP)[0]
    held = covariance(view, place, WIDTH, before(place, 1e9), STEP)[0]
    assert held[3, 3] == pytest.approx(1e-9, rel=1e-3)
    assert held[2, 2] < 0.95 * free[2, 2]
    np.testing.assert_allclose(np.diag(held)[:2], np.diag(free)[:2], rtol=1e-3)


def test_what_is_known_of_a_place_before_is_as_good_as_what_the_image_says_of_it() -> None:
    """Of two columns that overlap, one: its neighbour becomes more certain with it."""
    positions = np.array([[30.0, 28.0], [30.0, 33.0]])
    view = view_of(positions)
    free = covariance(view, positions, WIDTH, before(positions), STEP)
    known = before(positions)
    known[0, :2] = 1 / free[0, [0, 1], [0, 1]]
    held = covariance(view, positions, WIDTH, known, STEP)
    np.testing.assert_allclose(held[0, [0, 1], [0, 1]], free[0, [0, 1], [0, 1]] / 2, rtol=0.02)
    assert held[1, 1, 1] < 0.99 * free[1, 1, 1]
