"""Edges cover the area that they should, wherever they fall between the samples."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from colonnade.core.arrays import Indices, Single
from colonnade.sem.scene import Grid
from colonnade.sem.simulate.shapes import Painted, Shade, covered, level_distance, paint


@given(st.floats(-3, 3), st.floats(0, np.pi), st.sampled_from([0.5, 1.0, 2.0]))
def test_half_a_plane_covers_half_of_what_its_edge_crosses(
    offset: float, angle: float, step: float
) -> None:
    grid = Grid.of((64, 64), step, (-32 * step, -32 * step))
    distance = np.sin(angle) * grid.y[:, None] + np.cos(angle) * grid.x - offset
    share = covered(distance.astype(np.float32), step)
    inner = share[np.hypot(grid.y[:, None], grid.x) < 24 * step]
    # A disc of radius R that is cut at the offset loses about 2R times the offset.
    expected = 0.5 + offset / step * 2 * 24 / (np.pi * 24**2)
    assert float(inner.mean()) == pytest.approx(expected, abs=0.01)
    assert share.min() >= 0
    assert share.max() <= 1


def test_the_distance_to_a_level_is_that_to_a_circle() -> None:
    grid = Grid.of((80, 80), 1.0, (-40.0, -40.0))
    away = np.hypot(grid.y[:, None], grid.x)
    distance = level_distance((away**2 - 20**2).astype(np.float32), 1.0)
    near = np.abs(away - 20) < 3
    np.testing.assert_allclose(distance[near], (away - 20)[near], atol=0.25)


def discs(radii: np.ndarray, greys: np.ndarray) -> Shade:
    def shade(chosen: Indices, y: Single, x: Single, step: float) -> Painted:
        away = np.sqrt(y * y + x * x) - radii[chosen, None, None].astype(np.float32)
        grey = np.broadcast_to(greys[chosen, None, None].astype(np.float32), away.shape)
        return Painted(covered(away, step), grey)

    return shade


@pytest.mark.parametrize("step", [0.5, 1.0])
def test_discs_are_painted_where_they_are_with_their_area(step: float) -> None:
    centres = np.array([[20.3, 31.8], [50.0, 12.25], [61.9, 50.1]])
    radii, greys = np.array([2.0, 7.5, 11.0]), np.array([1.0, 2.0, 3.0])
    grid = Grid.of((round(80 / step), round(70 / step)), step, (0.0, 0.0))
    image = np.zeros(grid.shape, np.float32)
    paint(image, grid, centres, radii + 2, discs(radii, greys))
    volumes = np.pi * radii**2 * greys
    assert float(image.sum()) * step**2 == pytest.approx(volumes.sum(), rel=0.002)
    middle = (image.sum(1) @ grid.y / image.sum(), image.sum(0) @ grid.x / image.sum())
    np.testing.assert_allclose(middle, volumes @ centres / volumes.sum(), atol=0.02)


def test_later_shapes_lie_on_earlier_ones() -> None:
    grid = Grid.of((20, 20), 1.0, (0.0, 0.0))
    image = np.zeros(grid.shape, np.float32)
    centres = np.array([[10.0, 10.0], [10.0, 10.0], [10.0, 10.0]])
    radii, greys = np.array([3.0, 8.0, 5.0]), np.array([1.0, 2.0, 3.0])
    paint(image, grid, centres, radii + 2, discs(radii, greys))
    assert [image[10, column] for column in (10, 13, 16)] == [3.0, 3.0, 2.0]


def test_what_hangs_over_the_border_or_lies_outside_is_cut_off() -> None:
    grid = Grid.of((20, 20), 1.0, (0.0, 0.0))
    image = np.zeros(grid.shape, np.float32)
    centres = np.array([[0.0, 0.0], [20.0, 10.0], [-50.0, 10.0], [10.0, 90.0]])
    paint(image, grid, centres, np.full(4, 6.0), discs(np.full(4, 4.0), np.ones(4)))
    assert float(image.sum()) == pytest.approx(np.pi * 16 * (1 / 4 + 1 / 2), rel=0.01)
    paint(image, grid, np.empty((0, 2)), np.empty(0), discs(np.empty(0), np.empty(0)))
