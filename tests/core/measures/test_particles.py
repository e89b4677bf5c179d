"""The one detector of particles: contrast, what is shown, what is missed, what is invented."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from colonnade.core.arrays import Array
from colonnade.core.measures.particles import Responses, count_known, count_particles

SHAPE = (120, 150)
CENTRES = np.array([[30.0, 40.0], [30.0, 100.0], [80.0, 60.0], [85.0, 120.0]])


def disks(
    diameter: float,
    contrasts: list[float],
    centres: Array = CENTRES,
    shape: tuple[int, int] = SHAPE,
) -> Array:
    """Draw disks with soft edges on a grey ground."""
    y, x = np.indices(shape)
    image = np.full(shape, 10.0)
    for (cy, cx), contrast in zip(centres, contrasts, strict=True):
        distance = np.hypot(y - cy, x - cx) - diameter / 2
        image += contrast * np.clip(0.5 - distance, 0, 1)
    return image


def known(diameter: float) -> Array:
    return np.column_stack([CENTRES, np.full(len(CENTRES), diameter)])


@given(st.floats(6.0, 20.0), st.floats(0.5, 50.0))
def test_the_response_in_the_middle_of_a_disk_is_its_contrast(
    diameter: float, contrast: float
) -> None:
    image = disks(diameter, [contrast] * 4)
    response = Responses.of(image, (diameter,)).maps[0]
    np.testing.assert_allclose(response[30, 40], contrast, rtol=0.06)


def test_a_copy_shows_everything_and_invents_nothing() -> None:
    image = disks(10, [5.0] * 4)
    assert vars(count_particles(image, image, (8.0, 12.0), 1.0))["missed"] == 0
    found = count_known(image, image, known(10), 1.0)
    assert (found.shown, found.missed, found.invented) == (4, 0, 0)


def test_what_is_erased_is_missed_and_what_is_pasted_in_is_invented() -> None:
    truth = disks(10, [5.0, 5.0, 5.0, 0.0])
    image = disks(10, [5.0, 0.0, 5.0, 5.0])
    found = count_particles(image, truth, (10.0,), 1.0)
    assert (found.shown, found.missed, found.invented) == (2, 1, 1)


@pytest.mark.parametrize(("share", "shown"), [(0.6, 1), (0.4, 0)])
def test_a_particle_is_shown_from_half_its_contrast_on(share: float, shown: int) -> None:
    truth = disks(10, [8.0] * 4)
    image = disks(10, [8.0 * share, 0, 0, 0])
    assert count_known(image, truth, known(10), 1.0).shown == shown


def test_a_small_shift_is_no_error_and_a_large_one_is_two() -> None:
    truth = disks(12, [5.0] * 4)
    near, far = (disks(12, [5.0] * 4, CENTRES + np.array([0, shift])) for shift in (2.0, 9.0))
    found = count_known(near, truth, known(12), 1.0)
    assert (found.missed, found.invented) == (0, 0)
    found = count_known(far, truth, known(12), 1.0)
    assert (found.missed, found.invented) == (4, 4)


def test_dark_disks_and_the_border_do_not_count() -> None:
    truth = disks(10, [-5.0] * 4)
    found = count_particles(truth, np.full(SHAPE, 10.0), (10.0,), 4.0)
    assert found.invented == 0
    at_border = disks(10, [5.0], np.array([[4.0, 75.0]]))
    assert count_particles(at_border, np.full(SHAPE, 10.0), (10.0,), 1.0).invented == 0
