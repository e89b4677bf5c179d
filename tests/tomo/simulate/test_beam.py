"""Views of specimens whose projections are known."""

import numpy as np
import pytest

from colonnade.core.arrays import Array, Single
from colonnade.tomo.reconstruct.projector import Projector
from colonnade.tomo.simulate.beam import binned, expose
from colonnade.tomo.simulate.phantoms.bodies import Bodies, solid
from colonnade.tomo.simulate.phantoms.shapes import Ellipsoid, Rough
from colonnade.tomo.simulate.phantoms.waves import Waves
from colonnade.tomo.simulate.render import BLOCK, render

SIZE = (80, 9, 96)
CENTRE = np.array([9.0, 1.0, -14.0])
RADIUS, GREY, OFFSET = 20.0, 0.8, 3.0
ANGLES = np.arange(-75.0, 76.0, 7.5)

FINE = 8
"""Chords are averaged over so many places along each edge of a pixel."""


BALL = Bodies("ball", [solid(Ellipsoid(CENTRE, np.eye(3), np.full(3, RADIUS)), GREY)])


@pytest.fixture(scope="module")
def views() -> Single:
    return binned(expose(BALL, SIZE, ANGLES, 0, OFFSET)[0])


@pytest.fixture(scope="module")
def truth() -> Single:
    return expose(BALL, SIZE, ANGLES, 0, OFFSET)[1]


def chords(angle: float) -> Array:
    """Projection of the ball, averaged over each pixel."""
    tilt = np.deg2rad(angle)
    middle = (CENTRE[2] - OFFSET) * np.cos(tilt) + CENTRE[0] * np.sin(tilt) + OFFSET
    y, x = ((np.arange(FINE * n) + 0.5) / FINE - n / 2 for n in SIZE[1:])
    squares = RADIUS**2 - (y[:, None] - CENTRE[1]) ** 2 - (x - middle) ** 2
    lengths = 2 * GREY * np.sqrt(squares.clip(0))
    return np.asarray(lengths.reshape(SIZE[1], FINE, SIZE[2], FINE).mean((1, 3)))


def test_views_of_a_ball_show_the_lengths_of_its_chords(views: Single) -> None:
    for view, angle in zip(views, ANGLES, strict=True):
        error = view - chords(float(angle))
        # The ball's edge is as wide as a sample: a part in a thousand of the longest chord.
        assert float(np.sqrt((error**2).mean())) < 0.0015 * 2 * GREY * RADIUS
        assert abs(float(error.mean())) < 1e-3


def test_every_view_of_a_compact_specimen_has_its_mass(views: Single, truth: Single) -> None:
    mass = views.sum((1, 2), dtype=np.float64)
    np.testing.assert_allclose(mass, truth.sum(dtype=np.float64), rtol=3e-4)


def test_the_true_volume_keeps_the_mean_of_the_samples(truth: Single) -> None:
    assert truth.shape == SIZE
    (rendered,) = render(BALL, SIZE, 0, 0.0)
    assert float(truth.mean()) == pytest.approx(float(rendered.samples.mean()), rel=1e-6)
    rows = np.arange(SIZE[1]) + 0.5 - SIZE[1] / 2 - CENTRE[1]
    discs = GREY * np.pi * (RADIUS**2 - rows**2 - 1 / 12)
    np.testing.assert_allclose(truth.sum((0, 2)), discs, rtol=1e-3)


def test_many_rows_are_rendered_in_blocks_that_fit_together() -> None:
    size, border, few = (16, BLOCK + 7, 20), 2, np.array([-30.0, 10.0])
    waves = Waves(np.array([[0.3, 0.4, 0.2]]), np.zeros(1))
    wavy = Bodies(
        "wavy", [solid(Rough(Ellipsoid(np.zeros(3), np.eye(3), np.full(3, 6.0)), waves, 1.0), 1.0)]
    )
    fine, truth = expose(wavy, size, few, border, 0.0)
    assert [rows.samples.shape[2] for rows in render(wavy, size, border, 30.0)] == [64, 22]
    assert fine.shape == (2, 2 * (BLOCK + 11), 48)
    assert truth.shape == size
    _, whole = expose(wavy, (16, 21, 20), few, 0, 0.0)
    np.testing.assert_allclose(truth[:, 9:30], whole, atol=1e-5)


def test_the_geometry_is_that_of_reconstructions_and_the_kernel_is_not(
    views: Single, truth: Single
) -> None:
    slices = np.ascontiguousarray(truth.transpose(1, 0, 2))
    projector = Projector(tuple(map(float, ANGLES)), SIZE[0], SIZE[2], OFFSET)
    again = projector.project(slices).transpose(1, 0, 2)
    unlike = float(np.sqrt(np.mean((again - views) ** 2))) / (2 * GREY * RADIUS)
    assert 1e-4 < unlike < 5e-3
