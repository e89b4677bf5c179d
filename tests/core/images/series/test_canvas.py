"""Frames are added where they belong, and the mean is seen as they show it."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from colonnade.core.images.series.canvas import Canvas

SHAPE = (40, 48)
Y, X = np.indices(SHAPE)

shifts = st.tuples(*[st.floats(-7, 7)] * 4)


def spot(y, x):
    return np.exp(-((Y - y) ** 2 + (X - x) ** 2) / 8).astype(np.float32)


def centre(image):
    return [float((image * i).sum() / image.sum()) for i in np.indices(image.shape)]


@given(shifts)
def test_a_spot_of_two_shifted_frames_falls_on_itself(given_shifts):
    both = np.reshape(given_shifts, (2, 2))
    canvas = Canvas.around(both, SHAPE)
    for shift in both:
        canvas.add(
            canvas.contribution(spot(20 + shift[0], 22 + shift[1]), np.tile(shift, (SHAPE[0], 1)))
        )
    assert centre(canvas.total) + canvas.origin == pytest.approx([20, 22], abs=0.02)
    assert canvas.count.max() == 2


@given(shifts)
def test_a_frame_sees_the_others_with_its_own_shifts_and_not_itself(given_shifts):
    both = np.reshape(given_shifts, (2, 2))
    canvas = Canvas.around(both, SHAPE)
    rows = [np.tile(shift, (SHAPE[0], 1)) for shift in both]
    other, own = spot(20 + both[0, 0], 22 + both[0, 1]), 100 * spot(5, 5)
    canvas.add(canvas.contribution(other, rows[0]))
    canvas.add(canvas.contribution(own, rows[1]))
    seen, counted = canvas.seen_without(own, rows[1])
    assert centre(seen) == pytest.approx([20 + both[1, 0], 22 + both[1, 1]], abs=0.1)
    # Where both show the field, but for borders through which no slope is known.
    shown = np.prod(np.array(SHAPE) - np.abs(both[0] - both[1]))
    assert shown - 25 * sum(SHAPE) < counted.sum() < shown


@given(shifts)
def test_only_pixels_within_a_frame_are_added(given_shifts):
    both = np.reshape(given_shifts, (2, 2))
    canvas = Canvas.around(both, SHAPE)
    for shift in both:
        canvas.add(canvas.contribution(np.ones(SHAPE, np.float32), np.tile(shift, (SHAPE[0], 1))))
    assert canvas.mean[canvas.count > 0] == pytest.approx(1, abs=1e-5)
    assert (canvas.mean[canvas.count == 0] == 0).all()
