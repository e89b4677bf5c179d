"""Views are looked at elsewhere in one resampling."""

import numpy as np
import pytest

from colonnade.tomo.reconstruct.moved import Move, Moved, rotation

SIDE = 41


def spots(places: list[tuple[float, float]]) -> np.ndarray:
    """Views of one Gaussian each, at a place from the middle [px]."""
    grid = np.arange(SIDE) - SIDE // 2
    return np.stack(
        [np.exp(-((grid[:, None] - y) ** 2 + (grid - x) ** 2) / (2 * 2.0**2)) for y, x in places]
    ).astype(np.float32)


def middle_of(view: np.ndarray) -> tuple[float, float]:
    grid = np.arange(SIDE) - SIDE // 2
    return float(view.sum(1) @ grid / view.sum()), float(view.sum(0) @ grid / view.sum())


def test_what_is_shifted_is_moved_back() -> None:
    moved = Moved(spots([(1.3, -2.6)]), Move(0, np.array([[1.3, -2.6]])))
    assert middle_of(moved[:, :, :][0]) == pytest.approx((0, 0), abs=1e-3)


@pytest.mark.parametrize("angle", [0.0, 5.8, -30.0, 90.0])
def test_what_lies_along_the_axis_comes_to_lie_along_y(angle: float) -> None:
    along = rotation(angle) @ [8.0, 0.0]
    assert along == pytest.approx([8 * np.cos(np.deg2rad(angle)), 8 * np.sin(np.deg2rad(angle))])
    moved = Moved(spots([tuple(along)]), Move(angle, np.zeros((1, 2))))
    assert middle_of(moved[:, :, :][0]) == pytest.approx((8, 0), abs=1e-2)


def test_moving_twice_is_one_resampling() -> None:
    views = spots([(2.0, 3.0), (-1.0, 4.0)])
    first = Move(7.0, np.array([[0.3, -1.2], [2.0, 0.4]]))
    second = Move(-3.0, np.array([[1.1, 0.7], [-0.2, 0.9]]))
    twice = Moved(Moved(views, first), second)
    assert twice.views is views
    blurred = Moved(Moved(views, first)[:, :, :], second)
    np.testing.assert_allclose(twice[:, 10:30, 10:30], blurred[:, 10:30, 10:30], atol=2e-3)


def test_rows_are_those_of_the_whole_view() -> None:
    views = np.random.default_rng(0).normal(size=(2, 60, 50)).astype(np.float32)
    moved = Moved(views, Move(12.0, np.array([[3.2, -1.7], [-9.0, 40.0]])))
    whole = moved[:, :, :]
    np.testing.assert_allclose(moved[1:2, 25:28, 7:40], whole[1:2, 25:28, 7:40], atol=1e-5)
