"""Grains fill the plane, and each place belongs to the nearest centre."""

import numpy as np
import pytest
from scipy.spatial import cKDTree

from colonnade.sem.scene import Grid
from colonnade.sem.simulate.cells import edge_values, scatter, tessellate
from colonnade.sem.simulate.materials.parts import OVERLAP, Grains


def places(seed: int, spacing: float = 12.0) -> np.ndarray:
    rng = np.random.default_rng(seed)
    return scatter(rng, np.full(2, -60.0), np.full(2, 160.0), spacing)


@pytest.mark.parametrize("stretch", [(1.0, 1.0), (1.0, 3.0)])
def test_each_place_has_the_grey_level_of_the_nearest_centre(stretch: tuple[float, float]) -> None:
    centres = places(1)
    cells = tessellate(centres, stretch)
    greys = np.arange(1.0, len(centres) + 1)
    grid = Grid.of((100, 100), 1.0, (0.0, 0.0))
    image = np.zeros(grid.shape, np.float32)
    Grains(cells, np.zeros(cells.offsets.shape), greys).lay(image, grid)
    where = np.stack(np.meshgrid(grid.y, grid.x, indexing="ij"), -1)
    away, nearest = cKDTree(centres / stretch).query(where / stretch, k=2)
    # Where the two nearest are not about as near, no edge crosses the pixel.
    clear = away[..., 1] - away[..., 0] > 2
    np.testing.assert_array_equal(image[clear], greys[nearest[..., 0]][clear])
    assert clear.mean() > 0.3


def test_grains_that_overlap_leave_no_ground() -> None:
    cells = tessellate(places(2))
    image = np.full((100, 100), -100.0, np.float32)
    gaps = np.full(cells.offsets.shape, -OVERLAP)
    Grains(cells, gaps, np.ones(len(cells.centres))).lay(image, Grid.of((100, 100), 1.0, (0, 0)))
    np.testing.assert_allclose(image, 1, atol=1e-4)


def test_gaps_take_their_width_from_both_sides() -> None:
    """Along a line through the gap between two centres, the ground is seen over its width."""
    centres = places(3, 30.0)
    cells = tessellate(centres)
    width = 5.0
    grains = Grains(cells, np.full(cells.offsets.shape, width / 2), np.ones(len(centres)))
    cell = int(np.argmin(np.linalg.norm(centres - 50, axis=1)))
    edge = int(np.argmin(cells.offsets[cell]))
    normal, middle = cells.normals[cell, edge], cells.offsets[cell, edge]
    image = np.zeros((1000, 1000), np.float32)
    grid = Grid.of(image.shape, 0.1, (0.0, 0.0))
    grains.lay(image, grid)
    along = np.linspace(middle - 6, middle + 6, 601)
    y, x = ((centres[cell] + along[:, None] * normal) / 0.1).T.astype(int)
    assert 12 * float((image[y, x] < 0.5).mean()) == pytest.approx(width, abs=0.2)


def test_edges_and_what_is_drawn_for_them_are_the_same_from_both_sides() -> None:
    cells = tessellate(places(4))
    values = edge_values(cells, np.random.default_rng(0))
    for cell, neighbours in enumerate(cells.neighbours):
        for edge in np.flatnonzero(neighbours >= 0):
            other = int(neighbours[edge])
            back = int(np.flatnonzero(cells.neighbours[other] == cell)[0])
            assert values[cell, edge] == values[other, back]
            np.testing.assert_allclose(cells.normals[cell, edge], -cells.normals[other, back])
    drawn = values[cells.neighbours >= 0]
    np.testing.assert_allclose(np.quantile(drawn, [0.25, 0.5, 0.75]), [0.25, 0.5, 0.75], atol=0.06)


def test_grains_without_end_are_left_out() -> None:
    cells = tessellate(places(5))
    image = np.zeros((1200, 1200), np.float32)
    greys = np.ones(len(cells.centres))
    grid = Grid.of(image.shape, 1.0, (-550.0, -550.0))
    Grains(cells, np.zeros(cells.offsets.shape), greys).lay(image, grid)
    assert 180**2 < float(image.sum()) < 260**2
