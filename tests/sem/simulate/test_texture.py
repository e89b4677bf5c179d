"""Random fields: normal, of the scales they were drawn for, and the same at any resolution."""

import numpy as np
import pytest

from colonnade.sem.scene import Grid
from colonnade.sem.simulate.texture import draw_layers, draw_texture, draw_waves


def grid(shape: tuple[int, int], step: float = 1.0) -> Grid:
    return Grid.of(shape, step, (0.0, 0.0))


@pytest.mark.parametrize("length", [1.2, 3.0])
def test_a_texture_is_normal_with_the_correlation_of_its_bumps(length: float) -> None:
    field = draw_texture(np.random.default_rng(1), (600, 600), length).on(grid((600, 600)))
    assert abs(float(field.mean())) < 0.05
    assert float(field.std()) == pytest.approx(1, abs=0.03)
    # Gaussian bumps of standard deviation s make a field whose correlation is exp(-d²/4s²).
    for apart in (1, 2, 4):
        measured = float((field[:, :-apart] * field[:, apart:]).mean())
        assert measured == pytest.approx(np.exp(-(apart**2) / (4 * length**2)), abs=0.04)


def test_a_stretched_texture_is_longer_along_x() -> None:
    field = draw_texture(np.random.default_rng(2), (400, 400), 2.0, 4.0).on(grid((400, 400)))
    down, across = (float(np.diff(field, axis=axis).std()) for axis in (0, 1))
    assert down / across == pytest.approx(4, rel=0.1)


def test_a_texture_is_tied_to_the_scene_and_not_to_the_grid() -> None:
    texture = draw_layers(np.random.default_rng(3), (64, 64), (2.0, 8.0), 0.5)
    whole = texture.on(grid((64, 64)))
    part = texture.on(Grid.of((16, 20), 1.0, (30.0, 12.0)))
    np.testing.assert_allclose(part, whole[30:46, 12:32], atol=2e-5)
    # Every other centre of a grid thrice as fine is a centre of the coarse one.
    finer = texture.on(grid((192, 192), 1 / 3))
    np.testing.assert_allclose(finer[1::3, 1::3], whole, atol=2e-4)


def test_layers_have_unit_deviation_whatever_their_weights() -> None:
    for growth in (-0.5, 0.0, 1.0):
        layers = draw_layers(np.random.default_rng(4), (500, 500), (1.2, 10.0), growth)
        assert float(layers.on(grid((500, 500))).std()) == pytest.approx(1, abs=0.06)


@pytest.mark.parametrize("wavelength", [8.0, 24.0])
def test_waves_have_their_wavelength_in_any_direction(wavelength: float) -> None:
    field = draw_waves(np.random.default_rng(5), wavelength, 0.05).on(grid((512, 512)))
    assert float(field.std()) == pytest.approx(1, abs=0.05)
    power = np.abs(np.fft.fft2(field)) ** 2
    frequency = np.hypot(*np.meshgrid(np.fft.fftfreq(512), np.fft.fftfreq(512)))
    assert (power * frequency).sum() / power.sum() == pytest.approx(1 / wavelength, rel=0.05)
    down, across = (float(np.diff(field, axis=axis).std()) for axis in (0, 1))
    assert down / across == pytest.approx(1, abs=0.15)
