"""Views of specimens whose projections are known."""

import numpy as np
import pytest

from colonnade.core.arrays import Array, Single
from colonnade.tomo.reconstruct.projector import Projector
from colonnade.tomo.simulate.beam import binned, project
from colonnade.tomo.simulate.phantoms.bodies import Bodies, solid
from colonnade.tomo.simulate.phantoms.shapes import Ellipsoid
from colonnade.tomo.simulate.render import Rendered, render

SIZE = (80, 9, 96)
CENTRE = np.array([9.0, 1.0, -14.0])
RADIUS, GREY, OFFSET = 20.0, 0.8, 3.0
ANGLES = np.arange(-75.0, 76.0, 7.5)

FINE = 8
"""Chords are averaged over so many places along each edge of a pixel."""


@pytest.fixture(scope="module")
def ball() -> Rendered:
    shape = Ellipsoid(CENTRE, np.eye(3), np.full(3, RADIUS))
    return render(Bodies("ball", [solid(shape, GREY)]), SIZE, 0, 0.0)


def chords(angle: float) -> Array:
    """Projection of the ball, averaged over each pixel."""
    tilt = np.deg2rad(angle)
    middle = (CENTRE[2] - OFFSET) * np.cos(tilt) + CENTRE[0] * np.sin(tilt) + OFFSET
    y, x = ((np.arange(FINE * n) + 0.5) / FINE - n / 2 for n in SIZE[1:])
    squares = RADIUS**2 - (y[:, None] - CENTRE[1]) ** 2 - (x - middle) ** 2
    lengths = 2 * GREY * np.sqrt(squares.clip(0))
    return np.asarray(lengths.reshape(SIZE[1], FINE, SIZE[2], FINE).mean((1, 3)))


def views(rendered: Rendered) -> Single:
    return binned(project(rendered, ANGLES, 0, OFFSET))


def test_views_of_a_ball_show_the_lengths_of_its_chords(ball: Rendered) -> None:
    for view, angle in zip(views(ball), ANGLES, strict=True):
        error = view - chords(float(angle))
        # The ball's edge is as wide as a sample: a part in a thousand of the longest chord.
        assert float(np.sqrt((error**2).mean())) < 0.0015 * 2 * GREY * RADIUS
        assert abs(float(error.mean())) < 1e-3


def test_every_view_of_a_compact_specimen_has_its_mass(ball: Rendered) -> None:
    mass = views(ball).sum((1, 2), dtype=np.float64)
    np.testing.assert_allclose(mass, ball.truth.sum(dtype=np.float64), rtol=3e-4)


def test_the_true_volume_keeps_the_mean_of_the_samples(ball: Rendered) -> None:
    assert ball.truth.shape == SIZE
    assert float(ball.truth.mean()) == pytest.approx(float(ball.samples.mean()), rel=1e-6)
    rows = np.arange(SIZE[1]) + 0.5 - SIZE[1] / 2 - CENTRE[1]
    discs = GREY * np.pi * (RADIUS**2 - rows**2 - 1 / 12)
    np.testing.assert_allclose(ball.truth.sum((0, 2)), discs, rtol=1e-3)


def test_the_geometry_is_that_of_reconstructions_and_the_kernel_is_not(ball: Rendered) -> None:
    slices = np.ascontiguousarray(ball.truth.transpose(1, 0, 2))
    projector = Projector(tuple(map(float, ANGLES)), SIZE[0], SIZE[2], OFFSET)
    again = projector.project(slices).transpose(1, 0, 2)
    unlike = float(np.sqrt(np.mean((again - views(ball)) ** 2))) / (2 * GREY * RADIUS)
    assert 1e-4 < unlike < 5e-3
