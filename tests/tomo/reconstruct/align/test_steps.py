"""Each step of the alignment finds what it is for."""

import numpy as np
import pytest
from tilted_ellipsoids import counted, needle, particle, project

from colonnade.tomo.reconstruct.align.coarse import coarse_shifts
from colonnade.tomo.reconstruct.align.common_line import common_line_shifts
from colonnade.tomo.reconstruct.align.moments import is_whole
from colonnade.tomo.reconstruct.align.paths import fit_paths, least_moving
from colonnade.tomo.reconstruct.align.working import Working
from colonnade.tomo.reconstruct.moved import Move, Moved
from colonnade.tomo.tilts import TiltSeries

SIDE = 64
ANGLES = np.arange(-60, 61, 4.0)


def test_coarse_shifts_follow_a_drift_of_many_pixels() -> None:
    rng = np.random.default_rng(1)
    drift = np.cumsum(rng.normal(0, 2, (len(ANGLES), 2)), axis=0)
    drift -= drift[len(ANGLES) // 2]
    views = counted(project(needle(rng, SIDE), ANGLES, SIDE, 0, drift), 300, rng)
    found = coarse_shifts(Working.of(TiltSeries(views, tuple(ANGLES)), SIDE))
    rest = found - drift
    assert np.abs(rest - rest.mean(0)).max() < 2.5
    assert np.abs(drift).max() > 6


def test_common_lines_tell_shifts_along_the_axis() -> None:
    rng = np.random.default_rng(2)
    shifts = np.stack([rng.normal(0, 1.5, len(ANGLES)), np.zeros(len(ANGLES))], axis=1)
    views = counted(project(particle(rng, SIDE), ANGLES, SIDE, 0, shifts), 500, rng)
    rest = common_line_shifts(views) - shifts[:, 0]
    assert rest.std() < 0.05


def test_places_of_slices_tell_shifts_and_slope() -> None:
    rng = np.random.default_rng(3)
    tilts, heights = np.deg2rad(ANGLES), np.arange(-20.0, 20.0)
    shifts, slope = rng.normal(0, 2, len(ANGLES)), 0.05
    x, z = rng.normal(0, 5, (2, len(heights), 1))
    places = x * np.cos(tilts) + z * np.sin(tilts) + shifts + slope * heights[:, None]
    paths = fit_paths(places, np.ones_like(places), heights, ANGLES)
    assert paths.slope == pytest.approx(slope, abs=1e-4)
    point = np.stack([np.cos(tilts), np.sin(tilts)], axis=1)
    rest = paths.shifts - shifts
    np.testing.assert_allclose(rest, point @ np.linalg.lstsq(point, rest)[0], atol=1e-3)


def test_the_axis_is_near_the_middle_where_tilts_do_not_tell() -> None:
    few = np.linspace(-10, 10, 9)
    drift = np.random.default_rng(4).normal(0, 1, 9)
    _, offset = least_moving(drift, few, likely=2.0)
    assert abs(offset) < 3
    rest, offset = least_moving(np.full(31, 5.0), ANGLES, likely=2.0)
    assert offset == pytest.approx(5)
    np.testing.assert_allclose(rest, 0, atol=1e-9)


@pytest.mark.parametrize(("width", "whole"), [(SIDE, True), (20, False)])
def test_a_specimen_is_whole_if_it_ends_within_the_views(width: int, whole: bool) -> None:
    views = project(particle(np.random.default_rng(5), SIDE), ANGLES, SIDE)
    first = (SIDE - width) // 2
    assert is_whole(views[:, :, first : first + width]) == whole


def test_binned_views_are_moved_as_those_of_the_series() -> None:
    views = project(particle(np.random.default_rng(6), SIDE), ANGLES[:5], SIDE)
    series = TiltSeries(views, tuple(ANGLES[:5]))
    working = Working.of(series, SIDE // 2)
    assert working.binning == 2
    move = Move(8.0, np.tile([2.0, -4.0], (5, 1)))
    whole = Moved(views, move)[:, :, :]
    binned = whole.reshape(5, SIDE // 2, 2, SIDE // 2, 2).mean((2, 4))
    np.testing.assert_allclose(working.moved(move), binned, atol=0.06 * views.max())


def test_the_middle_stays_the_middle_of_odd_views_that_are_binned() -> None:
    grid = np.arange(61.0) - 30
    spot = np.exp(-(grid[:, None] ** 2 + (grid - 4) ** 2) / 40).astype(np.float32)
    series = TiltSeries(np.repeat(spot[None], 3, 0), (0, 1, 2))
    moved = Working.of(series, 31).moved(Move(0, np.tile([0.0, 4.0], (3, 1))))[0]
    places = np.arange(31) - 15.0
    assert moved.sum(0) @ places / moved.sum() == pytest.approx(0, abs=0.02)
    assert moved.sum(1) @ places / moved.sum() == pytest.approx(0, abs=0.02)
