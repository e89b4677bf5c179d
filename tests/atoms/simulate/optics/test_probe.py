"""The probe: what optics says of its width, its shape and its place."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from colonnade.atoms.simulate.optics.probe import FWHM, Probe, intensity, transfer

STEP = 0.004
SHAPE = (600, 640)
"""Cells of a square large and fine enough for every probe here."""

PERFECT = Probe(voltage=300.0, convergence=20.0)


def full_width(density: np.ndarray, axis: int) -> float:
    """Width at half of the maximum along an axis through the origin [nm]."""
    line = density[:, 0] if axis == 0 else density[0]
    line = np.fft.fftshift(line) / line.max()
    above = np.flatnonzero(line >= 0.5)
    left, right = above[0], above[-1]
    start = left - (line[left] - 0.5) / (line[left] - line[left - 1])
    stop = right + (line[right] - 0.5) / (line[right] - line[right + 1])
    return float((stop - start) * STEP)


def blurred(probe: Probe) -> np.ndarray:
    return np.fft.irfft2(transfer(probe, SHAPE, (STEP, STEP)), SHAPE)


@pytest.mark.parametrize("coma", [2.0, 30.0])
def test_an_aberrated_probe_is_highest_where_the_column_is(coma: float) -> None:
    """Out of focus the sharp probe is a ring, whose highest point is no centre of anything."""
    probe = Probe(300.0, 26.0, defocus=5.0, spherical=2.9, astigmatism=1.6, coma=coma)
    image = blurred(replace(probe, source=0.16, thermal=0.007))
    y, x = np.unravel_index(image.argmax(), SHAPE)
    away = np.array([(y + SHAPE[0] // 2) % SHAPE[0], (x + SHAPE[1] // 2) % SHAPE[1]])
    assert np.abs(away - np.array(SHAPE) // 2).max() * STEP < 0.005


@pytest.mark.parametrize(
    ("voltage", "picometres"),
    [(60.0, 4.8661), (80.0, 4.1757), (100.0, 3.7014), (200.0, 2.5079), (300.0, 1.9687)],
)
def test_the_wavelength_is_relativistic(voltage: float, picometres: float) -> None:
    assert 1000 * Probe(voltage, 20.0).wavelength == pytest.approx(picometres, rel=2e-4)


@pytest.mark.parametrize(("voltage", "convergence"), [(300.0, 20.0), (80.0, 30.0), (200.0, 27.0)])
def test_a_perfect_probe_is_as_wide_as_diffraction_makes_it(
    voltage: float, convergence: float
) -> None:
    """An Airy disc is 1.029 wavelengths over twice the semi-angle wide."""
    probe = Probe(voltage, convergence)
    expected = 1.029 * probe.wavelength / (2 * convergence / 1000)
    density = intensity(probe, SHAPE, (STEP, STEP))
    for axis in (0, 1):
        assert full_width(density, axis) == pytest.approx(expected, rel=0.01)


def test_the_whole_current_is_in_the_probe() -> None:
    aberrated = replace(PERFECT, defocus=5.0, spherical=1.0, astigmatism=2.0, coma=40.0)
    for probe in (PERFECT, aberrated):
        density = intensity(probe, SHAPE, (STEP, STEP))
        assert density.min() >= 0
        assert density.sum() == pytest.approx(1.0)
        assert transfer(probe, SHAPE, (STEP, STEP))[0, 0] == pytest.approx(1.0, abs=1e-5)


def test_the_aperture_cuts_what_is_finer_than_twice_its_radius() -> None:
    spectrum = np.abs(transfer(PERFECT, SHAPE, (STEP, STEP)))
    kx = np.fft.rfftfreq(SHAPE[1], STEP)
    assert spectrum[0, kx > 2.1 * PERFECT.aperture].max() < 1e-3
    middle = spectrum[0, np.argmin(np.abs(kx - PERFECT.aperture))]
    # Half way to the cut, two overlapping discs share this part of their area.
    assert middle == pytest.approx(2 / np.pi * (np.pi / 3 - np.sqrt(3) / 4), abs=0.02)


@given(
    ky=st.floats(-10, 10),
    kx=st.floats(-10, 10),
    defocus=st.floats(-50, 50),
    spherical=st.floats(-5, 5),
)
def test_defocus_and_spherical_aberration_delay_by_the_textbook(
    ky: float, kx: float, defocus: float, spherical: float
) -> None:
    """Chi is pi lambda k² (Cs lambda² k² / 2 - underfocus), as in Kirkland's book."""
    probe = replace(PERFECT, defocus=defocus, spherical=spherical)
    squared, wave = ky**2 + kx**2, probe.wavelength
    expected = np.pi * wave * squared * (0.5 * 1000 * spherical * wave**2 * squared - defocus)
    assert probe.phase(np.array(ky), np.array(kx)) == pytest.approx(expected, abs=1e-9)


