"""Maps from one image to another, and what they are fitted to."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from colonnade.core.images.registration import LocalShifts, window_corners
from colonnade.core.images.shift_field import (
    ShiftField,
    fit_linear,
    fit_shifts,
    fitting_weights,
    resampled,
)

SIZE = (96, 160)


def turned(scale, rotation):
    angle = np.radians(rotation)
    return scale * np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])


def found_shifts(function, error, rng):
    """Measured shifts of a function of the centres, with noise of this standard error."""
    corners = window_corners(SIZE, 16, 16)
    shifts = np.moveaxis(function(np.moveaxis(corners + 7.5, -1, 0)), 0, -1)
    noisy = shifts + error * rng.standard_normal(shifts.shape)
    information = np.broadcast_to(np.eye(2) / error**2, (*corners.shape, 2))
    return LocalShifts(corners, 16, noisy, information), shifts


@given(st.floats(0.5, 8), st.floats(-170, 170))
def test_scale_and_rotation_are_those_of_the_map(scale, rotation):
    where = ShiftField.linear(SIZE, turned(scale, rotation), np.array([3.0, -8.0]))
    assert where.scale == pytest.approx(scale)
    assert where.rotation == pytest.approx(rotation)
    assert where(np.array([[47.5, 79.5]]))[0] == pytest.approx([3, -8])


def test_the_grid_maps_the_centres_of_pixels_and_of_their_parts():
    nodes = np.random.default_rng(0).normal(size=(2, 6, 10))
    where = ShiftField(SIZE, turned(2, 5), np.array([90.0, 70.0]), nodes, (7.5, 7.5), 16)
    grid = where.grid()
    assert grid[:, 10, 33] == pytest.approx(where(np.array([[10.0, 33.0]]))[0])
    finer = where.grid(2, slice(40, 44))
    assert finer[:, 1, 7] == pytest.approx(where(np.array([[20.25, 3.25]]))[0])


def test_shifts_at_nodes_are_those_given_and_go_on_beyond_them():
    nodes = np.random.default_rng(0).normal(size=(2, 6, 10))
    where = ShiftField(SIZE, np.eye(2), (np.array(SIZE) - 1) / 2, nodes, (7.5, 7.5), 16)
    assert where(np.array([[23.5, 39.5]]))[0] - [23.5, 39.5] == pytest.approx(nodes[:, 1, 2])
    assert where(np.array([[0.0, 0.0]]))[0] == pytest.approx(nodes[:, 0, 0])


def test_a_linear_map_is_found_though_a_fifth_of_the_windows_is_wrong():
    rng = np.random.default_rng(0)
    change = np.array([[0.01, -0.02], [0.015, -0.005]])

    def shift(place):
        away = place - ((np.array(SIZE) - 1) / 2)[:, None, None]
        return np.tensordot(change, away, 1) + np.array([0.4, -0.7])[:, None, None]

    found, true = found_shifts(shift, 0.1, rng)
    wrong = rng.random(found.known.shape) < 0.2
    found.shifts[wrong] += rng.normal(0, 8, (int(wrong.sum()), 2))
    start = ShiftField.linear(SIZE, turned(2, 3), np.array([100.0, 150.0]))
    where, weights = fit_linear(start, found)
    centres = found.centres.reshape(-1, 2)
    expected = start(centres + true.reshape(-1, 2))
    assert np.abs(where(centres) - expected).max() < 0.15
    assert np.median(weights[wrong]) < 0.1 < 0.8 < np.median(weights[~wrong])


def test_smooth_shifts_are_better_known_than_each_that_is_measured():
    def wave(place):
        return np.stack([np.sin(place[1] / 30), 0.5 * np.cos(place[0] / 25)])

    found, true = found_shifts(wave, 0.2, np.random.default_rng(0))
    where = ShiftField.linear(SIZE, np.eye(2), (np.array(SIZE) - 1) / 2)
    fitted = fit_shifts(where, found, 0.3).node_shifts
    assert np.sqrt(np.mean((fitted - true) ** 2)) < 0.15
    stiff = fit_shifts(where, found, 1e-4).node_shifts
    assert np.ptp(stiff, axis=(0, 1)).max() < 0.01


def test_shifts_go_through_places_of_which_nothing_is_known():
    found, _ = found_shifts(lambda place: 0 * place + 0.7, 0.1, np.random.default_rng(0))
    known = np.ones(found.known.shape)
    known[2:4, 3:6] = 0
    where = ShiftField.linear(SIZE, np.eye(2), (np.array(SIZE) - 1) / 2)
    fitted = fit_shifts(where, found.weighted(known), 0.02).node_shifts
    assert fitted[2:4, 3:6] == pytest.approx(np.full((2, 3, 2), 0.7), abs=0.1)


def test_weights_tell_what_does_not_fit_in_from_noise():
    found, true = found_shifts(lambda place: 0 * place, 0.1, np.random.default_rng(0))
    found.shifts[1, 1] = 2.0
    weights = fitting_weights(found, true)
    assert weights[1, 1] < 0.05
    assert np.median(weights) > 0.8


def test_resampling_reads_a_smooth_image_between_its_pixels():
    def level(y, x):
        return np.sin(y / 4) * np.cos(x / 5)

    image = level(*np.indices((60, 70))).astype(np.float32)
    where = ShiftField.linear((20, 25), turned(1.9, 7), np.array([30.0, 33.0]))
    read = resampled(image, where, finer=2)
    assert read.shape == (40, 50)
    assert read == pytest.approx(level(*where.grid(2)), abs=2e-4)


def test_resampling_halfway_between_pixels_keeps_fine_waves():
    wave = np.cos(2 * np.pi * 0.35 * np.arange(120)) * np.ones((40, 1))
    where = ShiftField.linear((20, 80), np.eye(2), np.array([20.0, 60.0]))
    read = resampled(wave.astype(np.float32), where)
    places = where.grid()[1]
    assert read == pytest.approx(np.cos(2 * np.pi * 0.35 * places), abs=0.05)


def test_resampling_knows_where_the_image_ends():
    where = ShiftField.linear((8, 8), np.eye(2), np.array([3.5, 1.5]))
    read = resampled(np.ones((8, 8), np.float32), where)
    assert np.isnan(read[:, :2]).all()
    assert np.isfinite(read[:, 2:]).all()
