"""Parts of scenes have the size, the place and the grey level that they were given."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from colonnade.sem.scene import Grid
from colonnade.sem.simulate.materials.fibres import FibresScene
from colonnade.sem.simulate.materials.particles import Particles
from colonnade.sem.simulate.materials.parts import Lines, Spots, brightened
from colonnade.sem.simulate.texture import draw_layers


@given(st.floats(2.5, 9), st.floats(0.4, 1), st.floats(0, np.pi))
def test_a_spot_is_an_ellipse(long: float, share: float, angle: float) -> None:
    spot = Spots(
        centres=np.array([[20.0, 20.0]]),
        radii=np.array([[long, share * long]]),
        angles=np.array([angle]),
        greys=np.ones(1),
    )
    image = np.zeros((40, 40), np.float32)
    grid = Grid.of((40, 40), 1.0, (0.0, 0.0))
    spot.lay(image, grid)
    area = float(image.sum())
    assert area == pytest.approx(np.pi * share * long**2, rel=0.04, abs=0.6)
    y, x = grid.y[:, None] - 20, grid.x - 20
    along = np.cos(angle) * y + np.sin(angle) * x
    # Squares of the side 1 add the twelfth of a pixel to the variance.
    variance = float((image * along**2).sum()) / area
    assert variance == pytest.approx(long**2 / 4 + 1 / 12, rel=0.15)


def test_a_halo_lightens_what_is_around_a_spot() -> None:
    spot = Spots(
        np.array([[20.0, 20.0]]), np.full((1, 2), 5.0), np.zeros(1), np.zeros(1), 0.5, 1.0
    )
    image = np.full((40, 40), 0.4, np.float32)
    spot.lay(image, Grid.of((40, 40), 1.0, (0.0, 0.0)))
    assert image[20, 20] == 0
    assert image[20, 27] == pytest.approx(0.4 * (1 + 0.5 * np.exp(-2.5)), rel=0.05)
    assert image[20, 38] == pytest.approx(0.4)


def test_an_edge_is_brighter_by_its_share_and_decays_inwards() -> None:
    distance = np.array([0.0, -2.0, -40.0], np.float32)
    grey = brightened(np.full(3, 0.4, np.float32), distance, 0.5, 2.0)
    np.testing.assert_allclose(grey, [0.7, 0.4 + 0.3 / np.e, 0.4], atol=1e-6)


def test_a_line_has_its_width_and_its_contrast() -> None:
    line = Lines(np.array([[0.6, 0.8]]), np.array([30.0]), np.array([2.5]), np.array([-0.5]))
    image = np.ones((50, 50), np.float32)
    line.lay(image, Grid.of((50, 50), 1.0, (0.0, 0.0)))
    lost = 1 - image
    # It runs from (50, 0) to the left side's opposite, (0, 37.5).
    assert float(lost.sum()) == pytest.approx(0.5 * 2.5 * np.hypot(50, 37.5), rel=0.02)
    assert float(lost.max()) == pytest.approx(0.5)


def fibre(upright: bool, slope: float, radius: float) -> FibresScene:
    return FibresScene(
        upright=np.array([upright]),
        starts=np.array([50.0]),
        slopes=np.array([slope]),
        waves=np.zeros((1, 0, 3)),
        radii=np.array([radius]),
        greys=np.array([0.5]),
        middle=(50.0, 50.0),
        ground=0.0,
        rim=0.0,
        escape=0.2,
        shadow=0.0,
        blur=0.0,
        texture=draw_layers(np.random.default_rng(0), (100, 100), (2.0, 2.0), 0.0),
        roughness=0.0,
    )


@pytest.mark.parametrize("upright", [False, True])
@pytest.mark.parametrize(("slope", "radius"), [(0.0, 6.0), (0.5, 3.3), (-1.0, 9.0)])
def test_a_fibre_has_its_diameter_in_any_direction(
    upright: bool, slope: float, radius: float
) -> None:
    image = fibre(upright, slope, radius).render((100, 100), 1.0)
    # A strip of the width 2r, measured across a row or a column, is longer by the slope.
    columns = slice(45, 55)
    strip = image[columns] if upright else image[:, columns]
    expected = 0.5 * 2 * radius * np.hypot(1, slope)
    assert float(strip.sum()) / 10 == pytest.approx(expected, rel=0.01)
    assert image[50, 50] == pytest.approx(0.5, abs=1e-5)


def square(bevels: np.ndarray | None) -> Particles:
    angle = np.arange(4) * np.pi / 2
    return Particles(
        centres=np.array([[30.0, 30.0]]),
        radii=np.array([20.0]),
        greys=np.array([0.4]),
        normals=np.stack([np.sin(angle), np.cos(angle)], -1)[None],
        offsets=np.full((1, 4), 20.0),
        squarings=5,
        slopes=np.array([[0.5, 0.0, -0.5, 0.0]]),
        bevels=bevels,
        rim=0.0,
        escape=1.0,
        shadow=0.0,
    )


def test_a_particle_of_four_edges_is_a_square_with_sloping_sides() -> None:
    image = np.zeros((60, 60), np.float32)
    square(np.full((1, 4), 0.5)).lay(image, Grid.of((60, 60), 1.0, (0.0, 0.0)))
    assert float((image > 0.01).sum()) == pytest.approx(40 * 40, rel=0.02)
    # The top ends where half of the way to an edge is left; slopes are of edges at +x, +y, -x, -y.
    assert image[30, 30] == pytest.approx(0.4, abs=1e-3)
    assert image[30, 46] == pytest.approx(0.6, abs=1e-3)
    assert image[30, 14] == pytest.approx(0.2, abs=1e-3)
    assert image[30, 38] == pytest.approx(0.4, abs=1e-3)


def test_a_round_particle_gets_brighter_towards_a_lit_edge() -> None:
    image = np.zeros((60, 60), np.float32)
    square(None).lay(image, Grid.of((60, 60), 1.0, (0.0, 0.0)))
    row = image[30, 30:49]
    assert (np.diff(row) >= -1e-6).all()
    assert row[-1] == pytest.approx(0.4 * (1 + 0.5 * (18.5 / 20) ** 2), abs=1e-3)
    assert image[30, 11] == pytest.approx(0.4 * (1 - 0.5 * (18.5 / 20) ** 2), abs=1e-3)