def test_underfocus_makes_good_for_spherical_aberration() -> None:
    """An uncorrected microscope is best at Scherzer's defocus, near the root of Cs lambda."""
    spherical, wave = 1000.0, PERFECT.wavelength
    probe = replace(PERFECT, convergence=9.5, spherical=spherical)
    best = float(np.sqrt(1000 * spherical * wave))
    heights = {
        defocus: intensity(replace(probe, defocus=defocus), SHAPE, (0.01, 0.01)).max()
        for defocus in (-best, 0.0, best)
    }
    assert heights[best] > 1.5 * heights[0.0] > 1.5 * heights[-best]


@pytest.mark.parametrize("axis", [0, 1])
def test_astigmatism_out_of_focus_stretches_the_probe_along_its_direction(axis: int) -> None:
    """Overfocus adds to it along its direction, and takes it away across."""
    angle = np.pi / 2 if axis == 0 else 0.0
    probe = replace(PERFECT, defocus=-4.0, astigmatism=4.0, astigmatism_angle=angle)
    density = intensity(probe, SHAPE, (STEP, STEP))
    assert full_width(density, axis) > 1.5 * full_width(density, 1 - axis)


@pytest.mark.parametrize("angle", [0.0, 1.0, 4.0])
def test_coma_moves_no_column(angle: float) -> None:
    probe = replace(PERFECT, coma=100.0, coma_angle=angle, source=0.05)
    density = blurred(probe)
    assert np.unravel_index(np.argmax(density), SHAPE) in {
        (y, x) for y in (-1 % SHAPE[0], 0, 1) for x in (-1 % SHAPE[1], 0, 1)
    }
    # There is coma: more of the current lies on one side.
    y, x = (np.fft.fftfreq(n, 1 / n) for n in SHAPE)
    aside = (density * (np.cos(angle) * x + np.sin(angle) * y[:, None])).sum()
    assert abs(aside) * STEP > 0.003


@given(source=st.floats(0.1, 0.2), thermal=st.floats(0.0, 0.02))
def test_source_and_vibration_add_in_squares(source: float, thermal: float) -> None:
    probe = replace(PERFECT, convergence=30.0, source=source, thermal=thermal)
    sharp = full_width(intensity(probe, SHAPE, (STEP, STEP)), 1)
    expected = np.sqrt(sharp**2 + source**2 + (FWHM * thermal) ** 2)
    assert full_width(blurred(probe), 1) == pytest.approx(expected, rel=0.05)


def test_leaning_columns_are_smeared_along_their_lean() -> None:
    probe = replace(PERFECT, source=0.05)
    upright, leaning = blurred(probe), blurred(replace(probe, smear=(0.0, 0.12)))
    assert full_width(leaning, 1) > 1.3 * full_width(upright, 1)
    assert full_width(leaning, 0) == pytest.approx(full_width(upright, 0), rel=0.02)
    x = np.fft.fftfreq(SHAPE[1], 1 / SHAPE[1]) * STEP
    spread = [(image.sum(0) * x**2).sum() for image in (upright, leaning)]
    assert spread[1] - spread[0] == pytest.approx(0.12**2 / 12, rel=0.02)
