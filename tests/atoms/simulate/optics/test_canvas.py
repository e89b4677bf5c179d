"""Drawn columns are points seen by the probe, at their exact places, on any grid."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from colonnade.atoms.simulate.optics.canvas import Canvas
from colonnade.atoms.simulate.optics.probe import Probe
from colonnade.atoms.simulate.specimen.specimen import MARGIN

SHARP = Probe(300.0, 25.0)
USUAL = Probe(300.0, 25.0, defocus=3.0, astigmatism=1.0, coma=20.0, source=0.07, thermal=0.007)


def direct(canvas: Canvas, positions: np.ndarray, intensity: np.ndarray) -> np.ndarray:
    """Add up the same waves one by one, column by column."""
    shape, pitch, pixel = canvas.shape, canvas.pitch, canvas.pixel
    full = np.fft.fft2(np.fft.irfft2(canvas.transfer, shape))
    ky, kx = (np.fft.fftfreq(n, step) for n, step in zip(shape, pitch, strict=True))
    y, x = (np.arange(n) * pixel for n in canvas.size)
    image = np.zeros(canvas.size)
    for place, share in zip(positions * pixel, intensity, strict=True):
        along_y = np.exp(2j * np.pi * (y[:, None] - place[0]) * ky)
        along_x = np.exp(2j * np.pi * (x[:, None] - place[1]) * kx)
        image += share * (along_y @ full @ along_x.T).real
    return image / (shape[0] * pitch[0] * shape[1] * pitch[1])


@pytest.mark.parametrize("probe", [SHARP, USUAL], ids=["sharp", "usual"])
@pytest.mark.parametrize(
    ("pixel", "size"),
    [(0.1, (20, 26)), (0.05, (40, 51)), (0.031, (48, 33)), (0.02, (60, 77)), (0.006, (101, 128))],
)
def test_an_image_is_the_sum_of_its_waves(
    probe: Probe, pixel: float, size: tuple[int, int]
) -> None:
    """Whether the pixels are finer or coarser than the probe needs."""
    rng = np.random.default_rng(1)
    canvas = Canvas(size, pixel, probe)
    positions, intensity = rng.uniform(-3, np.array(size) + 3, (7, 2)), rng.random(7)
    expected = direct(canvas, positions, intensity)
    drawn = canvas.draw(positions, intensity)
    assert drawn.shape == size
    np.testing.assert_allclose(drawn, expected, atol=5e-5 * canvas.peak.height)


@given(pixel=st.floats(0.01, 0.05), y=st.floats(0, 1), x=st.floats(0, 1))
@settings(max_examples=25)
def test_a_column_moved_by_whole_pixels_is_the_image_moved(
    pixel: float, y: float, x: float
) -> None:
    canvas = Canvas((60, 80), pixel, USUAL)
    one = canvas.draw(np.array([[25 + y, 30 + x]]), np.array([1.0]))
    two = canvas.draw(np.array([[32 + y, 27 + x]]), np.array([1.0]))
    np.testing.assert_allclose(one[:-7, 3:], two[7:, :-3], atol=1e-4 * one.max())


def test_all_of_a_column_is_in_the_image() -> None:
    canvas = Canvas((120, 150), 0.02, USUAL)
    image = canvas.draw(np.array([[60.3, 70.8]]), np.array([0.37]))
    assert image.sum() * 0.02**2 == pytest.approx(0.37, rel=2e-3)


@pytest.mark.parametrize("pixel", [0.004, 0.015, 0.03])
def test_the_peak_is_as_high_and_as_hard_to_tell_as_it_says(pixel: float) -> None:
    canvas = Canvas((160, 180), pixel, USUAL)
    image = canvas.draw(np.array([[80.0, 90.0]]), np.array([1.0]))
    assert canvas.peak.height == pytest.approx(image.max(), rel=0.005)
    squared = 1 / (4 * np.pi * canvas.peak.sigma**2)
    assert (image**2).sum() * pixel**2 == pytest.approx(squared, rel=0.005)


def test_a_gaussian_probe_has_the_width_it_is_told() -> None:
    canvas = Canvas((120, 150), 0.01, USUAL)
    points = canvas.points(np.array([[60.25, 70.75]]), np.array([1.0]))
    image = canvas.image(points * canvas.gaussian(0.03))
    rows, columns = np.indices(image.shape)
    centre = [(image * axis).sum() / image.sum() for axis in (rows, columns)]
    np.testing.assert_allclose(centre, [60.25, 70.75], atol=1e-3)
    spread = (image * (rows - centre[0]) ** 2).sum() / image.sum()
    assert np.sqrt(spread) * 0.01 == pytest.approx(0.03, rel=0.005)


def test_columns_far_outside_do_not_show() -> None:
    canvas = Canvas((60, 80), 0.02, USUAL)
    far = np.array([[-MARGIN / 0.02 - 40, 30.0], [30.0, 80 + MARGIN / 0.02 + 60], [1e6, -1e6]])
    assert not canvas.draw(far, np.ones(3)).any()
    assert not canvas.draw(np.empty((0, 2)), np.empty(0)).any()
