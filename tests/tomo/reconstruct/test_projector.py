"""Projections are what geometry says, and back-projection is their transpose."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import fft

from colonnade.core.arrays import Single
from colonnade.tomo.reconstruct.normal import NormalSpectrum
from colonnade.tomo.reconstruct.projector import Projector, shadow

ANGLES = (-63.0, -20.0, 0.0, 17.0, 45.0, 71.0)


def disc(side: int, radius: float, place: tuple[float, float] = (0.0, 0.0)) -> Single:
    """A disc whose edge is smoothed over a voxel; its place is from the middle along (z, x)."""
    z, x = np.indices((side, side)) - (side - 1) / 2
    distance = np.hypot(z - place[0], x - place[1])
    return np.clip(radius - distance + 0.5, 0, 1).astype(np.float32)[None]


def test_a_disc_has_the_shadow_of_its_chords() -> None:
    place, radius, side = (7.0, -5.0), 12.0, 64
    found = Projector(ANGLES, side, side).project(disc(side, radius, place))[0]
    x = np.arange(side) - (side - 1) / 2
    for view, angle in zip(found, np.deg2rad(ANGLES), strict=True):
        middle = place[1] * np.cos(angle) + place[0] * np.sin(angle)
        chords = 2 * np.sqrt(np.clip(radius**2 - (x - middle) ** 2, 0, None))
        inner = np.abs(x - middle) < radius - 1.5
        assert np.abs(view - chords)[inner].max() < 0.4
        assert view.sum() == pytest.approx(np.pi * radius**2, rel=0.003)


def test_an_axis_that_is_off_leaves_the_view_without_tilt_as_it_is() -> None:
    volume = disc(48, 6.0, (9.0, 4.0))
    middle, off = (Projector((0.0, 60.0), 48, 48, offset).project(volume)[0] for offset in (0, 5))
    np.testing.assert_allclose(off[0], middle[0], atol=1e-5)
    x = np.arange(48)
    places = [float((view * x).sum() / view.sum()) for view in (middle[1], off[1])]
    assert places[1] - places[0] == pytest.approx(5 * (1 - np.cos(np.pi / 3)), abs=0.01)


@given(st.integers(0, 100), st.floats(-89, 89), st.floats(-4, 4))
def test_back_projection_is_the_transpose(seed: int, angle: float, offset: float) -> None:
    projector = Projector((angle, 10.0), 12, 16, offset)
    rng = np.random.default_rng(seed)
    slices = rng.standard_normal((3, 12, 16)).astype(np.float32)
    sinograms = rng.standard_normal((3, 2, 16)).astype(np.float32)
    there = np.vdot(projector.project(slices), sinograms)
    back = np.vdot(slices, projector.back_project(sinograms))
    assert there == pytest.approx(back, abs=1e-3)


@given(st.floats(-180, 180))
def test_the_whole_shadow_of_a_voxel_is_its_area(angle: float) -> None:
    places = shadow(np.array([-0.8, 0.0, 0.8]), np.deg2rad(angle))
    np.testing.assert_allclose(places, [0, 0.5, 1], atol=1e-9)


def test_the_spectrum_does_nearly_what_the_projector_does() -> None:
    projector = Projector(tuple(np.arange(-70.0, 71.0, 2.0)), 64, 64)
    volume = disc(64, 14.0, (3.0, -6.0)) + disc(64, 4.0, (-12.0, 9.0))
    exact = projector.back_project(projector.project(volume))
    spectrum = NormalSpectrum(projector)
    seen = fft.irfft2(fft.rfft2(volume, spectrum.shape) * spectrum.power, spectrum.shape)
    assert np.abs(seen[:, :64, :64] - exact).max() < 0.03 * exact.max()


def test_the_solver_divides_by_the_power_of_spectrum_gradient_and_identity() -> None:
    spectrum = NormalSpectrum(Projector((0.0, 30.0, 60.0), 16, 16))
    impulse = np.zeros((1, 16, 16), np.float32)
    impulse[0, 8, 8] = 1
    power = spectrum.power + 2 * spectrum.laplacian + 3
    wanted = fft.irfft2(fft.rfft2(impulse, spectrum.shape) / power, spectrum.shape)[:, :16, :16]
    np.testing.assert_allclose(spectrum.solver(2, 3)(impulse), wanted, atol=1e-6)
